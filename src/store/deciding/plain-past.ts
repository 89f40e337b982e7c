import type { Match } from '../../core/contact/match.ts';
import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';
import type { Assignment, ContactToAssign } from './decisions.ts';
import type { PastContact } from './look-back.ts';

// Contacts of the past that come by the ten thousand and of which there is little to decide: all that is asked and written of
// many of them at once.

/** No call, never decided about, touched by nobody, and nobody is asked about it. */
export type PlainPast = PastContact & Pick<ContactToAssign, 'thread'>;

/**
 * Those of these contacts that are plain, locked until the transaction ends, in no order. What somebody has in hand is left out:
 * whoever holds many must wait for none.
 */
export function lockPlain(tx: Db, ids: readonly string[]): Promise<PlainPast[]> {
  return tx.rows(sql`
    select id, connector, started_at as "startedAt", outside_kind as "outsideKind", outside, thread,
           coalesce((facts #>> '{details,call,withheld}')::boolean, false) as withheld,
           facts #>> '{details,mail,authenticity}' is not distinct from 'claimed' as "isClaimed"
      from contact c
     where id = any(${ids}::uuid[]) and merged_into is null and channel <> 'call' and not asks
       and num_nonnulls(match, decided_at, client_id, joined_to, capped_at, reached_by, typing, gist) = 0
       and state in ('draft', 'bare') and not call_back and version = 1 and not client_is_kept(c)
       and not exists (select from outbox o where o.ref = c.id and o.job = 'prompt')
       and not exists (select from prompt p where p.contact_id = c.id)
       for no key update skip locked`);
}

/** Writes whose contacts they were, of plain ones: there is no earlier answer to compare it with, and nothing to keep. */
export async function writeFirstMatches(
  tx: Db,
  answers: readonly { readonly contactId: string; readonly normalized: string | null; readonly match: Match }[],
): Promise<void> {
  const rows = answers.map(({ contactId, normalized, match }) => {
    const [best] = match.verdict === 'client' ? match.candidates : [];
    return { contactId, normalized, match, clientId: best?.clientId ?? null, personId: best?.personId ?? null };
  });
  await tx.rows(sql`
    update contact c
       set outside_norm = d.normalized, match = d.match, client_id = d."clientId", person_id = d."personId",
           client_late = false
      from jsonb_to_recordset(${json(rows)}::jsonb)
           as d("contactId" uuid, normalized text, match jsonb, "clientId" uuid, "personId" uuid)
     where c.id = d."contactId"`);
}

/** As `openDraftOfThread`, of many. @returns by contact, those that have one */
export async function openDraftsOfThreads(
  tx: Db,
  contacts: readonly Pick<ContactToAssign, 'id' | 'thread' | 'clientId' | 'outsideNorm'>[],
): Promise<ReadonlyMap<string, string>> {
  const threaded = contacts.filter(({ thread }) => thread !== null);
  if (threaded.length === 0) return new Map();
  const rows = await tx.rows<{ id: string; draft: string }>(sql`
    select a.id, draft.id as draft
      from unnest(${threaded.map(({ id }) => id)}::uuid[], ${threaded.map(({ thread }) => thread)}::text[],
                  ${threaded.map(({ clientId }) => clientId)}::uuid[],
                  ${threaded.map(({ outsideNorm }) => outsideNorm)}::text[]) as a (id, thread, client_id, outside_norm)
     cross join lateral (
       select c.id from contact c
        where c.thread = a.thread and c.state is not distinct from 'draft' and c.direction = 'inbound' and c.asks
          and (c.client_id = a.client_id
               or c.client_id is null and a.client_id is null and c.outside_norm = a.outside_norm)
          and (c.decided_at is not null
               or exists (select from prompt p where p.contact_id = c.id)
               or exists (select from outbox o where o.ref = c.id and o.job = 'prompt'))
          and c.id <> a.id and c.merged_into is null
        order by c.started_at, c.id
        limit 1) draft`);
  return new Map(rows.map(({ id, draft }) => [id, draft]));
}

/** Everybody of ours, with his absences that touch the time between these moments: one row for each of them, or one without. */
export function colleaguesBetween(
  tx: Db,
  from: Date,
  to: Date,
): Promise<
  {
    readonly id: string;
    readonly active: boolean;
    readonly substituteId: string | null;
    readonly isDuty: boolean;
    readonly since: Date | null;
    readonly until: Date | null;
  }[]
> {
  return tx.rows(sql`
    select e.id, e.active, e.substitute_id as "substituteId", e.is_duty as "isDuty", a.since, a.until
      from employee e left join absence a on a.employee_id = e.id and a.since <= ${to} and ${from} < a.until
     order by e.id`);
}

/** Stores decisions that ask nobody and call nobody back. */
export async function writePlainAssignments(
  tx: Db,
  decided: readonly Pick<Assignment, 'contactId' | 'ownerId' | 'state' | 'joinedTo'>[],
): Promise<void> {
  const rows = decided.map(({ contactId, ownerId, state, joinedTo }) => ({ contactId, ownerId, state, joinedTo }));
  await tx.rows(sql`
    update contact c
       set owner_id = d."ownerId", state = d.state, joined_to = d."joinedTo", due_at = null, decided_at = now()
      from jsonb_to_recordset(${json(rows)}::jsonb) as d("contactId" uuid, "ownerId" uuid, state text, "joinedTo" uuid)
     where c.id = d."contactId"`);
}
