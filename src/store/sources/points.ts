import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

/** An address and whose it is, at a client: his own, or a person's there. */
export interface OwnedAddress {
  readonly kind: string;
  readonly address: string;
  readonly clientId: string | null;
  readonly personId: string | null;
}

/** These addresses as they stand now, with their ids; those that are not there are missing. */
export function currentPoints(
  db: Db,
  owned: readonly OwnedAddress[],
): Promise<(OwnedAddress & { readonly id: string })[]> {
  return db.rows(sql`
    select p.id, p.kind, p.address, p.client_id as "clientId", p.person_id as "personId"
      from jsonb_to_recordset(${json(owned)}::jsonb) as r(kind text, address text, "clientId" uuid, "personId" uuid)
      join contact_point p on p.kind = r.kind and p.address = r.address
                          and coalesce(p.client_id, p.person_id) = coalesce(r."clientId", r."personId")
     where p.since <= now() and now() < p.until`);
}

/**
 * These addresses as they stood before they ended, the last time each. `taken`: somebody else has had it since, or has it.
 * What was taken back as wrong is not among them. `since`: as change rows write it.
 */
export function endedPoints(
  db: Db,
  owned: readonly OwnedAddress[],
): Promise<
  (OwnedAddress & { readonly id: string; readonly since: string; readonly until: Date; readonly taken: boolean })[]
> {
  return db.rows(sql`
    select distinct on (p.kind, p.address, coalesce(p.client_id, p.person_id))
           p.id, p.kind, p.address, p.client_id as "clientId", p.person_id as "personId", instant(p.since) as since, p.until,
           exists (select from contact_point o
                    where o.kind = p.kind and o.address = p.address and o.until > p.until and o.since < o.until
                      and coalesce(o.client_id, o.person_id, o.employee_id) <> coalesce(p.client_id, p.person_id)) as taken
      from jsonb_to_recordset(${json(owned)}::jsonb) as r(kind text, address text, "clientId" uuid, "personId" uuid)
      join contact_point p on p.kind = r.kind and p.address = r.address
                          and coalesce(p.client_id, p.person_id) = coalesce(r."clientId", r."personId")
     where p.since < p.until and p.until <= now()
     order by p.kind, p.address, coalesce(p.client_id, p.person_id), p.until desc`);
}

export interface SourceClient {
  readonly key: string;
  readonly name: string;
  readonly kind: 'organisation' | 'private';
  readonly class: string | null;
  readonly responsibleId: string | null;
}

/** Makes clients; returns the ids by key. A key that is taken makes none. */
export async function makeClients(db: Db, rows: readonly SourceClient[]): Promise<ReadonlyMap<string, string>> {
  const made = await db.rows<{ id: string; key: string }>(sql`
    insert into client (key, name, kind, class, responsible_id)
    select r.key, r.name, r.kind, r.class, r."responsibleId"
      from jsonb_to_recordset(${json(rows)}::jsonb)
           as r(key text, name text, kind text, class text, "responsibleId" uuid)
        on conflict (key) do nothing
    returning id, key`);
  return new Map(made.map(({ id, key }) => [key, id]));
}
