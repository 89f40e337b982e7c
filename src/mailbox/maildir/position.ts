import { z } from 'zod';

// Where a maildir will resume. Files are told apart by when they came into the folder (ctime: set by the file system whenever a
// file appears, is renamed or linked, and by nobody else); mails are ordered by when they were delivered (mtime).

/** Milliseconds since 1970, with fractions: file systems tell them. */
const Time = z.number();
const Cursor = z.tuple([Time, z.string()]);

/** Files that came into the folder at the same time of looking, not all of them done. */
const Stretch = z.object({
  /** ctime: later than this … */
  after: Time,
  /** … and not later than this. */
  until: Time,
  /** mtime: older mails are not taken; null: all are. */
  since: Time.nullable(),
  /** mtime and unique name: what is lower is still to be done; null: everything. */
  before: Cursor.nullable(),
});
export type Stretch = Readonly<z.output<typeof Stretch>>;

const FolderPosition = z.object({
  /** ctime: up to this everything was seen, and is done or stands in `todo`. */
  until: Time,
  /** Newest first. */
  todo: z.array(Stretch),
  firstAt: z.iso.datetime(),
});
export type FolderPosition = Readonly<z.output<typeof FolderPosition>>;

/** As entries: a folder may be called `__proto__`, and no object forgets it so. */
const Folders = z.preprocess(
  (written) => (typeof written === 'object' && written !== null ? Object.entries(written) : written),
  z.array(z.tuple([z.string(), FolderPosition])).transform((entries) => new Map(entries)),
);
const Position = z.object({ maildir: Folders });
/** By the name of the folder. */
export type Position = ReadonlyMap<string, FolderPosition>;

/** @returns null for the first run, and for a text that is none of ours */
export function readPosition(text: string | null): Position | null {
  if (text === null) return null;
  try {
    return Position.safeParse(JSON.parse(text)).data?.maildir ?? null;
  } catch {
    return null;
  }
}

export function writePosition(position: Position): string {
  return JSON.stringify({ maildir: Object.fromEntries(position) });
}

/** A file as a folder lists it. */
export interface MailFile {
  readonly unique: string;
  /** Under the folder: `new/1772442000.M1P1.host`. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly ctimeMs: number;
}

/** Files of a network file system may be listed this much after they came. */
const marginMs = 120_000;

/** May a file have been done before? Those of the last two minutes are looked at once more: what is stored is found to be so. */
export function isOld(file: MailFile, until: number): boolean {
  return file.ctimeMs <= until - marginMs;
}

export function isIn(file: MailFile, { after, until, since, before }: Stretch): boolean {
  const isLower = before === null || compare(file, { mtimeMs: before[0], unique: before[1] }) > 0;
  return file.ctimeMs > after && file.ctimeMs <= until && (since === null || file.mtimeMs >= since) && isLower;
}

type Ordered = Pick<MailFile, 'mtimeMs' | 'unique'>;

/** Newest first; one that was delivered at the same time has its place by its name. */
export function compare(one: Ordered, other: Ordered): number {
  return other.mtimeMs - one.mtimeMs || (one.unique < other.unique ? 1 : one.unique > other.unique ? -1 : 0);
}

/** A stretch for files that were found now. */
export function stretchOf(files: readonly MailFile[], since: number | null): Stretch {
  const times = files.map(({ ctimeMs }) => ctimeMs);
  const earliest = times.reduce((a, b) => Math.min(a, b), Number.MAX_SAFE_INTEGER);
  const latest = times.reduce((a, b) => Math.max(a, b), 0);
  return { after: earliest - 1, until: latest, since, before: null };
}
