import { isSameJson } from '../../core/same-json.ts';
import { addDays, momentOf } from '../../core/time/wall-time.ts';
import type { Db } from '../../store/base/db.ts';
import { absencesFrom, addAbsences, departmentsNamed, removeAbsences } from '../../store/directory/departments.ts';
import { lockValues, type Write, writeValues } from '../../store/directory/fields.ts';
import type { ChangeLog } from '../../store/history/change-log.ts';
import type { Station } from './read-department.ts';

/** Whose station the file tells. */
export interface Stationed {
  readonly employeeId: string;
  readonly station: Station;
}

/**
 * Brings departments, own hours and days away in step. Days away that people entered on pages stay, and those in the past.
 *
 * @param zone in which days begin, for those without one of their own
 * @returns employees of whom something changed
 */
export async function importStations(
  tx: Db,
  rows: readonly Stationed[],
  { log, zone, now }: { readonly log: ChangeLog | null; readonly zone: string; readonly now: Date },
): Promise<ReadonlySet<string>> {
  const touched = new Set<string>();
  const known = await lockValues(
    tx,
    'employee',
    rows.map(({ employeeId }) => employeeId),
  );
  const names = [...new Set(rows.flatMap(({ station }) => station.department ?? []))];
  const departments = await departmentsNamed(tx, names, log !== null);
  for (const { id, name, made } of departments)
    if (made)
      await log?.record([
        { entity: 'department', entityId: id, clientId: null, field: 'created', old: null, new: name },
      ]);
  const idOf = new Map(departments.map(({ id, name }) => [name, id]));
  const writes: Write<'employee'>[] = [];
  for (const { employeeId, station } of rows) {
    const now = known.get(employeeId);
    if (now === undefined) continue;
    const wanted = {
      ...(station.department === undefined
        ? {}
        : { departmentId: station.department === null ? null : (idOf.get(station.department) ?? station.department) }),
      ...(station.hours === undefined ? {} : { hours: station.hours }),
    };
    const old: Readonly<Record<string, unknown>> = { ...now };
    const changed = Object.entries(wanted).filter(([field, value]) => !isSameJson(old[field], value));
    if (changed.length === 0) continue;
    touched.add(employeeId);
    writes.push({ id: employeeId, values: Object.fromEntries(changed) });
    const entity = { entity: 'employee', entityId: employeeId, clientId: null } as const;
    await log?.record(changed.map(([field, value]) => ({ ...entity, field, old: old[field], new: value })));
  }
  if (log !== null) await writeValues(tx, 'employee', writes);
  for (const id of await importAbsences(tx, rows, { log, now, zoneOf: (id) => known.get(id)?.zone ?? zone }))
    touched.add(id);
  return touched;
}

async function importAbsences(
  tx: Db,
  rows: readonly Stationed[],
  {
    log,
    now,
    zoneOf,
  }: { readonly log: ChangeLog | null; readonly now: Date; readonly zoneOf: (employeeId: string) => string },
): Promise<ReadonlySet<string>> {
  const told = rows.filter(({ station }) => station.away !== undefined);
  const stored = await absencesFrom(
    tx,
    told.map(({ employeeId }) => employeeId),
    now,
  );
  const wanted = told.flatMap(({ employeeId, station }) =>
    (station.away ?? []).map(({ from, to }) => ({
      employeeId,
      since: momentOf(from, '00:00', zoneOf(employeeId)),
      until: momentOf(addDays(to, 1), '00:00', zoneOf(employeeId)),
    })),
  );
  const key = (one: { readonly employeeId: string; readonly since: Date; readonly until: Date }) =>
    `${one.employeeId} ${one.since.getTime()} ${one.until.getTime()}`;
  const has = new Set(stored.map(key));
  const wants = new Set(wanted.map(key));
  const fresh = wanted.filter((one) => !has.has(key(one)) && one.until > now);
  const gone = stored.filter((one) => one.via === 'import' && !wants.has(key(one)));
  if (log !== null) {
    const made = await addAbsences(tx, fresh);
    await removeAbsences(
      tx,
      gone.map(({ id }) => id),
    );
    const spanOf = ({ employeeId, since, until }: (typeof wanted)[number]) => ({ employeeId, since, until });
    await log.record([
      ...gone.map((one) => ({ ...absence(one.id), field: 'removed', old: spanOf(one), new: null })),
      ...made.map((one) => ({ ...absence(one.id), field: 'created', old: null, new: spanOf(one) })),
    ]);
  }
  return new Set([...fresh, ...gone].map(({ employeeId }) => employeeId));
}

function absence(entityId: string) {
  return { entity: 'absence', entityId, clientId: null } as const;
}
