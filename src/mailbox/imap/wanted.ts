import { type Fetched, type FetchedHead, fetchMails, fetchSafely, smallBytes } from './fetch.ts';
import type { ImapLink } from './link.ts';

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

/** The mails of a batch; but for those that are large, and those that came with their header, they are fetched. */
export async function fetchBodies(link: ImapLink, batch: readonly Wanted[]): Promise<Fetched<Uint8Array>> {
  const here = batch.flatMap(({ head }) => (head.mail === null ? [] : [[head.uid, head.mail] as const]));
  const small = batch.flatMap(({ head }) => (head.mail === null && head.sizeBytes <= smallBytes ? [head.uid] : []));
  const { mails, troubled } = await fetchSafely(link, small, fetchMails);
  return { mails: new Map([...here, ...mails]), troubled };
}

/** UIDs in the given order, so many at a time. */
export function inParts(uids: readonly number[], size: number): readonly (readonly number[])[] {
  return Array.from({ length: Math.ceil(uids.length / size) }, (_, i) => uids.slice(i * size, (i + 1) * size));
}
