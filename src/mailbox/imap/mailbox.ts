import { Fault, type IncomingMail, type Session } from '../../connector/index.ts';
import { type MailOffice, type MailRules, officeOf } from '../../mail/index.ts';
import { chooseMails, countSkips } from '../choose.ts';
import {
  type FetchedHead,
  fetchHeads,
  fetchMails,
  fetchPieces,
  findUids,
  smallBytes,
  TooLarge,
  Vanished,
} from './fetch.ts';
import type { ImapLink } from './link.ts';
import type { ImapOptions } from './options.ts';
import {
  arrived,
  done,
  type FolderPosition,
  inTrouble,
  lostAt,
  mayAsk,
  outOfTrouble,
  type Position,
  type Told,
  writePosition,
} from './position.ts';
import { countOf, highest, type UidRange, without } from './ranges.ts';

/** Headers asked for at once. */
const chunkMails = 250;
/** What `keep` takes at a time. */
const batchMails = 100;
const batchBytes = 8 * 1024 * 1024;
/** So often a mail that cannot be fetched is tried before it is set aside. */
export const mostTries = 5;
const mb = 1024 * 1024;

/** What a mailbox needs of the program; looking back has no counters and no quarantine of its own. */
export type Taker = Pick<
  Session<unknown>,
  'office' | 'clock' | 'log' | 'signal' | 'knows' | 'keep' | 'skipped' | 'setAside'
>;

interface Wanted {
  readonly head: FetchedHead;
  readonly isSure: boolean;
}

/** Takes mails out of the folders of one connection, and knows how far it has come. */
export class Mailbox {
  readonly #taker: Taker;
  readonly #link: ImapLink;
  readonly #options: ImapOptions;
  readonly #rules: MailRules;
  readonly #office: MailOffice;
  readonly #positions: Record<string, FolderPosition>;
  /** Which UIDs there are in a range that was too wide to be asked for blindly. */
  readonly #found = new Map<string, { readonly range: UidRange; uids: readonly UidRange[] }>();
  #open: string | null = null;

  constructor(taker: Taker, link: ImapLink, options: ImapOptions, rules: MailRules, positions: Position) {
    this.#taker = taker;
    this.#link = link;
    this.#options = options;
    this.#rules = rules;
    this.#office = officeOf(taker.office.mail, rules);
    this.#positions = { ...positions };
  }

  position(folder: string): FolderPosition | undefined {
    return this.#positions[folder];
  }

  /** What a look at the folder told; written with the next mails. */
  set(folder: string, position: FolderPosition): void {
    if (position.validity !== this.#positions[folder]?.validity) this.#found.delete(folder);
    this.#positions[folder] = position;
  }

  hasWork(folder: string): boolean {
    return (this.#positions[folder]?.todo.length ?? 0) > 0;
  }

  isOpen(folder: string): boolean {
    return this.#open === folder;
  }

  /** Opens a folder, also one that is open: then the server tells how it is now. */
  async examine(folder: string): Promise<Told> {
    this.#open = null;
    const told = await this.#link.examine(folder);
    this.#open = folder;
    return told;
  }

  /** How many mails stand in what is to be done. */
  async countWork(folder: string): Promise<number> {
    await this.#ensureOpen(folder);
    let count = 0;
    for (const range of this.#at(folder).todo)
      count += countOf(await findUids(this.#link, range, this.#since(folder, range)));
    return count;
  }

  /** Writes down how far we are, with no mails. */
  async write(): Promise<void> {
    await this.#keep([]);
  }

  /** Takes the newest mails that are not done yet, a few hundred at most. @returns how many were looked at */
  async step(folder: string): Promise<number> {
    const [range] = this.#at(folder).todo;
    if (range === undefined) return 0;
    await this.#ensureOpen(folder);
    const { careful } = this.#at(folder);
    const isCareful = careful !== null && range[1] >= careful[0] && range[1] <= careful[1];
    const { uids, isLast } = await this.#next(folder, range, isCareful ? 1 : chunkMails);
    const from = isLast ? range[0] : (uids.at(-1) ?? range[0]);
    await this.#take(folder, uids, [from, range[1]]);
    return uids.length;
  }

  /** Tries once more what could not be fetched; what fails too often is set aside. */
  async retry(folder: string): Promise<void> {
    for (const { uid, times } of this.#at(folder).troubled) {
      if (times >= mostTries) await this.#giveUp(folder, uid);
      else {
        await this.#ensureOpen(folder);
        const isTaken = await this.#take(folder, [uid], null);
        if (isTaken) this.#move(folder, outOfTrouble(this.#at(folder), uid));
      }
      await this.#keep([]);
    }
  }

  #at(folder: string): FolderPosition {
    const position = this.#positions[folder];
    if (position === undefined) throw new Error(`${folder} was never looked at`);
    return position;
  }

  #move(folder: string, position: FolderPosition): void {
    this.#positions[folder] = position;
  }

  async #ensureOpen(folder: string): Promise<void> {
    if (this.#open !== folder) await this.examine(folder);
  }

  #since(folder: string, [, to]: UidRange): Date | null {
    const { past } = this.#at(folder);
    return past.since === null || to > past.upTo ? null : new Date(past.since);
  }

  /** The highest UIDs of a range. A wide one is searched once, so that gaps cost nothing. */
  async #next(
    folder: string,
    range: UidRange,
    count: number,
  ): Promise<{ readonly uids: readonly number[]; readonly isLast: boolean }> {
    const since = this.#since(folder, range);
    const isNarrow = range[1] - range[0] < count && since === null;
    const known = this.#found.get(folder);
    if (isNarrow) return { uids: highest([range], count), isLast: true };
    const found = known?.range[0] === range[0] && known.range[1] >= range[1] ? known : null;
    const all = found?.uids ?? (await findUids(this.#link, range, since));
    const left = without(all, range[1] + 1, Number.MAX_SAFE_INTEGER);
    const uids = highest(left, count);
    const lowest = uids.at(-1);
    const rest = lowest === undefined ? [] : without(left, lowest, Number.MAX_SAFE_INTEGER);
    this.#found.set(folder, { range, uids: rest });
    return { uids, isLast: rest.length === 0 };
  }

  /**
   * Fetches, decides, keeps. `through` is what is done with it, highest last; null for mails that are done otherwise.
   *
   * @returns false when one of them could not be fetched
   */
  async #take(folder: string, uids: readonly number[], through: UidRange | null): Promise<boolean> {
    const troubledBefore = this.#at(folder).troubled;
    const heads = await this.#fetch(folder, uids, fetchHeads);
    const ordered = uids.flatMap((uid) => heads.get(uid) ?? []);
    const choices = await chooseMails(ordered, this.#office, this.#rules, this.#taker);
    const wanted = ordered.flatMap((head, i): Wanted[] => {
      const choice = choices[i];
      return choice?.kind === 'keep' ? [{ head, isSure: choice.isSure }] : [];
    });
    const now = this.#taker.clock.now();
    for (const { arrivedAt } of ordered)
      if (arrivedAt !== null) this.#move(folder, arrived(this.#at(folder), arrivedAt, now));
    const batches = inBatches(wanted);
    for (const [i, batch] of batches.entries()) {
      const lowest = batch.at(-1)?.head.uid;
      const from = i === batches.length - 1 ? through?.[0] : lowest;
      await this.#takeBatch(folder, batch, through === null || from === undefined ? null : [from, through[1]]);
    }
    if (batches.length === 0) {
      if (through !== null) this.#move(folder, done(this.#at(folder), ...through));
      await this.#keep([]);
    }
    countSkips(choices, this.#taker);
    return this.#at(folder).troubled === troubledBefore;
  }

  async #takeBatch(folder: string, batch: readonly Wanted[], through: UidRange | null): Promise<void> {
    const small = batch.filter(({ head }) => head.sizeBytes <= smallBytes);
    const bodies = await this.#fetch(
      folder,
      small.map(({ head }) => head.uid),
      fetchMails,
    );
    const mails: IncomingMail[] = [];
    for (const wanted of batch) {
      const bytes = bodies.get(wanted.head.uid);
      // A size may lie: what goes on after the first megabyte is large.
      if (wanted.head.sizeBytes > smallBytes || (bytes !== undefined && bytes.length > smallBytes))
        await this.#takeLarge(folder, wanted);
      else if (bytes !== undefined) mails.push(this.#mail(folder, wanted, bytes, null));
    }
    if (through !== null) this.#move(folder, done(this.#at(folder), ...through));
    await this.#keep(mails);
  }

  /** Streams one mail; its place in the position moves with what follows. */
  async #takeLarge(folder: string, wanted: Wanted): Promise<void> {
    const { uid, sizeBytes } = wanted.head;
    const most = this.#options.largestMb * mb;
    if (sizeBytes > most) return this.#takeBeginning(folder, wanted);
    const failed: { by: unknown } = { by: null };
    const pieces = told(fetchPieces(this.#link, uid, most), failed);
    try {
      await this.#keep([this.#mail(folder, wanted, pieces, null)]);
    } catch (error) {
      if (failed.by instanceof Vanished) return;
      if (failed.by instanceof TooLarge) return this.#takeBeginning(folder, wanted);
      if (failed.by === null) throw error;
      await this.#failed(folder, [uid], failed.by);
    }
  }

  async #takeBeginning(folder: string, wanted: Wanted): Promise<void> {
    const { uid, sizeBytes } = wanted.head;
    const bytes = (await this.#fetch(folder, [uid], fetchMails)).get(uid)?.subarray(0, smallBytes);
    if (bytes === undefined) return;
    const size = `${(Math.max(sizeBytes, this.#options.largestMb * mb) / mb).toFixed(1)} MB`;
    const cut = `more than largestMb (${this.#options.largestMb}): of ${size} the first ${bytes.length} bytes are here`;
    await this.#keep([this.#mail(folder, wanted, bytes, cut)]);
  }

  #mail(folder: string, { head, isSure }: Wanted, bytes: IncomingMail['bytes'], cut: string | null): IncomingMail {
    const { user, host } = this.#options;
    const position = this.#at(folder);
    const arrivedAt = head.arrivedAt ?? this.#taker.clock.now();
    return {
      identity: `imap:${user}@${host}:${folder}:${position.validity}:${head.uid}`,
      bytes,
      sizeBytes: head.sizeBytes,
      cut,
      arrivedAt,
      folder,
      asks: mayAsk(position, head.uid, arrivedAt),
      isSure,
    };
  }

  async #keep(mails: readonly IncomingMail[]): Promise<void> {
    await this.#taker.keep(mails, writePosition(this.#positions));
  }

  /** Fetches all at once; where the server refuses that, one by one, so that one mail does not stop the others. */
  async #fetch<T>(
    folder: string,
    uids: readonly number[],
    fetch: (link: ImapLink, uids: readonly number[]) => Promise<Map<number, T>>,
  ): Promise<Map<number, T>> {
    if (uids.length === 0) return new Map();
    try {
      const fetched = await fetch(this.#link, uids);
      await this.#missing(
        folder,
        uids.filter((uid) => !fetched.has(uid)),
      );
      return fetched;
    } catch (error) {
      if (uids.length === 1 || !isRefusal(error)) {
        await this.#failed(folder, uids, error);
        return new Map();
      }
      const each = new Map<number, T>();
      for (const uid of uids) for (const [key, one] of await this.#fetch(folder, [uid], fetch)) each.set(key, one);
      if (each.size === 0) throw error; // it is the server that is ill, not a mail
      return each;
    }
  }

  /** Most of what was asked for and did not come is gone; what is still there could not be read. */
  async #missing(folder: string, uids: readonly number[]): Promise<void> {
    const [lowest, highestUid] = [Math.min(...uids), Math.max(...uids)];
    if (uids.length === 0) return;
    const there = await findUids(this.#link, [lowest, highestUid], null);
    for (const uid of uids)
      if (there.some(([from, to]) => from <= uid && uid <= to)) this.#move(folder, inTrouble(this.#at(folder), uid));
  }

  /** One mail that is refused is tried later; a lost connection is remembered with the mails that were on their way. */
  async #failed(folder: string, uids: readonly number[], error: unknown): Promise<void> {
    const [lowest = 0, highestUid = 0] = [uids.at(-1), uids[0]];
    const isOne = uids.length === 1;
    if (isOne && isRefusal(error)) return this.#move(folder, inTrouble(this.#at(folder), lowest));
    const isLoss = error instanceof Fault && ['imap.connection_lost', 'imap.silent'].includes(error.code);
    if (isLoss && !this.#taker.signal.aborted) {
      this.#move(folder, lostAt(this.#at(folder), lowest, highestUid));
      await this.#keep([]);
    }
    throw error;
  }

  async #giveUp(folder: string, uid: number): Promise<void> {
    const { validity } = this.#at(folder);
    const { user, host } = this.#options;
    const identity = `imap:${user}@${host}:${folder}:${validity}:${uid}`;
    const fault = new Fault('imap.mail_unreadable', 'set-aside', { identity, folder, uid, tries: mostTries });
    await this.#taker.setAside(identity, fault);
    this.#move(folder, outOfTrouble(this.#at(folder), uid));
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Fault && error.code === 'imap.refused';
}

/** Remembers why a stream ended before its time: whoever reads it may throw something of his own. */
async function* told(pieces: AsyncIterable<Uint8Array>, failed: { by: unknown }): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    failed.by = error;
    throw error;
  }
}

/** A large mail stands alone. */
function inBatches(wanted: readonly Wanted[]): Wanted[][] {
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
