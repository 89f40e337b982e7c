import { type Db, sql } from './db.ts';

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
