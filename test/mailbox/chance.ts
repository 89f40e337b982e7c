/** A stream of choices that is the same in every run of one seed (mulberry32). */
export class Chance {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 2654435761) >>> 0;
  }

  /** 0 ≤ x < 1 */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** Both ends included. */
  int(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(list: readonly T[]): T {
    const found = list[this.int(0, list.length - 1)];
    if (found === undefined) throw new Error('nothing to pick from');
    return found;
  }

  is(probability: number): boolean {
    return this.next() < probability;
  }

  weighted<Key extends string>(weights: Readonly<Partial<Record<Key, number>>>): Key {
    const entries = Object.entries<number | undefined>(weights);
    let rest = this.next() * entries.reduce((sum, [, weight]) => sum + (weight ?? 0), 0);
    for (const [key, weight] of entries) {
      rest -= weight ?? 0;
      if (rest < 0 && isKey(key, weights)) return key;
    }
    throw new Error('no weights');
  }

  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.next())) * Math.cos(2 * Math.PI * this.next());
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let i = 0; i < length; i += 4) {
      bytes.writeUInt32LE((this.next() * 2 ** 32) >>> 0, Math.min(i, length - 4));
    }
    return bytes;
  }
}

function isKey<Key extends string>(key: string, of: Readonly<Partial<Record<Key, number>>>): key is Key {
  return Object.hasOwn(of, key);
}

export function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0');
}
