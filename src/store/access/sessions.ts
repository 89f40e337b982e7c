import type { Language } from '../../core/language.ts';
import { type Db, sql } from '../base/db.ts';

export type Role = 'employee' | 'supervisor' | 'it';

/** An employee as the pages know him. */
export interface Visitor {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: Role;
  readonly language: Language | null;
  readonly zone: string | null;
}

/** Times a session lives: seconds since it was last seen, and since it began (ASVS 7.3.1, 7.3.2). */
export const idleSeconds = 12 * 3600;
export const absoluteSeconds = 7 * 86_400;

/** The active employee with this e-mail; case does not matter. Null when there is none. */
export async function employeeByEmail(db: Db, email: string): Promise<Visitor | null> {
  const rows = await db.rows<Visitor>(sql`
    select id, name, email, role, language, zone
      from employee where lower(email) = lower(${email}) and active
     order by created_at limit 1`);
  return rows[0] ?? null;
}

/** The same, locked until the transaction ends. */
export async function lockEmployeeByEmail(db: Db, email: string): Promise<Visitor | null> {
  const rows = await db.rows<Visitor>(sql`
    select id, name, email, role, language, zone
      from employee where lower(email) = lower(${email}) and active
     order by created_at limit 1
       for update`);
  return rows[0] ?? null;
}

/** How many sign-in links of an employee could still be used at this time. */
export async function openSignInLinks(db: Db, employeeId: string, now: Date): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`
    select count(*)::int as n from sign_in
     where employee_id = ${employeeId} and used_at is null and expires_at > ${now}`);
  return row?.n ?? 0;
}

export async function addSignIn(db: Db, tokenHash: Buffer, employeeId: string, expiresAt: Date): Promise<void> {
  await db.rows(sql`
    insert into sign_in (token_hash, employee_id, expires_at) values (${tokenHash}, ${employeeId}, ${expiresAt})`);
}

/** Could this link still sign somebody in? Changes nothing. */
export async function signInIsOpen(db: Db, tokenHash: Buffer, now: Date): Promise<boolean> {
  const rows = await db.rows(sql`
    select from sign_in s join employee e on e.id = s.employee_id
     where s.token_hash = ${tokenHash} and s.used_at is null and s.expires_at > ${now} and e.active`);
  return rows.length > 0;
}

/** Uses a sign-in link up; the employee's id, or null when it is unknown, used or late. */
export async function useSignIn(db: Db, tokenHash: Buffer, now: Date): Promise<string | null> {
  const rows = await db.rows<{ id: string }>(sql`
    update sign_in s set used_at = ${now}
      from employee e
     where s.token_hash = ${tokenHash} and s.used_at is null and s.expires_at > ${now}
       and e.id = s.employee_id and e.active
    returning e.id`);
  return rows[0]?.id ?? null;
}

export async function addSession(db: Db, tokenHash: Buffer, employeeId: string, now: Date): Promise<void> {
  const expiresAt = new Date(now.getTime() + absoluteSeconds * 1000);
  await db.rows(sql`
    insert into session (token_hash, employee_id, created_at, seen_at, expires_at)
    values (${tokenHash}, ${employeeId}, ${now}, ${now}, ${expiresAt})`);
}

/** Whose session this is, null when it is unknown, ended, idle too long or of somebody who left. */
export async function sessionVisitor(
  db: Db,
  tokenHash: Buffer,
  now: Date,
): Promise<(Visitor & { seenAt: Date }) | null> {
  const idleSince = new Date(now.getTime() - idleSeconds * 1000);
  const rows = await db.rows<Visitor & { seenAt: Date }>(sql`
    select e.id, e.name, e.email, e.role, e.language, e.zone, s.seen_at as "seenAt"
      from session s join employee e on e.id = s.employee_id
     where s.token_hash = ${tokenHash} and s.expires_at > ${now} and s.seen_at > ${idleSince} and e.active`);
  return rows[0] ?? null;
}

/** Notes that the session is in use. */
export async function touchSession(db: Db, tokenHash: Buffer, now: Date): Promise<void> {
  await db.rows(sql`update session set seen_at = ${now} where token_hash = ${tokenHash} and seen_at < ${now}`);
}

export async function endSession(db: Db, tokenHash: Buffer): Promise<void> {
  await db.rows(sql`delete from session where token_hash = ${tokenHash}`);
}

/** How much was ended: open sessions, and sign-in links that were not used yet. */
export interface Ended {
  readonly sessions: number;
  readonly signInLinks: number;
}

/** Ends every session and every unused sign-in link of one employee; null: of everybody. */
export async function endSessionsOf(db: Db, employeeId: string | null): Promise<Ended> {
  const [ended] = await db.rows<Ended>(sql`
    with ended as (delete from session where ${employeeId}::uuid is null or employee_id = ${employeeId} returning 1),
         unused as (delete from sign_in
                     where used_at is null and (${employeeId}::uuid is null or employee_id = ${employeeId}) returning 1)
    select (select count(*) from ended)::int as sessions, (select count(*) from unused)::int as "signInLinks"`);
  return ended ?? { sessions: 0, signInLinks: 0 };
}

/** Drops what ended long ago. */
export async function sweepSessions(db: Db, now: Date): Promise<void> {
  const dayAgo = new Date(now.getTime() - 86_400_000);
  await db.rows(sql`
    with old as (delete from sign_in where expires_at < ${dayAgo})
    delete from session where expires_at < ${dayAgo}`);
}
