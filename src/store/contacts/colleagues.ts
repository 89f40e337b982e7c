import { type Db, sql } from '../base/db.ts';

/** The outside numbers that are our own people's now (mobiles), in E.164. */
export async function colleagueNumbers(db: Db): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ address: string }>(sql`
    select p.address from contact_point p join employee e on e.id = p.employee_id and e.active
     where p.kind = 'phone' and now() < p.until`);
  return new Set(rows.map(({ address }) => address));
}

/** Tells every process of this database what rings now; those that missed it see the next announcement. */
export async function notifyRinging(db: Db, payload: string): Promise<void> {
  await db.rows(sql`select pg_notify(${ringingChannel}, ${payload})`);
}

/** Of LISTEN: process that announces, connector, Ringing as JSON. */
export const ringingChannel = 'letopis_ringing';

/** Every e-mail address of our people, those who left included: what they wrote was written by us. Lower case. */
export async function colleagueAddresses(db: Db): Promise<readonly string[]> {
  const rows = await db.rows<{ address: string }>(sql`
    select address from contact_point where kind = 'email' and employee_id is not null
    union select lower(email) from employee where email is not null
    order by address`);
  return rows.map(({ address }) => address);
}
