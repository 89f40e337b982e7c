import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';
import { orderRematch } from './fields.ts';

/** An employee as the directory compares him with a file. */
export interface StoredEmployee {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly email: string | null;
  readonly role: 'employee' | 'supervisor' | 'it';
  readonly language: string | null;
  readonly zone: string | null;
  readonly substituteId: string | null;
  readonly active: boolean;
  readonly isDuty: boolean;
  /** Of the company's directory service; null: he has none there. */
  readonly account: string | null;
}

/** All employees, those that came first in front. */
export function employees(db: Db): Promise<StoredEmployee[]> {
  return db.rows(sql`
    select id, key, name, email, role, language, zone, substitute_id as "substituteId", active, is_duty as "isDuty",
           account
      from employee
     order by created_at, name, id`);
}

/** Two imports at once would both find a client missing and both make it; they take turns until the transaction ends. */
export async function lockDirectory(db: Db): Promise<void> {
  await db.rows(sql`select pg_advisory_xact_lock(hashtextextended('letopis.directory', 0))`);
}

/** When this transaction began, by the database's clock. */
export async function transactionTime(db: Db): Promise<Date> {
  const [row] = await db.rows<{ now: Date }>(sql`select now() as now`);
  if (!row) throw new Error('the database tells no time');
  return row.now;
}

export type EmployeeFields = Pick<StoredEmployee, 'key' | 'name' | 'email' | 'role' | 'language' | 'zone'>;

/** Makes or updates employees by their key; who was taken back and has no account is with us again. Returns the ids by key. `rank`: their order in the file. */
export async function upsertEmployees(db: Db, rows: readonly EmployeeFields[]): Promise<Map<string, string>> {
  const stored = await db.rows<{ id: string; key: string }>(sql`
    insert into employee (key, name, email, role, language, zone, created_at)
    select r.key, r.name, r.email, r.role, r.language, r.zone, now() + r.n * interval '1 microsecond'
      from rows from (jsonb_to_recordset(${json(rows)}::jsonb)
             as (key text, name text, email text, role text, language text, zone text)) with ordinality
             as r(key, name, email, role, language, zone, n)
        on conflict (key) do update
           set name = excluded.name, email = excluded.email, role = excluded.role, language = excluded.language,
               zone = excluded.zone, active = employee.active or employee.account is null
    returning id, key`);
  return new Map(stored.map(({ id, key }) => [key, id]));
}

export async function setSubstitutes(
  db: Db,
  rows: readonly { readonly id: string; readonly substituteId: string | null }[],
): Promise<void> {
  await db.rows(sql`
    update employee e set substitute_id = r.sid
      from jsonb_to_recordset(${json(rows.map(({ id, substituteId }) => ({ id, sid: substituteId })))}::jsonb)
           as r(id uuid, sid uuid)
     where e.id = r.id`);
}

/** The one employee who owns what nobody else does; null when none is named yet. */
export async function dutyEmployee(db: Db): Promise<{ readonly id: string; readonly name: string } | null> {
  const [row] = await db.rows<{ id: string; name: string }>(sql`select id, name from employee where is_duty`);
  return row ?? null;
}

export async function writeDuty(db: Db, employeeId: string): Promise<void> {
  await db.rows(sql`update employee set is_duty = false where is_duty and id <> ${employeeId}`);
  await db.rows(sql`update employee set is_duty = true where id = ${employeeId} and not is_duty`);
}

export interface StoredClient {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly class: string | null;
  readonly responsibleId: string | null;
  /** The key it has: another than the asked one where it was found by its name. */
  readonly ownKey: string;
  /** It bears the asked name now; else it only has the key. */
  readonly isNamed: boolean;
  /** It is part of another by now: `id` and the fields are that one's. */
  readonly merged: boolean;
  readonly removed: string | null;
}

/**
 * The clients that bear these names now, else those with these keys; what was merged into another is that one.
 *
 * @param asked `isName`: the key is the folded name, not an id of the file's own
 */
export function clientsByKey(
  db: Db,
  asked: readonly { readonly key: string; readonly isName: boolean }[],
): Promise<StoredClient[]> {
  return db.rows(sql`
    with recursive asked as (
      select * from jsonb_to_recordset(${json(asked)}::jsonb) as r(key text, "isName" boolean)
    ), found as (
      select a.key, c.key as own_key, true as named, c.id, c.merged_into, c.created_at
        from asked a
             -- offset 0: one look into the index for each name, never all names folded to compare them
             cross join lateral (select * from client where folded(name) = folded(a.key) offset 0) c
       where a."isName" and c.removed_at is null and c.merged_into is null
      union all
      select a.key, c.key, false, c.id, c.merged_into, c.created_at from asked a join client c on c.key = a.key
    ), first as (
      select distinct on (key) * from found order by key, named desc, created_at, id
    ), way as (
      select key, own_key, named, id, merged_into, false as merged from first
      union all
      select way.key, way.own_key, way.named, c.id, c.merged_into, true from way join client c on c.id = way.merged_into
    )
    select c.id, way.key, way.own_key as "ownKey", way.named as "isNamed", c.name, c.class, c.responsible_id as "responsibleId",
           way.merged, instant(c.removed_at) as removed
      from way join client c on c.id = way.id
     where way.merged_into is null`);
}

export type ClientFields = Pick<StoredClient, 'key' | 'name' | 'class' | 'responsibleId'> & {
  /** Of those that are made; absent: an organisation. */
  readonly kind?: 'private';
};

/** Makes or updates clients by their key; who was removed is there again. Returns the ids by key. */
export async function upsertClients(db: Db, rows: readonly ClientFields[]): Promise<Map<string, string>> {
  const stored = await db.rows<{ id: string; key: string }>(sql`
    insert into client (key, name, kind, class, responsible_id)
    select r.key, r.name, coalesce(r.kind, 'organisation'), r.class, r."responsibleId"
      from jsonb_to_recordset(${json(rows)}::jsonb) as r(key text, name text, kind text, class text, "responsibleId" uuid)
        on conflict (key) do update
           set name = excluded.name, class = excluded.class, responsible_id = excluded.responsible_id, removed_at = null
    returning id, key`);
  return new Map(stored.map(({ id, key }) => [key, id]));
}

export interface StoredPerson {
  readonly id: string;
  readonly clientId: string;
  readonly name: string;
}

export function peopleOf(db: Db, clientIds: readonly string[]): Promise<StoredPerson[]> {
  return db.rows(sql`
    select id, client_id as "clientId", name
      from person
     where client_id = any(${clientIds}::uuid[]) and removed_at is null`);
}

/** Makes persons at clients; returns everybody named with his id, those who were there before included. */
export function addPeople(
  db: Db,
  rows: readonly { readonly clientId: string; readonly name: string }[],
): Promise<(StoredPerson & { readonly made: boolean })[]> {
  return db.rows(sql`
    with wanted as (
      select distinct r."clientId", r.name
        from jsonb_to_recordset(${json(rows)}::jsonb) as r("clientId" uuid, name text)
    ), made as (
      insert into person (client_id, name)
      select "clientId", name from wanted
          on conflict (client_id, name) where removed_at is null do nothing
      returning id, client_id, name
    )
    select id, client_id as "clientId", name, true as made from made
    union all
    select p.id, p.client_id, p.name, false
      from wanted w join person p on p.client_id = w."clientId" and p.name = w.name and p.removed_at is null`);
}

/** Whose a contact point is: exactly one of the three is set. */
export interface PointOwnerIds {
  readonly clientId: string | null;
  readonly personId: string | null;
  readonly employeeId: string | null;
}

export interface StoredPoint extends PointOwnerIds {
  readonly kind: string;
  readonly address: string;
}

/** Every contact point these clients and persons, or these employees, have now or will have. */
export function pointsOf(
  db: Db,
  owners: {
    readonly clientIds: readonly string[];
    readonly personIds: readonly string[];
    readonly employeeIds: readonly string[];
  },
): Promise<StoredPoint[]> {
  return db.rows(sql`
    select kind, address, client_id as "clientId", person_id as "personId", employee_id as "employeeId"
      from contact_point
     where until > now() and client_id = any(${owners.clientIds}::uuid[])
    union all
    select kind, address, client_id, person_id, employee_id
      from contact_point
     where until > now() and person_id = any(${owners.personIds}::uuid[])
    union all
    select kind, address, client_id, person_id, employee_id
      from contact_point
     where until > now() and employee_id = any(${owners.employeeIds}::uuid[])`);
}

export interface NewPoint extends StoredPoint {
  /** As a person wrote it. */
  readonly raw: string;
  /** From when on it is its owner's, ISO; absent: since ever. */
  readonly since?: string;
  readonly mobile?: boolean;
  readonly shared?: boolean;
  readonly reception?: boolean;
  readonly gateway?: boolean;
  readonly neverCapture?: boolean;
}

/**
 * Makes contact points, valid for all time; those that exist already are left, one that was taken back is there again. An
 * extension that was somebody's before is its new owner's from now on only: his predecessor's calls stay his. Orders the look
 * back at the past. Returns the made ones with their ids.
 */
export async function addPoints(db: Db, rows: readonly NewPoint[]): Promise<(StoredPoint & { readonly id: string })[]> {
  const made = await db.rows<StoredPoint & { readonly id: string }>(sql`
    insert into contact_point as p (kind, address, raw, client_id, person_id, employee_id, since, mobile, shared, reception, gateway,
                                    never_capture)
    select r.kind, r.address, r.raw, r."clientId", r."personId", r."employeeId",
           case when r.kind = 'extension' and exists (select from contact_point before
                                                       where before.kind = 'extension' and before.address = r.address
                                                         and before.until <= now())
                then now() else coalesce(r.since::timestamptz, '-infinity') end,
           coalesce(r.mobile, false), coalesce(r.shared, false), coalesce(r.reception, false), coalesce(r.gateway, false),
           coalesce(r."neverCapture", false)
      from jsonb_to_recordset(${json(rows)}::jsonb)
           as r(kind text, address text, raw text, "clientId" uuid, "personId" uuid, "employeeId" uuid, since text,
                mobile boolean, shared boolean, reception boolean, gateway boolean, "neverCapture" boolean)
        on conflict (kind, address, coalesce(client_id, person_id, employee_id), since) do update
           set until = 'infinity', raw = excluded.raw
         where p.until = p.since
    returning id, kind, address, client_id as "clientId", person_id as "personId", employee_id as "employeeId"`);
  await orderRematch(
    db,
    made.filter(({ employeeId }) => employeeId === null).map(({ id }) => id),
  );
  return made;
}

/** Ends these addresses of employees now; what was told of them before stays theirs. Returns those ended. */
export function endEmployeePoints(
  db: Db,
  left: readonly { readonly employeeId: string; readonly kind: string; readonly address: string }[],
): Promise<{ id: string; until: string }[]> {
  return db.rows(sql`
    update contact_point p set until = now()
      from unnest(${left.map((one) => one.employeeId)}::uuid[], ${left.map((one) => one.kind)}::text[],
                  ${left.map((one) => one.address)}::text[]) as gone (employee_id, kind, address)
     where p.kind = gone.kind and p.employee_id = gone.employee_id and p.address = gone.address
       and p.since < now() and now() < p.until
    returning p.id, instant(p.until) as until`);
}

/** Of these addresses those that are a client's, or a person's at one, today: address → the client's name. */
export async function clientsHaving(db: Db, addresses: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db.rows<{ address: string; name: string }>(sql`
    select p.address, cl.name
      from contact_point p left join person pe on pe.id = p.person_id
      join client cl on cl.id = coalesce(p.client_id, pe.client_id)
     where p.address = any(${[...addresses]}::text[]) and p.since <= now() and now() < p.until`);
  return new Map(rows.map(({ address, name }) => [address, name]));
}

/** The list of occasions in the office's order; those no longer in it are kept for the past and offered no more. */
export async function writeOccasions(db: Db, names: readonly string[]): Promise<void> {
  await db.rows(sql`
    insert into occasion (name, rank)
    select name, n from unnest(${names}::text[]) with ordinality as o(name, n)
        on conflict (name) do update set rank = excluded.rank, active = true
     where (occasion.rank, occasion.active) is distinct from (excluded.rank, true)`);
  await db.rows(sql`update occasion set active = false where active and name <> all(${names}::text[])`);
}
