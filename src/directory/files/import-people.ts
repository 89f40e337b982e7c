import type { Db } from '../../store/base/db.ts';
import {
  addPoints,
  type EmployeeFields,
  employees,
  endEmployeePoints,
  lockDirectory,
  pointsOf,
  type StoredEmployee,
  type StoredPoint,
  setSubstitutes,
  transactionTime,
  upsertEmployees,
} from '../../store/directory/employees-and-clients.ts';
import { type Change, type ChangeSetHead, type ChangeVia, changeLog } from '../../store/history/change-log.ts';
import { type Leaving, takeLeavers } from '../leavers.ts';
import { type CsvFormat, fold, type Rejection } from './csv.ts';
import { importStations } from './import-departments.ts';
import type { EmployeeRow, FileRead } from './people.ts';

/** What an import did, or with `dryRun` would have done. */
export interface Imported {
  readonly created: number;
  readonly changed: number;
  readonly unchanged: number;
  readonly rejected: readonly Rejection[];
  readonly notes: readonly string[];
  /** Of the configuration's table: who left, and why nobody did though some are missing. */
  readonly leaving?: Leaving;
  /** Of a CSV file: how it was read. */
  readonly format?: CsvFormat;
}

export interface ImportOptions {
  readonly dryRun?: boolean;
  /** Who imports; absent: the machine, by its configuration. */
  readonly by?: { readonly authorId: string | null; readonly via: ChangeVia };
  /** The file is the configuration's own table: whom it named before, and names no more, has left. */
  readonly isRoster?: boolean;
  /** The office's: where days away begin, for whom has no zone of his own. Default UTC. */
  readonly zone?: string;
  /** Told after every batch: rows done of all. */
  readonly progress?: (done: number, all: number) => void;
}

export function importHead(file: string, { by }: ImportOptions): ChangeSetHead {
  return { kind: 'import', via: by?.via ?? 'import', authorId: by?.authorId ?? null, label: file };
}

const fields = ['name', 'email', 'role', 'language', 'zone'] as const;

/**
 * Brings the employees in step with the file, all or nothing. Whom the configuration's own table names no more has left;
 * whom another file does not name stays. A field that is empty in the file is emptied; addresses are only added, but for extensions, which have one owner at a time.
 */
export function importPeople(db: Db, read: FileRead<EmployeeRow>, options: ImportOptions = {}): Promise<Imported> {
  return db.transaction(async (tx) => {
    await lockDirectory(tx);
    const stored = await employees(tx);
    const before = new Map(stored.map((one) => [one.key, one]));
    const rows = recognised(read.rows, stored);
    const changes: Change[] = [];
    const touched = new Set<string>();
    const wanted = rows.map(fieldsOf);
    // Of who has an account the directory service says whether he is still with us.
    const isBack = (old: StoredEmployee | undefined) => old !== undefined && !old.active && old.account === null;
    const stale = wanted.filter((row) => !isSame(before.get(row.key), row) || isBack(before.get(row.key)));
    const ids = new Map([...before].map(([key, { id }]) => [key, id]));
    if (!options.dryRun && stale.length > 0) for (const [key, id] of await upsertEmployees(tx, stale)) ids.set(key, id);
    for (const row of stale) {
      touched.add(row.key);
      const old = before.get(row.key);
      const entity = { entity: 'employee', entityId: ids.get(row.key) ?? '', clientId: null } as const;
      if (old === undefined) changes.push({ ...entity, field: 'created', old: null, new: row.name });
      else
        for (const field of fields)
          if (old[field] !== row[field]) changes.push({ ...entity, field, old: old[field], new: row[field] });
      if (isBack(old)) changes.push({ ...entity, field: 'active', old: false, new: true });
    }
    const substitutes = decideSubstitutes(rows, stored);
    const ours = { ids, before, touched, changes, dryRun: options.dryRun ?? false };
    await writeSubstitutes(tx, substitutes.byKey, ours);
    await writePoints(tx, rows, ours);
    const log = options.dryRun ? null : changeLog(tx, importHead(read.file, options));
    await log?.record(changes);
    const stationed = rows.flatMap(({ key, station }) => {
      const employeeId = ids.get(key);
      return employeeId === undefined ? [] : [{ employeeId, station, key }];
    });
    const moved = await importStations(tx, stationed, {
      log,
      zone: options.zone ?? 'UTC',
      now: await transactionTime(tx),
    });
    for (const { key, employeeId } of stationed) if (moved.has(employeeId)) touched.add(key);
    const named = stationed.map(({ employeeId }) => employeeId);
    const leaving = options.isRoster && log ? await takeLeavers(tx, named, unreadRows(read), log) : null;
    const created = stale.filter(({ key }) => !before.has(key)).length;
    options.progress?.(rows.length, rows.length);
    return {
      created,
      changed: touched.size - created,
      unchanged: rows.length - touched.size,
      rejected: [...read.rejected, ...substitutes.rejected].sort((a, b) => a.line - b.line),
      notes: read.notes,
      ...(leaving === null ? {} : { leaving }),
      ...(read.format === undefined ? {} : { format: read.format }),
    };
  });
}

/** Rows that were rejected whole; one with a wrong mobile number names its person all the same. */
function unreadRows({ rows, rejected }: FileRead<EmployeeRow>): number {
  const lines = new Set(rows.map(({ line }) => line));
  return new Set(rejected.flatMap(({ line }) => (lines.has(line) ? [] : [line]))).size;
}

interface Running {
  readonly ids: ReadonlyMap<string, string>;
  readonly before: ReadonlyMap<string, StoredEmployee>;
  readonly touched: Set<string>;
  readonly changes: Change[];
  readonly dryRun: boolean;
}

/** Who got another e-mail keeps his key, if his name leaves no doubt that it is he: his drafts and links are his still. */
export function recognised(
  rows: readonly EmployeeRow[],
  stored: readonly Pick<StoredEmployee, 'key' | 'name'>[],
): readonly EmployeeRow[] {
  const inFile = new Set(rows.map(({ key }) => key));
  const inStore = new Set(stored.map(({ key }) => key));
  const named = (name: string) => (one: { readonly name: string }) => fold(one.name) === fold(name);
  return rows.map((row) => {
    if (inStore.has(row.key) || rows.filter(named(row.name)).length > 1) return row;
    const [one, ...others] = stored.filter(named(row.name));
    return one === undefined || others.length > 0 || inFile.has(one.key) ? row : { ...row, key: one.key };
  });
}

function fieldsOf({ key, name, email, role, language, zone }: EmployeeRow): EmployeeFields {
  return { key, name, email, role, language, zone };
}

function isSame(old: StoredEmployee | undefined, row: EmployeeFields): boolean {
  return old !== undefined && fields.every((field) => old[field] === row[field]);
}

/**
 * Who stands in for whom, by key. A substitute is written as name, e-mail or extension; one that would close a circle of
 * substitutes is refused, for then nobody of the circle would be asked.
 */
export function decideSubstitutes(
  rows: readonly EmployeeRow[],
  stored: readonly Pick<StoredEmployee, 'id' | 'key' | 'name' | 'email' | 'substituteId'>[],
): { readonly byKey: ReadonlyMap<string, string | null>; readonly rejected: readonly Rejection[] } {
  const rejected: Rejection[] = [];
  const inFile = new Set(rows.map(({ key }) => key));
  const keyOfId = new Map(stored.map(({ id, key }) => [id, key]));
  const byKey = new Map<string, string | null>();
  for (const { key, substituteId } of stored)
    if (!inFile.has(key) && substituteId !== null) byKey.set(key, keyOfId.get(substituteId) ?? null);
  const everybody = [...rows, ...stored.filter(({ key }) => !inFile.has(key)).map((one) => ({ ...one, points: [] }))];
  for (const row of rows) {
    byKey.set(row.key, null);
    if (row.substitute === null) continue;
    const reject = (reason: string) =>
      rejected.push({ line: row.line, column: 'substitute', value: row.substitute ?? '', reason });
    const found = everybody.filter((one) => isCalled(one, row.substitute ?? ''));
    const [one] = found;
    if (one === undefined) reject('nobody of this name, e-mail or extension');
    else if (found.length > 1) reject('several people of this name: write the e-mail');
    else if (closesLoop(row.key, one.key, byKey)) reject('the substitutes would run in a circle');
    else byKey.set(row.key, one.key);
  }
  return { byKey, rejected };
}

/** Is this what people call him: his name, his e-mail, his extension? */
export function isCalled(
  one: {
    readonly name: string;
    readonly email: string | null;
    readonly points: readonly { readonly kind: string; readonly address: string }[];
  },
  written: string,
): boolean {
  const wanted = fold(written);
  return fold(one.name) === wanted || one.points.some(({ address }) => address === wanted) || one.email === wanted;
}

function closesLoop(from: string, to: string, byKey: ReadonlyMap<string, string | null>): boolean {
  const seen = new Set<string>();
  for (let next: string | null = to; next !== null && !seen.has(next); next = byKey.get(next) ?? null) {
    if (next === from) return true;
    seen.add(next);
  }
  return false;
}

async function writeSubstitutes(db: Db, byKey: ReadonlyMap<string, string | null>, running: Running): Promise<void> {
  const { ids, before, touched, changes, dryRun } = running;
  const stale = [...byKey].flatMap(([key, substitute]) => {
    const id = ids.get(key) ?? '';
    const wanted = substitute === null ? null : (ids.get(substitute) ?? '');
    const old = before.get(key)?.substituteId ?? null;
    return old === wanted ? [] : [{ key, id, substituteId: wanted, old }];
  });
  for (const { key, id, substituteId, old } of stale) {
    touched.add(key);
    changes.push({ entity: 'employee', entityId: id, clientId: null, field: 'substitute', old, new: substituteId });
  }
  if (!dryRun && stale.length > 0) await setSubstitutes(db, stale);
}

async function writePoints(db: Db, rows: readonly EmployeeRow[], running: Running): Promise<void> {
  const { ids, before, touched, changes, dryRun } = running;
  const known = await pointsOf(db, { clientIds: [], personIds: [], employeeIds: [...ids.values()] });
  const has = new Set(known.map((point) => `${point.employeeId} ${point.kind} ${point.address}`));
  const missing = rows.flatMap((row) => {
    const employeeId = ids.get(row.key) ?? '';
    const fresh = row.points.filter(({ kind, address }) => !has.has(`${employeeId} ${kind} ${address}`));
    if (fresh.length > 0) touched.add(row.key);
    return fresh.map((point) => ({ ...point, clientId: null, personId: null, employeeId }));
  });
  const left = extensionsLeft(rows, known, ids);
  for (const { key } of left) if (before.has(key)) touched.add(key);
  if (dryRun) return;
  const ended = await endEmployeePoints(
    db,
    left.map((one) => ({ ...one, kind: 'extension' })),
  );
  for (const { id, until } of ended) changes.push(pointChange(id, 'until', 'infinity', until));
  for (const { id, kind, address } of missing.length > 0 ? await addPoints(db, missing) : [])
    changes.push(pointChange(id, 'created', null, { kind, address }));
}

/** A desk has one owner at a time: an extension that is somebody else's in the file, or no more its person's, ends. */
function extensionsLeft(rows: readonly EmployeeRow[], known: readonly StoredPoint[], ids: ReadonlyMap<string, string>) {
  const inFile = new Map(rows.map((row) => [ids.get(row.key) ?? '', row]));
  const wanted = new Map<string, ReadonlySet<string>>(
    [...inFile].map(([id, { points }]) => [id, new Set(points.filter(isExtension).map(({ address }) => address))]),
  );
  const taken = new Set([...wanted.values()].flatMap((addresses) => [...addresses]));
  return known.filter(isExtension).flatMap(({ employeeId, address }) => {
    const own = employeeId === null ? undefined : wanted.get(employeeId);
    const stays = own ? own.has(address) : !taken.has(address);
    return stays || employeeId === null ? [] : [{ employeeId, address, key: inFile.get(employeeId)?.key ?? '' }];
  });
}

function isExtension({ kind }: { readonly kind: string }): boolean {
  return kind === 'extension';
}

function pointChange(entityId: string, field: string, old: unknown, now: unknown): Change {
  return { entity: 'contact_point', entityId, clientId: null, field, old, new: now };
}
