import { type Change, type ChangeLog, changeLog } from '../store/change-log.ts';
import type { Db } from '../store/db.ts';
import {
  addPeople,
  addPoints,
  type ClientFields,
  clientsByKey,
  employees,
  lockDirectory,
  type NewPoint,
  peopleOf,
  pointsOf,
  type StoredClient,
  upsertClients,
} from '../store/directory.ts';
import type { ClientRow } from './clients.ts';
import { fold, type Rejection } from './csv.ts';
import { type Imported, type ImportOptions, importHead, isCalled } from './import-people.ts';
import type { FileRead } from './people.ts';

/** Clients per round trip: above it memory grows and time does not fall (100,000 clients with 400,000 addresses:
 * 36 s, and 4 s when nothing changed, measured on two shared cores). */
const batchSize = 2000;
const fields = ['name', 'class', 'responsibleId'] as const;

/**
 * Brings the clients in step with the file, all or nothing; every change is a row of the change log. Clients, people and
 * addresses that are no longer in the file stay; a class or responsible that is empty in the file is left as it is, for the
 * file of one department says nothing about what another wrote.
 */
export function importClients(db: Db, read: FileRead<ClientRow>, options: ImportOptions = {}): Promise<Imported> {
  return db.transaction(async (tx) => {
    await lockDirectory(tx);
    const rejected: Rejection[] = [...read.rejected];
    const responsibleOf = await responsibles(tx, rejected);
    const log = changeLog(tx, importHead(read.file, options));
    const total = { created: 0, changed: 0, unchanged: 0 };
    for (let from = 0; from < read.rows.length; from += batchSize) {
      const batch = read.rows.slice(from, from + batchSize);
      const done = await importBatch(tx, batch, responsibleOf, options.dryRun ? null : log);
      total.created += done.created;
      total.changed += done.changed;
      total.unchanged += batch.length - done.created - done.changed;
      options.progress?.(from + batch.length, read.rows.length);
    }
    const format = read.format === undefined ? {} : { format: read.format };
    return { ...total, rejected: rejected.sort((a, b) => a.line - b.line), notes: read.notes, ...format };
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

async function importBatch(
  db: Db,
  rows: readonly ClientRow[],
  responsibleOf: Responsible,
  log: ChangeLog | null,
): Promise<{ readonly created: number; readonly changed: number }> {
  const dryRun = log === null;
  const before = new Map(
    (
      await clientsByKey(
        db,
        rows.map(({ key }) => key),
      )
    ).map((client) => [client.key, client]),
  );
  const wanted = rows.map((row) => wantedFields(row, before.get(row.key), responsibleOf(row)));
  const stale = wanted.filter((row) => !isSame(before.get(row.key), row));
  const ids = new Map([...before].map(([key, { id }]) => [key, id]));
  if (!dryRun && stale.length > 0) for (const [key, id] of await upsertClients(db, stale)) ids.set(key, id);
  const changes = stale.flatMap((row) => changesOf(before.get(row.key), row, ids.get(row.key) ?? ''));
  const touched = new Set(stale.map(({ key }) => key));
  const people = await writePeople(db, rows, { ids, touched, changes, dryRun });
  await writePoints(db, rows, { ids, touched, changes, dryRun, people });
  await log?.record(changes);
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
  return old !== undefined && (old.merged || (old.removed === null && fields.every((f) => old[f] === row[f])));
}

function changesOf(old: StoredClient | undefined, row: ClientFields, id: string): Change[] {
  const entity = { entity: 'client', entityId: id, clientId: id } as const;
  const { key: _key, ...all } = row;
  if (old === undefined) return [{ ...entity, field: 'created', old: null, new: all }];
  const changed = fields.flatMap((field) =>
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

async function writePoints(
  db: Db,
  rows: readonly ClientRow[],
  { ids, touched, changes, dryRun, people }: Running & { readonly people: ReadonlyMap<string, string> },
): Promise<void> {
  const clientIds = [...ids.values()];
  const stored = await pointsOf(db, { clientIds, personIds: [...people.values()], employeeIds: [] });
  const has = new Set(stored.map((point) => `${point.personId ?? point.clientId} ${point.kind} ${point.address}`));
  const clientOf = new Map<string, string>();
  const missing = rows.flatMap((row) => {
    const clientId = ids.get(row.key) ?? '';
    const fresh = row.points.flatMap(({ kind, address, raw, person, mobile = false }): NewPoint[] => {
      const personId = person === null ? null : (people.get(personKey(clientId, person)) ?? '');
      if (has.has(`${personId ?? clientId} ${kind} ${address}`)) return [];
      if (personId !== null) clientOf.set(personId, clientId);
      const owner = { clientId: personId === null ? clientId : null, personId, employeeId: null };
      return [{ kind, address, raw, ...owner, ...(mobile ? { mobile } : {}) }];
    });
    if (fresh.length > 0) touched.add(row.key);
    return fresh;
  });
  if (dryRun || missing.length === 0) return;
  for (const { id, kind, address, clientId, personId } of await addPoints(db, missing)) {
    const owner = clientId ?? clientOf.get(personId ?? '') ?? null;
    changes.push({
      entity: 'contact_point',
      entityId: id,
      clientId: owner,
      field: 'created',
      old: null,
      new: { kind, address },
    });
  }
}

function personKey(clientId: string, name: string): string {
  return `${clientId} ${fold(name)}`;
}
