import { type Db, sql } from '../base/db.ts';

/** Whose phones these are now. An extension without an owner has no row. */
export function employeesAt(
  db: Db,
  extensions: readonly string[],
  now: Date,
): Promise<{ extension: string; employeeId: string; name: string }[]> {
  return db.rows(sql`
    select p.address as extension, e.id as "employeeId", e.name
      from contact_point p join employee e on e.id = p.employee_id and e.active
     where p.kind = 'extension' and p.address = any(${[...extensions]}) and p.since <= ${now} and ${now} < p.until`);
}

export interface CallerCard {
  readonly clientId: string;
  readonly clientName: string;
  readonly personName: string | null;
}

/** The names of a candidate; null when the client is gone. */
export async function callerCard(db: Db, clientId: string, personId: string | null): Promise<CallerCard | null> {
  const rows = await db.rows<CallerCard>(sql`
    select cl.id as "clientId", cl.name as "clientName", p.name as "personName"
      from client cl left join person p on p.id = ${personId} and p.client_id = cl.id
     where cl.id = ${clientId}`);
  return rows[0] ?? null;
}

/** Periods no connector could see and nothing refilled, newest first. */
export function recentGaps(
  db: Db,
  limit: number,
): Promise<{ connector: string; since: Date; until: Date; reason: string }[]> {
  return db.rows(sql`select connector, since, until, reason from gap order by until desc limit ${limit}`);
}
