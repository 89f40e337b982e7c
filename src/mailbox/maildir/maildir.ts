import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault, type IncomingMail, type Session } from '../../connector/index.ts';
import { isOldMail } from '../../core/contact/old-mail.ts';
import { type MailOffice, type MailRules, officeOf } from '../../mail/index.ts';
import { chooseMails, countSkips, type Head } from '../choose.ts';
import { handOver } from '../hand-over.ts';
import { codeOf, listNames, readHead, readSmall, smallBytes, streamFile } from './files.ts';
import type { Folder } from './folder.ts';
import { notReadable } from './folders.ts';
import type { MaildirOptions } from './options.ts';
import { type MailFile, writePosition } from './position.ts';

const batchMails = 100;
const batchBytes = 8 * 1024 * 1024;
const dayMs = 86_400_000;
const mb = 1024 * 1024;

/** What a maildir needs of the program. */
export type Taker = Pick<
  Session<unknown>,
  'office' | 'clock' | 'log' | 'knows' | 'exclusions' | 'keep' | 'skipped' | 'setAside'
>;

/** A mail whose header was read; `whole` when that was all of it. */
interface Opened {
  readonly file: MailFile;
  readonly head: Head;
  readonly whole: Buffer | null;
}

/** Takes mails out of the folders of a maildir, newest first. Nothing in it is ever changed. */
export class Maildir {
  readonly #taker: Taker;
  readonly #options: MaildirOptions;
  readonly #rules: MailRules;
  readonly #office: MailOffice;
  readonly #folders: readonly Folder[];
  readonly #asks: boolean;

  /** @param asks false: nobody is asked about what is taken */
  constructor(taker: Taker, options: MaildirOptions, rules: MailRules, folders: readonly Folder[], asks: boolean) {
    this.#taker = taker;
    this.#options = options;
    this.#rules = rules;
    this.#office = officeOf(taker.office.mail, rules);
    this.#folders = folders;
    this.#asks = asks;
  }

  /** Writes down how far we are. */
  async keep(mails: readonly IncomingMail[] = []): Promise<void> {
    const positions = new Map(this.#folders.map((folder) => [folder.name, folder.position]));
    await this.#taker.keep(mails, writePosition(positions));
  }

  /** Takes the newest mails of a folder that are not done. @returns how many were looked at */
  async step(folder: Folder): Promise<number> {
    const files = folder.next(batchMails);
    const last = files.at(-1);
    if (last === undefined) return 0;
    const opened = await this.#open(folder, files);
    const heads = opened.map(({ head }) => head);
    const choices = await chooseMails(heads, this.#office, this.#rules, this.#taker);
    let mails: IncomingMail[] = [];
    let bytes = 0;
    for (const [i, one] of opened.entries()) {
      const choice = choices[i];
      if (choice?.kind !== 'keep') continue;
      const mail = await this.#take(folder, one, choice.isSure);
      if (mail === null) continue;
      mails.push(mail);
      bytes += mail.sizeBytes;
      if (bytes < batchBytes) continue;
      await this.keep(mails); // the position waits for the rest: what comes twice is stored once
      [mails, bytes] = [[], 0];
    }
    folder.done(last);
    await this.keep(mails);
    countSkips(choices, this.#taker);
    return files.length;
  }

  async #open(folder: Folder, files: readonly MailFile[]): Promise<Opened[]> {
    const opened: Opened[] = [];
    const refused: { readonly file: MailFile; readonly error: unknown }[] = [];
    for (const file of files) {
      try {
        opened.push({ file, ...(await readHead(folder.path, file)) });
      } catch (error) {
        if (codeOf(error) === 'ENOENT') folder.forget(file);
        else refused.push({ file, error });
      }
    }
    const [first] = refused;
    if (
      first !== undefined &&
      opened.length === 0 &&
      !(await canReadOthers(
        folder,
        refused.map(({ file }) => file),
      ))
    )
      throw notReadable(join(folder.path, first.file.path), first.error);
    for (const { file, error } of refused) await this.#setAside(folder, file, error);
    return opened;
  }

  /** @returns null for what is kept already, because it is large, and for what could not be read: then it is told */
  async #take(folder: Folder, { file, whole }: Opened, isSure: boolean): Promise<IncomingMail | null> {
    try {
      if (whole !== null) return this.#mail(folder, file, whole, isSure);
      if (file.sizeBytes <= smallBytes) return this.#mail(folder, file, await readSmall(folder.path, file), isSure);
      const most = this.#options.largestMb * mb;
      const stream = streamFile(folder.path, file, file.sizeBytes > most ? smallBytes : file.sizeBytes);
      const failure = await handOver(stream, (bytes) => this.keep([this.#mail(folder, file, bytes, isSure)]));
      if (failure !== null) await this.#failed(folder, file, failure);
    } catch (error) {
      if (error instanceof Fault) throw error;
      await this.#failed(folder, file, error);
    }
    return null;
  }

  #mail(folder: Folder, file: MailFile, bytes: IncomingMail['bytes'], isSure: boolean): IncomingMail {
    const { sizeBytes, mtimeMs } = file;
    const { largestMb } = this.#options;
    const size = (sizeBytes / mb).toFixed(1);
    const cut = `larger than largestMb (${largestMb}): of ${size} MB the first ${smallBytes} bytes are here`;
    const arrivedAt = new Date(mtimeMs);
    // A flag set while nobody looked brings a file once more, whose row may be gone.
    const isOfThePast = mtimeMs < folder.firstAt.getTime() - dayMs || isOldMail(arrivedAt, this.#taker.clock.now());
    return {
      identity: this.#identity(folder, file),
      bytes,
      sizeBytes,
      cut: sizeBytes > largestMb * mb ? cut : null,
      arrivedAt,
      folder: folder.name,
      asks: this.#asks && !isOfThePast,
      isSure,
    };
  }

  /** A file that has another name by now is looked for anew; one that cannot be read is told. */
  async #failed(folder: Folder, file: MailFile, error: unknown): Promise<void> {
    if (codeOf(error) === 'ENOENT') folder.forget(file);
    else await this.#setAside(folder, file, error);
  }

  /** Read, answered, moved from `new` to `cur`: it is the same mail. */
  #identity({ name }: Folder, { unique }: MailFile): string {
    return `maildir:${this.#options.path}:${name}:${unique}`;
  }

  async #setAside(folder: Folder, file: MailFile, error: unknown): Promise<void> {
    const identity = this.#identity(folder, file);
    const facts = { identity, path: join(folder.path, file.path), code: codeOf(error) };
    await this.#taker.setAside(identity, new Fault('maildir.mail_unreadable', 'set-aside', facts, error));
  }
}

/** Is it these files that cannot be read, or are we not let in at all? */
async function canReadOthers(folder: Folder, refused: readonly MailFile[]): Promise<boolean> {
  const others = (await listNames(folder.path)).filter((path) => refused.every((file) => file.path !== path));
  const read = others.slice(0, 5).map((path) =>
    access(join(folder.path, path), constants.R_OK).then(
      () => true,
      () => false,
    ),
  );
  return (await Promise.all(read)).some(Boolean);
}
