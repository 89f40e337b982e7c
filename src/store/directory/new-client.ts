import { newId } from '../../ops/chance.ts';
import { type Db, sql } from '../base/db.ts';
import { takeTurns } from '../deciding/decisions.ts';
import { type ClientValues, orderRematchOf } from './fields.ts';

/**
 * Makes a client and returns its id; null when there is one that bears this name. One that was taken back under it is there
 * again, as it is made now. A name that only a renamed or a merged client had is free: the new one has a key of its own then.
 *
 * @param key the folded name
 */
export async function newClient(
  db: Db,
  key: string,
  values: Omit<ClientValues, 'mergedInto' | 'removed'>,
): Promise<string | null> {
  await takeTurns(db, [`client ${key}`]);
  if ((await clientOfName(db, values.name)) !== null) return null;
  const id = (await makeOrRevive(db, key, values)) ?? (await makeOrRevive(db, `${key} #${newId()}`, values));
  if (id !== null) await orderRematchOf(db, { clientIds: [id], personIds: [] });
  return id;
}

/** The client that bears this name now, and stands for itself; of several the first. */
export async function clientOfName(db: Db, name: string): Promise<string | null> {
  const [row] = await db.rows<{ id: string }>(sql`
    select id from client
     where folded(name) = folded(${name}) and removed_at is null and merged_into is null
     order by created_at, id limit 1`);
  return row?.id ?? null;
}

async function makeOrRevive(
  db: Db,
  key: string,
  { name, kind, class: group, note, responsibleId }: Omit<ClientValues, 'mergedInto' | 'removed'>,
): Promise<string | null> {
  const [row] = await db.rows<{ id: string }>(sql`
    insert into client as c (key, name, kind, class, note, responsible_id)
    values (${key}, ${name}, ${kind}, ${group}, ${note}, ${responsibleId})
        on conflict (key) do update
           set name = excluded.name, kind = excluded.kind, class = excluded.class, note = excluded.note,
               responsible_id = excluded.responsible_id, removed_at = null
         where c.removed_at is not null and c.merged_into is null and folded(c.name) = folded(excluded.name)
    returning id`);
  return row?.id ?? null;
}
