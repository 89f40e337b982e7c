import { type Db, sql } from './db.ts';
import { type ClientValues, orderRematchOf } from './fields.ts';

/**
 * Makes a client and returns its id; null when there is one with this key. One that was taken back is there again, as it is
 * made now. `key`: the folded name.
 */
export async function newClient(
  db: Db,
  key: string,
  values: Omit<ClientValues, 'mergedInto' | 'removed'>,
): Promise<string | null> {
  const [row] = await db.rows<{ id: string }>(sql`
    insert into client as c (key, name, kind, class, note, responsible_id)
    values (${key}, ${values.name}, ${values.kind}, ${values.class}, ${values.note}, ${values.responsibleId})
        on conflict (key) do update
           set name = excluded.name, kind = excluded.kind, class = excluded.class, note = excluded.note,
               responsible_id = excluded.responsible_id, removed_at = null
         where c.removed_at is not null and c.merged_into is null
    returning id`);
  if (row !== undefined) await orderRematchOf(db, { clientIds: [row.id], personIds: [] });
  return row?.id ?? null;
}
