import { z } from 'zod';
import { isOldMail } from '../../core/contact/old-mail.ts';
import { type UidRange, without } from './ranges.ts';

// Where a mailbox will resume: one JSON text, written in the same statement as the mails it tells of.

const Uid = z.int().min(0);
const Range = z.tuple([Uid, Uid]);

const FolderPosition = z.object({
  /** UIDVALIDITY: as long as it is the same, a UID means the same mail. */
  validity: z.string(),
  /** How often the server began to give the same UIDs to other mails: it belongs to what a mail is known by. */
  rewinds: z.int(),
  /** The highest UID that is done or stands in `todo`. */
  seen: Uid,
  /** What is not done yet, highest first: new mail comes before old. */
  todo: z.array(Range),
  /** Of the mails seen, the latest time of arrival; where to begin when the UIDs mean nothing any more. */
  newest: z.iso.datetime().nullable(),
  /** When the folder was first looked at. */
  firstAt: z.iso.datetime(),
  /** Mails that were there when these UIDs were first met: up to which, since when they are taken, and whether they may ask. */
  past: z.object({ upTo: Uid, since: z.iso.datetime().nullable(), asks: z.boolean() }),
  /** Where a connection was lost while mails were being fetched: they are fetched one by one. */
  careful: Range.nullable(),
  /** Mails that could not be fetched: how often the server said no, and how often the connection ended with it. */
  troubled: z.array(z.object({ uid: Uid, refusals: z.int(), losses: z.int() })),
  /** HIGHESTMODSEQ when the folder was last looked at, see `Told`. Positions were written without it once. */
  modseq: z.string().nullable().default(null),
});
export type FolderPosition = Readonly<z.output<typeof FolderPosition>>;

/** As entries: a folder may be called `__proto__`, and no object forgets it so. */
const Folders = z.preprocess(
  (written) => (typeof written === 'object' && written !== null ? Object.entries(written) : written),
  z.array(z.tuple([z.string(), FolderPosition])).transform((entries) => new Map(entries)),
);
const Position = z.object({ folders: Folders });
/** By the name of the folder. */
export type Position = ReadonlyMap<string, FolderPosition>;

/** @returns null for the first run, and for a text that is none of ours */
export function readPosition(text: string | null): Position | null {
  if (text === null) return null;
  try {
    return Position.safeParse(JSON.parse(text)).data?.folders ?? null;
  } catch {
    return null;
  }
}

export function writePosition(position: Position): string {
  return JSON.stringify({ folders: Object.fromEntries(position) });
}

/** What a server tells of a folder. */
export interface Told {
  readonly validity: string;
  readonly uidNext: number;
  /** False: the server told none, and it is one more than the last mail's UID. */
  readonly isExact: boolean;
  readonly exists: number;
  /** HIGHESTMODSEQ (RFC 7162), 63 bits in decimal: it grows with whatever happens in the folder. Null: the server keeps none. */
  readonly modseq: string | null;
}

export interface Met {
  readonly position: FolderPosition;
  readonly change: 'first' | 'none' | 'new-mail' | 'renumbered';
}

const rescanMarginMs = 2 * 86_400_000;

/**
 * What is to be done in a folder, by what we know of it and what its server tells. Renumbered UIDs (another UIDVALIDITY, or
 * a mailbox restored from a backup, whose next UID is lower than one we have seen) mean: everything since two days before the
 * last mail is looked at once more; what was stored before is found to be so by the mail itself, and nobody is asked.
 *
 * @param start of a first run: since when mail is taken; null: all of it, 'none': nothing
 */
export function meetFolder(known: FolderPosition | undefined, told: Told, now: Date, start: Date | null | 'none'): Met {
  const last = told.uidNext - 1;
  if (known === undefined) {
    const isEmpty = last === 0 || start === 'none';
    return {
      change: 'first',
      position: {
        validity: told.validity,
        rewinds: 0,
        seen: last,
        todo: isEmpty ? [] : [[1, last]],
        newest: null,
        firstAt: now.toISOString(),
        past: { upTo: last, since: start instanceof Date ? start.toISOString() : null, asks: true },
        careful: null,
        troubled: [],
        modseq: told.modseq,
      },
    };
  }
  if (known.validity !== told.validity || (last < known.seen && told.isExact)) {
    // Newest come first: of what was not done yet, all dates may still be missing.
    const isThrough = known.todo.length === 0 && known.troubled.length === 0;
    const newest = known.newest === null ? null : new Date(Date.parse(known.newest) - rescanMarginMs).toISOString();
    const since = isThrough ? newest : (known.past?.since ?? null);
    return {
      change: 'renumbered',
      position: {
        ...known,
        validity: told.validity,
        rewinds: known.validity === told.validity ? known.rewinds + 1 : 0,
        seen: last,
        todo: last === 0 ? [] : [[1, last]],
        past: { upTo: last, since, asks: false },
        careful: null,
        troubled: [],
        modseq: told.modseq,
      },
    };
  }
  const { modseq } = told;
  if (last <= known.seen) return { change: 'none', position: { ...known, modseq } };
  const todo: [number, number][] = [[known.seen + 1, last], ...known.todo];
  return { change: 'new-mail', position: { ...known, seen: last, todo, modseq } };
}

type Marks = Pick<Told, 'validity' | 'uidNext' | 'modseq'>;

/**
 * Does the server tell of nothing new in the folder? Of one without modification sequences, and where none is known yet, its
 * UIDs alone are asked, which some tell late without the folder being opened.
 */
export function hasNoNews(known: FolderPosition | undefined, { validity, uidNext, modseq }: Marks): boolean {
  if (known?.validity !== validity || known.seen !== uidNext - 1) return false;
  return modseq === null || known.modseq === null || modseq === known.modseq;
}

/** Did nothing at all happen in the folder, by the server's own word? */
export function isUntouched(known: FolderPosition | undefined, told: Marks): boolean {
  return told.modseq !== null && known?.modseq === told.modseq && hasNoNews(known, told);
}

/** 0 is what a server says of a folder for which it keeps none (RFC 7162, 3.1.2). */
export function modseqOf(highest: bigint | undefined): string | null {
  return highest === undefined || highest === 0n ? null : String(highest);
}

/** The UIDs from … to are done. */
export function done(position: FolderPosition, from: number, to: number): FolderPosition {
  const { careful } = position;
  const isThrough = careful !== null && from <= careful[0];
  return { ...position, todo: mutable(without(position.todo, from, to)), careful: isThrough ? null : careful };
}

/** A mail that arrived then was looked at. A time in the future is a wrong clock's. */
export function arrived(position: FolderPosition, at: Date, now: Date): FolderPosition {
  const time = Math.min(at.getTime(), now.getTime());
  if (position.newest !== null && Date.parse(position.newest) >= time) return position;
  return { ...position, newest: new Date(time).toISOString() };
}

/** The connection was lost while these were being fetched. */
export function lostAt(position: FolderPosition, from: number, to: number): FolderPosition {
  return from === to ? inTrouble(done(position, from, to), from, 'losses') : { ...position, careful: [from, to] };
}

/** A mail could not be fetched; it is tried again later, so that the others come first. */
export function inTrouble(position: FolderPosition, uid: number, why: 'refusals' | 'losses'): FolderPosition {
  const known = troubleOf(position, uid) ?? { uid, refusals: 0, losses: 0 };
  const others = position.troubled.filter((one) => one.uid !== uid);
  return { ...position, troubled: [...others, { ...known, [why]: known[why] + 1 }] };
}

export function troubleOf(position: FolderPosition, uid: number): FolderPosition['troubled'][number] | undefined {
  return position.troubled.find((one) => one.uid === uid);
}

/** It was fetched, is gone, or was given up. */
export function outOfTrouble(position: FolderPosition, uid: number): FolderPosition {
  return { ...position, troubled: position.troubled.filter((one) => one.uid !== uid) };
}

const dayMs = 86_400_000;

/**
 * May a mail ask somebody for the gist? Not what was there long before we looked, nor what was only numbered anew, nor what is
 * old by now, whatever brought it here.
 *
 * @param arrivedAt null: the server does not tell; then what was there when we first looked asks nobody
 */
export function mayAsk({ past, firstAt }: FolderPosition, uid: number, arrivedAt: Date | null, now: Date): boolean {
  const isNew = uid > past.upTo;
  if (arrivedAt === null) return isNew;
  const isOfThePast = arrivedAt.getTime() < Date.parse(firstAt) - dayMs || isOldMail(arrivedAt, now);
  return (isNew || past.asks) && !isOfThePast;
}

/** Ranges as the schema knows them. */
function mutable(ranges: readonly UidRange[]): [number, number][] {
  return ranges.map(([from, to]) => [from, to]);
}
