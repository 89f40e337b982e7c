import type { FetchMessageObject, FetchQueryObject } from 'imapflow';
import { Fault } from '../../connector/index.ts';
import type { Head } from '../choose.ts';
import type { ImapLink } from './link.ts';
import { highest, readRanges, type UidRange, without, writeUids } from './ranges.ts';

/** Of a header that is longer only this much is looked at; then the mail itself is. */
const longestHead = 64 * 1024;
/** Mails up to this size are held in memory, and fetched many at a time; also what is taken of one that is too large. */
export const smallBytes = 1024 * 1024;

/** What is known of a mail before its body is fetched. */
export interface FetchedHead extends Head {
  readonly uid: number;
  readonly arrivedAt: Date | null;
  /** As the server says; it may be wrong. */
  readonly sizeBytes: number;
  /** The whole mail, where it came with its header. */
  readonly mail: Uint8Array | null;
}

/** UIDs of the open folder that lie within the range, highest first. Never asks for `*`, nor for UID 0. */
export async function findUids(link: ImapLink, [from, to]: UidRange, since: Date | null): Promise<readonly UidRange[]> {
  const query = { uid: `${from}:${to}`, ...(since === null ? {} : { since }) };
  const found = await link.ask('SEARCH', (client) => client.search(query, { uid: true, returnOptions: ['ALL'] }));
  if (found === false || found === undefined) throw new Fault('imap.refused', 'retry', { what: 'SEARCH' });
  const all = Array.isArray(found) ? writeUids(found) : (found.all ?? '');
  return readRanges(all).flatMap(([low, high]): UidRange[] =>
    high < from || low > to ? [] : [[Math.max(low, from), Math.min(high, to)]],
  );
}

/** Headers of these mails, without changing a flag; those that are gone, or that cannot be read, are left out. */
export async function fetchHeads(link: ImapLink, uids: readonly number[]): Promise<Map<number, FetchedHead>> {
  const heads = new Map<number, FetchedHead>();
  const asked = new Set(uids);
  const query = {
    uid: true,
    internalDate: true,
    size: true,
    bodyParts: [{ key: 'HEADER', start: 0, maxLength: longestHead }],
  };
  await link.ask('FETCH', async (client) => {
    for await (const { uid, internalDate, size, headers } of client.fetch(writeUids(uids), query, { uid: true })) {
      if (!asked.has(uid) || !(headers instanceof Uint8Array)) continue; // a flag somebody else changed
      heads.set(uid, {
        uid,
        // Copied: a server that sends a whole mail for its header would have it held for as long as the header is.
        bytes: Buffer.from(headers.subarray(0, longestHead)),
        isWhole: headers.length < longestHead,
        arrivedAt: internalDate instanceof Date ? internalDate : null,
        sizeBytes: size ?? 0,
        mail: null,
      });
    }
  });
  return heads;
}

/**
 * The same with the beginnings of the mails, which for most are all of them: where nearly everything is kept one question is
 * cheaper than two.
 *
 * @throws Fault imap.refused (retry) for a server that sends more than is held: they are to be asked for one by one
 */
export async function fetchBeginnings(link: ImapLink, uids: readonly number[]): Promise<Map<number, FetchedHead>> {
  const heads = new Map<number, FetchedHead>();
  const query = { uid: true, internalDate: true, size: true, source: { start: 0, maxLength: longestHead } };
  await fetchSources(link, uids, query, ({ uid, internalDate, size }, source) => {
    const end = endOfHead(source);
    const isWhole = source.length < longestHead;
    heads.set(uid, {
      uid,
      bytes: isWhole ? source.subarray(0, end ?? source.length) : Buffer.from(source.subarray(0, end ?? longestHead)),
      isWhole: isWhole || end !== null,
      arrivedAt: internalDate instanceof Date ? internalDate : null,
      sizeBytes: size ?? 0,
      mail: isWhole ? source : null,
    });
  });
  return heads;
}

/** Where the body begins, as nearly every mail says it; null: not to be told so easily. */
function endOfHead(source: Uint8Array): number | null {
  const blank = Buffer.from(source.buffer, source.byteOffset, Math.min(source.length, longestHead)).indexOf('\r\n\r\n');
  return blank < 0 ? null : blank + 4;
}

/** Of what was asked for at once more is not held, whatever sizes the server told. */
const mostBytesAtOnce = 64 * 1024 * 1024;

/**
 * Mails as they are, each at most a byte more than `smallBytes`: one of that length goes on.
 *
 * @throws Fault imap.refused (retry) for a server that sends more than is held: they are to be asked for one by one
 */
export async function fetchMails(link: ImapLink, uids: readonly number[]): Promise<Map<number, Uint8Array>> {
  const mails = new Map<number, Uint8Array>();
  const query = { uid: true, source: { start: 0, maxLength: smallBytes + 1 } };
  await fetchSources(link, uids, query, ({ uid }, source) => void mails.set(uid, beginningOf(source)));
  return mails;
}

async function fetchSources(
  link: ImapLink,
  uids: readonly number[],
  query: FetchQueryObject,
  take: (told: FetchMessageObject, source: Uint8Array) => void,
): Promise<void> {
  const asked = new Set(uids);
  let bytes = 0;
  await link.ask('FETCH', async (client) => {
    for await (const told of client.fetch(writeUids(uids), query, { uid: true })) {
      const { uid, source } = told;
      if (!asked.has(uid) || !(source instanceof Uint8Array)) continue;
      bytes += source.length;
      // The answer is read to its end: left in the middle, the connection would be of no use any more.
      if (bytes <= mostBytesAtOnce || uids.length === 1) take(told, source);
    }
  });
  if (bytes > mostBytesAtOnce && uids.length > 1)
    throw new Fault('imap.refused', 'retry', { what: 'FETCH', bytes, mails: uids.length });
}

/** A server that ignores how much was asked for sends the whole: its rest is let go. */
function beginningOf(source: Uint8Array): Uint8Array {
  return source.length <= smallBytes + 1 ? source : Buffer.from(source.subarray(0, smallBytes + 1));
}

/** What was fetched, and which mails are there and could not be. What is in neither is gone. */
export interface Fetched<T> {
  readonly mails: ReadonlyMap<number, T>;
  readonly troubled: readonly number[];
}

type Fetch<T> = (link: ImapLink, uids: readonly number[]) => Promise<Map<number, T>>;

/** Fetches all at once; where the server refuses that, one by one, so that one mail does not stop the others. */
export async function fetchSafely<T>(link: ImapLink, uids: readonly number[], fetch: Fetch<T>): Promise<Fetched<T>> {
  if (uids.length === 0) return { mails: new Map(), troubled: [] };
  try {
    const mails = await fetch(link, uids);
    return {
      mails,
      troubled: await stillThere(
        link,
        uids.filter((uid) => !mails.has(uid)),
      ),
    };
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (uids.length === 1) return { mails: new Map(), troubled: uids };
    const each: Fetched<T>[] = [];
    for (const uid of uids) each.push(await fetchSafely(link, [uid], fetch));
    const mails = new Map(each.flatMap((one) => [...one.mails]));
    if (mails.size === 0 && (await givesAny(link, uids, fetch)) !== true) throw error; // it is the server that is ill, not a mail
    return { mails, troubled: each.flatMap((one) => one.troubled) };
  }
}

/** Most of what was asked for and did not come is gone; what is still there was told in a way that cannot be read. */
async function stillThere(link: ImapLink, uids: readonly number[]): Promise<readonly number[]> {
  if (uids.length === 0) return [];
  const there = await findUids(link, [Math.min(...uids), Math.max(...uids)], null);
  return uids.filter((uid) => there.some(([from, to]) => from <= uid && uid <= to));
}

/** The server refused this, and is well otherwise: `[SERVERBUG]` is what Dovecot says of one damaged mail. */
export function isRefusal(error: unknown): boolean {
  if (!(error instanceof Fault)) return false;
  return error.code === 'imap.refused' || (error.code === 'imap.busy' && error.facts['answer'] === 'SERVERBUG');
}

/** So many others are tried: damaged mails often lie side by side. */
const mostOthers = 5;
const highestUid = 2 ** 32 - 1;

/** Does the server give any other mail of the open folder? Then it is these that it cannot give. Null: there is no other. */
export async function givesAny<T>(
  link: ImapLink,
  failing: readonly number[],
  fetch: Fetch<T>,
  last = highestUid,
): Promise<boolean | null> {
  const others = await othersThan(link, failing, last);
  for (const uid of others) {
    const { mails } = await fetchSafely(link, [uid], fetch);
    if (mails.size > 0) return true;
  }
  return others.length === 0 ? null : false;
}

/** A few mails below the highest of these, and a few above; in all at most `mostOthers`. */
async function othersThan(link: ImapLink, failing: readonly number[], last: number): Promise<readonly number[]> {
  const top = Math.max(...failing);
  const found = async (from: number, to: number, count: number) => {
    if (from > to) return [];
    const there = await findUids(link, [from, to], null);
    const other = failing.reduce<readonly UidRange[]>((ranges, uid) => without(ranges, uid, uid), there);
    return highest(other, count);
  };
  const below = await found(1, top, mostOthers - 2);
  return [...below, ...(await found(top + 1, last, mostOthers - below.length))];
}

/** The mail is no longer there. */
export class Vanished extends Error {}
/** More bytes came than the server said, and than are taken. */
export class TooLarge extends Error {}

/**
 * A large mail piece by piece, never more than one in memory. It ends where the server has no more, whatever size it told;
 * one that answers with the whole mail to the first question is not asked again.
 *
 * @throws Vanished, TooLarge after `mostBytes`
 */
export async function* fetchPieces(link: ImapLink, uid: number, mostBytes: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; ; ) {
    const query = { uid: true, source: { start, maxLength: smallBytes } };
    const answer = await link.ask('FETCH', (client) => client.fetchOne(String(uid), query, { uid: true }));
    if (answer === false || answer === undefined) throw new Vanished();
    const piece = answer.source ?? Buffer.alloc(0);
    if (start === 0 && piece.length === 0) throw new Vanished();
    if (piece.length === 0) return;
    start += piece.length;
    if (start > mostBytes) throw new TooLarge();
    yield piece;
    if (piece.length > smallBytes) return;
  }
}
