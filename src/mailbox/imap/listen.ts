import type { Session } from '../../connector/index.ts';
import type { MailRules } from '../../mail/index.ts';
import { historyStart } from '../options.ts';
import { untilAborted } from '../until-aborted.ts';
import { foldersOf } from './folders.ts';
import { ImapLink } from './link.ts';
import { Mailbox } from './mailbox.ts';
import type { ImapOptions } from './options.ts';
import { meetFolder, readPosition, type Told } from './position.ts';

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

class Listening {
  readonly #session: Session<unknown>;
  readonly #link: ImapLink;
  readonly #options: ImapOptions;
  readonly #mailbox: Mailbox;
  readonly #folders: readonly string[];
  #lookedAt = 0;

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
    for (const folder of this.#folders) this.#meet(folder, await this.#mailbox.examine(folder));
    this.#lookedAt = clock.monotonicMs();
    listening();
    await this.#mailbox.keep(); // when a folder was first looked at is known from now on
    log.info({ host: this.#options.host, folders: this.#folders.length }, 'imap.session_opened');
    await this.#work();
    await this.#retry();
    for (;;) {
      await this.#work();
      if (this.#restMs() <= 0) await this.#look(others);
      this.#meet(first, await this.#mailbox.examine(first)); // the folder that is listened to, as it is now
      if (this.#folders.some((folder) => this.#mailbox.hasWork(folder))) continue;
      await this.#link.idle(Math.max(this.#restMs(), 1));
    }
  }

  /** One chunk of each folder in turn, so that the newest of all come first, and new mail is seen while old is taken. */
  async #work(): Promise<void> {
    for (let isBusy = true; isBusy; ) {
      isBusy = false;
      for (const folder of this.#folders) {
        if (!this.#mailbox.hasWork(folder)) continue;
        isBusy = true;
        await this.#mailbox.step(folder);
      }
      if (isBusy && this.#restMs() <= 0) await this.#look(this.#folders);
    }
  }

  /** Milliseconds until every folder is to be looked at again. */
  #restMs(): number {
    return this.#lookedAt + this.#options.poll * 1000 - this.#session.clock.monotonicMs();
  }

  async #retry(): Promise<void> {
    for (const folder of this.#folders) await this.#mailbox.retry(folder);
  }

  /** Asks about folders that are not open: IDLE tells of one alone, and some servers forget to tell at all. */
  async #look(folders: readonly string[]): Promise<void> {
    this.#lookedAt = this.#session.clock.monotonicMs();
    await this.#retry();
    for (const folder of folders)
      if (!(await this.#isUnchanged(folder))) this.#meet(folder, await this.#mailbox.examine(folder));
  }

  async #isUnchanged(folder: string): Promise<boolean> {
    if (this.#mailbox.isOpen(folder)) return false; // STATUS is not for the folder that is open
    const status = await this.#link.ask('STATUS', (client) =>
      client.status(folder, { uidNext: true, uidValidity: true }),
    );
    const known = this.#mailbox.position(folder);
    return (
      status !== false && known?.validity === String(status.uidValidity) && known.seen === (status.uidNext ?? 0) - 1
    );
  }

  #meet(folder: string, told: Told): void {
    const { clock, log } = this.#session;
    const now = clock.now();
    const { history } = this.#options;
    const start = history === 'none' ? history : historyStart(history, now);
    const { position, change } = meetFolder(this.#mailbox.position(folder), told, now, start);
    this.#mailbox.set(folder, position);
    if (change === 'first') log.info({ folder, mails: told.exists }, 'imap.folder_met');
    if (change === 'renumbered') log.warn({ folder, mails: told.exists }, 'imap.folder_renumbered');
  }
}
