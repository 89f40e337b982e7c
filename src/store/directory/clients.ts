import { type Db, sql } from '../base/db.ts';

/** Clients whose name holds these words, the closest first; case does not matter. */
export function clientsNamed(db: Db, words: string, limit: number): Promise<{ id: string; name: string }[]> {
  const pattern = `%${words.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;
  return db.rows(sql`
    select id, name from client
     where name ilike ${pattern} and removed_at is null and merged_into is null
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
               where client_id is not null and merged_into is null and not is_private(contact)
                order by id desc limit 500) as newest
       group by client_id
    )
    (select cl.id, cl.name, latest.at as "lastAt"
       from latest join client cl on cl.id = client_id and cl.removed_at is null and cl.merged_into is null
      order by latest.at desc limit ${limit})
    union all
    (select id, name, null from client
      where id not in (select client_id from latest) and removed_at is null and merged_into is null
      order by name limit ${limit})
    limit ${limit}`);
}

/** Clients whose name holds these words, the closest first. */
export async function findClients(db: Db, words: string, limit: number): Promise<ClientInList[]> {
  const found = (await clientsNamed(db, words, limit)).map(({ id }) => id);
  return db.rows(sql`
    select cl.id, cl.name,
           (select max(c.started_at) from contact c where c.client_id = cl.id and c.merged_into is null and not is_private(c)) as "lastAt"
      from client cl
     where cl.id = any(${found}::uuid[])
     order by array_position(${found}::uuid[], cl.id)`);
}

export interface ClientHead {
  readonly id: string;
  readonly name: string;
  readonly kind: 'organisation' | 'private';
  readonly class: string | null;
  readonly note: string | null;
  readonly responsibleId: string | null;
  readonly responsible: string | null;
  /** When he was taken back: his history is there, but nobody is to find him. */
  readonly removedAt: Date | null;
}

/** The client of this id, or the one that stands for him since they were merged; null: there is none. */
export async function clientHead(db: Db, id: string): Promise<ClientHead | null> {
  const rows = await db.rows<ClientHead>(sql`
    select cl.id, cl.name, cl.kind, cl.class, cl.note, cl.responsible_id as "responsibleId", e.name as responsible,
           cl.removed_at as "removedAt"
      from client cl left join employee e on e.id = cl.responsible_id
     where cl.id = surviving_client(${id})`);
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
     where (p.client_id = ${clientId} or pe.client_id = ${clientId} and pe.removed_at is null)
       and p.since <= ${now} and ${now} < p.until
     order by p.kind desc, p.address
     limit 20`);
}

export interface PersonRow {
  readonly id: string;
  readonly name: string;
  readonly post: string | null;
  /** YYYY-MM-DD. */
  readonly since: string | null;
  readonly until: string | null;
}

/** Who is and was at a client: those who are there first, by name. */
export function peopleAt(db: Db, clientId: string): Promise<PersonRow[]> {
  return db.rows(sql`
    select id, name, post, since::text, until::text from person
     where client_id = ${clientId} and removed_at is null
     order by until is not null, until desc, name
     limit 200`);
}

export interface PointInList {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
  readonly personId: string | null;
  readonly personName: string | null;
  /** YYYY-MM-DD in the zone asked for; null: since ever, for ever. */
  readonly since: string | null;
  readonly until: string | null;
  readonly mobile: boolean;
  readonly shared: boolean;
  readonly reception: boolean;
  readonly gateway: boolean;
  readonly neverCapture: boolean;
}

/** Every address a client and his people have, had or will have: those that count longest first. */
export function pointsAt(db: Db, clientId: string, zone: string): Promise<PointInList[]> {
  return db.rows(sql`
    select p.id, p.kind, p.address, pe.id as "personId", pe.name as "personName",
           (nullif(p.since, '-infinity') at time zone ${zone})::date::text as since,
           (nullif(p.until, 'infinity') at time zone ${zone})::date::text as until,
           p.mobile, p.shared, p.reception, p.gateway, p.never_capture as "neverCapture"
      from contact_point p left join person pe on pe.id = p.person_id
     where (p.client_id = ${clientId} or pe.client_id = ${clientId} and pe.removed_at is null) and p.since < p.until
     order by p.until desc, p.kind desc, p.address, p.id
     limit 200`);
}
