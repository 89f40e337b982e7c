import type { Language } from '../../core/language.ts';
import type { Week } from '../../core/time/week.ts';
import { type Db, sql } from '../base/db.ts';

/** A contact as the decision to ask about it needs it. */
export interface Asking {
  readonly id: string;
  readonly state: string;
  readonly asks: boolean;
  readonly channel: string;
  readonly callBack: boolean;
  readonly createdAt: Date;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly ownerEmail: string | null;
  readonly ownerActive: boolean;
  readonly ownerLanguage: Language | null;
  readonly ownerZone: string | null;
  /** His own; null: the office's. */
  readonly ownerWeek: Week | null;
  /** When the owner's last digest was made. */
  readonly lastDigestAt: Date | null;
}

/**
 * The owner of a contact; until the transaction ends everybody else who wants to ask him something has to wait. To be taken
 * before the contact is locked: a digest locks many contacts of one owner. Null when the contact is gone.
 */
export async function lockOwner(db: Db, contactId: string): Promise<string | null> {
  const [row] = await db.rows<{ ownerId: string }>(sql`
    select owner_id as "ownerId", pg_advisory_xact_lock(hashtextextended('asking:' || owner_id, 0))
      from contact where id = ${contactId}`);
  return row?.ownerId ?? null;
}

/** The contact and its owner, locked until the transaction ends; null when it is gone or part of another. */
export async function lockAsking(db: Db, contactId: string): Promise<Asking | null> {
  const rows = await db.rows<Asking>(sql`
    select c.id, c.state, c.asks, c.channel, c.call_back as "callBack", c.created_at as "createdAt", e.id as "ownerId",
           e.name as "ownerName", e.email as "ownerEmail", e.active as "ownerActive",
           e.language as "ownerLanguage", e.zone as "ownerZone", e.hours as "ownerWeek",
           (select max(d.created_at) from digest d where d.employee_id = e.id) as "lastDigestAt"
      from contact c join employee e on e.id = c.owner_id
     where c.id = ${contactId} and c.merged_into is null
       for no key update of c`);
  return rows[0] ?? null;
}

export interface PromptRow {
  readonly id: string;
  readonly employeeId: string;
  readonly generation: number;
  readonly messageId: string;
  /** Null: its mail is its own. */
  readonly digestId: string | null;
  /** Of the digest where it is in one: who had completed his draft before it went out is not asked either. */
  readonly sentAt: Date | null;
  readonly revokedAt: Date | null;
}

/** All prompts about a contact, oldest first. */
export function promptsOf(db: Db, contactId: string): Promise<PromptRow[]> {
  return db.rows(sql`
    select p.id, p.employee_id as "employeeId", p.generation, p.message_id as "messageId", p.digest_id as "digestId",
           coalesce(p.sent_at, d.sent_at) as "sentAt", p.revoked_at as "revokedAt"
      from prompt p left join digest d on d.id = p.digest_id
     where p.contact_id = ${contactId}
     order by p.created_at, p.generation`);
}

/** Closes the links of everybody but this employee. */
export async function revokeOthers(db: Db, contactIds: readonly string[], employeeId: string, at: Date): Promise<void> {
  await db.rows(sql`
    update prompt set revoked_at = ${at}
     where contact_id = any(${contactIds}::uuid[]) and employee_id <> ${employeeId} and revoked_at is null`);
}

/** Closes all links of one employee to a contact, before he gets a new one. */
export async function revokeOwn(db: Db, contactId: string, employeeId: string, at: Date): Promise<void> {
  await db.rows(sql`
    update prompt set revoked_at = ${at}
     where contact_id = ${contactId} and employee_id = ${employeeId} and revoked_at is null`);
}

/** Closes every open link of one employee, whatever it leads to; how many there were. */
export async function revokeLinksOf(db: Db, employeeId: string, at: Date): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`
    with revoked as (
      update prompt set revoked_at = ${at}
       where employee_id = ${employeeId} and revoked_at is null and expires_at > ${at}
      returning 1
    )
    select count(*)::int as n from revoked`);
  return row?.n ?? 0;
}

export async function addPrompt(
  db: Db,
  prompt: {
    readonly contactId: string;
    readonly employeeId: string;
    readonly generation: number;
    readonly tokenHash: Buffer;
    readonly messageId: string;
    readonly digestId: string | null;
    /** Against the places of the day. */
    readonly counts: boolean;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  },
): Promise<{ readonly id: string; readonly messageId: string }> {
  const [row] = await db.rows<{ id: string; messageId: string }>(sql`
    insert into prompt (contact_id, employee_id, generation, token_hash, message_id, digest_id, counts, created_at,
                        expires_at)
    values (${prompt.contactId}, ${prompt.employeeId}, ${prompt.generation}, ${prompt.tokenHash}, ${prompt.messageId},
            ${prompt.digestId}, ${prompt.counts}, ${prompt.createdAt}, ${prompt.expiresAt})
    returning id, message_id as "messageId"`);
  if (!row) throw new Error('insert into prompt returned no row');
  return row;
}

/** Takes the sending of a prompt until `until`; false while another worker has it, or once it is sent or revoked. */
export async function claimPrompt(db: Db, promptId: string, now: Date, until: Date): Promise<boolean> {
  const rows = await db.rows(sql`
    update prompt set claimed_until = ${until}, attempts = attempts + 1
     where id = ${promptId} and sent_at is null and revoked_at is null
       and (claimed_until is null or claimed_until <= ${now})
    returning id`);
  return rows.length > 0;
}

export async function markSent(db: Db, promptId: string, at: Date): Promise<void> {
  await db.rows(sql`
    update prompt set sent_at = ${at}, claimed_until = null, last_error = null where id = ${promptId}`);
}

/** Gives the claim back and keeps why: `error` is a fault code or `no-email`. */
export async function markUnsent(db: Db, promptId: string, error: string): Promise<void> {
  await db.rows(sql`update prompt set claimed_until = null, last_error = ${error} where id = ${promptId}`);
}

/** Puts the asking off: a new outbox row for that time, unless one waits already. */
export async function putOff(db: Db, contactId: string, notBefore: Date): Promise<void> {
  await db.rows(sql`
    insert into outbox (job, ref, not_before)
    select 'prompt', ${contactId}, ${notBefore}
     where not exists (select from outbox where job = 'prompt' and ref = ${contactId} and done_at is null
                          and relayed_at is null and not_before >= ${notBefore})`);
}

/** What a link leads to. `contactId` is the contact that took the asked one over when the two were joined. */
export interface Link {
  readonly promptId: string;
  readonly contactId: string;
  readonly employeeId: string;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
  readonly ownerId: string;
  readonly completedAt: Date | null;
  readonly name: string;
  readonly email: string | null;
  readonly language: Language | null;
  readonly zone: string | null;
  readonly active: boolean;
}

/** The link with this hash, whatever its age; null when we never gave it out. */
export async function linkByHash(db: Db, tokenHash: Buffer): Promise<Link | null> {
  const rows = await db.rows<Link>(sql`
    with recursive survivor as (
      select c.id, c.merged_into, 0 as depth
        from prompt p join contact c on c.id = p.contact_id where p.token_hash = ${tokenHash}
      union all
      select c.id, c.merged_into, s.depth + 1 from survivor s join contact c on c.id = s.merged_into where s.depth < 16
    )
    select p.id as "promptId", c.id as "contactId", p.employee_id as "employeeId", p.expires_at as "expiresAt",
           p.revoked_at as "revokedAt", c.owner_id as "ownerId", c.completed_at as "completedAt",
           e.name, e.email, e.language, e.zone, e.active
      from prompt p
      join employee e on e.id = p.employee_id
      join survivor s on s.merged_into is null
      join contact c on c.id = s.id
     where p.token_hash = ${tokenHash}`);
  return rows[0] ?? null;
}

/**
 * The prompt a mail answers: who was asked about what, and every address of his. `contactId` is the contact that took the
 * asked one over when the two were joined. Null when none of these Message-IDs is ours, its link is closed or has expired, or
 * the employee is gone.
 */
export async function promptByMessageId(
  db: Db,
  messageIds: readonly string[],
  now: Date,
): Promise<{ readonly contactId: string; readonly employeeId: string; readonly addresses: readonly string[] } | null> {
  const rows = await db.rows<{ contactId: string; employeeId: string; addresses: string[] }>(sql`
    with recursive survivor as (
      select p.employee_id, c.id, c.merged_into, 0 as depth
        from prompt p join contact c on c.id = p.contact_id where p.message_id = any(${[...messageIds]}::text[])
         and p.revoked_at is null and p.expires_at > ${now}
      union all
      select s.employee_id, c.id, c.merged_into, s.depth + 1
        from survivor s join contact c on c.id = s.merged_into where s.depth < 16
    )
    select s.id as "contactId", e.id as "employeeId",
           array(select lower(e.email) where e.email is not null
                 union select cp.address from contact_point cp
                        where cp.employee_id = e.id and cp.kind = 'email' and now() < cp.until) as addresses
      from survivor s join employee e on e.id = s.employee_id and e.active
     where s.merged_into is null
     limit 1`);
  return rows[0] ?? null;
}

/** How many links about this contact were made since then: asking for new ones is throttled by it. */
export async function linksSince(db: Db, contactId: string, since: Date): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`
    select count(*)::int as n from prompt where contact_id = ${contactId} and created_at > ${since}`);
  return row?.n ?? 0;
}
