import { Fault, type IncomingMail, type Session } from '../../connector/index.ts';
import { type MailOffice, type MailRules, officeOf } from '../../mail/index.ts';
import { chooseMails, countSkips } from '../choose.ts';
import { handOver } from '../hand-over.ts';
import {
  type Fetched,
  type FetchedHead,
  fetchBeginnings,
  fetchHeads,
  fetchMails,
  fetchPieces,
  fetchSafely,
  findUids,
  givesAny,
  isRefusal,
  smallBytes,
  TooLarge,
  Vanished,
} from './fetch.ts';
import { FoundUids } from './found-uids.ts';
import type { ImapLink } from './link.ts';
import { oneAhead } from './one-ahead.ts';
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
  troubleOf,
  writePosition,
} from './position.ts';
import { countOf, type UidRange } from './ranges.ts';
import { fetchBodies, inBatches, inParts, type Wanted } from './wanted.ts';

/** Mails looked at in one step. */
const chunkMails = 250;
/** Of beginnings so many are asked for at once: while these are kept the next are on their way, up to the end of a step. */
const chunkBeginnings = { fetched: 100, step: 1000 };
/** So often a mail that cannot be fetched is tried before it is set aside. */
const mostTries = 5;
const mb = 1024 * 1024;

/** What a mailbox needs of the program. */
export type Taker = Pick<
  Session<unknown>,
  'office' | 'clock' | 'log' | 'signal' | 'knows' | 'exclusions' | 'keep' | 'skipped' | 'setAside'
>;

/** Takes mails out of the folders of one connection, newest first, and knows how far it has come. */
export class Mailbox {
  readonly #taker: Taker;
  readonly #link: ImapLink;
  readonly #options: ImapOptions;
  readonly #rules: MailRules;
  readonly #office: MailOffice;
  readonly #positions: Map<string, FolderPosition>;
  readonly #found = new FoundUids();
  #open: string | null = null;
  /** While mails are being kept the next are judged; what keeping fails on is told when these shall be kept. */
  #keeping: Promise<void> = Promise.resolve();

  constructor(taker: Taker, link: ImapLink, options: ImapOptions, rules: MailRules, positions: Position) {
    this.#taker = taker;
    this.#link = link;
    this.#options = options;
    this.#rules = rules;
    this.#office = officeOf(taker.office.mail, rules);
    this.#positions = new Map(positions);
  }

  position(folder: string): FolderPosition | undefined {
    return this.#positions.get(folder);
  }

  /** What a look at the folder told, or what became of it; written with the next mails. */
  set(folder: string, position: FolderPosition): void {
    const known = this.#positions.get(folder);
    if (position.validity !== known?.validity || position.rewinds !== known.rewinds) this.#found.forget(folder);
    this.#positions.set(folder, position);
  }

  hasWork(folder: string): boolean {
    return (this.#positions.get(folder)?.todo.length ?? 0) > 0;
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

  /** Writes down how far we are. */
  async keep(mails: readonly IncomingMail[] = []): Promise<void> {
    await this.#keeping;
    await this.#keepNow(mails);
  }

  async #keepNow(mails: readonly IncomingMail[]): Promise<void> {
    await this.#taker.keep(mails, writePosition(this.#positions));
  }

  /** Takes the newest mails that are not done yet, a thousand at most. @returns how many were looked at */
  async step(folder: string): Promise<number> {
    const [range] = this.#at(folder).todo;
    if (range === undefined) return 0;
    await this.#ensureOpen(folder);
    const { careful } = this.#at(folder);
    const isCareful = careful !== null && range[1] >= careful[0] && range[1] <= careful[1];
    const since = this.#since(folder, range);
    const { uids, isLast } = await this.#found.next(this.#link, folder, range, since, isCareful ? 1 : this.#stepMails);
    const from = isLast ? range[0] : (uids.at(-1) ?? range[0]);
    await this.#take(folder, uids, [from, range[1]]);
    return uids.length;
  }

  /**
   * Tries once more what could not be fetched. What fails too often, while the server gives others, is set aside and told; one
   * with which the connection ends is tried a last time when the server has just given another.
   */
  async retry(folder: string): Promise<void> {
    for (const { uid, refusals, losses } of this.#at(folder).troubled) {
      await this.#ensureOpen(folder);
      const givesOthers = async () => (await givesAny(this.#link, [uid], fetchMails, this.#at(folder).seen)) !== false;
      if (losses > mostTries) await this.#giveUp(folder, uid);
      else if (losses < mostTries || (await givesOthers())) {
        await this.#take(folder, [uid], null);
        const now = troubleOf(this.#at(folder), uid)?.refusals ?? refusals;
        if (now === refusals) this.set(folder, outOfTrouble(this.#at(folder), uid));
        else if (now >= mostTries && (await givesOthers())) await this.#giveUp(folder, uid);
      }
      await this.keep();
    }
  }

  #at(folder: string): FolderPosition {
    const position = this.#positions.get(folder);
    if (position === undefined) throw new Error(`${folder} was never looked at`);
    return position;
  }

  async #ensureOpen(folder: string): Promise<void> {
    if (this.#open !== folder) await this.examine(folder);
  }

  #since(folder: string, [, to]: UidRange): Date | null {
    const { past } = this.#at(folder);
    return past.since === null || to > past.upTo ? null : new Date(past.since);
  }

  /** Fetches, decides, keeps. `through` is what is done with it; null for mails that stand in no range. */
  async #take(folder: string, uids: readonly number[], through: UidRange | null): Promise<void> {
    const isAll = this.#keepsNearlyAll;
    const parts = inParts(uids, isAll ? chunkBeginnings.fetched : chunkMails);
    let at = 0;
    try {
      const fetch = isAll ? fetchBeginnings : fetchHeads;
      const works = parts.map((part) => () => fetchSafely(this.#link, part, fetch));
      for await (const fetched of oneAhead(works)) {
        const part = parts[at++] ?? [];
        const from = at === parts.length ? through?.[0] : part.at(-1);
        const done: UidRange | null = through === null || from === undefined ? null : [from, through[1]];
        await this.#takeHeads(folder, part, this.#fetched(folder, fetched), done);
      }
      if (parts.length === 0 && through !== null) this.#isDone(folder, through);
      if (parts.length === 0) await this.keep();
      await this.#keeping;
    } catch (error) {
      if (!this.#link.isOpen) await this.#lost(folder, parts.slice(Math.max(0, at - 1), at + 1).flat());
      throw error;
    }
  }

  get #stepMails(): number {
    return this.#keepsNearlyAll ? chunkBeginnings.step : chunkMails;
  }

  /** Where exclusions may leave mails out, and where strangers are left out, no mail is fetched before its header was judged. */
  get #keepsNearlyAll(): boolean {
    return this.#rules.scope === 'all' && this.#rules.exclude.length === 0;
  }

  async #takeHeads(
    folder: string,
    uids: readonly number[],
    heads: ReadonlyMap<number, FetchedHead>,
    through: UidRange | null,
  ): Promise<void> {
    const ordered = uids.flatMap((uid) => heads.get(uid) ?? []);
    const choices = await chooseMails(ordered, this.#office, this.#rules, this.#taker);
    const wanted = ordered.flatMap((head, i): Wanted[] => {
      const choice = choices[i];
      return choice?.kind === 'keep' ? [{ head, isSure: choice.isSure }] : [];
    });
    const now = this.#taker.clock.now();
    for (const { arrivedAt } of ordered)
      if (arrivedAt !== null) this.set(folder, arrived(this.#at(folder), arrivedAt, now));
    const batches = inBatches(wanted);
    let last: readonly IncomingMail[] = [];
    let at = 0;
    for await (const fetched of oneAhead(batches.map((batch) => () => fetchBodies(this.#link, batch)))) {
      const batch = batches[at++] ?? [];
      const mails = await this.#mailsOf(folder, batch, this.#fetched(folder, fetched));
      const lowest = batch.at(-1)?.head.uid ?? 0;
      if (through !== null && at < batches.length) this.#isDone(folder, [lowest, through[1]]);
      if (at < batches.length) await this.keep(mails);
      else last = mails;
    }
    await this.#keeping;
    if (through !== null) this.#isDone(folder, through);
    this.#keeping = this.#keepNow(last).then(() => countSkips(choices, this.#taker));
    this.#keeping.catch(() => {}); // whoever waits for it is told
  }

  /** Of a batch what is to be kept at once; what is large is kept already. */
  async #mailsOf(
    folder: string,
    batch: readonly Wanted[],
    bodies: ReadonlyMap<number, Uint8Array>,
  ): Promise<readonly IncomingMail[]> {
    const mails: IncomingMail[] = [];
    for (const wanted of batch) {
      const bytes = bodies.get(wanted.head.uid);
      // A size may lie: what goes on after the first megabyte is large.
      const isLarge = bytes === undefined ? wanted.head.sizeBytes > smallBytes : bytes.length > smallBytes;
      if (isLarge) await this.#takeLarge(folder, wanted);
      else if (bytes !== undefined) mails.push(this.#mail(folder, wanted, bytes, null));
    }
    return mails;
  }

  /** Streams one mail; the position moves with what follows. */
  async #takeLarge(folder: string, wanted: Wanted): Promise<void> {
    const { uid, sizeBytes } = wanted.head;
    const most = this.#options.largestMb * mb;
    if (sizeBytes > most) return this.#takeBeginning(folder, wanted);
    const keep = (bytes: IncomingMail['bytes']) => this.keep([this.#mail(folder, wanted, bytes, null)]);
    const failure = await handOver(fetchPieces(this.#link, uid, most), keep);
    if (failure === null || failure instanceof Vanished) return;
    if (failure instanceof TooLarge) return this.#takeBeginning(folder, wanted);
    if (!isRefusal(failure)) throw failure;
    this.set(folder, inTrouble(this.#at(folder), uid, 'refusals'));
  }

  async #takeBeginning(folder: string, wanted: Wanted): Promise<void> {
    const { uid, sizeBytes } = wanted.head;
    const { largestMb } = this.#options;
    const fetched = this.#fetched(folder, await fetchSafely(this.#link, [uid], fetchMails));
    const bytes = fetched.get(uid)?.subarray(0, smallBytes);
    if (bytes === undefined) return;
    const size = (Math.max(sizeBytes, largestMb * mb) / mb).toFixed(1);
    const cut = `larger than largestMb (${largestMb}): of ${size} MB the first ${bytes.length} bytes are here`;
    await this.keep([this.#mail(folder, wanted, bytes, cut)]);
  }

  #mail(folder: string, { head, isSure }: Wanted, bytes: IncomingMail['bytes'], cut: string | null): IncomingMail {
    const { uid, sizeBytes } = head;
    const now = this.#taker.clock.now();
    const arrivedAt = head.arrivedAt ?? now;
    const asks = mayAsk(this.#at(folder), uid, head.arrivedAt, now);
    return { identity: this.#identity(folder, uid), bytes, sizeBytes, cut, arrivedAt, folder, asks, isSure };
  }

  /** As long as the server keeps its UIDs, a mail of a folder has the same one. */
  #identity(folder: string, uid: number): string {
    const { user, host } = this.#options;
    const { validity, rewinds } = this.#at(folder);
    return `imap:${user}@${host}:${folder}:${validity}${rewinds === 0 ? '' : `.${rewinds}`}:${uid}`;
  }

  #isDone(folder: string, [from, to]: UidRange): void {
    this.set(folder, done(this.#at(folder), from, to));
  }

  #fetched<T>(folder: string, { mails, troubled }: Fetched<T>): ReadonlyMap<number, T> {
    for (const uid of troubled) this.set(folder, inTrouble(this.#at(folder), uid, 'refusals'));
    return mails;
  }

  /** The next session goes over the mails that were on their way one by one: perhaps it was one of them. */
  async #lost(folder: string, uids: readonly number[]): Promise<void> {
    const [from, to] = [uids.at(-1), uids[0]];
    if (from === undefined || to === undefined || this.#taker.signal.aborted) return;
    this.set(folder, lostAt(this.#at(folder), from, to));
    await this.keep();
  }

  async #giveUp(folder: string, uid: number): Promise<void> {
    const identity = this.#identity(folder, uid);
    const facts = { identity, folder, uid, tries: mostTries };
    await this.#taker.setAside(identity, new Fault('imap.mail_unreadable', 'set-aside', facts));
    this.set(folder, outOfTrouble(this.#at(folder), uid));
  }
}
