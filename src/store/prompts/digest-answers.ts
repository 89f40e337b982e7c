import type { Unplaced } from '../../core/contact/digest-answer.ts';
import type { Language } from '../../core/language.ts';
import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

/** A digest whose mail, or a mail about an answer to it, was answered. */
export interface AnsweredDigest {
  readonly digestId: string;
  readonly employeeId: string;
  /** Every address of the one it was sent to. */
  readonly addresses: readonly string[];
}

/** The digest with one of these Message-IDs, of somebody who is still with us; null: none has. */
export async function digestByMessageId(db: Db, messageIds: readonly string[]): Promise<AnsweredDigest | null> {
  const [row] = await db.rows<AnsweredDigest>(sql`
    select d.id as "digestId", e.id as "employeeId",
           array(select lower(e.email) where e.email is not null
                 union select cp.address from contact_point cp
                        where cp.employee_id = e.id and cp.kind = 'email' and now() < cp.until) as addresses
      from digest d join employee e on e.id = d.employee_id and e.active
     where (d.message_id = any(${[...messageIds]}::text[])
            or d.id in (select digest_id from digest_answer where message_id = any(${[...messageIds]}::text[])))
       and exists (select from prompt p where p.digest_id = d.id and p.number is not null)
     limit 1`);
  return row ?? null;
}

export interface DigestItem {
  readonly number: number;
  /** The contact, or the one that took it over when the two were joined. */
  readonly contactId: string;
  /** False: the link was closed or has expired. */
  readonly isOpen: boolean;
}

/** What the numbers of a digest stand for, in their order. */
export function digestItems(db: Db, digestId: string, now: Date): Promise<DigestItem[]> {
  return db.rows(sql`
    with recursive survivor as (
      select p.number, p.revoked_at is null and p.expires_at > ${now} as "isOpen", c.id, c.merged_into, 0 as depth
        from prompt p join contact c on c.id = p.contact_id where p.digest_id = ${digestId} and p.number is not null
      union all
      select s.number, s."isOpen", c.id, c.merged_into, s.depth + 1
        from survivor s join contact c on c.id = s.merged_into where s.depth < 16
    )
    select number, id as "contactId", "isOpen" from survivor where merged_into is null order by number`);
}

/**
 * Notes that an answer is being taken; until the transaction ends, copies of it wait. Null: it is new. Otherwise what became
 * of it, and which mail it was read from.
 */
export async function claimAnswer(
  tx: Db,
  answer: {
    readonly digestId: string;
    readonly identity: Buffer;
    readonly mailId: string;
    readonly at: Date;
  },
): Promise<{ readonly mailId: string; readonly isWhole: boolean } | null> {
  const made = await tx.rows(sql`
    insert into digest_answer (digest_id, identity, mail_id, is_whole, created_at)
    values (${answer.digestId}, ${answer.identity}, ${answer.mailId}, true, ${answer.at})
    on conflict (identity) do nothing returning 1`);
  if (made.length > 0) return null;
  const [known] = await tx.rows<{ mailId: string; isWhole: boolean }>(sql`
    select mail_id as "mailId", is_whole as "isWhole" from digest_answer where identity = ${answer.identity}`);
  if (!known) throw new Error('an answer is neither new nor known');
  return known;
}

/** What of an answer could not be placed; orders the mail that tells so. */
export async function keepUnplaced(tx: Db, identity: Buffer, unplaced: readonly Unplaced[]): Promise<void> {
  await tx.rows(sql`
    with kept as (
      update digest_answer set is_whole = false, unplaced = ${json(unplaced)}::jsonb where identity = ${identity}
      returning id
    )
    insert into outbox (job, ref) select 'prompt', id from kept`);
}

export interface ClaimedAnswer {
  readonly digestId: string;
  readonly employeeId: string;
  readonly unplaced: readonly Unplaced[];
  readonly email: string | null;
  readonly language: Language | null;
  readonly zone: string | null;
}

/**
 * Takes the sending of the mail about an answer until `until`, under this Message-ID; null while another worker has it, or
 * when there is nothing to tell any more.
 */
export async function claimTelling(
  db: Db,
  answerId: string,
  messageId: string,
  now: Date,
  until: Date,
): Promise<ClaimedAnswer | null> {
  const [row] = await db.rows<ClaimedAnswer>(sql`
    update digest_answer a set claimed_until = ${until}, attempts = a.attempts + 1, message_id = ${messageId}
      from digest d join employee e on e.id = d.employee_id
     where a.id = ${answerId} and d.id = a.digest_id and a.unplaced is not null and e.active
       and (a.claimed_until is null or a.claimed_until <= ${now})
    returning d.id as "digestId", e.id as "employeeId", a.unplaced, e.email, e.language, e.zone`);
  return row ?? null;
}

/** Whether somebody still has to be told, whoever is at it. */
export async function isToBeTold(db: Db, answerId: string): Promise<boolean> {
  const rows = await db.rows(sql`
    select 1 from digest_answer a join digest d on d.id = a.digest_id join employee e on e.id = d.employee_id
     where a.id = ${answerId} and a.unplaced is not null and e.active`);
  return rows.length > 0;
}

/** It was told. His words are in his mailbox now, and with the mail set aside: here they go. */
export async function markTold(db: Db, answerId: string, at: Date): Promise<void> {
  await db.rows(sql`
    update digest_answer set sent_at = ${at}, unplaced = null, claimed_until = null, last_error = null
     where id = ${answerId}`);
}

/** Gives the claim back and keeps why: a fault code. */
export async function markUntold(db: Db, answerId: string, error: string): Promise<void> {
  await db.rows(sql`update digest_answer set claimed_until = null, last_error = ${error} where id = ${answerId}`);
}
