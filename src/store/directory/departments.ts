import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

/** Departments of these names; those that are missing are made, unless this is only a look: then they are left out. */
export async function departmentsNamed(
  db: Db,
  names: readonly string[],
  makes: boolean,
): Promise<readonly { readonly id: string; readonly name: string; readonly made: boolean }[]> {
  const made = makes
    ? await db.rows<{ id: string; name: string }>(sql`
        insert into department (name) select unnest(${[...names]}::text[]) on conflict (name) do nothing returning id, name`)
    : [];
  const all = await db.rows<{ id: string; name: string }>(
    sql`select id, name from department where name = any(${[...names]}::text[])`,
  );
  const fresh = new Set(made.map(({ id }) => id));
  return all.map((one) => ({ ...one, made: fresh.has(one.id) }));
}

export interface Absence {
  readonly id: string;
  readonly employeeId: string;
  readonly since: Date;
  readonly until: Date;
  readonly via: 'session' | 'import' | 'api';
}

/** Absences of these employees that are not over. */
export function absencesFrom(db: Db, employeeIds: readonly string[], now: Date): Promise<Absence[]> {
  return db.rows(sql`
    select id, employee_id as "employeeId", since, until, via
      from absence
     where employee_id = any(${[...employeeIds]}::uuid[]) and until > ${now}
     order by employee_id, since`);
}

/** Makes absences an import tells; those that are there already are left. */
export function addAbsences(
  db: Db,
  rows: readonly Pick<Absence, 'employeeId' | 'since' | 'until'>[],
): Promise<Absence[]> {
  return db.rows(sql`
    insert into absence (employee_id, since, until, via)
    select r."employeeId", r.since, r.until, 'import'
      from jsonb_to_recordset(${json(rows)}::jsonb) as r("employeeId" uuid, since timestamptz, until timestamptz)
        on conflict (employee_id, since, until) do nothing
    returning id, employee_id as "employeeId", since, until, via`);
}

export async function removeAbsences(db: Db, ids: readonly string[]): Promise<void> {
  await db.rows(sql`delete from absence where id = any(${[...ids]}::uuid[])`);
}
