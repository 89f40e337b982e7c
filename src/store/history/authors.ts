import { type Db, sql } from '../base/db.ts';

/**
 * Fields of these clients whose value a person wrote: `client field`. Of what he made by hand, those he filled in.
 */
export async function fieldsByPeople(db: Db, clientIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ key: string }>(sql`
    with last as (
      select distinct on (entity_id, field) entity_id, field, via, new
        from change
       where entity = 'client' and entity_id = any(${clientIds}::uuid[])
       order by entity_id, field, id desc
    )
    select l.entity_id || ' ' || l.field as key
      from last l where l.field <> 'created' and l.via not in ('import', 'machine')
    union
    select l.entity_id || ' ' || f.key
      from last l cross join lateral jsonb_each(case when jsonb_typeof(l.new) = 'object' then l.new else '{}' end) f
     where l.field = 'created' and l.via not in ('import', 'machine') and f.value <> 'null'
       and not exists (select from last other where other.entity_id = l.entity_id and other.field = f.key)`);
  return new Set(rows.map(({ key }) => key));
}

/** A field of a client in which a person had the last word. */
interface HeldField {
  readonly clientId: string;
  readonly field: string;
  /** He took only this value back, and said nothing of others. Else he wrote what stands there. */
  readonly takenBack: boolean;
  readonly refused: unknown;
}

/** What people said last of the fields of these clients, against a file that says something else. */
export function wordsOfPeople(db: Db, clientIds: readonly string[]): Promise<HeldField[]> {
  return db.rows(sql`
    with last as (
      select distinct on (c.entity_id, c.field) c.entity_id as id, c.field, c.undoes, c.new,
             c.via not in ('import', 'machine') and s.kind is distinct from 'import' as "byPerson"
        from change c left join change_set s on s.id = c.set_id
       where c.entity = 'client' and c.entity_id = any(${clientIds}::uuid[])
       order by c.entity_id, c.field, c.id desc
    )
    select l.id as "clientId", l.field, l.undoes is not null as "takenBack", u.new as refused
      from last l left join change u on u.id = l.undoes
     where l."byPerson" and l.field <> 'created'
    union all
    select l.id, f.key, false, null
      from last l cross join lateral jsonb_each(case when jsonb_typeof(l.new) = 'object' then l.new else '{}' end) f
     where l."byPerson" and l.field = 'created' and f.value <> 'null'
       and not exists (select from last o where o.id = l.id and o.field = f.key)`);
}

/** Which of these contact points ended because a person said so. */
export async function endedByPeople(db: Db, pointIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ id: string }>(sql`
    select id
      from (select distinct on (c.entity_id) c.entity_id as id, c.via, c.undoes from change c
             where c.entity = 'contact_point' and c.field = 'until' and c.entity_id = any(${pointIds}::uuid[])
             order by c.entity_id, c.id desc) last
     where via not in ('import', 'machine') and undoes is null`);
  return new Set(rows.map(({ id }) => id));
}

/**
 * Which of these people and contact points are there because a source gave them, and no person has changed them since.
 * @param files what an import of these files made counts as a source's
 */
export async function madeBySources(
  db: Db,
  ids: readonly string[],
  files: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ id: string }>(sql`
    select made.entity_id as id
      from change made join change_set s on s.id = made.set_id
     where made.entity_id = any(${ids}::uuid[]) and made.entity in ('person', 'contact_point') and made.field = 'created'
       and s.kind = 'import' and (s.facts ? 'source' or s.label = any(${files}::text[]))
       and not exists (select from change later
                        where later.entity_id = made.entity_id and later.via not in ('import', 'machine'))`);
  return new Set(rows.map(({ id }) => id));
}
