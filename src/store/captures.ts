import { booleans, byteStrings, ints, jsonTexts, texts, times, uuids } from './arrays.ts';
import { type Db, sql } from './db.ts';

export interface CaptureRow {
  readonly id: string;
  /** sha256 of the source's identity and revision. */
  readonly key: Buffer;
  readonly channel: string;
  readonly revision: number;
  /** JSON text. */
  readonly facts: string;
  readonly evidence: string;
  readonly contactId: string;
}

/** The machine columns of a contact: made from its captures, rebuilt when one is added. */
interface MachineColumns {
  readonly id: string;
  readonly channel: string;
  readonly direction: string;
  readonly outcome: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly outsideKind: string | null;
  readonly outside: string | null;
  readonly outsideNorm: string | null;
  readonly outsideName: string | null;
  readonly asks: boolean;
  /** Of mails: the same for all of one thread. */
  readonly thread: string | null;
}

export interface MachineRow extends MachineColumns {
  /** JSON text. */
  readonly facts: string;
}

/** A contact that is made with its captures; its facts are those of one of them, and sent once. */
export interface NewContact extends MachineColumns {
  readonly leading: CaptureRow;
}

export interface IdentityRow {
  /** sha256. */
  readonly identity: Buffer;
  readonly contactId: string;
}

export interface Batch {
  readonly connector: string;
  /** The lease under which the connector writes; null where nobody else can run it (a command, a test). */
  readonly epoch: number | null;
  readonly position: string | null;
  readonly captures: readonly CaptureRow[];
  readonly contacts: readonly NewContact[];
  readonly identities: readonly IdentityRow[];
}

/**
 * Captures, their new contacts, what is to be done about them, and the position, in one statement: measured 2–3 times the
 * speed of a transaction of four, and atomic by itself. The owner is the duty employee until the contact is decided.
 *
 * @returns ids of the captures stored; the others had been delivered before. Null: the lease is another's by now
 * @throws Fault store.duplicate (contact_identity_pkey) when an identity belongs to a contact already: see `addToContacts`
 */
export async function storeNew(db: Db, batch: Batch): Promise<ReadonlySet<string> | null> {
  const [capture, contact] = [batch.captures[0], batch.contacts[0]];
  const isOne = batch.captures.length === 1 && batch.contacts.length === 1;
  const rows = await (isOne && capture && contact ? storeOne(db, batch, capture, contact) : storeMany(db, batch));
  if (rows.length === 0) return null;
  return new Set(rows.flatMap(({ id }) => (id === null ? [] : [id])));
}

/** Each stored capture's id, and a null that tells that the lease held. */
type Told = { readonly id: string | null };

/** The same with plain values: a call that just ended comes alone, and arrays of one cost PostgreSQL a third more. */
function storeOne(db: Db, batch: Batch, capture: CaptureRow, contact: NewContact): Promise<Told[]> {
  const { connector, epoch, position } = batch;
  return db.rows(sql`
    with fence as (
      select 1 where ${epoch}::bigint is null
      union all select 1 from connector_lease where connector = ${connector} and epoch = ${epoch}::bigint
    ), stored as (
      insert into capture (id, connector, key, channel, revision, facts, evidence)
      select ${capture.id}::uuid, ${connector}, ${capture.key}::bytea, ${capture.channel}, ${capture.revision}::int,
             ${capture.facts}::jsonb, ${capture.evidence} from fence
          on conflict (connector, key) do nothing
      returning id, facts
    ), made as (
      insert into contact (id, channel, direction, outcome, started_at, ended_at, outside_kind, outside, outside_norm,
                           outside_name, facts, asks, thread, connector, owner_id)
      select ${contact.id}::uuid, ${contact.channel}, ${contact.direction}, ${contact.outcome},
             ${contact.startedAt}::timestamptz, ${contact.endedAt}::timestamptz, ${contact.outsideKind},
             ${contact.outside}, ${contact.outsideNorm}, ${contact.outsideName}, stored.facts,
             ${contact.asks}::boolean, ${contact.thread}, ${connector}, (select id from employee where is_duty)
        from stored
      returning id, asks
    ), known as (
      insert into contact_identity (identity, contact_id)
      select unnest(${byteStrings(batch.identities.map((i) => i.identity))}::bytea[]), id from made
    ), linked as (
      insert into contact_capture (capture_id, contact_id) select stored.id, made.id from stored, made
    ), queued as (
      insert into outbox (job, ref) select case when asks then 'decide' else 'decide-past' end, id from made
    ), moved as (
      insert into connector_position (connector, position)
      select ${connector}, ${position} from fence where ${position}::text is not null
          on conflict (connector) do update set position = excluded.position, updated_at = now()
    )
    select id from stored union all select null from fence`);
}

function storeMany(db: Db, batch: Batch): Promise<Told[]> {
  const { connector, epoch, captures, contacts, identities } = batch;
  return db.rows(sql`
    with fence as (
      select 1 from connector_lease
       where ${epoch}::bigint is null or (connector = ${connector} and epoch = ${epoch}::bigint)
      union all select 1 where ${epoch}::bigint is null
      limit 1
    ), given as materialized (
      select c.*
        from unnest(${uuids(captures.map((c) => c.id))}::uuid[], ${byteStrings(captures.map((c) => c.key))}::bytea[],
                    ${texts(captures.map((c) => c.channel))}::text[], ${ints(captures.map((c) => c.revision))}::int[],
                    ${jsonTexts(captures.map((c) => c.facts))}::jsonb[], ${texts(captures.map((c) => c.evidence))}::text[],
                    ${uuids(captures.map((c) => c.contactId))}::uuid[])
          as c (id, key, channel, revision, facts, evidence, contact_id), fence
    ), stored as (
      insert into capture (id, connector, key, channel, revision, facts, evidence)
      select id, ${connector}, key, channel, revision, facts, evidence from given
          on conflict (connector, key) do nothing
      returning id
    ), fresh as (
      select id, contact_id from given where id in (select id from stored)
    ), made as (
      insert into contact (id, channel, direction, outcome, started_at, ended_at, outside_kind, outside, outside_norm,
                           outside_name, facts, asks, thread, connector, owner_id)
      select n.id, n.channel, n.direction, n.outcome, n.started_at, n.ended_at, n.outside_kind, n.outside, n.outside_norm,
             n.outside_name, g.facts, n.asks, n.thread, ${connector}, (select id from employee where is_duty)
        from unnest(${uuids(contacts.map((c) => c.id))}::uuid[], ${uuids(contacts.map((c) => c.leading.id))}::uuid[],
                    ${texts(contacts.map((c) => c.channel))}::text[],
                    ${texts(contacts.map((c) => c.direction))}::text[], ${texts(contacts.map((c) => c.outcome))}::text[],
                    ${times(contacts.map((c) => c.startedAt))}::timestamptz[], ${times(contacts.map((c) => c.endedAt))}::timestamptz[],
                    ${texts(contacts.map((c) => c.outsideKind))}::text[], ${texts(contacts.map((c) => c.outside))}::text[],
                    ${texts(contacts.map((c) => c.outsideNorm))}::text[], ${texts(contacts.map((c) => c.outsideName))}::text[],
                    ${booleans(contacts.map((c) => c.asks))}::boolean[],
                    ${texts(contacts.map((c) => c.thread))}::text[])
          as n (id, facts_of, channel, direction, outcome, started_at, ended_at, outside_kind, outside, outside_norm,
                outside_name, asks, thread)
        join given g on g.id = n.facts_of
       where n.id in (select contact_id from fresh)
      returning id, asks
    ), known as (
      insert into contact_identity (identity, contact_id)
      select i.identity, i.contact_id
        from unnest(${byteStrings(identities.map((i) => i.identity))}::bytea[], ${uuids(identities.map((i) => i.contactId))}::uuid[])
          as i (identity, contact_id)
        join made on made.id = i.contact_id
    ), linked as (
      insert into contact_capture (capture_id, contact_id) select id, contact_id from fresh
    ), queued as (
      insert into outbox (job, ref) select case when asks then 'decide' else 'decide-past' end, id from made
    ), moved as (
      insert into connector_position (connector, position)
      select ${connector}, ${batch.position} from fence where ${batch.position}::text is not null
          on conflict (connector) do update set position = excluded.position, updated_at = now()
    )
    select id from stored union all select null from fence`);
}

export interface KnownContact {
  readonly id: string;
  /** The merged capture without evidence, as it was stored. */
  readonly facts: unknown;
  /** Of every capture of it. */
  readonly captures: readonly unknown[];
}

/** The contacts these identities lead to, oldest first, locked until the transaction ends. */
export async function lockContactsOf(tx: Db, identities: readonly Buffer[]): Promise<KnownContact[]> {
  return tx.rows(sql`
    select id, facts,
           (select coalesce(jsonb_agg(capture.facts), '[]')
              from contact_capture join capture on capture.id = capture_id
             where contact_id = contact.id) as captures
      from contact
     where id in (select contact_id from contact_identity where identity = any(${identities}::bytea[]))
     order by created_at, id
       for no key update`);
}

/** Stores the captures not delivered before as sightings of a contact that stands already. @returns ids of those stored */
export async function storeSightings(
  tx: Db,
  connector: string,
  captures: readonly CaptureRow[],
  contactId: string,
  identities: readonly Buffer[],
): Promise<string[]> {
  const rows = await tx.rows<{ id: string }>(sql`
    with stored as (
      insert into capture (id, connector, key, channel, revision, facts, evidence)
      select c.id, ${connector}, c.key, c.channel, c.revision, c.facts::jsonb, c.evidence
        from unnest(${captures.map((c) => c.id)}::uuid[], ${captures.map((c) => c.key)}::bytea[],
                    ${captures.map((c) => c.channel)}::text[], ${captures.map((c) => c.revision)}::int[],
                    ${captures.map((c) => c.facts)}::text[], ${captures.map((c) => c.evidence)}::text[])
          as c (id, key, channel, revision, facts, evidence)
          on conflict (connector, key) do nothing
      returning id
    ), linked as (
      insert into contact_capture (capture_id, contact_id) select id, ${contactId}::uuid from stored
    ), known as (
      insert into contact_identity (identity, contact_id)
      select i, ${contactId}::uuid from unnest(${identities}::bytea[]) as i
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
     where identity = any(${identities}::bytea[]) and contact_id <> all(${[...contactIds]}::uuid[]) limit 1`);
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

/** The position alone, for the transaction that cannot use `storeNew`. */
export async function movePosition(tx: Db, connector: string, position: string): Promise<void> {
  await tx.rows(sql`
    insert into connector_position (connector, position) values (${connector}, ${position})
        on conflict (connector) do update set position = excluded.position, updated_at = now()`);
}

/** Where the connector stands, null on its first run. */
export async function positionOf(db: Db, connector: string): Promise<string | null> {
  const [row] = await db.rows<{ position: string }>(
    sql`select position from connector_position where connector = ${connector}`,
  );
  return row?.position ?? null;
}
