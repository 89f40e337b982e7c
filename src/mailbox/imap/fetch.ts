import { Fault } from '../../connector/index.ts';
import type { Head } from '../choose.ts';
import type { ImapLink } from './link.ts';
import { highest, readRanges, type UidRange, writeUids } from './ranges.ts';

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
        bytes: headers,
        isWhole: headers.length < longestHead,
        arrivedAt: internalDate instanceof Date ? internalDate : null,
        sizeBytes: size ?? 0,
      });
    }
  });
  return heads;
}

/** Mails as they are, each at most a byte more than `smallBytes`: one of that length goes on. */
export async function fetchMails(link: ImapLink, uids: readonly number[]): Promise<Map<number, Uint8Array>> {
  const mails = new Map<number, Uint8Array>();
  const asked = new Set(uids);
  const query = { uid: true, source: { start: 0, maxLength: smallBytes + 1 } };
  await link.ask('FETCH', async (client) => {
    for await (const { uid, source } of client.fetch(writeUids(uids), query, { uid: true })) {
      if (asked.has(uid) && source instanceof Uint8Array) mails.set(uid, source);
    }
  });
  return mails;
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
    if (mails.size === 0) throw error; // it is the server that is ill, not a mail
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

/** Does the server give any other mail of the open folder? Then it is this one that it cannot give. */
export async function givesAny(link: ImapLink, uid: number, last: number): Promise<boolean> {
  const ranges: readonly UidRange[] = [
    [1, uid - 1],
    [uid + 1, last],
  ];
  for (const [from, to] of ranges) {
    if (from > to) continue;
    const [other] = highest(await findUids(link, [from, to], null), 1);
    if (other === undefined) continue;
    const { mails } = await fetchSafely(link, [other], fetchMails);
    return mails.size > 0;
  }
  return true;
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
