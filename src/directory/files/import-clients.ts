import type { Db } from '../../store/base/db.ts';
import {
  addPeople,
  addPoints,
  type ClientFields,
  employees,
  lockDirectory,
  type NewPoint,
  peopleOf,
  pointsOf,
  type StoredClient,
  transactionTime,
} from '../../store/directory/employees-and-clients.ts';
import { type Change, type ChangeLog, changeLog } from '../../store/history/change-log.ts';
import { editPoints } from '../edit.ts';
import { knownClients, upsertKnown } from '../known-clients.ts';
import type { ClientRow } from './clients.ts';
import { fold, type Rejection } from './csv.ts';
import { decideMissing, fileFields, type Left, leftLines, withPeoplesWords } from './file-words.ts';
import { type Imported, type ImportOptions, importHead, isCalled } from './import-people.ts';
import type { FileRead } from './people.ts';

/** Clients per round trip: above it memory grows and time does not fall (100,000 clients with 400,000 addresses:
 * 36 s, and 4 s when nothing changed, measured on two shared cores). */
const batchSize = 2000;

/**
 * Brings the clients in step with the file, all or nothing; every change is a row of the change log. Clients, people and
 * addresses that are no longer in the file stay, and so does what a person wrote otherwise, which is told; a class or responsible that is empty in the file is left as it is, for the
 * file of one department says nothing about what another wrote.
 */
export function importClients(db: Db, read: FileRead<ClientRow>, options: ImportOptions = {}): Promise<Imported> {
  return db.transaction(async (tx) => {
    await lockDirectory(tx);
    const rejected: Rejection[] = [...read.rejected];
    const responsibleOf = await responsibles(tx, rejected);
    const log = changeLog(tx, importHead(read.file, options));
    const names = new Set(read.rows.flatMap(({ key, name }) => (key === fold(name) ? [key] : [])));
    const work = { names, left: leftLines(), now: (await transactionTime(tx)).toISOString(), log };
    const total = { created: 0, changed: 0, unchanged: 0 };
    for (let from = 0; from < read.rows.length; from += batchSize) {
      const batch = read.rows.slice(from, from + batchSize);
      const done = await importBatch(tx, batch, responsibleOf, { ...work, dryRun: options.dryRun ?? false });
      total.created += done.created;
      total.changed += done.changed;
      total.unchanged += batch.length - done.created - done.changed;
      options.progress?.(from + batch.length, read.rows.length);
    }
    const format = read.format === undefined ? {} : { format: read.format };
    return {
      ...total,
      rejected: rejected.sort((a, b) => a.line - b.line),
      notes: [...read.notes, ...work.left.lines()],
      ...format,
    };
  });
}

/** Id of the employee who is called so; null: none is named, or none (or several) found, which is told among the rejected. */
export type Responsible = (row: ClientRow) => string | null;

export async function responsibles(db: Db, rejected: Rejection[]): Promise<Responsible> {
  const everybody = await employees(db);
  const points = await pointsOf(db, { clientIds: [], personIds: [], employeeIds: everybody.map(({ id }) => id) });
  const known = everybody.map((one) => ({ ...one, points: points.filter(({ employeeId }) => employeeId === one.id) }));
  const answers = new Map<string, readonly string[]>();
  return ({ responsible, line }) => {
    if (responsible === null) return null;
    const found = answers.get(responsible) ?? known.filter((one) => isCalled(one, responsible)).map(({ id }) => id);
    answers.set(responsible, found);
    const [id, ...others] = found;
    if (id !== undefined && others.length === 0) return id;
    const reason =
      id === undefined
        ? 'no employee of this name, e-mail or extension'
        : 'several employees of this name: write the e-mail';
    rejected.push({ line, column: 'responsible', value: responsible, reason });
    return null;
  };
}

interface Batch {
  readonly left: Left;
  /** ISO. */
  readonly now: string;
  readonly log: ChangeLog;
  readonly dryRun: boolean;
  /** Of all rows that are known by their name. */
  readonly names: ReadonlySet<string>;
}

async function importBatch(
  db: Db,
  rows: readonly ClientRow[],
  responsibleOf: Responsible,
  { left, now, log, dryRun, names }: Batch,
): Promise<{ readonly created: number; readonly changed: number }> {
  const { before, taken } = await knownClients(db, rows, names);
  const said = rows.map((row) => wantedFields(row, before.get(row.key), responsibleOf(row)));
  const wanted = await withPeoplesWords(db, said, before, left);
  const stale = wanted.filter((row) => !isSame(before.get(row.key), row));
  const ids = new Map([...before].map(([key, { id }]) => [key, id]));
  if (!dryRun && stale.length > 0)
    for (const [key, id] of await upsertKnown(db, stale, { before, taken })) ids.set(key, id);
  const changes = stale.flatMap((row) => changesOf(before.get(row.key), row, ids.get(row.key) ?? ''));
  const touched = new Set(stale.map(({ key }) => key));
  const people = await writePeople(db, rows, { ids, touched, changes, dryRun });
  await writePoints(db, rows, {
    ids,
    touched,
    changes,
    dryRun,
    people,
    left,
    now,
    log,
    names,
    known: new Set(before.keys()),
  });
  if (!dryRun) await log.record(changes);
  const created = stale.filter(({ key }) => !before.has(key)).length;
  return { created, changed: touched.size - created };
}

function wantedFields(row: ClientRow, old: StoredClient | undefined, responsibleId: string | null): ClientFields {
  return {
    key: row.key,
    ...(row.kind === undefined ? {} : { kind: row.kind }),
    name: row.name,
    class: row.class ?? old?.class ?? null,
    responsibleId: responsibleId ?? old?.responsibleId ?? null,
  };
}

function isSame(old: StoredClient | undefined, row: ClientFields): boolean {
  // The fields of what was merged into another are that one's, and people's.
  return old !== undefined && (old.merged || (old.removed === null && fileFields.every((f) => old[f] === row[f])));
}

function changesOf(old: StoredClient | undefined, row: ClientFields, id: string): Change[] {
  const entity = { entity: 'client', entityId: id, clientId: id } as const;
  const { key: _key, ...all } = row;
  if (old === undefined) return [{ ...entity, field: 'created', old: null, new: all }];
  const changed = fileFields.flatMap((field) =>
    old[field] === row[field] ? [] : [{ ...entity, field, old: old[field], new: row[field] }],
  );
  return old.removed === null ? changed : [...changed, { ...entity, field: 'removed', old: old.removed, new: null }];
}

interface Running {
  readonly ids: ReadonlyMap<string, string>;
  readonly touched: Set<string>;
  readonly changes: Change[];
  readonly dryRun: boolean;
}

interface Writing extends Running, Batch {
  readonly people: ReadonlyMap<string, string>;
  /** Keys of the clients who were there before. */
  readonly known: ReadonlySet<string>;
}

/** Makes the people who are missing; returns everybody's id by client and folded name. */
async function writePeople(
  db: Db,
  rows: readonly ClientRow[],
  { ids, touched, changes, dryRun }: Running,
): Promise<Map<string, string>> {
  const stored = await peopleOf(db, [...ids.values()]);
  const known = new Map(stored.map(({ id, clientId, name }) => [personKey(clientId, name), id]));
  const missing = rows.flatMap((row) => {
    const clientId = ids.get(row.key) ?? '';
    const names = row.people.filter((name) => !known.has(personKey(clientId, name)));
    if (names.length > 0) touched.add(row.key);
    return names.map((name) => ({ clientId, name }));
  });
  if (dryRun || missing.length === 0) return known;
  for (const { id, clientId, name, made } of await addPeople(db, missing)) {
    known.set(personKey(clientId, name), id);
    if (made) changes.push({ entity: 'person', entityId: id, clientId, field: 'created', old: null, new: name });
  }
  return known;
}

async function writePoints(db: Db, rows: readonly ClientRow[], work: Writing): Promise<void> {
  const { known, touched, changes, dryRun, left, now, log } = work;
  const missing = await missingPoints(db, rows, work);
  // Whoever is made just now had nothing before.
  const isOld = ({ key }: MissingPoint) => known.has(key);
  const old = missing.filter(isOld).map(({ point }) => point);
  const decided = await decideMissing(db, old, now, left);
  const made = [...missing.filter((one) => !isOld(one)).map(({ point }) => point), ...decided.made];
  const reopened = new Map(decided.reopened.map((point) => [point.id, point]));
  const keyOf = new Map(missing.map(({ point, key }) => [point.clientId ?? point.personId, key]));
  for (const { clientId, personId } of [...reopened.values(), ...made])
    touched.add(keyOf.get(clientId ?? personId) ?? '');
  if (dryRun) return;
  const clientOf = new Map(missing.map(({ point, clientId }) => [point.clientId ?? point.personId, clientId]));
  const timelineOf = ({ clientId, personId }: Pick<NewPoint, 'clientId' | 'personId'>) =>
    clientOf.get(clientId ?? personId) ?? null;
  const fresh = made.length === 0 ? [] : await addPoints(db, made);
  const entity = { entity: 'contact_point', field: 'created', old: null } as const;
  for (const { id, kind, address, ...owner } of fresh)
    changes.push({ ...entity, entityId: id, clientId: timelineOf(owner), new: { kind, address } });
  const writes = [...reopened.keys()].map((id) => ({ id, values: { until: 'infinity' } }));
  if (writes.length > 0) await editPoints(db, await log.open(), writes, timelineOf);
}

interface MissingPoint {
  readonly point: NewPoint;
  readonly key: string;
  readonly clientId: string;
}

/** What the file gives and is not its owner's now. In a dry run who would be made has no id. */
async function missingPoints(
  db: Db,
  rows: readonly ClientRow[],
  { ids, people }: Pick<Writing, 'ids' | 'people'>,
): Promise<readonly MissingPoint[]> {
  const stored = await pointsOf(db, { clientIds: [...ids.values()], personIds: [...people.values()], employeeIds: [] });
  const has = new Set(stored.map((point) => `${point.personId ?? point.clientId} ${point.kind} ${point.address}`));
  return rows.flatMap(({ key, points }) => {
    const clientId = ids.get(key) ?? '';
    return points.flatMap(({ kind, address, raw, person, mobile = false }): MissingPoint[] => {
      const personId = person === null ? null : (people.get(personKey(clientId, person)) ?? '');
      if (has.has(`${personId ?? clientId} ${kind} ${address}`)) return [];
      const owner = { clientId: personId === null ? clientId : null, personId, employeeId: null };
      return [{ point: { kind, address, raw, ...owner, ...(mobile ? { mobile } : {}) }, key, clientId }];
    });
  });
}

function personKey(clientId: string, name: string): string {
  return `${clientId} ${fold(name)}`;
}
