import type { IncomingMail } from '../../connector/index.ts';
import { type FetchedHead, fetchPieces, smallBytes, TooLarge, Vanished } from './fetch.ts';
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

/**
 * Hands over one large mail while it is being fetched.
 *
 * @returns `too-large`: more bytes came than are taken, whatever size was told; nothing was kept
 * @throws what fetching it throws, whatever became of that on the way; else what `keep` throws
 */
export async function keepPieces(
  link: ImapLink,
  uid: number,
  mostBytes: number,
  keep: (bytes: IncomingMail['bytes']) => Promise<void>,
): Promise<'kept' | 'vanished' | 'too-large'> {
  const ended: { by: unknown } = { by: null };
  try {
    await keep(told(fetchPieces(link, uid, mostBytes), ended));
    return 'kept';
  } catch (error) {
    if (ended.by instanceof Vanished) return 'vanished';
    if (ended.by instanceof TooLarge) return 'too-large';
    throw ended.by ?? error;
  }
}

/** Remembers why a stream ended before its time: whoever reads it may throw something of his own. */
async function* told(pieces: AsyncIterable<Uint8Array>, ended: { by: unknown }): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    ended.by = error;
    throw error;
  }
}
