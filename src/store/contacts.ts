import type { ContactState, NextStep, OutcomeByHand } from '../core/human.ts';
import { type Db, type Query, sql } from './db.ts';

/** A contact with the names a page shows. Machine facts first, then what people wrote. */
export interface ContactView {
  readonly id: string;
  readonly channel: string;
  readonly direction: string;
  readonly outcome: string | null;
  readonly startedAt: Date;
  readonly outside: string | null;
  /** E.164 or e-mail; null when it is no address. */
  readonly outsideNorm: string | null;
  readonly outsideName: string | null;
  /** Our number, mailbox or queue that was used. */
  readonly ours: string | null;
  readonly queue: string | null;
  readonly withheld: boolean;
  readonly talkSeconds: number | null;
  readonly ringSeconds: number | null;
  readonly voicemail: boolean;
  /** What was sent by a form of a web site; null: nothing was. */
  readonly message: string | null;
  /** The page it was sent from, and what else the form told, label by label. */
  readonly page: string | null;
  readonly more: readonly { readonly label: string; readonly value: string }[] | null;
  readonly state: ContactState;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly verdict: 'client' | 'ambiguous' | 'stranger' | null;
  readonly clientId: string | null;
  readonly clientName: string | null;
  readonly personName: string | null;
  readonly clientByHand: boolean;
  readonly dueAt: Date | null;
  readonly callBack: boolean;
  readonly gist: string | null;
  readonly outcomeByHand: OutcomeByHand | null;
  readonly occasionId: string | null;
  readonly occasionName: string | null;
  readonly nextStep: NextStep | null;
  readonly typing: string | null;
  readonly completedAt: Date | null;
  readonly completedByName: string | null;
  readonly version: number;
}

/** The one contact, null when it does not exist or was joined with another. */
export async function contactView(db: Db, id: string): Promise<ContactView | null> {
  const rows = await db.rows<ContactView>(view(sql`c.id = ${id}`, 'c.started_at', 1));
  return rows[0] ?? null;
}

/** Everything its owner still has to complete: call-backs and planned ones that are due first, then oldest first. */
export function draftsOf(db: Db, ownerId: string, now: Date): Promise<ContactView[]> {
  return db.rows<ContactView>(
    view(
      sql`c.owner_id = ${ownerId} and (c.state = 'draft' or (c.state = 'planned' and c.started_at <= ${now}))`,
      `(c.call_back or c.state = 'planned') desc, c.started_at, c.id`,
      200,
    ),
  );
}

/** How many drafts an employee has. */
export async function countDrafts(db: Db, ownerId: string): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`
    select count(*)::int as n from contact where owner_id = ${ownerId} and state = 'draft' and merged_into is null`);
  return row?.n ?? 0;
}

/** The newest contacts of a client before this one, newest first; what people dismissed is left out. */
export function lastContacts(db: Db, clientId: string, exceptId: string | null, limit: number): Promise<ContactView[]> {
  return db.rows<ContactView>(
    view(
      sql`c.client_id = ${clientId} and c.id is distinct from ${exceptId} and c.state <> 'dismissed'`,
      'c.started_at desc, c.id desc',
      limit,
    ),
  );
}

/** These contacts, in no order. */
export function contactViews(db: Db, ids: readonly string[]): Promise<ContactView[]> {
  return db.rows<ContactView>(view(sql`c.id = any(${[...ids]})`, 'c.id', ids.length));
}

/** One statement for every list of contacts. `order` and `limit` are ours, never from outside. */
function view(where: Query, order: string, limit: number): Query {
  return {
    text: `
    select c.id, c.channel, c.direction, c.outcome, c.started_at as "startedAt", c.outside, c.outside_norm as "outsideNorm",
           c.outside_name as "outsideName", c.facts #>> '{ours,value}' as ours, c.facts #>> '{details,call,queue}' as queue,
           coalesce((c.facts #>> '{details,call,withheld}')::boolean, false) as withheld,
           (c.facts #>> '{details,call,talkSeconds}')::float8 as "talkSeconds",
           (c.facts #>> '{details,call,ringSeconds}')::float8 as "ringSeconds",
           c.facts #>> '{details,call,voicemail}' is not null as voicemail,
           c.facts #>> '{details,form,message}' as message, c.facts #>> '{details,form,page}' as page,
           c.facts #> '{details,form,more}' as more,
           c.state, c.owner_id as "ownerId", o.name as "ownerName", c.match ->> 'verdict' as verdict,
           c.client_id as "clientId", cl.name as "clientName", p.name as "personName", c.client_by_hand as "clientByHand",
           c.due_at as "dueAt", c.call_back as "callBack", c.gist, c.outcome_by_hand as "outcomeByHand",
           c.occasion_id as "occasionId", oc.name as "occasionName", c.next_step as "nextStep", c.typing,
           c.completed_at as "completedAt", by.name as "completedByName", c.version
      from contact c
      join employee o on o.id = c.owner_id
      left join client cl on cl.id = c.client_id
      left join person p on p.id = c.person_id
      left join occasion oc on oc.id = c.occasion_id
      left join employee by on by.id = c.completed_by
     where ${where.text} and c.merged_into is null
     order by ${order}
     limit ${limit}`,
    values: where.values,
  };
}

export interface CandidateView {
  readonly clientId: string;
  readonly personId: string | null;
  readonly clientName: string;
  readonly personName: string | null;
  /** Why the matcher thinks so: a code to translate, and the same in English. */
  readonly code: string | null;
  readonly reason: string;
}

/** The matcher's candidates of a contact that still exist, best first. */
export function candidatesOf(db: Db, contactId: string): Promise<CandidateView[]> {
  return db.rows(sql`
    select cl.id as "clientId", p.id as "personId", cl.name as "clientName", p.name as "personName",
           m.c ->> 'code' as code, coalesce(m.c ->> 'reason', '') as reason
      from contact c
      cross join lateral jsonb_array_elements(
        case when jsonb_typeof(c.match -> 'candidates') = 'array' then c.match -> 'candidates' else '[]' end)
        with ordinality as m(c, n)
      join client cl on cl.id = (m.c ->> 'clientId')::uuid
      left join person p on p.id = (m.c ->> 'personId')::uuid
     where c.id = ${contactId}
     order by m.n`);
}

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

/** Occasions people may choose, in the office's order. */
export function occasions(db: Db): Promise<{ id: string; name: string }[]> {
  return db.rows(sql`select id, name from occasion where active order by rank, name`);
}

/** The occasion of the client's last contact since then, null when there was none: the likely one for the next. */
export async function lastOccasion(db: Db, clientId: string, since: Date): Promise<string | null> {
  const rows = await db.rows<{ id: string }>(sql`
    select c.occasion_id as id
      from contact c join occasion o on o.id = c.occasion_id and o.active
     where c.client_id = ${clientId} and c.started_at > ${since} and c.merged_into is null
     order by c.started_at desc limit 1`);
  return rows[0]?.id ?? null;
}
