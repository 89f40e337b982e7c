import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

/** What sets of changes write of contacts, as change rows hold it (Human of src/core/contact/human.ts says what each means). */
export interface ContactValues {
  readonly client: unknown;
  readonly state: string;
  readonly dismissReason: string | null;
  readonly callBack: boolean;
  readonly gist: string | null;
  readonly outcome: string | null;
  readonly occasion: string | null;
  readonly nextStep: unknown;
  readonly completed: unknown;
}

/** The values of these contacts now, by id, locked until the transaction ends; those that were joined to others are missing. */
export async function lockContactValues(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, ContactValues>> {
  const rows = await db.rows<{ id: string; values: ContactValues }>(sql`
    select id, jsonb_build_object(
             'client', case when client_id is null and not client_by_hand then null
                            else jsonb_build_object('id', client_id, 'personId', person_id, 'byHand', client_by_hand) end,
             'state', state, 'dismissReason', dismiss_reason, 'callBack', call_back, 'gist', gist,
             'outcome', outcome_by_hand, 'occasion', occasion_id, 'nextStep', next_step,
             'completed', case when completed_at is null then null
                               else jsonb_build_object('at', to_char(completed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), 'by', completed_by) end) as values
      from contact where id = any(${ids}::uuid[]) and merged_into is null order by id for no key update`);
  return new Map(rows.map(({ id, values }) => [id, values]));
}

/** Those of these contacts that somebody called private: nobody who was not there is to see or change what was written. */
export async function privateAmong(db: Db, ids: readonly string[]): Promise<readonly string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    select id from contact c where id = any(${ids}::uuid[]) and is_private(c)`);
  return rows.map(({ id }) => id);
}

export interface ContactWrite {
  readonly id: string;
  readonly values: Partial<ContactValues>;
}

/**
 * Writes the fields that are named. A form that was drawn before a change of the state sees that something changed. Of what is
 * a draft again its owner is asked, as of any other: unless he was asked before, then his link works again.
 */
export async function writeContactValues(db: Db, writes: readonly ContactWrite[]): Promise<void> {
  if (writes.length === 0) return;
  await db.rows(sql`
    with written as (
      update contact c
         set client_id = case when v ? 'client' then (v #>> '{client,id}')::uuid else c.client_id end,
             person_id = case when v ? 'client' then (v #>> '{client,personId}')::uuid else c.person_id end,
             client_by_hand = case when v ? 'client' then coalesce((v #>> '{client,byHand}')::boolean, false)
                                   else c.client_by_hand end,
             state = case when v ? 'state' then v ->> 'state' else c.state end,
             dismiss_reason = case when v ? 'dismissReason' then v ->> 'dismissReason' else c.dismiss_reason end,
             call_back = case when v ? 'callBack' then (v ->> 'callBack')::boolean else c.call_back end,
             gist = case when v ? 'gist' then v ->> 'gist' else c.gist end,
             outcome_by_hand = case when v ? 'outcome' then v ->> 'outcome' else c.outcome_by_hand end,
             occasion_id = case when v ? 'occasion' then (v ->> 'occasion')::uuid else c.occasion_id end,
             next_step = case when v ? 'nextStep' then nullif(v -> 'nextStep', 'null'::jsonb) else c.next_step end,
             completed_at = case when v ? 'completed' then (v #>> '{completed,at}')::timestamptz else c.completed_at end,
             completed_by = case when v ? 'completed' then (v #>> '{completed,by}')::uuid else c.completed_by end,
             version = c.version + case when v - 'client' = '{}'::jsonb then 0 else 1 end
        from jsonb_to_recordset(${json(writes)}::jsonb) as w(id uuid, "values" jsonb), lateral (select w."values" as v) n
       where c.id = w.id
      returning c.id, v ->> 'state' = 'draft' and c.asks as reopened
    )
    insert into outbox (job, ref)
    select 'prompt', id from written
     where reopened and not exists (select from outbox o where o.ref = written.id and o.job = 'prompt' and o.done_at is null)`);
}
