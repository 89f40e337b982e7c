/** Answers in order; while one is being used the next is on its way. */
export async function* oneAhead<T>(works: readonly (() => Promise<T>)[]): AsyncGenerator<T> {
  let next = works[0]?.();
  for (let i = 1; next !== undefined; i++) {
    const answer = await next;
    next = works[i]?.();
    next?.catch(() => {}); // whoever stops asking has an error of his own
    yield answer;
  }
}
