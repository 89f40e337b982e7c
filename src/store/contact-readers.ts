import { type Db, sql } from './db.ts';

/**
 * Who of us has to do with each of these contacts: its owner, whoever wrote or got it, and who is responsible for the client.
 * By contact; one that does not exist has no entry.
 */
export async function peopleOf(db: Db, contactIds: readonly string[]): Promise<ReadonlyMap<string, readonly string[]>> {
  if (contactIds.length === 0) return new Map();
  const rows = await db.rows<{ id: string; people: string[] }>(sql`
    with asked as (
      select id, owner_id, client_id, started_at,
             case when jsonb_typeof(facts -> 'employees') = 'array' then facts -> 'employees' else '[]' end as employees
        from contact where id = any(${[...contactIds]}::uuid[])
    ), named as (
      select a.id, lower(e ->> 'value') as address, a.started_at
        from asked a cross join lateral jsonb_array_elements(a.employees) e where e ->> 'kind' = 'email'
    ), people as (
      select id, owner_id as person from asked
      union
      select a.id, cl.responsible_id from asked a join client cl on cl.id = a.client_id where cl.responsible_id is not null
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
