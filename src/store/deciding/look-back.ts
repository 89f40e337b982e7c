import type { Match } from '../../core/contact/match.ts';
import { type Db, splice, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';
import { toldOfMoved } from '../events/moved-contacts.ts';
import type { ContactToMatch, PointRow, PointsAsked } from './matching.ts';

/** A contact point whose contacts are to be looked at again. */
export interface ChangedPoint {
  readonly id: string;
  readonly kind: 'phone' | 'fax' | 'email' | 'domain' | 'extension';
  readonly address: string;
}

/** Null when it does not exist. */
export async function changedPoint(db: Db, id: string): Promise<ChangedPoint | null> {
  const [row] = await db.rows<ChangedPoint>(sql`select id, kind, address from contact_point where id = ${id}`);
  return row ?? null;
}

/**
 * Ids of contacts of the address that were matched before, in order; of a domain all mail of addresses in it and below
 * it. Those never matched have their own job. `after`: the last id that is known.
 */
export async function contactsOf(db: Db, point: ChangedPoint, after: string, limit: number): Promise<string[]> {
  const rows = await (point.kind === 'domain'
    ? db.rows<{ id: string }>(sql`
        select id from contact c
         where merged_into is null and outside_kind = 'email' and match is not null and id > ${after}
           and (reverse(split_part(outside_norm, '@', 2)) collate "C" = reverse(${point.address})
                or reverse(split_part(outside_norm, '@', 2)) collate "C" >= reverse(${point.address}) || '.'
                   and reverse(split_part(outside_norm, '@', 2)) collate "C" < reverse(${point.address}) || '/')
         order by id limit ${limit}`)
    : db.rows<{ id: string }>(sql`
        select id from contact
         where outside_norm = ${point.address} and merged_into is null and match is not null and id > ${after}
           and (outside_kind = 'email') = ${point.kind === 'email'}
         order by id limit ${limit}`));
  return rows.map(({ id }) => id);
}

/** A contact of the past, without what only some of them are asked for: see `calledParts` and `hintTexts`. */
export type PastContact = Omit<ContactToMatch, 'called' | 'text'>;

/**
 * These contacts, locked until the transaction ends. Those that somebody else has in hand are left out unless it is waited
 * for them: whoever holds many must wait for none, or two would wait for each other.
 */
export function lockPast(tx: Db, ids: readonly string[], waits: boolean): Promise<PastContact[]> {
  const query = sql`
    select id, connector, started_at as "startedAt", outside_kind as "outsideKind", outside,
           coalesce((facts #>> '{details,call,withheld}')::boolean, false) as withheld,
           facts #>> '{details,mail,authenticity}' is not distinct from 'claimed' as "isClaimed"
      from contact
     where id = any(${ids}::uuid[]) and merged_into is null and match is not null
       for no key update`;
  return tx.rows(waits ? query : { ...query, text: `${query.text} skip locked` });
}

/** What else decides between several clients: who of ours took part, as the sources name them. */
export function calledParts(tx: Db, ids: readonly string[]): Promise<Pick<ContactToMatch, 'id' | 'called'>[]> {
  return tx.rows(sql`
    select id, jsonb_build_object('employees', facts -> 'employees', 'call', facts #> '{details,call}') as called
      from contact where id = any(${ids}::uuid[])`);
}

/** What was sent in these contacts, as far as it may hold numbers. */
export function hintTexts(tx: Db, ids: readonly string[]): Promise<Pick<ContactToMatch, 'id' | 'text'>[]> {
  return tx.rows(sql`
    select id, jsonb_build_object('numbers', facts #> '{details,mail,numbers}',
                                  'words', concat_ws(E'\n', facts #>> '{details,fax,station}', facts #>> '{details,fax,name}',
                                                     left(facts #>> '{details,form,message}', 4000))) as text
      from contact
     where id = any(${ids}::uuid[])
       and (facts #> '{details,mail,numbers}' is not null or facts #>> '{details,fax,station}' is not null
            or facts #>> '{details,fax,name}' is not null or facts #>> '{details,form,message}' is not null)`);
}

/** As `pointsAt`, of every moment: each with the period in which it counts. `lastContactAt` is null: it is another one each time. */
export function pointsEver(db: Db, { kinds, addresses, zone }: PointsAsked): Promise<PointRow[]> {
  return db.rows(sql`
    select p.kind, p.address, p.shared, p.reception, p.gateway, p.not_client as "notClient", p.never_capture as "neverCapture",
           nullif(greatest(p.since, pe.since::timestamp at time zone ${zone}), '-infinity') as since,
           nullif(least(p.until, pe.until::timestamp at time zone ${zone}), 'infinity') as until,
           p.employee_id as "employeeId", cl.id as "clientId", cl.name as client, pe.id as "personId", pe.name as person,
           cl.responsible_id as "responsibleId",
           exists (select from contact c
                    where c.client_id = cl.id and c.state = 'planned' and c.merged_into is null) as planned,
           null as "lastContactAt"
      from contact_point p
      left join person pe on pe.id = p.person_id
      left join client cl on cl.id = coalesce(p.client_id, pe.client_id)
     where p.address = any(${addresses}::text[]) and p.kind = any(${kinds}::text[]) and p.since < p.until
       and pe.removed_at is null and cl.removed_at is null and cl.merged_into is null
     order by cl.name, pe.name, p.id`);
}

/** When each of these clients was last in contact before each of these moments, the asked contact itself left out. */
export function lastContactsBefore(
  tx: Db,
  asked: readonly { readonly contactId: string; readonly clientId: string; readonly at: Date }[],
): Promise<{ readonly contactId: string; readonly clientId: string; readonly at: Date }[]> {
  return tx.rows(sql`
    select a.contact_id as "contactId", a.client_id as "clientId", last.started_at as at
      from unnest(${asked.map((one) => one.contactId)}::uuid[], ${asked.map((one) => one.clientId)}::uuid[],
                  ${asked.map((one) => one.at)}::timestamptz[]) as a (contact_id, client_id, at)
     cross join lateral (
       select c.started_at from contact c
        where c.client_id = a.client_id and c.merged_into is null and c.started_at < a.at and c.id <> a.contact_id
        order by c.started_at desc limit 1) last`);
}

/** Who of us ever had these addresses, with the periods. */
export function employeesEver(
  db: Db,
  addresses: readonly string[],
): Promise<
  { readonly address: string; readonly employeeId: string; readonly since: Date | null; readonly until: Date | null }[]
> {
  return db.rows(sql`
    select p.address, p.employee_id as "employeeId", nullif(p.since, '-infinity') as since, nullif(p.until, 'infinity') as until
      from contact_point p
     where p.address = any(${addresses}::text[]) and p.employee_id is not null and p.since < p.until`);
}

export interface Decided {
  readonly contactId: string;
  readonly match: Match;
}

/**
 * Writes what was decided of contacts that are locked; those of which it says what it said before are left alone. What people
 * chose or saw stays (`client_is_kept`). Open drafts of which it says something else are decided again, by a job of their
 * own: their owner may be another now.
 *
 * Every contact whose client changed gets its row in the set, `client` in the shape of `Human.client`; the first of them opens
 * the set. All in one statement: the rows never leave the server, which halves the time (measured).
 *
 * @param setId null: not opened yet @returns the set, null while nothing changed, and how many clients changed
 */
export async function writePast(
  tx: Db,
  decided: readonly Decided[],
  setId: string | null,
  head: { readonly label: string; readonly facts: unknown },
): Promise<{ readonly setId: string | null; readonly changed: number }> {
  // Thousands of contacts share a handful of answers: each goes over once.
  const answers = [...new Set(decided.map(({ match }) => match))];
  const rows = answers.map((match, n) => {
    const [best] = match.verdict === 'client' ? match.candidates : [];
    return { n, match, clientId: best?.clientId ?? null, personId: best?.personId ?? null };
  });
  const numbers = new Map(answers.map((match, n) => [match, n]));
  const [row] = await tx.rows<{ setId: string | null; changed: number }>(splice`
    with asked as (
      select c.id, d.match, c.client_id, c.person_id, client_is_kept(c) as keeps,
             case when client_is_kept(c) then c.client_id else d."clientId" end as new_client,
             case when client_is_kept(c) then c.person_id else d."personId" end as new_person
        from unnest(${decided.map(({ contactId }) => contactId)}::uuid[],
                    ${decided.map(({ match }) => numbers.get(match) ?? 0)}::int[]) as a (id, n)
        join jsonb_to_recordset(${json(rows)}::jsonb) as d(n int, match jsonb, "clientId" uuid, "personId" uuid) on d.n = a.n
        join contact c on c.id = a.id
       where c.match is distinct from d.match
          or not client_is_kept(c) and (c.client_id, c.person_id) is distinct from (d."clientId", d."personId")
    ), written as (
      update contact c
         set match = a.match, client_id = a.new_client, person_id = a.new_person,
             client_late = case when a.keeps then c.client_late
                                else a.new_client is not null and is_done(c) end
        from asked a
       where c.id = a.id
      returning c.id, c.client_id, c.person_id, c.client_by_hand, a.client_id as old_client, a.person_id as old_person,
                c.state, c.call_back
    ), again as (
      insert into outbox (job, ref) select 'decide-past', id from written where state = 'draft' or call_back
    ), moved as (
      select id, coalesce(client_id, old_client) as client_id,
             case when old_client is not null
                  then jsonb_build_object('id', old_client, 'personId', old_person, 'byHand', client_by_hand) end as old,
             case when client_id is not null
                  then jsonb_build_object('id', client_id, 'personId', person_id, 'byHand', client_by_hand) end as new
        from written
       where (client_id, person_id) is distinct from (old_client, old_person)
    ), opened as (
      insert into change_set (kind, via, label, facts)
      select 'rematch', 'machine', ${head.label}, ${json(head.facts)}::jsonb
       where ${setId}::bigint is null and exists (select from moved)
      returning id
    ), logged as (
      insert into change (set_id, via, entity, entity_id, client_id, field, old, new)
      select coalesce(${setId}::bigint, (select id from opened)), 'machine', 'contact', id, client_id, 'client', old, new
        from moved
    ), ${toldOfMoved({ via: 'machine', employeeId: null, label: head.label })}
    select coalesce(${setId}, (select id::text from opened)) as "setId", count(*)::int as changed from moved`);
  return row ?? { setId, changed: 0 };
}

/** The set of a look back at this point that was broken off; null: there is none. */
export async function brokenLookBack(db: Db, pointId: string): Promise<string | null> {
  const [row] = await db.rows<{ id: string }>(sql`
    select id::text from change_set
     where kind = 'rematch' and facts ->> 'isThrough' = 'false' and facts ->> 'point' = ${pointId}
     order by id desc limit 1`);
  return row?.id ?? null;
}

/** How many contacts a set gave a client, took one from, or gave another one. */
export async function countMoved(
  db: Db,
  setId: string,
): Promise<{ readonly linked: number; readonly unlinked: number; readonly moved: number }> {
  const [row] = await db.rows<{ linked: number; unlinked: number; moved: number }>(sql`
    select count(*) filter (where old is null)::int as linked, count(*) filter (where new is null)::int as unlinked,
           count(*) filter (where old is not null and new is not null)::int as moved
      from change where set_id = ${setId}`);
  return row ?? { linked: 0, unlinked: 0, moved: 0 };
}
