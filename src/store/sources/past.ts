import type { Match } from '../../core/contact/match.ts';
import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

// Contacts of past years that came in from a table. Intake has made them; here is written what people had noted of them.

/** A contact that an earlier import made of the same line. */
export interface KnownPast {
  /** sha256, hex. */
  readonly key: string;
  readonly contactId: string;
  /** The import was taken back. */
  readonly hidden: boolean;
}

export function knownPast(db: Db, connector: string, keys: readonly Buffer[]): Promise<KnownPast[]> {
  return db.rows(sql`
    select encode(c.key, 'hex') as key, coalesce(k.merged_into, k.id) as "contactId",
           k.state = 'dismissed' and k.dismiss_reason = 'taken-back' as hidden
      from capture c join contact_capture cc on cc.capture_id = c.id join contact k on k.id = cc.contact_id
     where c.connector = ${connector} and c.key = any(${keys}::bytea[])`);
}

/** Every client whose folded name or written name is one of these; what was merged into another is that one. */
export function clientsCalled(
  db: Db,
  keys: readonly string[],
  names: readonly string[],
): Promise<{ readonly key: string; readonly id: string; readonly name: string }[]> {
  return db.rows(sql`
    with recursive way as (
      select key, id, name, merged_into from client
       where (key = any(${keys}::text[]) or lower(name) = any(${names.map((name) => name.toLowerCase())}::text[]))
         and removed_at is null
      union all
      select way.key, c.id, way.name, c.merged_into from way join client c on c.id = way.merged_into
    )
    select distinct key, id, name from way where merged_into is null`);
}

export interface PastRemarks {
  readonly contactId: string;
  readonly gist: string | null;
  readonly occasionId: string | null;
  readonly employeeId: string | null;
  /** Named in the table: a person's word. */
  readonly clientId: string | null;
  readonly personId: string | null;
  /** Where there is no address to match. */
  readonly match: Match | null;
}

/**
 * Writes what was noted, and that nothing is left to decide or to ask: completed with a gist, else bare. The owner is who was
 * named, else the client's responsible, else who has it. Returns whose contact each is now.
 */
export async function writePastRemarks(
  db: Db,
  rows: readonly PastRemarks[],
): Promise<{ readonly contactId: string; readonly clientId: string | null }[]> {
  const written = await db.rows<{ contactId: string; clientId: string | null }>(sql`
    update contact c
       set gist = r.gist, occasion_id = r."occasionId", state = case when r.gist is null then 'bare' else 'completed' end,
           completed_at = case when r.gist is null then null else c.started_at end,
           completed_by = case when r.gist is null then null else r."employeeId" end, dismiss_reason = null,
           client_id = coalesce(r."clientId", c.client_id),
           person_id = case when r."clientId" is null then c.person_id else r."personId" end,
           client_by_hand = r."clientId" is not null, match = coalesce(r.match, c.match),
           owner_id = coalesce(r."employeeId", (select cl.responsible_id from client cl where cl.id = coalesce(r."clientId", c.client_id)), c.owner_id),
           decided_at = now(), call_back = false, due_at = null
      from jsonb_to_recordset(${json(rows)}::jsonb)
           as r("contactId" uuid, gist text, "occasionId" uuid, "employeeId" uuid, "clientId" uuid, "personId" uuid, match jsonb)
     where c.id = r."contactId"
    returning c.id as "contactId", c.client_id as "clientId"`);
  await db.rows(sql`
    delete from outbox
     where ref = any(${rows.map(({ contactId }) => contactId)}::uuid[]) and done_at is null and job in ('decide', 'decide-past')`);
  return written;
}

/** Ids of the contacts that have these identities (sha256), by its hex. */
export async function contactsByIdentity(db: Db, identities: readonly Buffer[]): Promise<ReadonlyMap<string, string>> {
  const rows = await db.rows<{ identity: string; id: string }>(sql`
    select encode(identity, 'hex') as identity, contact_id as id
      from contact_identity where identity = any(${identities}::bytea[])`);
  return new Map(rows.map(({ identity, id }) => [identity, id]));
}
