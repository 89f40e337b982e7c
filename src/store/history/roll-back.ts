import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

/** What is taken back: a whole set, or one change. */
export type Source = { readonly setId: string } | { readonly changeId: string };

/** A change as it stands in the log. */
export interface LoggedChange {
  readonly id: string;
  readonly setId: string | null;
  readonly entity: string;
  readonly entityId: string;
  readonly clientId: string | null;
  readonly field: string;
  readonly old: unknown;
  readonly new: unknown;
  /** Things that the same set made before and without which this says nothing: itself, its client, its person. */
  readonly hangsOn: readonly { readonly id: string; readonly entity: 'client' | 'person' | 'contact_point' }[];
}

/** Changes of the source before this one, the newest first. `before`: the id of the last of the page before; null: from the end. */
export function changesToUndo(
  db: Db,
  source: Source,
  before: string | null,
  limit: number,
): Promise<readonly LoggedChange[]> {
  const last = before ?? '9223372036854775807';
  const found =
    'setId' in source
      ? sql`select * from change where set_id = ${source.setId}::bigint and id < ${last}::bigint order by set_id desc, id desc limit ${limit}`
      : sql`select * from change where id = ${source.changeId}::bigint and id < ${last}::bigint limit ${limit}`;
  // `found` is a text of ours with its values apart; the rest adds none.
  return db.rows({
    text: `
    with c as materialized (${found.text})
    select c.id::text, c.set_id::text as "setId", c.entity, c.entity_id as "entityId", c.client_id as "clientId", c.field, c.old, c.new,
           coalesce(made.things, '[]') as "hangsOn"
      from c
      left join contact_point p on c.entity = 'contact_point' and p.id = c.entity_id
      left join lateral (
        select jsonb_agg(jsonb_build_object('id', m.entity_id, 'entity', m.entity)) as things
          from unnest(array[c.entity_id, c.client_id, p.person_id]) as owner (id)
          join change m on m.entity_id = owner.id
         where m.set_id is not distinct from c.set_id and m.field = 'created' and m.id < c.id
           and m.entity in ('client', 'person', 'contact_point')
      ) made on c.entity in ('client', 'person', 'contact_point')
     order by c.id desc`,
    values: found.values,
  });
}

/** What would hang in the air were a thing taken back that a set made. */
export interface Uses {
  /** Those that a person linked with it, or saw; what the machine linked, the machine takes back. Up to 1000. */
  readonly contacts: number;
  /** People and addresses that others gave it, or changed since. */
  readonly things: number;
  /** Changes of itself that others made since. */
  readonly edits: number;
}

/**
 * What a set changed and others changed since, with how often; changes that were taken back do not count.
 * One way over what was written after the set: nearly always nothing is found, and nothing more has to be asked.
 */
export async function changedByOthers(db: Db, setId: string | null): Promise<ReadonlyMap<string, number>> {
  if (setId === null) return new Map();
  const rows = await db.rows<{ id: string; n: number }>(sql`
    select l.entity_id as id, count(*)::int as n
      from change l left join change_set s on s.id = l.set_id
     where l.id > (select min(id) from change where set_id = ${setId}::bigint)
       and l.set_id is distinct from ${setId}::bigint and s.kind is distinct from 'rollback'
       and l.entity in ('client', 'person', 'contact_point', 'employee', 'contact')
       and exists (select from change o where o.entity_id = l.entity_id and o.set_id is not distinct from ${setId}::bigint and o.id < l.id)
       and not exists (select from change u where u.undoes = l.id and not exists (select from change r where r.undoes = u.id))
     group by l.entity_id`);
  return new Map(rows.map(({ id, n }) => [id, n]));
}

/**
 * Of those that this set made: what others have done with them since; those with nothing are missing. `touched`: as above.
 *
 * Every part is asked for one thing at a time, by the index of the thing: `is not distinct from` keeps a planner that has no
 * statistics yet (right after an import) from going over the whole set for each, which took minutes.
 */
export async function usesSince(
  db: Db,
  setId: string | null,
  made: {
    readonly clients: readonly string[];
    readonly people: readonly string[];
    readonly employees: readonly string[];
    readonly points: readonly string[];
    readonly contacts: readonly string[];
  },
  touched: ReadonlyMap<string, number>,
): Promise<ReadonlyMap<string, Uses>> {
  const rows = await db.rows<{ id: string; contacts: number; things: number }>(sql`
    with made as materialized (
      select id, 'client' as entity from unnest(${made.clients}::uuid[]) as id
      union all select id, 'person' from unnest(${made.people}::uuid[]) as id
      union all select id, 'employee' from unnest(${made.employees}::uuid[]) as id
    ), touched as materialized (
      select id from unnest(${[...touched.keys()]}::uuid[]) as id
    ), counted as materialized (
      select m.id, contacts.n as contacts, things.n as things
        from made m
        cross join lateral (
          select count(*)::int as n from (
            (select c.id from contact c
              where m.entity = 'client' and c.client_id = m.id and c.merged_into is null and client_is_kept(c)
                and not exists (select from change o where o.entity_id = c.id and o.field in ('created', 'client')
                                                       and o.set_id is not distinct from ${setId}::bigint) limit 1000)
            union all
            (select c.id from contact c
              where m.entity = 'person' and c.person_id = m.id and client_is_kept(c)
                and not exists (select from change o where o.entity_id = c.id and o.field = 'client'
                                                       and o.set_id is not distinct from ${setId}::bigint) limit 1000)
            union all
            (select c.id from contact c
              where m.entity = 'employee' and c.owner_id = m.id and c.state = 'draft' and c.merged_into is null limit 1000)
          ) as own
        ) contacts
        cross join lateral (
          select count(*)::int as n from (
            select p.id from person p where m.entity = 'client' and p.client_id = m.id and p.removed_at is null
            union all
            select p.id from contact_point p where m.entity = 'client' and p.client_id = m.id and p.since < p.until
            union all
            select p.id from person pe, lateral (select id from contact_point p where p.person_id = pe.id and p.since < p.until) p
             where m.entity = 'client' and pe.client_id = m.id and pe.removed_at is null
            union all
            select p.id from contact_point p where m.entity = 'person' and p.person_id = m.id and p.since < p.until
          ) as thing
          where thing.id in (select id from touched)
             or not exists (select from change o where o.entity_id = thing.id and o.field = 'created'
                                                   and o.set_id is not distinct from ${setId}::bigint)
        ) things
    )
    select * from counted where contacts + things > 0`);
  const found = new Map(rows.map(({ id, contacts, things }) => [id, { contacts, things, edits: 0 }]));
  for (const id of [...made.clients, ...made.people, ...made.employees, ...made.points, ...made.contacts]) {
    const edits = touched.get(id) ?? 0;
    if (edits > 0) found.set(id, { ...(found.get(id) ?? { contacts: 0, things: 0 }), edits });
  }
  return found;
}

/** The last change of a field that is not of this set: who wrote what stands there now. */
export interface LaterChange {
  readonly entityId: string;
  readonly field: string;
  readonly at: Date;
  readonly authorName: string | null;
}

export function latestChanges(
  db: Db,
  setId: string | null,
  fields: readonly { readonly entityId: string; readonly field: string }[],
): Promise<readonly LaterChange[]> {
  return db.rows(sql`
    select distinct on (c.entity_id, w.field) c.entity_id as "entityId", w.field, c.at, e.name as "authorName"
      from jsonb_to_recordset(${json(fields)}::jsonb) as w("entityId" uuid, field text)
      join change c on c.entity_id = w."entityId" and (c.field = w.field or w.field = 'created')
      left join employee e on e.id = c.author_id
     where c.set_id is distinct from ${setId}::bigint
     order by c.entity_id, w.field, c.id desc`);
}

/** What people call these things: a client's or person's name, an address, who a contact was with. */
export async function namesOf(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db.rows<{ id: string; name: string }>(sql`
    select id, name from client where id = any(${ids}::uuid[])
    union all select id, name from person where id = any(${ids}::uuid[])
    union all select id, address from contact_point where id = any(${ids}::uuid[])
    union all select id, name from employee where id = any(${ids}::uuid[])
    union all select id, name from department where id = any(${ids}::uuid[])
    union all select id, name from occasion where id = any(${ids}::uuid[])
    union all select c.id, coalesce(cl.name, c.outside_name, c.outside_norm, c.channel)
                from contact c left join client cl on cl.id = c.client_id where c.id = any(${ids}::uuid[]) and not is_private(c)`);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** The set that is taken back, or to which the change belongs; nulls: it stands alone. */
export async function sourceSet(
  db: Db,
  source: Source,
): Promise<{ readonly setId: string | null; readonly kind: string | null }> {
  const [row] = await db.rows<{ setId: string | null; kind: string | null }>(
    'setId' in source
      ? sql`select id::text as "setId", kind from change_set where id = ${source.setId}::bigint`
      : sql`select s.id::text as "setId", s.kind from change c left join change_set s on s.id = c.set_id
             where c.id = ${source.changeId}::bigint`,
  );
  return row ?? { setId: null, kind: null };
}

/** The moment of this transaction, as change rows write it. */
export async function instantNow(db: Db): Promise<string> {
  const [row] = await db.rows<{ at: string }>(sql`select instant(now()) as at`);
  return row?.at ?? '';
}
