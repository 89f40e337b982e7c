import { type FetchedHead, smallBytes } from './fetch.ts';

/** A mail that is to be kept. */
export interface Wanted {
  readonly head: FetchedHead;
  readonly isSure: boolean;
}

const batchMails = 100;
const batchBytes = 8 * 1024 * 1024;

/** As many as `keep` takes at a time, in the given order; a large mail stands alone. */
export function inBatches(wanted: readonly Wanted[]): Wanted[][] {
  const batches: Wanted[][] = [];
  let room = { mails: 0, bytes: 0 };
  for (const one of wanted) {
    const { sizeBytes } = one.head;
    const batch = batches.at(-1);
    if (batch === undefined || room.mails === 0 || sizeBytes > room.bytes) {
      batches.push([one]);
      room = sizeBytes > smallBytes ? { mails: 0, bytes: 0 } : { mails: batchMails - 1, bytes: batchBytes - sizeBytes };
    } else {
      batch.push(one);
      room = { mails: room.mails - 1, bytes: room.bytes - sizeBytes };
    }
  }
  return batches;
}
