import type { Language } from '../../core/language.ts';
import { type Db, sql } from '../base/db.ts';

/** A draft whose owner was not asked yet and can be. */
export interface WaitingRow {
  readonly id: string;
  readonly channel: string;
  readonly callBack: boolean;
  readonly createdAt: Date;
  readonly startedAt: Date;
  /** Thread and client (of strangers: address): what is asked about once. */
  readonly thread: string | null;
  readonly talkSeconds: number;
  readonly isNew: boolean;
  readonly occasions: readonly string[];
  /** The generation of the link he would get. */
  readonly generation: number;
}

/**
 * This draft and, of these channels, all others of its owner that are to be asked about (an open outbox row says so), but
 * for calls to return; oldest first, locked until the transaction ends. Those with a link of his are left out: they have
 * their own way.
 */
export function lockWaiting(
  db: Db,
  draft: { readonly id: string; readonly ownerId: string },
  channels: readonly string[],
): Promise<WaitingRow[]> {
  return db.rows(sql`
    select c.id, c.channel, c.call_back as "callBack", c.created_at as "createdAt", c.started_at as "startedAt",
           c.thread || ' ' || coalesce(c.client_id::text, c.outside_norm, '') as thread,
           coalesce((c.facts #>> '{details,call,talkSeconds}')::float8, 0) as "talkSeconds",
           case when c.client_id is null then c.match ->> 'verdict' is distinct from 'ambiguous'
                else not exists (select from contact e where e.client_id = c.client_id and e.started_at < c.started_at
                                                         and e.merged_into is null) end as "isNew",
           array(select distinct o.name from contact e join occasion o on o.id = e.occasion_id
                  where e.client_id = c.client_id and e.started_at > c.started_at - interval '30 days'
                    and e.merged_into is null) as occasions,
           1 + coalesce((select max(p.generation) from prompt p
                          where p.contact_id = c.id and p.employee_id = c.owner_id), 0) as generation
      from contact c
     where c.owner_id = ${draft.ownerId} and c.state = 'draft' and c.asks and c.merged_into is null
       and (c.id = ${draft.id}
            or c.channel = any(${channels}::text[]) and not c.call_back
               and exists (select from outbox o where o.job = 'prompt' and o.ref = c.id and o.done_at is null))
       and not exists (select from prompt p
                        where p.contact_id = c.id and p.employee_id = c.owner_id and p.revoked_at is null)
     order by c.created_at, c.id
       for no key update of c`);
}

/** When somebody was last asked about a contact of these threads, since then; a link that is still to be sent counts. */
export function threadsAsked(
  db: Db,
  threads: readonly string[],
  since: Date,
): Promise<{ readonly thread: string; readonly contactId: string; readonly askedAt: Date }[]> {
  return db.rows(sql`
    select c.thread || ' ' || coalesce(c.client_id::text, c.outside_norm, '') as thread, c.id as "contactId", max(coalesce(p.sent_at, p.created_at)) as "askedAt"
      from contact c join prompt p on p.contact_id = c.id
     where c.thread = any(${threads.map((key) => key.split(' ')[0])}::text[]) and c.merged_into is null
       and c.thread || ' ' || coalesce(c.client_id::text, c.outside_norm, '') = any(${threads}::text[])
       and coalesce(p.sent_at, p.created_at) > ${since} and (p.sent_at is not null or p.revoked_at is null)
     group by 1, c.id`);
}

/** How many of an employee's places were used since then. */
export async function countAsks(db: Db, employeeId: string, since: Date): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`
    select count(*)::int as n
      from prompt
     where employee_id = ${employeeId} and created_at >= ${since} and counts
       and (sent_at is not null or revoked_at is null)`);
  return row?.n ?? 0;
}

/** Nobody will be asked about these; what a person has touched stays a draft. Returns the ids of those that changed. */
export async function makeBare(db: Db, contactIds: readonly string[]): Promise<string[]> {
  const rows = await db.rows<{ id: string }>(sql`
    update contact set state = 'bare', capped_at = now()
     where id = any(${contactIds}::uuid[]) and state = 'draft' and version = 1 and typing is null and gist is null
    returning id`);
  return rows.map(({ id }) => id);
}

/** Makes a digest that is to be sent; returns its id. */
export async function addDigest(
  db: Db,
  digest: {
    readonly employeeId: string;
    readonly messageId: string;
    readonly more: number;
    readonly createdAt: Date;
  },
): Promise<string> {
  const [row] = await db.rows<{ id: string }>(sql`
    insert into digest (employee_id, message_id, more, created_at)
    values (${digest.employeeId}, ${digest.messageId}, ${digest.more}, ${digest.createdAt})
    returning id`);
  if (!row) throw new Error('insert into digest returned no row');
  return row.id;
}

export interface ClaimedDigest {
  readonly employeeId: string;
  readonly messageId: string;
  readonly more: number;
  readonly email: string | null;
  readonly language: Language | null;
  readonly zone: string | null;
}

/** Takes the sending of a digest until `until`; null while another worker has it, or once it is sent. */
export async function claimDigest(db: Db, digestId: string, now: Date, until: Date): Promise<ClaimedDigest | null> {
  const [row] = await db.rows<ClaimedDigest>(sql`
    update digest d set claimed_until = ${until}, attempts = attempts + 1
      from employee e
     where d.id = ${digestId} and e.id = d.employee_id and d.sent_at is null
       and (d.claimed_until is null or d.claimed_until <= ${now})
    returning d.employee_id as "employeeId", d.message_id as "messageId", d.more, e.email, e.language, e.zone`);
  return row ?? null;
}

export interface OpenLink {
  readonly promptId: string;
  readonly contactId: string;
  readonly generation: number;
  /** What it is called in the mail; null: no mail of several drafts has told of it yet. */
  readonly number: number | null;
}

/** What of a digest is still to be written: links that are open and lead to a draft of the one it is for. */
export function openLinksOf(db: Db, digestId: string): Promise<OpenLink[]> {
  return db.rows(sql`
    select p.id as "promptId", p.contact_id as "contactId", p.generation, p.number
      from prompt p join contact c on c.id = p.contact_id
     where p.digest_id = ${digestId} and p.revoked_at is null
       and c.state = 'draft' and c.merged_into is null and c.owner_id = p.employee_id
     order by p.id`);
}

/**
 * Gives these prompts of a digest their numbers, in this order. Who has one keeps it: an attempt to send that failed may have
 * arrived all the same. Returns the numbers by prompt.
 */
export async function numberPrompts(
  db: Db,
  digestId: string,
  promptIds: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const rows = await db.rows<{ id: string; number: number }>(sql`
    with fresh as (
      select p.id, row_number() over (order by g.place) as n
        from unnest(${[...promptIds]}::uuid[]) with ordinality as g (id, place)
        join prompt p on p.id = g.id
       where p.digest_id = ${digestId} and p.number is null
    ), numbered as (
      update prompt p
         set number = fresh.n + (select coalesce(max(number), 0) from prompt where digest_id = ${digestId})
        from fresh where p.id = fresh.id
      returning p.id, p.number
    )
    select id, number from numbered
    union all select id, number from prompt where id = any(${[...promptIds]}::uuid[]) and number is not null`);
  return new Map(rows.map(({ id, number }) => [id, number]));
}

/** The digest went out with the links of these prompts. */
export async function markDigestSent(db: Db, digestId: string, promptIds: readonly string[], at: Date): Promise<void> {
  await db.rows(sql`
    with sent as (
      update digest set sent_at = ${at}, claimed_until = null, last_error = null where id = ${digestId}
    )
    update prompt set sent_at = ${at}, attempts = attempts + 1 where id = any(${promptIds}::uuid[])`);
}

/** Gives the claim back and keeps why: `error` is a fault code, `no-email` or `nothing-left`. */
export async function markDigestUnsent(db: Db, digestId: string, error: string): Promise<void> {
  await db.rows(sql`update digest set claimed_until = null, last_error = ${error} where id = ${digestId}`);
}
