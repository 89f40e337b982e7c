import { type Db, sql } from '../base/db.ts';

/** A set of changes, as a list shows it. */
export interface ChangeSetView {
  readonly id: string;
  readonly at: Date;
  readonly kind: 'edit' | 'import' | 'merge' | 'rematch' | 'rollback';
  readonly via: string;
  readonly authorId: string | null;
  readonly authorName: string | null;
  readonly label: string | null;
  readonly facts: unknown;
  readonly undoes: string | null;
  /** The last set that took this one back, wholly or in part. */
  readonly undoneBy: string | null;
  /** What it changed, up to 1001. */
  readonly changes: number;
  /** Names of the clients it is about, at most three. */
  readonly clients: readonly string[];
  /** It holds what not everybody decides: never to capture an address, whose client it is. */
  readonly isForSupervisors: boolean;
}

/** Sets of changes, the newest first. `before`: the last of the page before. */
export function changeSets(db: Db, before: string | null, limit: number): Promise<ChangeSetView[]> {
  return db.rows(sql`
    with page as (
      select * from change_set where id < coalesce(${before}::bigint, 9223372036854775807) order by id desc limit ${limit}
    )
    select s.id::text, s.at, s.kind, s.via, s.author_id as "authorId", e.name as "authorName", s.label, s.facts, s.undoes::text,
           (select max(u.id)::text from change_set u where u.undoes = s.id) as "undoneBy",
           (select count(*)::int from (select from change c where c.set_id = s.id limit 1001) as counted) as changes,
           coalesce((select array_agg(distinct cl.name) from (
              select c.client_id from change c where c.set_id = s.id and c.client_id is not null order by c.id limit 3) first
              join client cl on cl.id = first.client_id), '{}') as clients,
           coalesce((s.facts ->> 'neverCapture')::boolean, false)
             or s.kind in ('edit', 'rollback')
                and exists (select from change c where c.set_id = s.id and c.field = 'responsibleId') as "isForSupervisors"
      from page s left join employee e on e.id = s.author_id
     order by s.id desc`);
}

/** The one set; null: there is none. */
export async function changeSetOf(db: Db, id: string): Promise<ChangeSetView | null> {
  const [set] = await changeSets(db, String(BigInt(id) + 1n), 1);
  return set?.id === id ? set : null;
}

/** One change with what it is of. */
export interface ChangeView {
  readonly id: string;
  readonly at: Date;
  readonly setId: string | null;
  readonly setKind: ChangeSetView['kind'] | null;
  readonly entity: string;
  readonly entityId: string;
  readonly clientId: string | null;
  readonly field: string;
  readonly old: unknown;
  readonly new: unknown;
  readonly authorId: string | null;
  readonly authorName: string | null;
}

export async function changeView(db: Db, id: string): Promise<ChangeView | null> {
  const [row] = await db.rows<ChangeView>(sql`
    select c.id::text, c.at, c.set_id::text as "setId", s.kind as "setKind", c.entity, c.entity_id as "entityId", c.client_id as "clientId",
           c.field, c.old, c.new, c.author_id as "authorId", e.name as "authorName"
      from change c left join change_set s on s.id = c.set_id left join employee e on e.id = c.author_id
     where c.id = ${id}::bigint`);
  return row ?? null;
}

/** The last changes of a set, the newest first; of private contacts nothing. */
export function changesOf(db: Db, setId: string, limit: number): Promise<ChangeView[]> {
  return db.rows(sql`
    select c.id::text, c.at, c.set_id::text as "setId", null as "setKind", c.entity, c.entity_id as "entityId", c.client_id as "clientId",
           c.field, c.old, c.new, c.author_id as "authorId", null as "authorName"
      from change c
     where c.set_id = ${setId}::bigint
       and not (c.entity = 'contact' and exists (select from contact p where p.id = c.entity_id and is_private(p)))
     order by c.id desc limit ${limit}`);
}

/** Contacts that came to a client since a merge, and not by it: they stay when it is undone. */
export async function contactsSinceMerge(db: Db, clientId: string, at: Date, setId: string): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`
    select count(*)::int as n from contact c
     where c.client_id = ${clientId} and c.merged_into is null and c.created_at > ${at}
       and not exists (select from change o where o.entity_id = c.id and o.set_id = ${setId}::bigint)`);
  return row?.n ?? 0;
}
