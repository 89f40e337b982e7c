import { type Db, type Query, splice, sql } from '../base/db.ts';
import { type PageWish, pageOf } from './page.ts';

/** A contact as other programs see it: what the machine knows, what people saved; never what is only typed. */
export interface ApiContact {
  readonly id: string;
  readonly version: number;
  readonly channel: string;
  readonly direction: string;
  readonly startedAt: string;
  readonly endedAt: string;
  /** Of calls: how it ended. */
  readonly callOutcome: string | null;
  readonly talkSeconds: number | null;
  readonly ringSeconds: number | null;
  /** Null: the caller asked not to be shown, or there is none. */
  readonly address: string | null;
  readonly addressKind: string | null;
  readonly outsideName: string | null;
  readonly state: 'draft' | 'completed' | 'bare' | 'planned' | 'automatic';
  readonly ownerId: string;
  readonly clientId: string | null;
  readonly personId: string | null;
  readonly verdict: 'client' | 'ambiguous' | 'stranger' | null;
  readonly gist: string | null;
  readonly outcome: string | null;
  readonly occasion: string | null;
  readonly nextStep: { readonly kind: string; readonly on: string | null } | null;
  readonly dueAt: string | null;
  readonly callBack: boolean;
  readonly completedAt: string | null;
  readonly completedBy: string | null;
  /** What was written; only for who may read it. */
  readonly subject?: string | null;
  readonly text?: string | null;
  readonly updatedAt: string;
}

/**
 * What never leaves: what people dismissed, private talk and the mails that were asked about with it, talk among ourselves,
 * rows that are part of another.
 */
const mayLeave = sql`c.merged_into is null and c.state <> 'dismissed' and c.direction <> 'internal'
                     and not (c.joined_to is not null and is_private(c))
                     and c.outcome_by_hand is distinct from 'private' and c.outcome_by_hand is distinct from 'spam'`;

const withheld = `coalesce((c.facts #>> '{details,call,withheld}')::boolean, false)`;

function contacts(withTexts: boolean): Query {
  const texts: Query = {
    text: withTexts
      ? `c.facts #>> '{details,mail,subject}' as subject,
         coalesce(c.facts #>> '{details,mail,text}', c.facts #>> '{details,form,message}') as text,`
      : '',
    values: [],
  };
  const hidden: Query = { text: withheld, values: [] };
  return splice`
    select c.id, c.version, c.channel, c.direction, instant(c.started_at) as "startedAt", instant(c.ended_at) as "endedAt",
           c.outcome as "callOutcome", (c.facts #>> '{details,call,talkSeconds}')::float8 as "talkSeconds",
           (c.facts #>> '{details,call,ringSeconds}')::float8 as "ringSeconds",
           case when not ${hidden} then c.outside_norm end as address,
           case when not ${hidden} and c.outside_norm is not null then c.outside_kind end as "addressKind",
           case when not ${hidden} then c.outside_name end as "outsideName",
           c.state, c.owner_id as "ownerId", c.client_id as "clientId", c.person_id as "personId",
           c.match ->> 'verdict' as verdict, c.gist, c.outcome_by_hand as outcome, oc.name as occasion,
           c.next_step as "nextStep", instant(c.due_at) as "dueAt", c.call_back as "callBack",
           instant(c.completed_at) as "completedAt", c.completed_by as "completedBy", ${texts}
           instant(c.updated_at) as "updatedAt"
      from contact c left join occasion oc on oc.id = c.occasion_id`;
}

export interface ContactsWish extends PageWish {
  readonly withTexts: boolean;
  readonly states: readonly ApiContact['state'][] | null;
  readonly channel: string | null;
  readonly clientId: string | null;
  readonly ownerId: string | null;
  /** Normalised. */
  readonly address: string | null;
  readonly updatedSince: Date | null;
  readonly startedSince: Date | null;
  readonly startedUntil: Date | null;
}

export function apiContacts(db: Db, wish: ContactsWish): Promise<ApiContact[]> {
  const { states, channel, clientId, ownerId, address, updatedSince, startedSince, startedUntil } = wish;
  const hidden: Query = { text: withheld, values: [] };
  const conditions = [
    mayLeave,
    ...(states === null ? [] : [sql`c.state = any(${[...states]}::text[])`]),
    ...(channel === null ? [] : [sql`c.channel = ${channel}`]),
    ...(clientId === null ? [] : [sql`c.client_id = ${clientId}`]),
    ...(ownerId === null ? [] : [sql`c.owner_id = ${ownerId}`]),
    ...(address === null ? [] : [splice`c.outside_norm = ${address} and not ${hidden}`]),
    ...(updatedSince === null ? [] : [sql`c.updated_at >= ${updatedSince}`]),
    ...(startedSince === null ? [] : [sql`c.started_at >= ${startedSince}`]),
    ...(startedUntil === null ? [] : [sql`c.started_at < ${startedUntil}`]),
  ];
  return pageOf(db, contacts(wish.withTexts), 'c', conditions, wish);
}

export async function apiContact(db: Db, id: string, withTexts: boolean): Promise<ApiContact | null> {
  const [row] = await db.rows<ApiContact>(splice`${contacts(withTexts)} where c.id = ${id} and ${mayLeave}`);
  return row ?? null;
}

/** Into which contact one went whose sightings turned out to be of the same; null: it did not, or that may not leave. */
export async function joinedInto(db: Db, id: string): Promise<string | null> {
  const [row] = await db.rows<{ id: string }>(sql`
    with recursive way as (
      select id, merged_into, 0 as step from contact where id = ${id} and merged_into is not null
      union all select c.id, c.merged_into, way.step + 1 from way join contact c on c.id = way.merged_into where way.step < 20
    )
    select id from way order by step desc limit 1`);
  return row === undefined || row.id === id || (await apiContact(db, row.id, false)) === null ? null : row.id;
}

/** The id of an occasion people may choose, by its name; null: there is none. */
export async function occasionNamed(db: Db, name: string): Promise<string | null> {
  const [row] = await db.rows<{ id: string }>(sql`select id from occasion where active and name = ${name}`);
  return row?.id ?? null;
}

/** The contact known by one of these identities (sha256). */
export async function contactOfIdentity(db: Db, identity: Buffer): Promise<string | null> {
  const [row] = await db.rows<{ id: string }>(
    sql`select contact_id as id from contact_identity where identity = ${identity}`,
  );
  return row?.id ?? null;
}
