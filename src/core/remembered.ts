/** Answers of a pure function that is asked the same again and again; when they are too many it begins anew. */
export class Remembered<Answer> {
  readonly #answers = new Map<string, Answer>();
  readonly #most: number;
  readonly #longest: number;

  /** @param longest signs of a key; what is longer comes once and is not kept */
  constructor({ most, longest }: { readonly most: number; readonly longest: number }) {
    this.#most = most;
    this.#longest = longest;
  }

  answer(key: string, read: () => Answer): Answer {
    if (key.length > this.#longest) return read();
    const known = this.#answers.get(key);
    if (known !== undefined) return known;
    const answer = read();
    if (this.#answers.size >= this.#most) this.#answers.clear();
    this.#answers.set(key, answer);
    return answer;
  }
}
