import type { ClientRow } from '../../directory/files/clients.ts';
import type { Rejection } from '../../directory/files/csv.ts';
import { fold } from '../../directory/files/csv.ts';
import { responsibles } from '../../directory/files/import-clients.ts';
import type { Db } from '../../store/base/db.ts';
import { lockDirectory } from '../../store/directory/employees-and-clients.ts';
import { describeChangeSet } from '../../store/history/change-log.ts';
import { flagGone, type Given, givenBy, type SaidClient, writeGiven } from '../../store/sources/sources.ts';
import type { Reading } from '../reading/reading.ts';
import type { Source } from '../reading/source.ts';
import { type Fresh, openWork, type Work } from './work.ts';
import { writeClients } from './write-clients.ts';
import { writePeople } from './write-people.ts';
import { writePoints } from './write-points.ts';

/** What a good copy did, or in a dry run would have done. */
export interface Told {
  readonly count: number;
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  /** Flagged now as no longer in the source; nothing of them was taken away. */
  readonly gone: number;
  /** Addresses and people that ended because the source gives them no more. */
  readonly ended: number;
  /** Fields in which a person's word stands against the source's. */
  readonly kept: number;
  readonly rejected: readonly Rejection[];
  readonly notes: readonly string[];
}

export interface TakeOverOptions {
  /** The moment at which what the source no longer gives ends. */
  readonly now: Date;
  /** The same as a day of the office. */
  readonly today: string;
  readonly dryRun?: boolean;
  readonly by?: string | null;
  readonly progress?: (done: number, all: number) => void;
  /** In the transaction, when everything is written. */
  readonly seal?: (tx: Db, told: Told) => Promise<void>;
}

class DryRun extends Error {}

/**
 * Brings the clients in step with what a source says now, all or nothing, as one set of changes. Only what the source itself
 * changed since last time is written; see docs/sources.md for what that means of each thing.
 */
export async function takeOver(db: Db, source: Source, reading: Reading, options: TakeOverOptions): Promise<Told> {
  let told: Told | null = null;
  try {
    await db.transaction(async (tx) => {
      told = await takeAll(tx, source, reading, options);
      if (options.dryRun) throw new DryRun();
      await options.seal?.(tx, told);
    });
  } catch (error) {
    if (!(error instanceof DryRun)) throw error;
  }
  if (told === null) throw new RangeError('nothing was taken over, and nothing said why');
  return told;
}

async function takeAll(tx: Db, source: Source, reading: Reading, options: TakeOverOptions): Promise<Told> {
  await lockDirectory(tx);
  const rejected: Rejection[] = [...reading.rejected];
  const responsibleOf = await responsibles(tx, rejected);
  const work = openWork(tx, source, options);
  const keys: string[] = [];
  let done = 0;
  for await (const rows of reading.batches()) {
    for (const { key } of rows) keys.push(key);
    await takeBatch(work, rows, responsibleOf);
    done += rows.length;
    options.progress?.(done, reading.count);
  }
  const gone = await flagGone(tx, source.name, keys);
  const { created, changed, ended, kept } = work.told();
  const counts = { created, changed, unchanged: keys.length - created - changed, gone, ended, kept };
  const set = work.opened();
  if (set !== null) await describeChangeSet(tx, set.id, { source: source.name, ...counts });
  const sorted = rejected.sort((a, b) => a.line - b.line);
  return { count: keys.length, ...counts, rejected: sorted, notes: reading.notes };
}

async function takeBatch(
  work: Work,
  rows: readonly ClientRow[],
  responsibleOf: (row: ClientRow) => string | null,
): Promise<void> {
  const keys = rows.map(({ key }) => key);
  const given = new Map((await givenBy(work.tx, work.source.name, keys)).map((one) => [one.key, one]));
  const fresh = rows.flatMap((row): Fresh[] => {
    const now = saidOf(row, responsibleOf(row));
    const before = given.get(row.key) ?? null;
    if (before !== null && isSame(before, now)) {
      work.keeps(before.kept);
      return [];
    }
    return [{ row, now, before }];
  });
  if (fresh.length === 0) return;
  const placed = await writeClients(work, fresh);
  const people = await writePeople(work, placed);
  await writePoints(work, placed, people);
  await writeGiven(
    work.tx,
    work.source.name,
    placed.map(({ row, before, now, ownId, kept }) => {
      return { key: row.key, clientId: ownId, said: before?.merged ? heard(before, now) : now, kept };
    }),
  );
}

function saidOf(row: ClientRow, responsibleId: string | null): SaidClient {
  const points = row.points.map(({ kind, address, person }) => ({ kind, address, person }));
  return { name: row.name, class: row.class, responsibleId, people: row.people, points };
}

function isSame(before: Given, now: SaidClient): boolean {
  return !before.gone && canonical(before.said) === canonical(before.merged ? heard(before, now) : now);
}

/** Of a client that is merged the fields are not taken over: they are news again should it ever stand for itself. */
function heard({ said }: Given, now: SaidClient): SaidClient {
  return { ...now, name: said.name, class: said.class, responsibleId: said.responsibleId };
}

/** The database gives the fields of a block back in its own order. */
function canonical({ name, class: category, responsibleId, people, points }: SaidClient): string {
  const flat = points.map(({ kind, address, person }) => `${kind} ${address} ${fold(person ?? '')}`);
  return JSON.stringify([name, category, responsibleId, [...people].sort(), flat.sort()]);
}
