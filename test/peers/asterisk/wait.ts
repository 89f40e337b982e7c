/** Real time: the scenarios measure a real exchange, so nothing here can be faked. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The promise, or a failure that says what was waited for: a silent phone must not hang a whole recording. */
export async function within<T>(ms: number, what: string, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${ms} ms in vain for ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks again every 50 ms until there is an answer. */
export async function untilThere<T>(
  ms: number,
  what: string,
  ask: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  const start = Date.now();
  for (;;) {
    const found = await ask();
    if (found !== undefined) return found;
    if (Date.now() - start > ms) throw new Error(`waited ${ms} ms in vain for ${what}`);
    await sleep(50);
  }
}
