import { type Db, sql } from './db.ts';

/** Clients whose name holds these words, the closest first; case does not matter. */
export function clientsNamed(db: Db, words: string, limit: number): Promise<{ id: string; name: string }[]> {
  const pattern = `%${words.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return db.rows(sql`
    select id, name from client
     where name ilike ${pattern}
     order by lower(name) = lower(${words}) desc, length(name), name
     limit ${limit}`);
}

export interface ClientInList {
  readonly id: string;
  readonly name: string;
  /** Of the last contact; null: there was none. */
  readonly lastAt: Date | null;
}

/** Clients with the latest contacts, latest first, then others by name. Reads the newest contacts only, by their id. */
export function latestClients(db: Db, limit: number): Promise<ClientInList[]> {
  return db.rows(sql`
    with latest as (
      select client_id, max(started_at) as at
        from (select client_id, started_at from contact
               where client_id is not null and merged_into is null order by id desc limit 500) as newest
       group by client_id
    )
    (select cl.id, cl.name, latest.at as "lastAt" from latest join client cl on cl.id = client_id
      order by latest.at desc limit ${limit})
    union all
    (select id, name, null from client where id not in (select client_id from latest) order by name limit ${limit})
    limit ${limit}`);
}

/** Clients whose name holds these words, the closest first. */
export async function findClients(db: Db, words: string, limit: number): Promise<ClientInList[]> {
  const found = (await clientsNamed(db, words, limit)).map(({ id }) => id);
  return db.rows(sql`
    select cl.id, cl.name,
           (select max(c.started_at) from contact c where c.client_id = cl.id and c.merged_into is null) as "lastAt"
      from client cl
     where cl.id = any(${found}::uuid[])
     order by array_position(${found}::uuid[], cl.id)`);
}

export async function clientHead(
  db: Db,
  id: string,
): Promise<{ id: string; name: string; responsible: string | null } | null> {
  const rows = await db.rows<{ id: string; name: string; responsible: string | null }>(sql`
    select cl.id, cl.name, e.name as responsible
      from client cl left join employee e on e.id = cl.responsible_id
     where cl.id = ${id}`);
  return rows[0] ?? null;
}

/** The addresses of a client and his people that count now: numbers first. */
export function addressesOf(
  db: Db,
  clientId: string,
  now: Date,
): Promise<{ kind: string; address: string; personName: string | null }[]> {
  return db.rows(sql`
    select distinct p.kind, p.address, pe.name as "personName"
      from contact_point p left join person pe on pe.id = p.person_id
     where (p.client_id = ${clientId} or pe.client_id = ${clientId}) and p.since <= ${now} and ${now} < p.until
     order by p.kind desc, p.address
     limit 20`);
}
