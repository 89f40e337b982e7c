import type { Session } from '../../connector/index.ts';
import type { MailRules } from '../../mail/index.ts';
import { historyStart } from '../options.ts';
import { untilAborted } from '../until-aborted.ts';
import { isRefusal } from './fetch.ts';
import { foldersOf } from './folders.ts';
import { ImapLink } from './link.ts';
import { Mailbox } from './mailbox.ts';
import type { ImapOptions } from './options.ts';
import { hasNoNews, isUntouched, meetFolder, modseqOf, readPosition, type Told } from './position.ts';

/** A timer may go off a little early: what is due so soon is due, else the open folder would be asked once more in between. */
const timerMs = 50;

/**
 * One session with a mailbox: log in, see what is new in every folder, take it newest first, then wait for the server to
 * tell of more in the first folder and look at all of them every `poll` seconds. Returns when the signal aborts.
 *
 * @throws every Fault of ImapLink and foldersOf
 */
export function listenImap(session: Session<unknown>, options: ImapOptions, rules: MailRules): Promise<void> {
  return untilAborted(session.signal, () => listen(session, options, rules));
}

/** Logs in, looks for the folders, and leaves. Throws what `listenImap` would throw. */
export async function probeImap(
  session: Pick<Session<unknown>, 'clock' | 'signal'>,
  options: ImapOptions,
): Promise<void> {
  const link = await ImapLink.open(options, session);
  try {
    await foldersOf(link, options);
  } finally {
    link.close();
  }
}

async function listen(session: Session<unknown>, options: ImapOptions, rules: MailRules): Promise<void> {
  const link = await ImapLink.open(options, session);
  try {
    const folders = await foldersOf(link, options);
    const text = await session.position();
    const positions = readPosition(text);
    if (text !== null && positions === null) session.log.warn({}, 'imap.position_unreadable');
    const mailbox = new Mailbox(session, link, options, rules, positions ?? new Map());
    const listening = new Listening(session, link, options, mailbox, folders);
    await listening.run();
  } finally {
    link.close();
  }
}

/**
 * Every so many looks each folder is opened, whatever is told of it unopened: a Dovecot with `maildir_very_dirty_syncs` does
 * not see by STATUS what another program put into its files (measured).
 */
const looksUntilOpened = 12;

class Listening {
  readonly #session: Session<unknown>;
  readonly #link: ImapLink;
  readonly #options: ImapOptions;
  readonly #mailbox: Mailbox;
  readonly #folders: readonly string[];
  /** Folders the server does not open at the moment, and what it said; they are left out until the next look. */
  readonly #refused = new Map<string, unknown>();
  readonly #told = new Set<string>();
  /** The folder that was opened last, when nothing had happened in it; what happens from then on is told to who listens. */
  #untouched: string | null = null;
  #lookedAt = 0;
  #looks = 0;

  constructor(
    session: Session<unknown>,
    link: ImapLink,
    options: ImapOptions,
    mailbox: Mailbox,
    folders: readonly string[],
  ) {
    this.#session = session;
    this.#link = link;
    this.#options = options;
    this.#mailbox = mailbox;
    this.#folders = folders;
  }

  async run(): Promise<never> {
    const { log, listening, clock } = this.#session;
    const [first = 'INBOX', ...others] = this.#folders;
    await this.#askForSequences();
    for (const folder of [...this.#folders].reverse()) await this.#examine(folder); // the first stays open
    this.#throwIfAllRefused();
    this.#lookedAt = clock.monotonicMs();
    listening();
    await this.#mailbox.keep(); // when a folder was first looked at is known from now on
    log.info({ host: this.#options.host, folders: this.#folders.length }, 'imap.session_opened');
    await this.#work();
    await this.#retry();
    for (;;) {
      await this.#work();
      if (this.#isDue) await this.#look(others);
      const wasRefused = this.#refused.has(first);
      const isAsItWas = this.#untouched === first && this.#mailbox.isOpen(first);
      const isHeard = isAsItWas || (await this.#examine(first)); // the folder that is listened to, as it is now
      // Twice in a row: without it nothing is heard of, and IT is to see that.
      if (!isHeard && wasRefused) throw this.#refused.get(first);
      if (!isHeard || this.#folders.some((folder) => this.#hasWork(folder))) continue;
      this.#untouched = null;
      await this.#link.idle(Math.max(this.#restMs(), 1));
    }
  }

  /** One chunk of each folder in turn, so that the newest of all come first, and new mail is seen while old is taken. */
  async #work(): Promise<void> {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const folder of this.#folders) {
        if (!this.#hasWork(folder) || !(await this.#isOpened(folder))) continue;
        isBusy = true;
        await this.#mailbox.step(folder);
      }
      if (isBusy && this.#isDue) await this.#look(this.#folders);
    }
  }

  /** Milliseconds until every folder is to be looked at again. */
  #restMs(): number {
    return this.#lookedAt + this.#options.poll * 1000 - this.#session.clock.monotonicMs();
  }

  get #isDue(): boolean {
    return this.#restMs() <= timerMs;
  }

  async #retry(): Promise<void> {
    for (const folder of this.#folders) {
      const isTroubled = (this.#mailbox.position(folder)?.troubled.length ?? 0) > 0;
      if (isTroubled && !this.#refused.has(folder) && (await this.#isOpened(folder))) await this.#mailbox.retry(folder);
    }
  }

  /** Asks about folders that are not open: IDLE tells of one alone, and some servers forget to tell at all. */
  async #look(folders: readonly string[]): Promise<void> {
    this.#lookedAt = this.#session.clock.monotonicMs();
    this.#looks += 1;
    await this.#retry();
    const isThorough = this.#looks % looksUntilOpened === 0;
    for (const folder of folders) if (isThorough || !(await this.#isUnchanged(folder))) await this.#examine(folder);
    this.#throwIfAllRefused();
  }

  /** Dovecot tells a folder's modification sequence when it is opened only after somebody has asked for one (2.3, seen). */
  async #askForSequences(): Promise<void> {
    const unknown = this.#folders.find((folder) => (this.#mailbox.position(folder)?.modseq ?? null) === null);
    if (unknown !== undefined && this.#link.hasSequences) await this.#status(unknown);
  }

  #hasWork(folder: string): boolean {
    return !this.#refused.has(folder) && this.#mailbox.hasWork(folder);
  }

  async #isOpened(folder: string): Promise<boolean> {
    return this.#mailbox.isOpen(folder) || this.#examine(folder);
  }

  /** Opens a folder and notes how it is now. One that the server does not open stops no other. @returns is it open? */
  async #examine(folder: string): Promise<boolean> {
    try {
      this.#meet(folder, await this.#mailbox.examine(folder));
      this.#refused.delete(folder);
      return true;
    } catch (err) {
      if (!isRefusal(err)) throw err;
      this.#refused.set(folder, err);
      if (!this.#told.has(folder)) this.#session.log.warn({ err, folder }, 'imap.folder_refused');
      this.#told.add(folder);
      return false;
    }
  }

  #throwIfAllRefused(): void {
    if (this.#folders.length > 0 && this.#folders.every((folder) => this.#refused.has(folder)))
      throw this.#refused.get(this.#folders[0] ?? '');
  }

  async #isUnchanged(folder: string): Promise<boolean> {
    // STATUS is not for the folder that is open, and does not tell whether one can be opened.
    if (this.#mailbox.isOpen(folder) || this.#refused.has(folder)) return false;
    const status = await this.#status(folder);
    if (status === false) return false;
    const { uidValidity, uidNext = 0, highestModseq } = status;
    const told = { validity: String(uidValidity), uidNext, modseq: modseqOf(highestModseq) };
    return hasNoNews(this.#mailbox.position(folder), told);
  }

  async #status(folder: string) {
    try {
      const query = { uidNext: true, uidValidity: true, highestModseq: true }; // the last one where the server has CONDSTORE
      return await this.#link.ask('STATUS', (client) => client.status(folder, query));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return false; // opening it tells more
    }
  }

  #meet(folder: string, told: Told): void {
    const { clock, log } = this.#session;
    const now = clock.now();
    const { history } = this.#options;
    const start = history === 'none' ? history : historyStart(history, now);
    const known = this.#mailbox.position(folder);
    const { position, change } = meetFolder(known, told, now, start);
    this.#untouched = isUntouched(known, told) ? folder : null;
    this.#mailbox.set(folder, position);
    if (change === 'first') log.info({ folder, mails: told.exists }, 'imap.folder_met');
    if (change === 'renumbered') log.warn({ folder, mails: told.exists }, 'imap.folder_renumbered');
  }
}
