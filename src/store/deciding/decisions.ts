import type { ContactState } from '../../core/contact/human.ts';
import { type Db, sql } from '../base/db.ts';
import type { CalledParts } from './matching.ts';

/** What assigning needs of a contact and its surroundings. */
export interface ContactToAssign {
  readonly id: string;
  readonly connector: string;
  readonly channel: 'call' | 'email' | 'fax' | 'web' | 'meeting' | 'letter' | 'message';
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly outcome: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly outsideNorm: string | null;
  readonly asks: boolean;
  /** Of mails: the same for all of one thread. */
  readonly thread: string | null;
  /** Sent by a program. */
  readonly automatic: boolean;
  /** Somebody said that this is no client, or that nothing of it is to be kept. */
  readonly ofNobody: boolean;
  /** One of us passed the mail on to us. */
  readonly forwarded: boolean;
  /** The draft of its thread that is asked about instead, decided before. */
  readonly joinedTo: string | null;
  readonly state: ContactState;
  readonly ownerId: string;
  readonly callBack: boolean;
  readonly reachedBy: string | null;
  readonly clientId: string | null;
  readonly responsibleId: string | null;
  /** A person saved something, or is typing. */
  readonly touched: boolean;
  /** A prompt was made, or waits to be. */
  readonly prompted: boolean;
  readonly called: CalledParts;
}

/** The contact, locked until the transaction ends; null when it does not exist or was joined with another. */
export async function lockToAssign(db: Db, contactId: string): Promise<ContactToAssign | null> {
  const [row] = await lockAllToAssign(db, [contactId]);
  return row ?? null;
}

/** The same of many, in no order. */
export function lockAllToAssign(db: Db, contactIds: readonly string[]): Promise<ContactToAssign[]> {
  return db.rows(sql`
    select c.id, c.connector, c.channel, c.direction, c.outcome, c.started_at as "startedAt", c.ended_at as "endedAt",
           c.outside_norm as "outsideNorm", c.asks, c.thread, c.facts #>> '{details,mail,automatic}' is not null as automatic,
           coalesce(c.match ->> 'because' in ('not_client', 'never_capture'), false) and c.client_id is null as "ofNobody",
           c.facts #>> '{details,mail,originalSender}' is not null as forwarded, c.state, c.owner_id as "ownerId", c.call_back as "callBack",
           c.reached_by as "reachedBy", c.client_id as "clientId", cl.responsible_id as "responsibleId",
           c.version > 1 or c.typing is not null or c.gist is not null as touched,
           exists (select from outbox o where o.ref = c.id and o.job = 'prompt')
             or exists (select from prompt p where p.contact_id = c.id) or c.capped_at is not null as prompted,
           c.joined_to as "joinedTo",
           jsonb_build_object('employees', c.facts -> 'employees', 'call', c.facts #> '{details,call}') as called
      from contact c left join client cl on cl.id = c.client_id
     where c.id = any(${contactIds}::uuid[]) and c.merged_into is null
       for no key update of c`);
}

/** Everybody of ours with his absences that touch this moment. */
export function colleaguesAt(
  db: Db,
  at: Date,
): Promise<
  {
    readonly id: string;
    readonly active: boolean;
    readonly substituteId: string | null;
    readonly isDuty: boolean;
    readonly isAbsent: boolean;
  }[]
> {
  return db.rows(sql`
    select e.id, e.active, e.substitute_id as "substituteId", e.is_duty as "isDuty",
           exists (select from absence a
                    where a.employee_id = e.id and a.since <= ${at} and ${at} < a.until) as "isAbsent"
      from employee e
     order by e.id`);
}

/**
 * Makes decisions about the same caller or client take turns until the transaction ends: a missed call and the answered
 * one after it may be decided at the same moment, and each must see the other.
 */
export async function takeTurns(db: Db, keys: readonly string[]): Promise<void> {
  for (const key of [...keys].sort()) {
    await db.rows(sql`select pg_advisory_xact_lock(hashtextextended(${key}, 0))`);
  }
}

/** The same without waiting for anybody. @returns the keys that were had */
export async function tryTurns(db: Db, keys: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ key: string }>(sql`
    select key from unnest(${keys}::text[]) as key where pg_try_advisory_xact_lock(hashtextextended(key, 0))`);
  return new Set(rows.map(({ key }) => key));
}

/** The first call after this one in which somebody really talked with the same number or client; null when there is none. */
export async function firstReachedAfter(
  db: Db,
  missed: {
    readonly id: string;
    readonly startedAt: Date;
    readonly outsideNorm: string | null;
    readonly clientId: string | null;
  },
): Promise<string | null> {
  const [row] = await db.rows<{ id: string }>(sql`
    select id
      from contact
     where (outside_norm = ${missed.outsideNorm} or client_id = ${missed.clientId})
       and started_at > ${missed.startedAt} and id <> ${missed.id} and merged_into is null
       and channel = 'call' and direction <> 'internal'
       and (outcome = 'answered'
            or outcome = 'interrupted' and coalesce((facts #>> '{details,call,talkSeconds}')::float8, 0) > 0)
     order by started_at, id
     limit 1`);
  return row?.id ?? null;
}

/**
 * The client was reached: his earlier missed calls wait no longer, and nobody is asked about those no person has touched.
 * One that somebody else has in hand right now is not waited for (two decisions would wait for each other until the
 * database finds the deadlock, a second later): it is decided again, and sees then that the client was reached.
 * Returns the ids of those closed.
 */
export async function closeMissedBefore(
  db: Db,
  reached: {
    readonly id: string;
    readonly startedAt: Date;
    readonly outsideNorm: string | null;
    readonly clientId: string | null;
  },
): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    with waiting as (
      select id from contact
       where call_back and (outside_norm = ${reached.outsideNorm} or client_id = ${reached.clientId})
         and started_at < ${reached.startedAt} and id <> ${reached.id} and merged_into is null
         for no key update skip locked
    ), again as (
      insert into outbox (job, ref)
      select 'decide', id from contact
       where call_back and (outside_norm = ${reached.outsideNorm} or client_id = ${reached.clientId})
         and started_at < ${reached.startedAt} and id <> ${reached.id} and merged_into is null
         and id not in (select id from waiting)
    )
    update contact
       set call_back = false, reached_by = ${reached.id},
           state = case when state = 'draft' and version = 1 and typing is null then 'bare' else state end
      from waiting
     where contact.id = waiting.id
    returning contact.id`);
  return rows.map(({ id }) => id);
}

/**
 * The contact of the same thread and the same client (of strangers: the same address) that waits for its gist already: the
 * oldest open draft but this one; null: none. What thirty clients answer to one circular are thirty drafts.
 *
 * `is not distinct from` keeps PostgreSQL from the index of drafts: while a mailbox is caught up with, everything undecided is in
 * it (measured with 10,000 contacts: 5 ms instead of 0.02).
 */
export async function openDraftOfThread(
  db: Db,
  own: Pick<ContactToAssign, 'id' | 'thread' | 'clientId' | 'outsideNorm'>,
): Promise<string | null> {
  if (own.thread === null) return null;
  const [row] = await db.rows<{ id: string }>(sql`
    select id from contact
     where thread = ${own.thread} and state is not distinct from 'draft' and direction = 'inbound' and asks
       and (client_id = ${own.clientId}::uuid
            or client_id is null and ${own.clientId}::uuid is null and outside_norm = ${own.outsideNorm})
       and (decided_at is not null
            or exists (select from prompt p where p.contact_id = contact.id)
            or exists (select from outbox o where o.ref = contact.id and o.job = 'prompt'))
       and id <> ${own.id} and merged_into is null
     order by started_at, id
     limit 1`);
  return row?.id ?? null;
}

export interface Assignment {
  readonly contactId: string;
  /** The draft of its thread that is asked about instead. */
  readonly joinedTo: string | null;
  readonly ownerId: string;
  readonly state: ContactState;
  readonly callBack: boolean;
  readonly reachedBy: string | null;
  readonly dueAt: Date | null;
  /** Ask the owner, unless somebody was asked about this contact before. */
  readonly ask: boolean;
}

/** Stores the decision and, in the same statement, that the owner is to be asked. */
export async function writeAssignment(db: Db, decided: Assignment): Promise<void> {
  await db.rows(sql`
    with written as (
      update contact
         set owner_id = ${decided.ownerId}, state = ${decided.state}, call_back = ${decided.callBack},
             reached_by = ${decided.reachedBy}, joined_to = ${decided.joinedTo}, due_at = ${decided.dueAt}, decided_at = coalesce(decided_at, now())
       where id = ${decided.contactId}
      returning id
    )
    insert into outbox (job, ref)
    select 'prompt', id
      from written
     where ${decided.ask}
       and not exists (select from outbox o where o.ref = ${decided.contactId} and o.job = 'prompt')
       and not exists (select from prompt p where p.contact_id = ${decided.contactId})`);
}
