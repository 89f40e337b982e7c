import type { Human } from '../../core/contact/human.ts';
import type { Match } from '../../core/contact/match.ts';
import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

/** A contact point that was somebody's at the time asked for. */
export interface PointRow {
  readonly kind: 'phone' | 'fax' | 'email' | 'domain';
  readonly address: string;
  readonly shared: boolean;
  readonly reception: boolean;
  readonly gateway: boolean;
  readonly notClient: boolean;
  readonly neverCapture: boolean;
  /** The part of the point's period in which its person was at the client. */
  readonly since: Date | null;
  readonly until: Date | null;
  /** Ours: the rest is null then. */
  readonly employeeId: string | null;
  readonly clientId: string | null;
  readonly client: string | null;
  readonly personId: string | null;
  readonly person: string | null;
  readonly responsibleId: string | null;
  readonly planned: boolean;
  readonly lastContactAt: Date | null;
}

/** Which points are asked for. `zone`: the office's, in which the days begin on which people join and leave. */
export interface PointsAsked {
  readonly kinds: readonly PointRow['kind'][];
  readonly addresses: readonly string[];
  readonly zone: string;
}

/**
 * Everybody who had one of the addresses at that moment, with what is known of his client at that moment; clients and people
 * that are gone, or merged into others, have no address. One statement, read by index: 0.04 ms in the server and 0.4 ms with
 * the way there, at 10,000 as at 1,000,000 contact points (measured, PostgreSQL 18 on two shared cores).
 *
 * @param exceptContact a contact that is being decided is not its client's last one
 */
export function pointsAt(
  db: Db,
  { kinds, addresses, zone }: PointsAsked,
  at: Date,
  exceptContact: string | null,
): Promise<PointRow[]> {
  return db.rows(sql`
    select p.kind, p.address, p.shared, p.reception, p.gateway, p.not_client as "notClient", p.never_capture as "neverCapture",
           nullif(p.since, '-infinity') as since, nullif(p.until, 'infinity') as until,
           p.employee_id as "employeeId", cl.id as "clientId", cl.name as client, pe.id as "personId", pe.name as person,
           cl.responsible_id as "responsibleId",
           exists (select from contact c
                    where c.client_id = cl.id and c.state = 'planned' and c.merged_into is null) as planned,
           (select c.started_at from contact c
             where c.client_id = cl.id and c.merged_into is null and c.started_at < ${at}
               and c.id is distinct from ${exceptContact}
             order by c.started_at desc limit 1) as "lastContactAt"
      from contact_point p
      left join person pe on pe.id = p.person_id
      left join client cl on cl.id = coalesce(p.client_id, pe.client_id)
     where p.address = any(${addresses}::text[]) and p.kind = any(${kinds}::text[])
       and p.since <= ${at} and ${at} < p.until
       and pe.removed_at is null and cl.removed_at is null and cl.merged_into is null
       and (pe.since is null or pe.since::timestamp at time zone ${zone} <= ${at})
       and (pe.until is null or ${at} < pe.until::timestamp at time zone ${zone})
     order by cl.name, pe.name, p.id`);
}

/** What matching needs of a contact. */
export interface ContactToMatch {
  readonly id: string;
  readonly connector: string;
  readonly startedAt: Date;
  readonly outsideKind: 'phone' | 'email' | 'fax' | 'extension' | null;
  readonly outside: string | null;
  readonly withheld: boolean;
  /** Our own mail server found that the sender is not proven. */
  readonly isClaimed: boolean;
  /** What was sent holds numbers, perhaps: of a mail those found in it, else words of a fax station or a form. */
  readonly text: HintText;
  readonly called: CalledParts;
}

export interface HintText {
  /** E.164. */
  readonly numbers: readonly string[] | null;
  readonly words: string | null;
}

/** The parts of a contact's facts that name our people. */
export interface CalledParts {
  readonly employees:
    | readonly { readonly kind: 'phone' | 'email' | 'fax' | 'extension'; readonly value: string }[]
    | null;
  readonly call: {
    readonly talks: readonly { readonly who: string; readonly seconds: number }[];
    readonly lastTalkedTo: string | null;
    readonly employees: readonly string[];
    readonly rang: readonly string[];
    readonly voicemail: string | null;
    readonly talkSeconds: number;
  } | null;
}

/** The contact, locked until the transaction ends; null when it does not exist or was joined with another. */
export async function lockToMatch(db: Db, contactId: string): Promise<ContactToMatch | null> {
  const [row] = await db.rows<ContactToMatch>(sql`
    select id, connector, started_at as "startedAt", outside_kind as "outsideKind", outside,
           coalesce((facts #>> '{details,call,withheld}')::boolean, false) as withheld,
           facts #>> '{details,mail,authenticity}' is not distinct from 'claimed' as "isClaimed",
           jsonb_build_object('numbers', facts #> '{details,mail,numbers}',
                              'words', concat_ws(E'\n', facts #>> '{details,fax,station}', facts #>> '{details,fax,name}',
                                                 left(facts #>> '{details,form,message}', 4000))) as text,
           jsonb_build_object('employees', facts -> 'employees', 'call', facts #> '{details,call}') as called
      from contact
     where id = ${contactId} and merged_into is null
       for no key update`);
  return row ?? null;
}

/** The client of a contact before and after a match, as change rows have it. */
export interface ClientMoved {
  readonly contactId: string;
  readonly before: Human['client'];
  readonly after: Human['client'];
}

/**
 * Writes whose contact it was. A client that people chose or saw stays, whatever the match says (`client_is_kept`): once they
 * completed or dismissed the contact, the match may only name one where none was.
 *
 * @returns what changed of a contact that was matched before; null: nothing, or it was the first time
 */
export async function writeMatch(
  db: Db,
  contactId: string,
  outsideNorm: string | null,
  match: Match,
): Promise<ClientMoved | null> {
  const [best] = match.candidates;
  const chosen = match.verdict === 'client' ? best : undefined;
  const [row] = await db.rows<ClientMoved & { isNew: boolean }>(sql`
    update contact c
       set outside_norm = ${outsideNorm}, match = ${json(match)},
           client_id = case when keeps then now.client_id else ${chosen?.clientId ?? null}::uuid end,
           person_id = case when keeps then now.person_id else ${chosen?.personId ?? null}::uuid end,
           client_late = case when keeps then now.client_late
                              else ${chosen !== undefined} and is_done(c) end
      from (select id as ref, client_is_kept(contact) as keeps, match is null as "isNew", client_id, person_id, client_late
              from contact where id = ${contactId}) now
     where c.id = now.ref
    returning c.id as "contactId", now."isNew",
              case when now.client_id is not null
                   then jsonb_build_object('id', now.client_id, 'personId', now.person_id, 'byHand', c.client_by_hand) end as before,
              case when c.client_id is not null
                   then jsonb_build_object('id', c.client_id, 'personId', c.person_id, 'byHand', c.client_by_hand) end as after`);
  if (row === undefined || row.isNew) return null;
  const { contactId: id, before, after } = row;
  return before?.id === after?.id && before?.personId === after?.personId ? null : { contactId: id, before, after };
}

/** Who of us has these addresses at that moment. */
export function employeesAt(
  db: Db,
  addresses: readonly string[],
  at: Date,
): Promise<{ readonly kind: string; readonly address: string; readonly employeeId: string }[]> {
  return db.rows(sql`
    select distinct p.kind, p.address, p.employee_id as "employeeId"
      from contact_point p
     where p.address = any(${addresses}::text[]) and p.employee_id is not null and p.since <= ${at} and ${at} < p.until
     order by p.address, p.kind, p.employee_id`);
}
