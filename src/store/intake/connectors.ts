import { type Db, sql } from '../base/db.ts';
import { json, pgSafe } from '../base/safe.ts';

export interface JournalRow {
  readonly group: string;
  readonly receivedAt: Date;
  readonly text: string;
}

/** Appends what a source said about things not finished yet, in order. */
export async function appendJournal(db: Db, connector: string, entries: readonly JournalRow[]): Promise<void> {
  await db.rows(sql`
    insert into journal (connector, grp, received_at, entry)
    select ${connector}, e.grp, e.received_at, e.entry
      from unnest(${entries.map((e) => pgSafe(e.group))}::text[], ${entries.map((e) => e.receivedAt)}::timestamptz[],
                  ${entries.map((e) => pgSafe(e.text))}::text[]) with ordinality as e (grp, received_at, entry, place)
     order by e.place`);
}

/** Everything not forgotten, in the order it was appended. */
export function readJournal(db: Db, connector: string): Promise<JournalRow[]> {
  return db.rows(sql`
    select grp as "group", received_at as "receivedAt", entry as text
      from journal where connector = ${connector} order by seq`);
}

export async function forgetJournal(db: Db, connector: string, groups: readonly string[]): Promise<void> {
  await db.rows(sql`delete from journal where connector = ${connector} and grp = any(${[...groups]}::text[])`);
}

/** Adds a gap; one that follows another of the same reason without a break makes that one longer. */
export async function addGap(db: Db, connector: string, since: Date, until: Date, reason: string): Promise<void> {
  await db.rows(sql`
    with longer as (
      update gap set until = greatest(until, ${until}::timestamptz)
       where connector = ${connector} and reason = ${reason} and since <= ${since} and until >= ${since}
      returning 1
    )
    insert into gap (connector, since, until, reason)
    select ${connector}, ${since}, ${until}, ${reason} where not exists (select from longer)`);
}

/** Keeps an unusable input raw. @returns its number */
export async function quarantine(
  db: Db,
  connector: string,
  fault: string,
  facts: unknown,
  raw: string,
): Promise<number> {
  const [row] = await db.rows<{ id: number }>(sql`
    insert into quarantine (connector, fault, facts, raw)
    values (${connector}, ${fault}, ${json(facts)}::jsonb, ${pgSafe(raw)}) returning id`);
  return row?.id ?? 0;
}

export type ConnectorStateName = 'starting' | 'up' | 'retrying' | 'resting' | 'stopped';

export interface ConnectorState {
  readonly connector: string;
  readonly kind: string;
  readonly state: ConnectorStateName;
  readonly since: Date;
  /** Code of the fault, null while all is well. */
  readonly fault: string | null;
  readonly facts: Readonly<Record<string, unknown>> | null;
  readonly nextTryAt: Date | null;
}

export async function writeConnectorState(db: Db, state: ConnectorState): Promise<void> {
  await db.rows(sql`
    insert into connector_state (connector, kind, state, since, fault, facts, next_try_at)
    values (${state.connector}, ${state.kind}, ${state.state}, ${state.since}, ${state.fault},
            ${json(state.facts)}::jsonb, ${state.nextTryAt})
        on conflict (connector) do update
       set kind = excluded.kind, state = excluded.state, since = excluded.since, fault = excluded.fault,
           facts = excluded.facts, next_try_at = excluded.next_try_at`);
}

/** Every connector that ever ran, by name. */
export function connectorStates(db: Db): Promise<ConnectorState[]> {
  return db.rows(sql`
    select connector, kind, state, since, fault, facts, next_try_at as "nextTryAt"
      from connector_state order by connector`);
}
