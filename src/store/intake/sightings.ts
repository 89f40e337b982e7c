import { byteStrings, ints, jsonTexts, texts, uuids } from '../base/arrays.ts';
import { type Db, sql } from '../base/db.ts';
import type { CaptureRow, IdentityRow, MachineRow } from './captures.ts';

// The rare way of a capture: it tells of a contact that stands already, or of two that turn out to be one.

export interface KnownContact {
  readonly id: string;
  /** The merged capture without evidence, as it was stored. */
  readonly facts: unknown;
  /** Of every capture of it. */
  readonly captures: readonly unknown[];
  /** Those asked for that lead to it: sha256, hexadecimal. */
  readonly identities: readonly string[];
}

/** The contacts these identities lead to, oldest first, locked until the transaction ends. */
export async function lockContactsOf(tx: Db, identities: readonly Buffer[]): Promise<KnownContact[]> {
  return tx.rows(sql`
    with led as materialized (
      select contact_id, array_agg(encode(identity, 'hex')) as identities
        from contact_identity where identity = any(${byteStrings(identities)}::bytea[])
       group by contact_id
    )
    select id, facts, led.identities,
           (select coalesce(jsonb_agg(capture.facts), '[]')
              from contact_capture join capture on capture.id = capture_id
             where contact_capture.contact_id = contact.id) as captures
      from contact join led on led.contact_id = contact.id
     order by created_at, id
       for no key update of contact`);
}

/** Stores the captures not delivered before as sightings of contacts that stand already. @returns ids of those stored */
export async function storeSightings(
  tx: Db,
  connector: string,
  captures: readonly CaptureRow[],
  identities: readonly IdentityRow[],
): Promise<readonly string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    with given as materialized (
      select *
        from unnest(${uuids(captures.map((c) => c.id))}::uuid[], ${byteStrings(captures.map((c) => c.key))}::bytea[],
                    ${texts(captures.map((c) => c.channel))}::text[], ${ints(captures.map((c) => c.revision))}::int[],
                    ${jsonTexts(captures.map((c) => c.facts))}::jsonb[], ${texts(captures.map((c) => c.evidence))}::text[],
                    ${uuids(captures.map((c) => c.contactId))}::uuid[])
          as c (id, key, channel, revision, facts, evidence, contact_id)
    ), stored as (
      insert into capture (id, connector, key, channel, revision, facts, evidence)
      select id, ${connector}, key, channel, revision, facts, evidence from given
          on conflict (connector, key) do nothing
      returning id
    ), linked as (
      insert into contact_capture (capture_id, contact_id)
      select id, contact_id from given where id in (select id from stored)
    ), known as (
      insert into contact_identity (identity, contact_id)
      select * from unnest(${byteStrings(identities.map((i) => i.identity))}::bytea[],
                           ${uuids(identities.map((i) => i.contactId))}::uuid[])
      on conflict (identity) do nothing
    )
    select id from stored`);
  return rows.map(({ id }) => id);
}

/** Does one of these identities lead to a contact that is none of these? Then somebody made it since we looked. */
export async function leadsElsewhere(
  tx: Db,
  identities: readonly Buffer[],
  contactIds: readonly string[],
): Promise<boolean> {
  const rows = await tx.rows(sql`
    select 1 from contact_identity
     where identity = any(${byteStrings(identities)}::bytea[]) and contact_id <> all(${[...contactIds]}::uuid[]) limit 1`);
  return rows.length > 0;
}

/** Makes a contact; its captures and identities follow with `storeSightings`. */
export async function addContact(tx: Db, connector: string, row: MachineRow): Promise<void> {
  await tx.rows(sql`
    insert into contact (id, channel, direction, outcome, started_at, ended_at, outside_kind, outside, outside_norm,
                         outside_name, facts, asks, thread, connector, owner_id)
    values (${row.id}, ${row.channel}, ${row.direction}, ${row.outcome}, ${row.startedAt}, ${row.endedAt},
            ${row.outsideKind}, ${row.outside}, ${row.outsideNorm}, ${row.outsideName}, ${row.facts}::jsonb, ${row.asks}, ${row.thread},
            ${connector}, (select id from employee where is_duty))`);
}

/** Rewrites the machine columns and has the contact decided anew; what people wrote is not touched. */
export async function rewriteMachineColumns(tx: Db, row: MachineRow): Promise<void> {
  await tx.rows(sql`
    with told as (
      update contact
         set channel = ${row.channel}, direction = ${row.direction}, outcome = ${row.outcome},
             started_at = ${row.startedAt}, ended_at = ${row.endedAt}, outside_kind = ${row.outsideKind},
             outside = ${row.outside}, outside_norm = ${row.outsideNorm}, outside_name = ${row.outsideName},
             facts = ${row.facts}::jsonb, asks = asks or ${row.asks}, thread = ${row.thread}, decided_at = null
       where id = ${row.id}
      returning id, asks
    )
    insert into outbox (job, ref) select case when asks then 'decide' else 'decide-past' end, id from told`);
}

/**
 * A union discovered late: everything known of `from` now belongs to `into`. What a person wrote there is taken over where
 * `into` has nothing of its own; nothing is deleted, and `merged_into` tells the way. Where one of the two was called
 * private, both are: nothing that was written of the other makes it public again.
 */
export async function mergeContacts(tx: Db, into: string, from: string): Promise<void> {
  await tx.rows(sql`update contact_identity set contact_id = ${into} where contact_id = ${from}`);
  await tx.rows(sql`update contact_capture set contact_id = ${into} where contact_id = ${from}`);
  await tx.rows(sql`update prompt set revoked_at = now() where contact_id = ${from} and revoked_at is null`);
  // The client that people chose or saw wins over one that the machine found; of two chosen ones the first stays.
  await tx.rows(sql`
    update contact as kept
       set client_id = chosen.client_id, person_id = chosen.person_id, client_by_hand = chosen.by_hand
      from (select client_id, person_id, client_by_hand as by_hand, client_is_kept(contact) as stands
              from contact where id = ${from}) as chosen
     where kept.id = ${into} and chosen.stands and not kept.client_by_hand
       and (chosen.by_hand or not client_is_kept(kept))`);
  await tx.rows(sql`
    with taken as (
      update contact as kept
         set gist = coalesce(other.gist, kept.gist), occasion_id = coalesce(kept.occasion_id, other.occasion_id),
             outcome_by_hand = other.outcome_by_hand, next_step = coalesce(kept.next_step, other.next_step),
             state = other.state, joined_to = case when is_private(other) then other.joined_to else kept.joined_to end,
             completed_at = coalesce(other.completed_at, kept.completed_at),
             completed_by = coalesce(other.completed_by, kept.completed_by),
             dismiss_reason = other.dismiss_reason, version = kept.version + 1
        from contact as other
       where kept.id = ${into} and other.id = ${from} and not is_private(kept)
         and (other.state = 'completed' and kept.state <> 'completed'
              or other.state = 'dismissed' and kept.state not in ('completed', 'dismissed')
              or is_private(other))
      returning other.gist, kept.client_id
    )
    insert into change (via, entity, entity_id, client_id, field, old, new)
    select 'machine', 'contact', ${into}::uuid, client_id, 'gist', null, to_jsonb(gist) from taken where gist is not null`);
  // What was written of `from` before stands in change rows under its id: they are hidden by what it is called itself.
  await tx.rows(sql`
    update contact as gone
       set merged_into = ${into},
           state = case when is_private(kept) then 'dismissed' else gone.state end,
           outcome_by_hand = case when is_private(kept) then 'private' else gone.outcome_by_hand end
      from contact as kept
     where gone.id = ${from} and kept.id = ${into}`);
}
