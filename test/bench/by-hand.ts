import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import type { Capture } from '../../src/core/contact/capture.ts';

/** What takes captures in, ours or the one written by hand. */
export type TakeIn = (connector: string, captures: readonly Ready[], position: string) => Promise<void>;

/** A capture whose number is normalised already: the loop by hand has nothing to do but to write rows. */
export interface Ready {
  readonly capture: Capture;
  readonly e164: string;
}

/**
 * The loop a good developer would write who needs nothing but these rows, with node-postgres and prepared statements: one
 * CTE with plain parameters for one capture, `unnest` for many. No lease, no unions, no dirty text, no faults.
 */
export function byHand(url: string, connections: number): { takeIn: TakeIn; close(): Promise<void> } {
  const pool = new pg.Pool({ connectionString: url, max: connections });
  pool.on('error', () => {}); // the server may end before the last connection has
  return {
    takeIn: async (connector, captures, position) => {
      const [only] = captures;
      if (only && captures.length === 1) await pool.query(one(connector, only, position));
      else await pool.query(many(connector, captures, position));
    },
    close: () => pool.end(),
  };
}

function one(connector: string, { capture, e164 }: Ready, position: string): pg.QueryConfig {
  const { facts, outcome } = told(capture);
  return {
    name: 'one',
    text: `
      with stored as (
        insert into capture (id, connector, key, channel, revision, facts, evidence)
        values ($1, $2, $3, $4, $5, $6, $7) on conflict (connector, key) do nothing returning id
      ), made as (
        insert into contact (id, channel, direction, outcome, started_at, ended_at, outside_kind, outside, outside_norm,
                             outside_name, facts, asks, connector, owner_id)
        select $8, $4, $9, $10, $11, $12, $13, $14, $15, $16, $6, $17, $2, (select id from employee where is_duty)
          from stored returning id
      ), known as (
        insert into contact_identity (identity, contact_id) select unnest($18::bytea[]), id from made
      ), linked as (
        insert into contact_capture (capture_id, contact_id) select stored.id, made.id from stored, made
      ), queued as (
        insert into outbox (job, ref) select 'decide', id from made
      )
      insert into connector_position (connector, position) values ($2, $19)
          on conflict (connector) do update set position = excluded.position, updated_at = now()`,
    values: [
      randomUUID(),
      connector,
      sha256(`${capture.identity}\n${capture.revision}`),
      capture.channel,
      capture.revision,
      facts,
      capture.evidence,
      randomUUID(),
      capture.direction,
      outcome,
      capture.occurredAt,
      capture.endedAt,
      capture.outside?.kind,
      capture.outside?.value,
      e164,
      capture.outsideName,
      capture.asks,
      capture.links.map(sha256),
      position,
    ],
  };
}

function many(connector: string, ready: readonly Ready[], position: string): pg.QueryConfig {
  const captures = ready.map(({ capture }) => capture);
  const contactIds = captures.map(() => randomUUID());
  const identities = captures.flatMap(({ links }, i) => links.map((link) => ({ link, contactId: contactIds[i] })));
  return {
    name: 'many',
    text: `
      with given as materialized (
        select * from unnest($1::uuid[], $2::bytea[], $3::text[], $4::int[], $5::jsonb[], $6::text[], $7::uuid[], $8::text[],
                             $9::text[], $10::timestamptz[], $11::timestamptz[], $12::text[], $13::text[], $14::text[],
                             $15::text[], $16::boolean[])
          as g (id, key, channel, revision, facts, evidence, contact_id, direction, outcome, started_at, ended_at,
                outside_kind, outside, outside_norm, outside_name, asks)
      ), stored as (
        insert into capture (id, connector, key, channel, revision, facts, evidence)
        select id, $17, key, channel, revision, facts, evidence from given
            on conflict (connector, key) do nothing returning id
      ), made as (
        insert into contact (id, channel, direction, outcome, started_at, ended_at, outside_kind, outside, outside_norm,
                             outside_name, facts, asks, connector, owner_id)
        select contact_id, channel, direction, outcome, started_at, ended_at, outside_kind, outside, outside_norm,
               outside_name, facts, asks, $17, (select id from employee where is_duty)
          from given join stored using (id)
        returning id
      ), known as (
        insert into contact_identity (identity, contact_id)
        select i.identity, i.contact_id from unnest($18::bytea[], $19::uuid[]) as i (identity, contact_id)
          join made on made.id = i.contact_id
      ), linked as (
        insert into contact_capture (capture_id, contact_id) select id, contact_id from given join stored using (id)
      ), queued as (
        insert into outbox (job, ref) select 'decide', id from made
      )
      insert into connector_position (connector, position) values ($17, $20)
          on conflict (connector) do update set position = excluded.position, updated_at = now()`,
    values: [
      captures.map(() => randomUUID()),
      captures.map(({ identity, revision }) => sha256(`${identity}\n${revision}`)),
      captures.map(({ channel }) => channel),
      captures.map(({ revision }) => revision),
      captures.map((capture) => told(capture).facts),
      captures.map(({ evidence }) => evidence),
      contactIds,
      captures.map(({ direction }) => direction),
      captures.map((capture) => told(capture).outcome),
      captures.map(({ occurredAt }) => occurredAt),
      captures.map(({ endedAt }) => endedAt),
      captures.map(({ outside }) => outside?.kind),
      captures.map(({ outside }) => outside?.value),
      ready.map(({ e164 }) => e164),
      captures.map(({ outsideName }) => outsideName),
      captures.map(({ asks }) => asks),
      connector,
      identities.map(({ link }) => sha256(link)),
      identities.map(({ contactId }) => contactId),
      position,
    ],
  };
}

function told({ evidence: _apart, ...facts }: Capture) {
  const { details } = facts;
  return { facts: JSON.stringify(facts), outcome: details.channel === 'call' ? details.call.outcome : null };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
