/** Too many look at something at the same time: whoever comes now is asked to come again. */
export class Busy extends Error {}

/** A number of places for work that takes much memory; beyond it some wait, and more are turned away. */
export class Places {
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #free: number;

  constructor(places: number, mostWaiting: number) {
    this.#free = places;
    this.#mostWaiting = mostWaiting;
  }

  /** Works when there is a place, and gives it back whatever comes of it. @throws Busy */
  async within<T>(work: () => Promise<T>): Promise<T> {
    await this.#take();
    try {
      return await work();
    } finally {
      // A place goes from hand to hand, so that nobody new comes before those who wait.
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }

  async #take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return;
    }
    if (this.#waiting.length >= this.#mostWaiting) throw new Busy();
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }
}

/** The last of many things that somebody looked at, for a while: the pages of one fax are asked for one after the other. */
export class Remembered<Thing> {
  readonly #forMs: number;
  #last: { readonly key: string; readonly thing: Thing } | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor(forMs: number) {
    this.#forMs = forMs;
  }

  get(key: string): Thing | null {
    return this.#last?.key === key ? this.#last.thing : null;
  }

  set(key: string, thing: Thing): void {
    this.forget();
    this.#last = { key, thing };
    this.#timer = setTimeout(() => this.forget(), this.#forMs).unref();
  }

  forget(): void {
    clearTimeout(this.#timer);
    this.#last = null;
  }
}
