import { type Db, sql } from '../base/db.ts';

/**
 * Sums up for the history of each client what a set of changes moved: contacts that came to him and that went; of private ones
 * nothing. A second time it says the same.
 */
export async function sumUpMoves(db: Db, setId: string): Promise<void> {
  await db.rows(sql`
    insert into client_moves (client_id, set_id, at, came, went)
    select m.client_id, s.id, s.at, (count(*) filter (where m.came))::int, (count(*) filter (where not m.came))::int
      from change_set s
      join change h on h.set_id = s.id and h.entity = 'contact' and h.field = 'client'
                   and h.old ->> 'id' is distinct from h.new ->> 'id'
     cross join lateral (values ((h.new ->> 'id')::uuid, true), ((h.old ->> 'id')::uuid, false)) as m (client_id, came)
      join client c on c.id = m.client_id
     where s.id = ${setId}::bigint
       and not exists (select from contact p where p.id = h.entity_id and is_private(p))
     group by m.client_id, s.id, s.at
        on conflict (client_id, set_id) do update set came = excluded.came, went = excluded.went`);
}
