import type { EventType } from '../../core/events.ts';
import { type Db, type Query, sql } from '../base/db.ts';

/**
 * Gives the oldest events that have no place yet their place in the one order, and lays them out for every target that wants
 * them. Under a lock: whatever order transactions commit in, a place once given has none before it that comes later. Returns
 * how many.
 */
export function placeEvents(db: Db, now: Date, limit: number): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${'letopis: order of events'}, 0))`);
    const rows = await tx.rows(sql`
      with placed as (
        update event e set position = o.position
          from (select id, nextval('event_position') as position
                  from (select id from event where position is null order by seq limit ${limit}) first) o
         where e.id = o.id
        returning e.id, e.type, e.position, e.streams
      ), laid as (
        insert into webhook_delivery (target, event_id, position, next_at)
        select t.name, p.id, p.position, ${now}
          from placed p join webhook_target t on t.state <> 'removed' and p.type = any(t.events)
      ), turns as (
        insert into webhook_turn (target, stream, position)
        select distinct t.name, s.stream, p.position
          from placed p join webhook_target t on t.state <> 'removed' and p.type = any(t.events), unnest(p.streams) as s(stream)
      )
      select 1 from placed`);
    return rows.length;
  });
}

/** What is to be sent. */
export interface Delivery {
  readonly target: string;
  readonly eventId: string;
  readonly position: number;
  readonly streams: readonly string[];
  readonly type: EventType;
  readonly at: Date;
  readonly data: unknown;
  /** Those before this one. */
  readonly attempts: number;
}

/** Of so many that could go each is looked at; those behind one that is being sent wait until it is through. */
const mostLookedAt = 500;

/**
 * Takes up to `limit` deliveries whose time and turn have come, in order; until `until` nobody else takes them. Whose turn it
 * is is looked up stream by stream in the index, whatever the planner believes of tables that filled a moment ago.
 */
export function claimDue(db: Db, target: string, now: Date, until: Date, limit: number): Promise<Delivery[]> {
  return db.rows(sql`
    with due as materialized (
      select event_id, position from webhook_delivery
       where target = ${target} and state = 'waiting' and next_at <= ${now} and (claimed_until is null or claimed_until <= ${now})
       order by position limit ${mostLookedAt}
    ), first as materialized (
      select d.event_id
        from due d, lateral (select streams from event where id = d.event_id limit 1) e
       where not exists (
               select from unnest(e.streams) as s(stream),
                           lateral (select position from webhook_turn t
                                     where t.target = ${target} and t.stream = s.stream order by position limit 1) head
                where head.position < d.position)
       order by d.position limit ${limit}
    ), taken as materialized (
      select d.event_id from first, webhook_delivery d
       where d.target = ${target} and d.event_id = first.event_id
         and d.state = 'waiting' and (d.claimed_until is null or d.claimed_until <= ${now})
         for no key update of d skip locked
    ), claimed as (
      update webhook_delivery d set claimed_until = ${until} from taken
       where d.target = ${target} and d.event_id = taken.event_id
      returning d.target, d.event_id, d.position, d.attempts
    )
    select c.target, e.id as "eventId", c.position, e.streams, e.type, e.at, e.data, c.attempts
      from claimed c join event e on e.id = c.event_id
     order by c.position`);
}

/**
 * What is due but stands behind one that waits for its next try need not be looked at before: it is put off until then, so
 * that a client whose events are refused for days hides no other from `claimDue`. Returns how many were.
 */
export async function putOff(db: Db, target: string, now: Date): Promise<number> {
  const rows = await db.rows(sql`
    with due as materialized (
      select event_id, position from webhook_delivery
       where target = ${target} and state = 'waiting' and next_at <= ${now} and (claimed_until is null or claimed_until <= ${now})
       order by position limit ${mostLookedAt}
    ), behind as materialized (
      select due.event_id, max(before.next_at) as until
        from due, lateral (select streams from event where id = due.event_id limit 1) e, unnest(e.streams) as s(stream),
             lateral (select position from webhook_turn t
                       where t.target = ${target} and t.stream = s.stream order by position limit 1) head,
             lateral (select next_at from webhook_delivery d
                       where d.target = ${target} and d.position >= head.position and d.state = 'waiting' order by d.position limit 1) before
       where head.position < due.position and before.next_at > ${now}
       group by due.event_id
    )
    update webhook_delivery d set next_at = behind.until from behind
     where d.target = ${target} and d.event_id = behind.event_id
    returning 1`);
  return rows.length;
}

/** It was taken: those behind it may go, and at once when they waited for its next try. */
export async function markAccepted(db: Db, delivery: Delivery, now: Date, status: number): Promise<void> {
  const { target, eventId } = delivery;
  await db.transaction(async (tx) => {
    await tx.rows(sql`
      update webhook_delivery
         set state = 'accepted', attempts = attempts + 1, claimed_until = null, last_at = ${now}, last_status = ${status},
             last_error = null, accepted_at = coalesce(accepted_at, ${now})
       where target = ${target} and event_id = ${eventId}`);
    await tx.rows(sql`
      update webhook_target
         set last_success_at = ${now}, failing_since = null, failures = 0, hold_until = null, last_error = null
       where name = ${target}`);
    await passTurn(tx, delivery, now);
  });
}

/** How a try ended that was none. */
export interface Failed {
  readonly status: number | null;
  readonly error: string;
  /** Null: it is given up. */
  readonly nextAt: Date | null;
  /** Nothing else is sent there before; null: the others go on. */
  readonly holdUntil: Date | null;
  readonly gone: boolean;
}

export async function markFailed(db: Db, delivery: Delivery, now: Date, failed: Failed): Promise<void> {
  const { target, eventId } = delivery;
  const { status, error, nextAt, holdUntil, gone } = failed;
  await db.transaction(async (tx) => {
    await tx.rows(sql`
      update webhook_delivery
         set state = ${nextAt === null ? 'given-up' : 'waiting'}, attempts = attempts + 1, claimed_until = null,
             last_at = ${now}, last_status = ${status}, last_error = ${error}, next_at = coalesce(${nextAt}, next_at)
       where target = ${target} and event_id = ${eventId}`);
    await tx.rows(sql`
      update webhook_target
         set failing_since = coalesce(failing_since, ${now}), failures = failures + 1, last_error = ${error},
             hold_until = greatest(hold_until, ${holdUntil}), state = case when ${gone} and state = 'active' then 'gone' else state end
       where name = ${target}`);
    if (nextAt === null) await passTurn(tx, delivery, now);
  });
}

/** It was not tried after all: anybody may take it. */
export async function letGo(db: Db, { target, eventId }: Delivery): Promise<void> {
  await db.rows(sql`
    update webhook_delivery set claimed_until = null where target = ${target} and event_id = ${eventId} and state = 'waiting'`);
}

/** Whoever comes next in its streams may go, at once if he was put off. */
async function passTurn(tx: Db, { target, streams, position }: Delivery, now: Date): Promise<void> {
  await tx.rows(sql`
    delete from webhook_turn
     where target = ${target} and stream = any(${[...streams]}::uuid[]) and position = ${position}`);
  await tx.rows(sql`
    update webhook_delivery d set next_at = ${now}
      from unnest(${[...streams]}::uuid[]) as s(stream),
           lateral (select position from webhook_turn t
                     where t.target = ${target} and t.stream = s.stream order by position limit 1) next
     where d.target = ${target} and d.position = next.position and d.state = 'waiting' and d.attempts = 0 and d.next_at > ${now}`);
}

/** What is sent again. */
export type ReplayOf = { readonly eventId: string } | { readonly since: Date } | { readonly givenUp: true };

/**
 * Sends events to a target again, in their order and with their ids, also those it never wanted before; what waits already
 * is tried at once. Returns how many wait now because of it.
 */
export async function replay(db: Db, target: string, which: ReplayOf, now: Date): Promise<number> {
  return db.transaction(async (tx) => {
    const rows = await tx.rows<{ eventId: string }>(chosen(target, which, now));
    await tx.rows(sql`
      insert into webhook_turn (target, stream, position)
      select ${target}, s.stream, e.position
        from event e, unnest(e.streams) as s(stream)
       where e.id = any(${rows.map(({ eventId }) => eventId)}::uuid[])
          on conflict do nothing`);
    return rows.length;
  });
}

function chosen(target: string, which: ReplayOf, now: Date): Query {
  const eventId = 'eventId' in which ? which.eventId : null;
  const since = 'since' in which ? which.since : null;
  return sql`
    insert into webhook_delivery as d (target, event_id, position, next_at)
    select t.name, e.id, e.position, ${now}
      from event e join webhook_target t on t.name = ${target}
     where e.position is not null
       and (e.id = ${eventId}::uuid
            or e.at >= ${since}::timestamptz and e.type = any(t.events)
            or ${eventId}::uuid is null and ${since}::timestamptz is null
               and exists (select from webhook_delivery g
                            where g.target = t.name and g.event_id = e.id and g.state = 'given-up'))
        on conflict (target, event_id) do update
           set state = 'waiting', attempts = 0, next_at = ${now}
         where d.claimed_until is null or d.claimed_until <= ${now}
    returning event_id as "eventId"`;
}

/** One delivery, for people. */
export interface DeliveryView {
  readonly target: string;
  readonly eventId: string;
  readonly type: string;
  readonly at: Date;
  readonly state: 'waiting' | 'accepted' | 'given-up';
  readonly attempts: number;
  readonly nextAt: Date;
  readonly lastAt: Date | null;
  readonly lastStatus: number | null;
  readonly lastError: string | null;
  readonly acceptedAt: Date | null;
  readonly data: unknown;
}

/** Of one target, or of one event, newest event first. */
export function deliveries(
  db: Db,
  of: { readonly target: string | null; readonly eventId: string | null; readonly state: string | null },
  limit: number,
): Promise<DeliveryView[]> {
  return db.rows(sql`
    select d.target, e.id as "eventId", e.type, e.at, d.state, d.attempts, d.next_at as "nextAt", d.last_at as "lastAt",
           d.last_status as "lastStatus", d.last_error as "lastError", d.accepted_at as "acceptedAt", e.data
      from webhook_delivery d join event e on e.id = d.event_id
     where (${of.target}::text is null or d.target = ${of.target}) and (${of.eventId}::uuid is null or e.id = ${of.eventId})
       and (${of.state}::text is null or d.state = ${of.state})
     order by d.position desc, d.target
     limit ${limit}`);
}

/** Events after a place in their order, in it; for programs that ask instead of being told. */
export function eventsAfter(
  db: Db,
  position: number,
  types: readonly string[] | null,
  limit: number,
): Promise<{ id: string; type: string; at: Date; data: unknown; position: number }[]> {
  return db.rows(sql`
    select id, type, at, data, position
      from event
     where position > ${position} and (${types === null}::boolean or type = any(${[...(types ?? [])]}::text[]))
     order by position
     limit ${limit}`);
}

/** Forgets events, what became of them, and answers to programs, of before these times; at most `limit` events. */
export async function forgetOld(db: Db, events: Date, answers: Date, limit: number): Promise<number> {
  const gone = await db.rows(sql`
    with old as (
      select id, position, streams from event where at < ${events} order by at limit ${limit}
    ), turns as (
      delete from webhook_turn t using old
       where t.stream = any(old.streams) and t.position = old.position
    )
    delete from event where id in (select id from old) returning 1`);
  await db.rows(sql`delete from api_answer where created_at < ${answers}`);
  return gone.length;
}
