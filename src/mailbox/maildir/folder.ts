import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, listNames, statFiles } from './files.ts';
import { uniqueName } from './names.ts';
import { compare, type FolderPosition, isIn, isOld, type MailFile, type Stretch, stretchOf } from './position.ts';

/** What is still to be done of a stretch, newest first. */
interface Work {
  stretch: Stretch;
  files: MailFile[];
}

export interface FolderOptions {
  readonly name: string;
  readonly path: string;
  /** Where an earlier session stopped. */
  readonly known: FolderPosition | undefined;
  readonly now: Date;
  /** Of a first look: since when mails are taken; null: all are. */
  readonly start: Date | null | 'none';
  /** What comes after the first look is not taken. */
  readonly looksBack?: boolean;
}

/** So young a folder may be changed once more without its time changing. */
const restlessMs = 3000;

/** One folder of a maildir: which files there are, and which of them are not done. */
export class Folder {
  readonly name: string;
  readonly path: string;
  readonly #firstAt: string;
  #until: number;
  #work: Work[] = [];
  #todo: readonly Stretch[];
  /** Unique names of all that was seen; null until the folder was listed. */
  #known: Set<string> | null = null;
  #stamp = '';
  #odd: string | null = null;
  readonly #start: number | null | 'none';
  readonly #looksBack: boolean;

  constructor({ name, path, known, now, start, looksBack = false }: FolderOptions) {
    this.name = name;
    this.path = path;
    this.#looksBack = looksBack;
    this.#firstAt = known?.firstAt ?? now.toISOString();
    this.#until = known?.until ?? -1;
    this.#todo = known?.todo ?? [];
    this.#start = known !== undefined ? null : start instanceof Date ? start.getTime() : start;
  }

  get position(): FolderPosition {
    const todo = this.#known === null ? this.#todo : this.#work.map(({ stretch }) => stretch);
    return { until: this.#until, todo: [...todo], firstAt: this.#firstAt };
  }

  get firstAt(): Date {
    return new Date(this.#firstAt);
  }

  get isFirst(): boolean {
    return this.#until < 0;
  }

  /** Something that was listed and is no file; it is left alone. */
  get odd(): string | null {
    return this.#odd;
  }

  /** How many mails are to be done. */
  get waiting(): number {
    return this.#work.reduce((sum, { files }) => sum + files.length, 0);
  }

  /** Looks for files that were not there before. Throws what the file system throws. */
  async scan(now: Date): Promise<void> {
    const stamp = await this.#stampNow(now);
    if (stamp === this.#stamp) return;
    const names = await listNames(this.path);
    if (this.#known === null) await this.#firstScan(names);
    else await this.#nextScan(names, this.#known);
    this.#stamp = stamp;
  }

  /** The newest mails that are to be done. */
  next(count: number): readonly MailFile[] {
    return this.#work[0]?.files.slice(0, count) ?? [];
  }

  /** Of the work that is first, everything down to this mail is done. */
  done(last: MailFile): void {
    const [work] = this.#work;
    if (work === undefined) return;
    work.files = work.files.slice(work.files.indexOf(last) + 1);
    work.stretch = { ...work.stretch, before: [last.mtimeMs, last.unique] };
    if (work.files.length === 0) this.#work.shift();
  }

  /** A file has another name by now, or is gone: the next look tells. */
  forget(file: MailFile): void {
    this.#known?.delete(file.unique);
    this.#stamp = '';
  }

  /** Everything at once, and where an earlier session stopped. */
  async #firstScan(names: readonly string[]): Promise<void> {
    const files = await this.#stat(names);
    this.#known = new Set(files.map(({ unique }) => unique));
    for (const stretch of [...this.#todo].reverse()) this.#add(files, stretch);
    const isFirst = this.isFirst;
    const isFresh = (file: MailFile) => isFirst || (!this.#looksBack && !isOld(file, this.#until));
    const fresh = files.filter(isFresh);
    this.#found(isFirst && this.#start === 'none' ? [] : fresh, typeof this.#start === 'number' ? this.#start : null);
    this.#until = files.reduce((latest, { ctimeMs }) => Math.max(latest, ctimeMs), this.#until);
  }

  async #nextScan(names: readonly string[], known: Set<string>): Promise<void> {
    const unknown = names.filter((path) => !known.has(uniqueName(path.slice(4))));
    const files = await this.#stat(unknown);
    for (const { unique } of files) known.add(unique);
    this.#found(files, null);
    if (known.size > names.length + 1000) this.#known = new Set(names.map((path) => uniqueName(path.slice(4))));
  }

  #stat(names: readonly string[]): Promise<MailFile[]> {
    return statFiles(this.path, names, (path) => {
      this.#odd = path;
    });
  }

  /** @param since mtime: what is older is not taken */
  #found(files: readonly MailFile[], since: number | null): void {
    this.#until = Math.max(this.#until, 0);
    if (files.length === 0) return;
    const stretch = stretchOf(files, since);
    this.#until = Math.max(this.#until, stretch.until);
    this.#add(files, stretch);
  }

  #add(files: readonly MailFile[], stretch: Stretch): void {
    const inside = files.filter((file) => isIn(file, stretch)).sort(compare);
    if (inside.length > 0) this.#work.unshift({ stretch, files: inside });
  }

  /** When `new` and `cur` were last changed; '' while they may change again within the same tick. */
  async #stampNow(now: Date): Promise<string> {
    const times = await Promise.all(['new', 'cur'].map(async (inner) => (await stat(join(this.path, inner))).mtimeMs));
    return times.some((time) => now.getTime() - time < restlessMs) ? `${now.getTime()}` : times.join(' ');
  }
}

/** Are these the folders of a mailbox? A file system that is not mounted has none of them. */
export async function isMaildir(path: string): Promise<boolean> {
  const found = await Promise.all(
    ['new', 'cur'].map((inner) =>
      stat(join(path, inner)).then(
        (entry) => entry.isDirectory(),
        (error: unknown) => {
          if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return false;
          throw error;
        },
      ),
    ),
  );
  return found.every(Boolean);
}
