import type { MailRead } from '../../mail/index.ts';

/** A kept mail that is to be read. One of `raw` and `file` is null. */
export interface Work {
  readonly id: string;
  readonly connector: string;
  readonly arrivedAt: Date;
  readonly sizeBytes: number;
  readonly raw: Uint8Array | null;
  readonly file: string | null;
  readonly cut: string | null;
  readonly asks: boolean;
  readonly revision: number;
  /** Read already, before it was kept. */
  readonly known: MailRead | null;
}

export interface ReadWork {
  readonly work: Work;
  readonly mail: MailRead;
}

/** Whoever keeps or claims a mail has so long to read it; then others may. Reading twice is harmless. */
export const claimMs = 60_000;

/** Larger ones stand in files: rows of this size still go over to the database and back at once. */
export const largestRow = 1_000_000;

/** All of it in memory: mails are cut at their connector's `largestMb`. One at a time, see `oneByOne`. */
export async function allOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** Runs what it is given one after the other: of large mails one at a time is in memory. */
export type OneByOne = <T>(work: () => Promise<T>) => Promise<T>;

export function oneByOne(): OneByOne {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };
}
