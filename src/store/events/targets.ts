import type { EventType } from '../../core/events.ts';
import { type Db, sql } from '../base/db.ts';

/** A target as the YAML names it. Its secrets never come here. */
export interface TargetHead {
  readonly name: string;
  readonly url: string;
  readonly events: readonly EventType[];
}

/**
 * Keeps the targets in step with the YAML. One that said it is gone is tried again when its address changed; one the YAML
 * names no more keeps what waits for it, should it come back.
 */
export async function syncTargets(db: Db, targets: readonly TargetHead[]): Promise<void> {
  await db.transaction(async (tx) => {
    for (const { name, url, events } of targets) {
      await tx.rows(sql`
        insert into webhook_target as t (name, url, events) values (${name}, ${url}, ${[...events]}::text[])
            on conflict (name) do update
               set url = excluded.url, events = excluded.events,
                   state = case when t.state = 'gone' and t.url = excluded.url then 'gone' else 'active' end,
                   hold_until = case when t.url = excluded.url then t.hold_until end,
                   failures = case when t.url = excluded.url then t.failures else 0 end`);
    }
    await tx.rows(
      sql`update webhook_target set state = 'removed' where name <> all(${targets.map(({ name }) => name)}::text[])`,
    );
  });
}

export interface TargetState {
  readonly state: 'active' | 'gone' | 'removed';
  /** One after the other, whatever event. */
  readonly failures: number;
  readonly holdUntil: Date | null;
}

export async function targetState(db: Db, name: string): Promise<TargetState | null> {
  const [row] = await db.rows<TargetState>(
    sql`select state, failures, hold_until as "holdUntil" from webhook_target where name = ${name}`,
  );
  return row ?? null;
}

/** How a target does, for people. */
export interface TargetHealth {
  readonly name: string;
  readonly state: TargetState['state'];
  readonly events: readonly string[];
  readonly lastSuccessAt: Date | null;
  readonly failingSince: Date | null;
  readonly lastError: string | null;
  readonly holdUntil: Date | null;
  readonly waiting: number;
  /** Of what waits, the oldest. */
  readonly waitingSince: Date | null;
  readonly givenUp: number;
}

/** Every target the YAML names or something waits for, by name. */
export function targetsHealth(db: Db): Promise<TargetHealth[]> {
  return db.rows(sql`
    select t.name, t.state, t.events, t.last_success_at as "lastSuccessAt", t.failing_since as "failingSince",
           t.last_error as "lastError", t.hold_until as "holdUntil",
           (select count(*)::int from webhook_delivery d where d.target = t.name and d.state = 'waiting') as waiting,
           (select e.at from webhook_delivery d join event e on e.id = d.event_id
             where d.target = t.name and d.state = 'waiting' order by d.position limit 1) as "waitingSince",
           (select count(*)::int from webhook_delivery d where d.target = t.name and d.state = 'given-up') as "givenUp"
      from webhook_target t
     where t.state <> 'removed'
        or exists (select from webhook_delivery d where d.target = t.name and d.state = 'waiting')
     order by t.name`);
}

/** It is asked again from now on: after a 410, or when somebody knows that it is back. False: there is no such target. */
export async function enableTarget(db: Db, name: string, now: Date): Promise<boolean> {
  const rows = await db.rows(sql`
    with target as (
      update webhook_target
         set state = case when state = 'gone' then 'active' else state end, hold_until = null, failures = 0
       where name = ${name}
      returning name
    ), due as (
      update webhook_delivery set next_at = ${now}
       where target = ${name} and state = 'waiting' and next_at > ${now} and exists (select from target)
    )
    select name from target`);
  return rows.length > 0;
}
