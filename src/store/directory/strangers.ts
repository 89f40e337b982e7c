import { type Db, splice, sql } from '../base/db.ts';
import { toldOfMoved } from '../events/moved-contacts.ts';
import type { ChangeSet } from '../history/change-log.ts';

/** An address that nobody knows, with what has come from it. */
export interface Stranger {
  readonly kind: 'phone' | 'email' | 'fax';
  /** E.164 or e-mail in lower case. */
  readonly address: string;
  readonly contacts: number;
  readonly drafts: number;
  readonly lastAt: Date;
  readonly channels: readonly string[];
  /** What callers and mails called themselves, the latest first. */
  readonly names: readonly string[];
}

/**
 * Strangers with contacts since then, the latest first: addresses that no client, no colleague and no decision of a person
 * stands for. `ownerId`: only contacts that this employee owns; null: everybody's. `address`: this one alone; null: all.
 */
export function strangers(
  db: Db,
  asked: { readonly ownerId: string | null; readonly since: Date; readonly address: string | null },
  limit: number,
  offset = 0,
): Promise<Stranger[]> {
  return db.rows(sql`
    with waiting as (
      select c.outside_kind as kind, c.outside_norm as address, c.channel, c.state, c.started_at, nullif(trim(c.outside_name), '') as name
        from contact c
       where c.client_id is null and not c.client_by_hand and c.merged_into is null and c.outside_norm is not null
         and c.direction <> 'internal' and c.state not in ('dismissed', 'automatic') and c.started_at >= ${asked.since}
         and not (c.joined_to is not null and is_private(c))
         and (${asked.address}::text is null or c.outside_norm = ${asked.address})
         and c.outside_kind in ('phone', 'email', 'fax') and c.match ->> 'verdict' = 'stranger'
         and coalesce(c.match ->> 'because', 'nobody') in ('nobody', 'not_client', 'never_capture')
         and c.owner_id = coalesce(${asked.ownerId}::uuid, c.owner_id)
    )
    select max(kind) as kind, address, count(*)::int as contacts, (count(*) filter (where state = 'draft'))::int as drafts,
           max(started_at) as "lastAt", array_agg(distinct channel order by channel) as channels,
           coalesce((array_agg(name order by started_at desc) filter (where name is not null))[1:3], '{}') as names
      from waiting w
     where not exists (select from contact_point p
                        where p.address = w.address and p.since < p.until and now() < p.until
                          and p.kind in ('phone', 'email', 'fax'))
     group by address
     order by max(started_at) desc, address
     limit ${limit} offset ${offset}`);
}

/** The contacts of one stranger, latest first. `ownerId`: as above. */
export function contactsOfStranger(
  db: Db,
  address: string,
  ownerId: string | null,
  limit: number,
): Promise<readonly { readonly id: string }[]> {
  return db.rows(sql`
    select c.id from contact c
     where c.outside_norm = ${address} and c.merged_into is null and c.client_id is null and c.direction <> 'internal'
       and c.state not in ('dismissed', 'automatic') and c.owner_id = coalesce(${ownerId}::uuid, c.owner_id)
       and not is_private(c)
     order by c.started_at desc, c.id desc
     limit ${limit}`);
}

/** Whose an address is, was or will be: those whose time is over too, not those that were taken back. */
export interface Ownership {
  readonly pointId: string;
  readonly kind: string;
  /** ISO; null: since ever, for ever. */
  readonly since: string | null;
  readonly until: string | null;
  readonly clientId: string | null;
  readonly clientName: string | null;
  readonly personId: string | null;
  readonly employeeId: string | null;
  readonly notClient: boolean;
  readonly neverCapture: boolean;
}

export function ownershipsOf(db: Db, address: string): Promise<readonly Ownership[]> {
  return db.rows(sql`
    select p.id as "pointId", p.kind, case when isfinite(p.since) then instant(p.since) end as since,
           case when isfinite(p.until) then instant(p.until) end as until, cl.id as "clientId", cl.name as "clientName",
           p.person_id as "personId", p.employee_id as "employeeId", p.not_client as "notClient", p.never_capture as "neverCapture"
      from contact_point p
      left join person pe on pe.id = p.person_id
      left join client cl on cl.id = coalesce(p.client_id, pe.client_id)
     where p.address = ${address} and p.kind in ('phone', 'email', 'fax') and p.since < p.until
       and pe.removed_at is null and cl.removed_at is null and cl.merged_into is null
     order by p.since, p.id`);
}

/** An address that a person said is nobody's, from ever. Null: that is said already. */
export async function addNobodysPoint(
  db: Db,
  point: { readonly kind: string; readonly address: string; readonly neverCapture: boolean },
): Promise<string | null> {
  const [row] = await db.rows<{ id: string }>(sql`
    insert into contact_point as p (kind, address, raw, not_client, never_capture)
    values (${point.kind}, ${point.address}, ${point.address}, ${!point.neverCapture}, ${point.neverCapture})
        on conflict (kind, address, since) where client_id is null and person_id is null and employee_id is null do update
           set until = 'infinity', not_client = excluded.not_client, never_capture = excluded.never_capture
         where p.until = p.since
    returning id`);
  return row?.id ?? null;
}

/** What a stranger's contacts are now, before they change; in the change log's form of a contact's client. */
export async function attachContacts(
  db: Db,
  set: ChangeSet,
  address: string,
  to: { readonly clientId: string; readonly personId: string | null; readonly since: string | null },
): Promise<number> {
  const by = { via: set.via, employeeId: set.authorId, label: set.label };
  const [row] = await db.rows<{ n: number }>(splice`
    with theirs as (
      select id from contact
       where outside_norm = ${address} and client_id is null and not client_by_hand and merged_into is null
         and direction <> 'internal' and state <> 'dismissed' and match ->> 'verdict' = 'stranger'
         and started_at >= coalesce(${to.since}::timestamptz, '-infinity')
         for no key update
    ), moved as (
      update contact c set client_id = ${to.clientId}, person_id = ${to.personId}, client_by_hand = true
        from theirs where c.id = theirs.id
      returning c.id, null::jsonb as old,
                jsonb_build_object('id', ${to.clientId}::uuid, 'personId', ${to.personId}::uuid, 'byHand', true) as new
    ), logged as (
      insert into change (set_id, via, author_id, entity, entity_id, client_id, field, old, new)
      select ${set.id}, ${set.via}, ${set.authorId}, 'contact', id, ${to.clientId}, 'client', old, new
        from moved
    ), ${toldOfMoved(by)}
    select count(*)::int as n from moved`);
  return row?.n ?? 0;
}

/** Open drafts of a stranger that nobody has begun to write, locked until the transaction ends. */
export async function untouchedDrafts(db: Db, address: string): Promise<readonly string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    select id from contact
     where outside_norm = ${address} and client_id is null and merged_into is null and state = 'draft' and typing is null
       and direction <> 'internal'
     order by id
       for no key update`);
  return rows.map(({ id }) => id);
}

/** Addresses from which a client's last contacts came and which are nobody's: to be remembered with one tap. */
export function addressesToRemember(
  db: Db,
  clientId: string,
  limit: number,
): Promise<
  readonly {
    readonly contactId: string;
    readonly kind: string;
    readonly address: string;
    readonly personName: string | null;
  }[]
> {
  return db.rows(sql`
    select distinct on (c.outside_norm) c.id as "contactId", c.outside_kind as kind, c.outside_norm as address, pe.name as "personName"
      from (select * from contact
             where client_id = ${clientId} and merged_into is null order by started_at desc, id limit 50) c
      left join person pe on pe.id = c.person_id and pe.removed_at is null
     where c.outside_norm is not null and c.outside_kind in ('phone', 'email', 'fax') and c.direction <> 'internal'
       and c.state in ('completed', 'draft', 'bare')
       and c.facts #>> '{details,mail,authenticity}' is distinct from 'claimed'
       and not exists (select from contact_point p
                        where p.address = c.outside_norm and p.since < p.until and p.kind in ('phone', 'email', 'fax'))
       and not exists (select from contact_point p join person o on o.id = p.person_id
                        where o.client_id = ${clientId} and p.address = c.outside_norm and p.since < p.until)
     order by c.outside_norm, c.started_at desc
     limit ${limit}`);
}

/** The sets that were made together with a save of a contact. */
export async function setsWithSave(db: Db, contactId: string, edit: number): Promise<readonly string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    select id::text from change_set where facts ->> 'contact' = ${contactId} and facts ->> 'edit' = ${String(edit)} order by id`);
  return rows.map(({ id }) => id);
}
