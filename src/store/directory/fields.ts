import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

/**
 * What people and imports change of the directory, as change rows write it: JSON, moments as the SQL function `instant` gives
 * them (`-infinity` and `infinity` included), days as `YYYY-MM-DD`, ids as text. What was read can be written back unchanged.
 */
export interface ClientValues {
  readonly name: string;
  readonly kind: 'organisation' | 'private';
  readonly class: string | null;
  readonly note: string | null;
  readonly responsibleId: string | null;
  readonly mergedInto: string | null;
  /** When it was taken back; null: it is there. */
  readonly removed: string | null;
}

export interface PersonValues {
  readonly clientId: string;
  readonly name: string;
  readonly post: string | null;
  /** The day he joined; null: always there. */
  readonly since: string | null;
  /** The first day he was no longer there. */
  readonly until: string | null;
  readonly removed: string | null;
}

export interface PointValues {
  readonly clientId: string | null;
  readonly personId: string | null;
  readonly employeeId: string | null;
  readonly since: string;
  readonly until: string;
  readonly mobile: boolean;
  readonly shared: boolean;
  readonly reception: boolean;
  readonly gateway: boolean;
  readonly neverCapture: boolean;
  readonly notClient: boolean;
}

export interface EmployeeValues {
  readonly name: string;
  readonly email: string | null;
  readonly role: 'employee' | 'supervisor' | 'it';
  readonly language: string | null;
  readonly zone: string | null;
  readonly substitute: string | null;
  readonly active: boolean;
  readonly departmentId: string | null;
  readonly hours: unknown;
  /** Of the company's directory service. */
  readonly account: string | null;
}

export interface ValuesOf {
  readonly client: ClientValues;
  readonly person: PersonValues;
  readonly contact_point: PointValues;
  readonly employee: EmployeeValues;
}
export type DirectoryEntity = keyof ValuesOf;

/** New values of some fields of one row. */
export interface Write<Entity extends DirectoryEntity> {
  readonly id: string;
  readonly values: Partial<ValuesOf[Entity]>;
}

/** The values of these rows now, by id, locked until the transaction ends; rows that do not exist are missing. */
export async function lockValues<Entity extends DirectoryEntity>(
  db: Db,
  entity: Entity,
  ids: readonly string[],
): Promise<ReadonlyMap<string, ValuesOf[Entity]>> {
  const rows = await readers[entity](db, ids);
  return new Map(rows.map(({ id, values }) => [id, values]));
}

/** The same with values as change rows hold them: what was read of these fields before. */
export async function restoreValues(
  db: Db,
  entity: DirectoryEntity,
  writes: readonly { readonly id: string; readonly values: Readonly<Record<string, unknown>> }[],
): Promise<void> {
  if (writes.length > 0) await writers[entity](db, json(writes));
}

type Row<Entity extends DirectoryEntity> = { readonly id: string; readonly values: ValuesOf[Entity] };

const readers: { readonly [Entity in DirectoryEntity]: (db: Db, ids: readonly string[]) => Promise<Row<Entity>[]> } = {
  client: (db, ids) =>
    db.rows(sql`
      select id, jsonb_build_object('name', name, 'kind', kind, 'class', class, 'note', note, 'responsibleId', responsible_id,
                                    'mergedInto', merged_into, 'removed', instant(removed_at)) as values
        from client where id = any(${ids}::uuid[]) order by id for no key update`),
  person: (db, ids) =>
    db.rows(sql`
      select id, jsonb_build_object('clientId', client_id, 'name', name, 'post', post, 'since', since, 'until', until,
                                    'removed', instant(removed_at)) as values
        from person where id = any(${ids}::uuid[]) order by id for no key update`),
  contact_point: (db, ids) =>
    db.rows(sql`
      select id, jsonb_build_object('clientId', client_id, 'personId', person_id, 'employeeId', employee_id,
                                    'since', instant(since), 'until', instant(until), 'mobile', mobile, 'shared', shared,
                                    'reception', reception, 'gateway', gateway, 'neverCapture', never_capture,
                                    'notClient', not_client) as values
        from contact_point where id = any(${ids}::uuid[]) order by id for no key update`),
  employee: (db, ids) =>
    db.rows(sql`
      select id, jsonb_build_object('name', name, 'email', email, 'role', role, 'language', language, 'zone', zone,
                                    'substitute', substitute_id, 'active', active, 'departmentId', department_id,
                                    'hours', hours, 'account', account) as values
        from employee where id = any(${ids}::uuid[]) order by id for no key update`),
};

/** Writes the fields that are named, leaves the others. Changed contact points, and owners
 * that are gone or back, order a look back at the past. */
export async function writeValues<Entity extends DirectoryEntity>(
  db: Db,
  entity: Entity,
  writes: readonly Write<Entity>[],
): Promise<void> {
  if (writes.length > 0) await writers[entity](db, json(writes));
}

const writers: { readonly [Entity in DirectoryEntity]: (db: Db, writes: string) => Promise<unknown> } = {
  client: async (db, writes) => {
    const rows = await db.rows<{ id: string; concerns: boolean }>(sql`
      update client c
         set name = case when v ? 'name' then v ->> 'name' else c.name end,
             kind = case when v ? 'kind' then v ->> 'kind' else c.kind end,
             class = case when v ? 'class' then v ->> 'class' else c.class end,
             note = case when v ? 'note' then v ->> 'note' else c.note end,
             responsible_id = case when v ? 'responsibleId' then (v ->> 'responsibleId')::uuid else c.responsible_id end,
             merged_into = case when v ? 'mergedInto' then (v ->> 'mergedInto')::uuid else c.merged_into end,
             removed_at = case when v ? 'removed' then (v ->> 'removed')::timestamptz else c.removed_at end
        from jsonb_to_recordset(${writes}::jsonb) as w(id uuid, "values" jsonb), lateral (select w."values" as v) n
       where c.id = w.id
      returning c.id, v ?| array['mergedInto', 'removed'] as concerns`);
    await orderRematchOf(db, { clientIds: concerned(rows), personIds: [] });
  },
  person: async (db, writes) => {
    const rows = await db.rows<{ id: string; concerns: boolean }>(sql`
      update person p
         set client_id = case when v ? 'clientId' then (v ->> 'clientId')::uuid else p.client_id end,
             name = case when v ? 'name' then v ->> 'name' else p.name end,
             post = case when v ? 'post' then v ->> 'post' else p.post end,
             since = case when v ? 'since' then (v ->> 'since')::date else p.since end,
             until = case when v ? 'until' then (v ->> 'until')::date else p.until end,
             removed_at = case when v ? 'removed' then (v ->> 'removed')::timestamptz else p.removed_at end
        from jsonb_to_recordset(${writes}::jsonb) as w(id uuid, "values" jsonb), lateral (select w."values" as v) n
       where p.id = w.id
      returning p.id, v ?| array['clientId', 'since', 'until', 'removed'] as concerns`);
    await orderRematchOf(db, { clientIds: [], personIds: concerned(rows) });
  },
  contact_point: async (db, writes) => {
    const rows = await db.rows<{ id: string }>(sql`
      update contact_point p
         set client_id = case when v ? 'clientId' then (v ->> 'clientId')::uuid else p.client_id end,
             person_id = case when v ? 'personId' then (v ->> 'personId')::uuid else p.person_id end,
             employee_id = case when v ? 'employeeId' then (v ->> 'employeeId')::uuid else p.employee_id end,
             since = case when v ? 'since' then (v ->> 'since')::timestamptz else p.since end,
             until = case when v ? 'until' then (v ->> 'until')::timestamptz else p.until end,
             mobile = case when v ? 'mobile' then (v ->> 'mobile')::boolean else p.mobile end,
             shared = case when v ? 'shared' then (v ->> 'shared')::boolean else p.shared end,
             reception = case when v ? 'reception' then (v ->> 'reception')::boolean else p.reception end,
             gateway = case when v ? 'gateway' then (v ->> 'gateway')::boolean else p.gateway end,
             never_capture = case when v ? 'neverCapture' then (v ->> 'neverCapture')::boolean else p.never_capture end,
             not_client = case when v ? 'notClient' then (v ->> 'notClient')::boolean else p.not_client end
        from jsonb_to_recordset(${writes}::jsonb) as w(id uuid, "values" jsonb), lateral (select w."values" as v) n
       where p.id = w.id
      returning p.id`);
    await orderRematch(
      db,
      rows.map(({ id }) => id),
    );
  },
  employee: (db, writes) =>
    db.rows(sql`
      update employee e
         set name = case when v ? 'name' then v ->> 'name' else e.name end,
             email = case when v ? 'email' then v ->> 'email' else e.email end,
             role = case when v ? 'role' then v ->> 'role' else e.role end,
             language = case when v ? 'language' then v ->> 'language' else e.language end,
             zone = case when v ? 'zone' then v ->> 'zone' else e.zone end,
             substitute_id = case when v ? 'substitute' then (v ->> 'substitute')::uuid else e.substitute_id end,
             active = case when v ? 'active' then (v ->> 'active')::boolean else e.active end,
             department_id = case when v ? 'departmentId' then (v ->> 'departmentId')::uuid else e.department_id end,
             hours = case when v ? 'hours' then nullif(v -> 'hours', 'null'::jsonb) else e.hours end,
             account = case when v ? 'account' then v ->> 'account' else e.account end
        from jsonb_to_recordset(${writes}::jsonb) as w(id uuid, "values" jsonb), lateral (select w."values" as v) n
       where e.id = w.id`),
};

/** Rows of which something was written by which addresses count. */
function concerned(rows: readonly { readonly id: string; readonly concerns: boolean }[]): readonly string[] {
  return rows.filter(({ concerns }) => concerns).map(({ id }) => id);
}

/**
 * Orders a look back at the contacts of these points, in the transaction that changed them. Points whose address is in no
 * contact order nothing: an import of a hundred thousand clients into an empty history leaves the queue empty.
 */
export async function orderRematch(db: Db, pointIds: readonly string[]): Promise<void> {
  await db.rows(sql`
    insert into outbox (job, ref)
    select 'rematch', p.id
      from contact_point p
     where p.id = any(${pointIds}::uuid[]) and p.kind <> 'extension'
       and (exists (select from contact c where c.outside_norm = p.address and c.merged_into is null)
            or p.kind = 'domain' and exists (
              select from contact c
               where c.merged_into is null and c.outside_kind = 'email'
                 and (reverse(split_part(c.outside_norm, '@', 2)) collate "C" = reverse(p.address)
                      or reverse(split_part(c.outside_norm, '@', 2)) collate "C" >= reverse(p.address) || '.'
                         and reverse(split_part(c.outside_norm, '@', 2)) collate "C" < reverse(p.address) || '/')))`);
}

/** The same for every point of clients that were merged or removed, or are there again, and of their people. */
export async function orderRematchOf(
  db: Db,
  owners: { readonly clientIds: readonly string[]; readonly personIds: readonly string[] },
) {
  if (owners.clientIds.length + owners.personIds.length === 0) return;
  const points = await db.rows<{ id: string }>(sql`
    select id from contact_point where client_id = any(${owners.clientIds}::uuid[])
    union
    select p.id from contact_point p join person pe on pe.id = p.person_id
     where pe.id = any(${owners.personIds}::uuid[]) or pe.client_id = any(${owners.clientIds}::uuid[])`);
  await orderRematch(
    db,
    points.map(({ id }) => id),
  );
}
