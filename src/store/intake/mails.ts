import { booleans, byteStrings, ints, texts, times, uuids } from '../base/arrays.ts';
import { type Db, sql } from '../base/db.ts';
import { pgSafe } from '../base/safe.ts';

/** A mail to be kept. One of `raw` and `file` is null. */
export interface MailRow {
  readonly id: string;
  /** sha256 of the source's own identity. */
  readonly key: Buffer;
  readonly folder: string | null;
  readonly arrivedAt: Date;
  readonly sizeBytes: number;
  readonly raw: Uint8Array | null;
  readonly file: string | null;
  readonly cut: string | null;
  readonly asks: boolean;
}

/**
 * Mails as they came, and the position, in one statement. Until `claimedUntil` they are left to who stored them.
 *
 * @param epoch the lease under which the connector writes; null where nobody else can run it
 * @returns ids of the mails stored; the others had been delivered before. Null: the lease is another's by now
 */
export async function storeMails(
  db: Db,
  batch: {
    readonly connector: string;
    /** Under which name the position is kept: the connector's, or one beside it. */
    readonly place: string;
    readonly epoch: number | null;
    readonly position: string | null;
    readonly claimedUntil: Date;
    readonly mails: readonly MailRow[];
  },
): Promise<ReadonlySet<string> | null> {
  const { connector, epoch, mails, position } = batch;
  // All bytes in one parameter: it goes over in binary, while an array of bytea would go as hexadecimal text (twice the time, measured).
  const raws = mails.map(({ raw }) => raw ?? new Uint8Array());
  let end = 1;
  const starts = raws.map((raw) => {
    const start = end;
    end += raw.byteLength;
    return start;
  });
  const keys = byteStrings(mails.map((m) => m.key));
  const asks = booleans(mails.map((m) => m.asks));
  const rows = await db.rows<{ id: string | null }>(sql`
    with fence as (
      select 1 where ${epoch}::bigint is null
      union all select 1 from connector_lease where connector = ${connector} and epoch = ${epoch}::bigint
    ), raised as (
      -- a backfill brought it first, as something of the past: to its mailbox it is new, and somebody is to be asked
      update mail set asks = true
        from unnest(${keys}::bytea[], ${asks}::boolean[]) as g (key, asks), fence
       where mail.connector = ${connector} and mail.key = g.key and g.asks and not mail.asks
      returning mail.id
    ), asking as (
      update contact set asks = true
       where not asks and merged_into is null
         and id in (select cc.contact_id
                      from raised r
                      join capture c on c.connector = ${connector}
                       and c.key = sha256(convert_to('mail:' || r.id || E'\\n0', 'UTF8'))
                      join contact_capture cc on cc.capture_id = c.id)
      returning id
    ), queued as (
      insert into outbox (job, ref) select 'decide', id from asking
    ), stored as (
      insert into mail (id, connector, key, folder, arrived_at, size_bytes, raw, file, cut, asks, claimed_until)
      select m.id, ${connector}, m.key, m.folder, m.arrived_at, m.size_bytes,
             case when m.file is null then substring(${Buffer.concat(raws)}::bytea from m.start for m.length) end,
             m.file, m.cut, m.asks, ${batch.claimedUntil}
        from unnest(${uuids(mails.map((m) => m.id))}::uuid[], ${keys}::bytea[],
                    ${texts(mails.map((m) => (m.folder === null ? null : pgSafe(m.folder))))}::text[],
                    ${times(mails.map((m) => m.arrivedAt))}::timestamptz[], ${mails.map((m) => m.sizeBytes)}::bigint[],
                    ${ints(starts)}::int[], ${ints(raws.map((raw) => raw.byteLength))}::int[],
                    ${texts(mails.map((m) => m.file))}::text[], ${texts(mails.map((m) => m.cut))}::text[],
                    ${asks}::boolean[])
          as m (id, key, folder, arrived_at, size_bytes, start, length, file, cut, asks), fence
          on conflict (connector, key) do nothing
      returning id
    ), moved as (
      insert into connector_position (connector, position)
      select ${batch.place}, ${position} from fence where ${position}::text is not null
          on conflict (connector) do update set position = excluded.position, updated_at = now()
    )
    select id from stored union all select null from fence`);
  if (rows.length === 0) return null;
  return new Set(rows.flatMap(({ id }) => (id === null ? [] : [id])));
}

export interface UnreadMail {
  readonly id: string;
  readonly connector: string;
  readonly arrivedAt: Date;
  readonly sizeBytes: number;
  readonly raw: Buffer | null;
  readonly file: string | null;
  readonly cut: string | null;
  readonly asks: boolean;
  /** How often it was read anew. */
  readonly revision: number;
}

/**
 * Mails nobody has read or is reading, newest first, claimed until then for the caller. At most `limit`, and about 16 MB.
 *
 * @param except ids that the caller has in hand
 */
export function claimUnread(
  db: Db,
  now: Date,
  until: Date,
  limit: number,
  except: readonly string[],
): Promise<UnreadMail[]> {
  return db.rows(sql`
    with waiting as (
      select id, arrived_at, coalesce(length(raw), 0) as bytes
        from mail
       where read_at is null and (claimed_until is null or claimed_until <= ${now}) and id <> all(${[...except]}::uuid[])
       order by arrived_at desc, id
       limit ${limit}
         for update skip locked
    ), few as (
      select id from (select id, sum(bytes) over (order by arrived_at desc, id) - bytes as before from waiting) as w
       where before < 16000000
    )
    update mail set claimed_until = ${until}
      from few
     where mail.id = few.id
    returning mail.id, connector, arrived_at as "arrivedAt", size_bytes as "sizeBytes", raw, file, cut, asks, revision`);
}

/** Whoever claimed mails of this connector is gone: they may be read at once. */
export async function releaseMails(db: Db, connector: string): Promise<void> {
  await db.rows(sql`
    update mail set claimed_until = null
     where connector = ${connector} and read_at is null and claimed_until is not null`);
}

/** What became of a mail when it was read. */
export interface MailSettled {
  readonly id: string;
  readonly verdict: string;
  readonly reason: string;
  /** Its bytes are erased: it is nobody's business here. */
  readonly forget: boolean;
  readonly quarantined: number | null;
}

/**
 * @param threads which thread Message-IDs (sha256, hexadecimal) are of, to be remembered; what is known already stays
 */
export async function settleMails(
  db: Db,
  mails: readonly MailSettled[],
  at: Date,
  threads: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const sorted = [...threads].sort(([a], [b]) => (a < b ? -1 : 1)); // two processes must not wait for each other crosswise
  const ids = byteStrings(sorted.map(([id]) => Buffer.from(id, 'hex')));
  await db.rows(sql`
    with remembered as (
      insert into mail_thread (message_id, thread)
      select * from unnest(${ids}::bytea[], ${texts(sorted.map(([, thread]) => thread))}::text[])
      on conflict (message_id) do nothing
    )
    update mail
       set read_at = ${at}, claimed_until = null, verdict = s.verdict, reason = s.reason, quarantined = s.quarantined,
           raw = case when s.forget then null else raw end, file = case when s.forget then null else file end
      from unnest(${uuids(mails.map((m) => m.id))}::uuid[], ${texts(mails.map((m) => m.verdict))}::text[],
                  ${texts(mails.map((m) => pgSafe(m.reason)))}::text[], ${booleans(mails.map((m) => m.forget))}::boolean[],
                  ${mails.map((m) => m.quarantined)}::bigint[]) as s (id, verdict, reason, forget, quarantined)
     where mail.id = s.id`);
}

/** Which of these files a mail still stands in. */
export async function namedFiles(db: Db, files: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ file: string }>(
    sql`select distinct file from mail where file = any(${[...files]}::text[])`,
  );
  return new Set(rows.map(({ file }) => file));
}

/** Notes that a mail with this identity (sha256) was taken for this contact. False: it was before. */
export async function claimIdentity(tx: Db, identity: Buffer, contactId: string): Promise<boolean> {
  const rows = await tx.rows(sql`
    insert into contact_identity (identity, contact_id) values (${identity}, ${contactId})
    on conflict (identity) do nothing returning 1`);
  return rows.length > 0;
}

/** Lets a mail be read anew. False when there is none, or its bytes are gone. */
export async function rereadMail(db: Db, id: string): Promise<boolean> {
  const rows = await db.rows(sql`
    update mail set read_at = null, claimed_until = null, revision = revision + 1
     where id = ${id} and (raw is not null or file is not null)
    returning id`);
  return rows.length > 0;
}

/** What was found in a mail; null: nobody has read it yet, or there is none. */
export async function mailVerdict(
  db: Db,
  id: string,
): Promise<{ readonly verdict: string; readonly reason: string } | null> {
  const [row] = await db.rows<{ verdict: string; reason: string }>(
    sql`select verdict, reason from mail where id = ${id} and read_at is not null`,
  );
  return row ?? null;
}

/** Where the bytes of a mail stand. Both null: they were erased. */
export interface MailBytes {
  readonly raw: Buffer | null;
  readonly file: string | null;
  /** Why only the beginning is here; null: all of it is. */
  readonly cut: string | null;
  /** Where it is in its mailbox. */
  readonly folder: string | null;
}

/** The bytes of a mail, or the file they stand in; null when there is no such mail. */
export async function mailBytes(db: Db, id: string): Promise<MailBytes | null> {
  const [row] = await db.rows<MailBytes>(sql`select raw, file, cut, folder from mail where id = ${id}`);
  return row ?? null;
}

/** How many mails wait to be read. */
export async function countUnread(db: Db): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`select count(*)::int as n from mail where read_at is null`);
  return row?.n ?? 0;
}

/** What is known of the mails of a batch already. */
export interface KnownOfMails {
  /** Thread by Message-ID (sha256, hexadecimal). */
  readonly threads: ReadonlyMap<string, string>;
  /** Identities (sha256, hexadecimal) that lead to a contact. */
  readonly identities: ReadonlySet<string>;
}

/**
 * Which threads these Message-IDs are of, and which of these identities lead to a contact already.
 * @param messageIds sha256, hexadecimal
 * @param identities sha256
 */
export async function knownOfMails(
  db: Db,
  messageIds: readonly string[],
  identities: readonly Buffer[],
): Promise<KnownOfMails> {
  const ids = byteStrings(messageIds.map((id) => Buffer.from(id, 'hex')));
  const rows = await db.rows<{ id: string; thread: string | null }>(sql`
    select encode(message_id, 'hex') as id, thread from mail_thread where message_id = any(${ids}::bytea[])
    union all
    select encode(identity, 'hex'), null from contact_identity where identity = any(${byteStrings(identities)}::bytea[])`);
  return {
    threads: new Map(rows.flatMap(({ id, thread }) => (thread === null ? [] : [[id, thread] as const]))),
    identities: new Set(rows.flatMap(({ id, thread }) => (thread === null ? [id] : []))),
  };
}

/**
 * Which of these addresses and domains belong to a client or a person of one today. Lower case. What somebody said is no
 * client's, or a machine's, and who is gone, is not known.
 */
export async function knownAddresses(
  db: Db,
  addresses: readonly string[],
  domains: readonly string[],
): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ address: string }>(sql`
    select distinct p.address
      from contact_point p
      left join person pe on pe.id = p.person_id
      join client cl on cl.id = coalesce(p.client_id, pe.client_id)
     where p.since <= now() and now() < p.until and not p.gateway and not p.not_client
       and pe.removed_at is null and cl.removed_at is null and cl.merged_into is null
       and (p.kind = 'email' and p.address = any(${[...addresses]}::text[])
            or p.kind = 'domain' and p.address = any(${[...domains]}::text[]))`);
  return new Set(rows.map(({ address }) => address));
}
