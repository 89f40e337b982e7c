import type { ContactState, NextStep, OutcomeByHand } from '../../core/contact/human.ts';
import type { FaxFacts, MailFacts } from '../../core/contact/mail.ts';
import type { StrangerCode, TieBreak } from '../../core/contact/match.ts';
import type { Precision } from '../../core/time/approximate-date.ts';
import { type Db, type Query, sql } from '../base/db.ts';

/** A contact with the names a page shows. Machine facts first, then what people wrote. */
export interface ContactView {
  readonly id: string;
  readonly channel: string;
  readonly direction: string;
  readonly outcome: string | null;
  readonly startedAt: Date;
  /** How exactly that is known: `moment`, but for what was written down later. */
  readonly precision: Precision;
  /** Who wrote it down was not sure. */
  readonly about: boolean;
  readonly outside: string | null;
  readonly outsideKind: 'phone' | 'email' | 'fax' | 'extension' | null;
  /** E.164 or e-mail; null when it is no address. */
  readonly outsideNorm: string | null;
  readonly outsideName: string | null;
  /** Our number, mailbox or queue that was used. */
  readonly ours: string | null;
  readonly queue: string | null;
  readonly withheld: boolean;
  readonly talkSeconds: number | null;
  readonly ringSeconds: number | null;
  readonly voicemail: boolean;
  /** What was sent by a form of a web site; null: nothing was. */
  readonly message: string | null;
  /** The page it was sent from, and what else the form told, label by label. */
  readonly page: string | null;
  readonly more: readonly { readonly label: string; readonly value: string }[] | null;
  /** Of a mail, and of a fax that a gateway mailed. */
  readonly mail: MailView | null;
  readonly fax: FaxFacts | null;
  readonly connector: string;
  /** The draft of its thread that is asked about instead; null: it stands for itself. */
  readonly joinedTo: string | null;
  readonly joinedAt: Date | null;
  /** How many mails of its thread are asked about with it. */
  readonly joined: number;
  readonly state: ContactState;
  /** Only its owner and who talked may see that it exists. */
  readonly isPrivate: boolean;
  readonly ownerId: string;
  readonly ownerName: string;
  readonly verdict: 'client' | 'ambiguous' | 'stranger' | null;
  /** Why nobody was proposed, why one of several was chosen: codes of core/match.ts. */
  readonly because: StrangerCode | null;
  readonly tieBreak: TieBreak | null;
  readonly clientId: string | null;
  readonly clientName: string | null;
  readonly personId: string | null;
  readonly personName: string | null;
  readonly clientByHand: boolean;
  readonly dueAt: Date | null;
  readonly callBack: boolean;
  readonly gist: string | null;
  readonly outcomeByHand: OutcomeByHand | null;
  readonly occasionId: string | null;
  readonly occasionName: string | null;
  readonly nextStep: NextStep | null;
  readonly typing: string | null;
  readonly completedAt: Date | null;
  readonly completedByName: string | null;
  readonly version: number;
}

/** A mail as pages show it. */
export interface MailView
  extends Pick<
    MailFacts,
    | 'mailId'
    | 'subject'
    | 'from'
    | 'to'
    | 'files'
    | 'automatic'
    | 'originalSender'
    | 'authenticity'
    | 'fullness'
    | 'notes'
  > {
  /** What was written; of lists the beginning only. Null: not for this reader. */
  readonly text: string | null;
  /** Of the whole text, in characters. */
  readonly length: number;
  /** Who of us passed it on; null: nobody did, or nobody knows the address. */
  readonly forwarder: string | null;
}

/** The longest text that is kept of a mail; lists show what fits. */
const wholeText = 20_000;
const textInTimeline = 3000;
const textInLists = 300;

/** The one contact, null when it does not exist or was joined with another. */
export async function contactView(db: Db, id: string): Promise<ContactView | null> {
  const rows = await db.rows<ContactView>(view(sql`c.id = ${id}`, 'c.started_at', 1, wholeText));
  return rows[0] ?? null;
}

/** Everything its owner still has to complete: call-backs and planned ones that are due first, then oldest first. */
export function draftsOf(db: Db, ownerId: string, now: Date): Promise<ContactView[]> {
  return db.rows<ContactView>(
    view(
      sql`c.owner_id = ${ownerId} and (c.state = 'draft' or (c.state = 'planned' and c.started_at <= ${now}))`,
      `(c.call_back or c.state = 'planned') desc, c.started_at, c.id`,
      200,
    ),
  );
}

/** How many drafts an employee has. */
export async function countDrafts(db: Db, ownerId: string): Promise<number> {
  const [row] = await db.rows<{ n: number }>(sql`
    select count(*)::int as n from contact where owner_id = ${ownerId} and state = 'draft' and merged_into is null`);
  return row?.n ?? 0;
}

/** The newest contacts of a client before this one, newest first; what people dismissed or programs sent is left out. */
export function lastContacts(db: Db, clientId: string, exceptId: string | null, limit: number): Promise<ContactView[]> {
  return db.rows<ContactView>(
    view(
      sql`c.client_id = ${clientId} and c.id is distinct from ${exceptId} and c.state not in ('dismissed', 'automatic')
          and not is_private(c)`,
      'c.started_at desc, c.id desc',
      limit,
    ),
  );
}

/** These contacts but private ones, in no order, with the beginnings of what was written. */
export function contactViews(db: Db, ids: readonly string[]): Promise<ContactView[]> {
  return db.rows<ContactView>(
    view(sql`c.id = any(${[...ids]}) and not is_private(c)`, 'c.id', ids.length, textInTimeline),
  );
}

/** The mails that are asked about with this draft of their thread, oldest first; what somebody called private is left out. */
export function joinedTo(db: Db, draftId: string, limit: number): Promise<ContactView[]> {
  return db.rows<ContactView>(
    view(
      sql`c.joined_to = ${draftId} and c.thread = (select thread from contact where id = ${draftId})
          and c.outcome_by_hand is distinct from 'private'`,
      'c.started_at, c.id',
      limit,
      textInTimeline,
    ),
  );
}

/**
 * Mails and faxes that this client, or whoever has this number, has sent since then, newest first; also the faxes that did
 * not come through. `number`: E.164.
 */
export function sentSince(
  db: Db,
  sender: { readonly clientId: string | null; readonly number: string | null },
  since: Date,
  limit: number,
): Promise<ContactView[]> {
  return db.rows<ContactView>(
    view(
      sql`(c.client_id = ${sender.clientId} or c.outside_norm = ${sender.number}) and c.started_at >= ${since}
          and c.channel in ('email', 'fax') and c.direction = 'inbound' and not is_private(c)
          and (c.state not in ('dismissed', 'automatic') or c.state = 'automatic' and c.channel = 'fax')`,
      'c.started_at desc, c.id desc',
      limit,
    ),
  );
}

/** One statement for every list of contacts. `order`, `limit` and `textLength` are ours, never from outside. */
function view(where: Query, order: string, limit: number, textLength = textInLists): Query {
  return {
    text: `
    select c.id, c.channel, c.direction, c.outcome, c.started_at as "startedAt", c.outside, c.outside_kind as "outsideKind", c.outside_norm as "outsideNorm",
           coalesce(c.facts #>> '{details,noted,precision}', 'moment') as precision,
           coalesce((c.facts #>> '{details,noted,about}')::boolean, false) as about,
           c.outside_name as "outsideName", c.facts #>> '{ours,value}' as ours, c.facts #>> '{details,call,queue}' as queue,
           coalesce((c.facts #>> '{details,call,withheld}')::boolean, false) as withheld,
           (c.facts #>> '{details,call,talkSeconds}')::float8 as "talkSeconds",
           (c.facts #>> '{details,call,ringSeconds}')::float8 as "ringSeconds",
           c.facts #>> '{details,call,voicemail}' is not null as voicemail,
           c.facts #>> '{details,form,message}' as message, c.facts #>> '{details,form,page}' as page,
           c.facts #> '{details,form,more}' as more, c.facts #> '{details,fax}' as fax,
           (c.facts #> '{details,mail}') - '{bodyHash,reason,thread,messageId}'::text[]
             || jsonb_build_object('text', left(c.facts #>> '{details,mail,text}', ${textLength}),
                                   'length', char_length(c.facts #>> '{details,mail,text}'),
                                   'forwarder', case when c.facts #>> '{details,mail,originalSender}' is not null then
                                     (select f.name from employee f where lower(f.email) = c.facts #>> '{details,mail,from}' limit 1) end) as mail,
           c.connector, j.id as "joinedTo", j.started_at as "joinedAt",
           (select count(*)::int from contact k
             where k.thread = c.thread and k.joined_to = c.id and k.merged_into is null
               and k.outcome_by_hand is distinct from 'private') as joined,
           c.state, is_private(c) as "isPrivate", c.owner_id as "ownerId", o.name as "ownerName", c.match ->> 'verdict' as verdict,
           c.match ->> 'because' as because, c.match ->> 'tieBreak' as "tieBreak",
           c.client_id as "clientId", cl.name as "clientName", c.person_id as "personId", p.name as "personName", c.client_by_hand as "clientByHand",
           c.due_at as "dueAt", c.call_back as "callBack", c.gist, c.outcome_by_hand as "outcomeByHand",
           c.occasion_id as "occasionId", oc.name as "occasionName", c.next_step as "nextStep", c.typing,
           c.completed_at as "completedAt", by.name as "completedByName", c.version
      from contact c
      join employee o on o.id = c.owner_id
      left join client cl on cl.id = c.client_id
      left join person p on p.id = c.person_id
      left join occasion oc on oc.id = c.occasion_id
      left join employee by on by.id = c.completed_by
      left join contact m on m.id = c.joined_to
      left join contact j on j.id = coalesce(m.merged_into, m.id)
     where ${where.text} and c.merged_into is null
     order by ${order}
     limit ${limit}`,
    values: where.values,
  };
}

export interface CandidateView {
  readonly clientId: string;
  readonly personId: string | null;
  readonly clientName: string;
  readonly personName: string | null;
  /** Why the matcher thinks so: a code to translate, and the same in English. */
  readonly code: string | null;
  /** Why it is not believed all the same: a code to translate. */
  readonly doubt: string | null;
  readonly reason: string;
}

/**
 * The matcher's candidates of a contact that still exist, best first: for one that was merged who stands for him, once; none
 * that was taken back.
 */
export function candidatesOf(db: Db, contactId: string): Promise<CandidateView[]> {
  return db.rows(sql`
    select "clientId", "personId", "clientName", "personName", code, doubt, reason
      from (
        select distinct on (cl.id, p.id) cl.id as "clientId", p.id as "personId", cl.name as "clientName",
               p.name as "personName", m.c ->> 'code' as code, m.c ->> 'doubt' as doubt, coalesce(m.c ->> 'reason', '') as reason, m.n
          from contact c
          cross join lateral jsonb_array_elements(
            case when jsonb_typeof(c.match -> 'candidates') = 'array' then c.match -> 'candidates' else '[]' end)
            with ordinality as m(c, n)
          join client cl on cl.id = surviving_client((m.c ->> 'clientId')::uuid) and cl.removed_at is null
          left join person p on p.id = (m.c ->> 'personId')::uuid and p.removed_at is null
         where c.id = ${contactId}
         order by cl.id, p.id, m.n) as once
     order by n`);
}

/** Occasions people may choose, in the office's order. */
export function occasions(db: Db): Promise<{ id: string; name: string }[]> {
  return db.rows(sql`select id, name from occasion where active order by rank, name`);
}

/** The occasion of the client's last contact since then, null when there was none: the likely one for the next. */
export async function lastOccasion(db: Db, clientId: string, since: Date): Promise<string | null> {
  const rows = await db.rows<{ id: string }>(sql`
    select c.occasion_id as id
      from contact c join occasion o on o.id = c.occasion_id and o.active
     where c.client_id = ${clientId} and c.started_at > ${since} and c.merged_into is null and not is_private(c)
     order by c.started_at desc limit 1`);
  return rows[0]?.id ?? null;
}
