import { booleans, byteStrings, ints, jsonTexts, texts, times, uuids } from '../base/arrays.ts';
import { type Db, sql } from '../base/db.ts';

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
