import { type Db, sql } from '../base/db.ts';

/**
 * Who of us has to do with each of these contacts: its owner, whoever wrote or got it, and who is responsible for the client
 * it came with. By contact; one that does not exist has no entry.
 *
 * A client that was put to it afterwards gives his responsible nothing: everybody may write an address to his own clients,
 * and would read what it wrote to others before. It came with the client that its first change took away (with none, had it
 * had none), and with its present one while nothing changed; mergers do not count. What a person who may write about the
 * contact, or a program, chose for it alone does: a person's saves belong to no set.
 */
export async function peopleOf(db: Db, contactIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  if (contactIds.length === 0) return new Map();
  const rows = await db.rows<{ id: string; people: string[] }>(sql`
    with asked as (
      select id, owner_id, client_id, started_at,
             case when jsonb_typeof(facts -> 'employees') = 'array' then facts -> 'employees' else '[]' end as employees
        from contact where id = any(${[...contactIds]}::uuid[])
    ), moves as (
      -- Old rows hold the client's id alone.
      select a.id, k.id as change, k.via = 'api' or k.set_id is null and k.via <> 'machine' as chosen,
             (case jsonb_typeof(k.old) when 'object' then k.old ->> 'id' else k.old #>> '{}' end)::uuid as before,
             (case jsonb_typeof(k.new) when 'object' then k.new ->> 'id' else k.new #>> '{}' end)::uuid as after
        from asked a join change k on k.entity_id = a.id and k.entity = 'contact' and k.field = 'client'
    ), named as (
      select a.id, lower(e ->> 'value') as address, a.started_at
        from asked a cross join lateral jsonb_array_elements(a.employees) e where e ->> 'kind' = 'email'
    ), people as (
      select id, owner_id as person from asked
      union
      select a.id, cl.responsible_id from asked a join client cl on cl.id = a.client_id
       where cl.responsible_id is not null
         and (not exists (select from moves m where m.id = a.id)
              or (select surviving_client(m.before) from moves m where m.id = a.id order by m.change limit 1) = a.client_id
              or exists (select from moves m where m.id = a.id and m.chosen and surviving_client(m.after) = a.client_id))
      union
      select n.id, e.id from named n join employee e on lower(e.email) = n.address
      union
      select n.id, p.employee_id
        from named n join contact_point p on p.kind = 'email' and p.address = n.address and p.employee_id is not null
                                         and p.since <= n.started_at and n.started_at < p.until
    )
    select id, array_agg(person) as people from people group by id`);
  return new Map(rows.map(({ id, people }) => [id, people]));
}
