import { type Db, sql } from '../base/db.ts';
import { json } from '../base/safe.ts';

export type SourceState = 'waiting' | 'good' | 'failing' | 'held';

/** A source of clients, as pages and the keeper see it. */
export interface SourceRow {
  readonly name: string;
  readonly reads: 'file' | 'url' | 'json' | 'sql';
  readonly state: SourceState;
  readonly since: Date;
  readonly triedAt: Date | null;
  readonly nextTryAt: Date | null;
  readonly failures: number;
  readonly fault: string | null;
  readonly facts: Readonly<Record<string, unknown>> | null;
  readonly goodAt: Date | null;
  readonly goodCount: number | null;
  readonly fingerprint: string | null;
  readonly told: Readonly<Record<string, unknown>> | null;
  readonly heldCount: number | null;
  readonly acceptedCount: number | null;
  readonly discardedCount: number | null;
  /** Clients that it no longer gives. */
  readonly gone: number;
}

/** Makes sure that the source has its row, for a command that reads it without the daemon; it is due for nobody. */
export async function knowSource(
  db: Db,
  source: { readonly name: string; readonly reads: string; readonly everyMs: number | null },
): Promise<void> {
  await db.rows(sql`
    insert into client_source (name, reads, every_ms) values (${source.name}, ${source.reads}, ${source.everyMs})
        on conflict (name) do update set configured = true`);
}

/** Writes down which sources are configured, and that all of them are to be read now. Others are asked no more. */
export async function configureSources(
  db: Db,
  sources: readonly { readonly name: string; readonly reads: string; readonly everyMs: number | null }[],
): Promise<void> {
  await db.rows(sql`
    insert into client_source as s (name, reads, every_ms, next_try_at)
    select r.name, r.reads, r."everyMs", now()
      from jsonb_to_recordset(${json(sources)}::jsonb) as r(name text, reads text, "everyMs" bigint)
        on conflict (name) do update
           set configured = true, reads = excluded.reads, every_ms = excluded.every_ms, next_try_at = now()`);
  const names = sources.map(({ name }) => name);
  await db.rows(sql`
    update client_source set configured = false, next_try_at = null where configured and name <> all(${names}::text[])`);
}

/** The configured sources, by name; those with `name` only. */
export function sourceRows(db: Db, name: string | null = null): Promise<SourceRow[]> {
  return db.rows(sql`
    select name, reads, state, since, tried_at as "triedAt", next_try_at as "nextTryAt", failures, fault, facts,
           good_at as "goodAt", good_count as "goodCount", fingerprint, told, held_count as "heldCount",
           accepted_count as "acceptedCount", discarded_count as "discardedCount",
           (select count(*)::int from client_given g where g.source = s.name and g.gone_at is not null) as gone
      from client_source s
     where configured and (${name}::text is null or name = ${name})
     order by name`);
}

/** Names of the sources that are to be read now, the longest due first. */
export async function dueSources(db: Db): Promise<string[]> {
  const rows = await db.rows<{ name: string }>(sql`
    select name from client_source where configured and next_try_at <= now() order by next_try_at`);
  return rows.map(({ name }) => name);
}

export interface SourceOutcome {
  readonly state: SourceState;
  /** Milliseconds from now; null: not by itself. */
  readonly nextTryMs: number | null;
  readonly fault: string | null;
  readonly facts: unknown;
  readonly heldCount: number | null;
}

/** How a try ended that took nothing over. The last good copy stays. */
export async function writeSourceOutcome(db: Db, name: string, outcome: SourceOutcome): Promise<void> {
  const { state, nextTryMs, fault, facts, heldCount } = outcome;
  await db.rows(sql`
    update client_source
       set since = case when state = ${state} then since else now() end, state = ${state}, tried_at = now(),
           next_try_at = now() + ${nextTryMs}::float8 * interval '1 millisecond',
           failures = case when ${state} = 'failing' then failures + 1 else 0 end,
           fault = ${fault}, facts = ${json(facts)}::jsonb, held_count = ${heldCount}
     where name = ${name}`);
}

/** A good copy was taken over: in the transaction that did it. */
export async function writeSourceGood(
  db: Db,
  name: string,
  good: {
    readonly count: number;
    readonly fingerprint: string;
    readonly told: unknown;
    readonly nextTryMs: number | null;
  },
): Promise<void> {
  await db.rows(sql`
    update client_source
       set since = case when state = 'good' then since else now() end, state = 'good', tried_at = now(), good_at = now(),
           next_try_at = now() + ${good.nextTryMs}::float8 * interval '1 millisecond', failures = 0, fault = null,
           facts = null, good_count = ${good.count}, fingerprint = ${good.fingerprint}, told = ${json(good.told)}::jsonb,
           held_count = null, accepted_count = null, discarded_count = null
     where name = ${name}`);
}

/**
 * A person's answer to what is held; the source is read again at once. False: nothing of this number is held (any more).
 * @param count the clients of the answer he saw
 */
export async function answerHeld(
  db: Db,
  name: string,
  count: number,
  answer: 'accept' | 'discard',
  authorId: string | null,
): Promise<boolean> {
  const rows = await db.rows(sql`
    update client_source
       set accepted_count = case when ${answer} = 'accept' then held_count end,
           discarded_count = case when ${answer} = 'discard' then held_count end,
           answered_by = ${authorId}, answered_at = now(), next_try_at = now()
     where name = ${name} and configured and state = 'held' and held_count = ${count}
    returning name`);
  return rows.length > 0;
}

/** What a source said of one client, in the form in which it is compared. */
export interface SaidClient {
  readonly name: string;
  readonly class: string | null;
  readonly responsibleId: string | null;
  readonly people: readonly string[];
  readonly points: readonly { readonly kind: string; readonly address: string; readonly person: string | null }[];
}

export interface Given {
  readonly key: string;
  /** Where it was merged into another, that one. */
  readonly clientId: string;
  /** The client it was before: what the source speaks of, whatever becomes of the merge. */
  readonly ownId: string;
  readonly merged: boolean;
  readonly said: SaidClient;
  readonly kept: Readonly<Record<string, string>> | null;
  readonly gone: boolean;
}

/** What this source said last of the clients with these keys. */
export function givenBy(db: Db, source: string, keys: readonly string[]): Promise<Given[]> {
  return db.rows(sql`
    with recursive way as (
      select key, client_id, client_id as own_id, said, kept, gone_at is not null as gone, false as merged
        from client_given where source = ${source} and key = any(${keys}::text[])
      union all
      select way.key, c.merged_into, way.own_id, way.said, way.kept, way.gone, true
        from way join client c on c.id = way.client_id and c.merged_into is not null
    )
    select way.key, way.client_id as "clientId", way.own_id as "ownId", way.merged, way.said, way.kept, way.gone
      from way join client c on c.id = way.client_id and c.merged_into is null`);
}

/** A client that a source may mean by a name. */
interface NamedClient {
  readonly name: string;
  /** Where it was merged into another, that one. */
  readonly id: string;
  readonly ownId: string;
  readonly merged: boolean;
}

/** The clients that bear one of these names now, by each name as it was asked: who stands for himself first, who was taken back last. */
export function clientsToLink(db: Db, names: readonly string[]): Promise<NamedClient[]> {
  return db.rows(sql`
    with recursive way as (
      select n.name, c.id as own_id, c.created_at, c.id, c.merged_into, c.removed_at, false as merged
        from unnest(${names}::text[]) as n(name)
             -- offset 0: one look into the index for each name, never all names folded to compare them
             cross join lateral (select * from client where folded(name) = folded(n.name) offset 0) c
      union all
      select way.name, way.own_id, way.created_at, c.id, c.merged_into, c.removed_at, true
        from way join client c on c.id = way.merged_into
    )
    select name, id, own_id as "ownId", merged from way
     where merged_into is null
     order by removed_at is not null, merged, created_at, own_id`);
}

/** Which of these clients this source speaks of already, under whatever key. */
export async function spokenOf(db: Db, source: string, clientIds: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await db.rows<{ id: string }>(sql`
    select distinct client_id as id from client_given where source = ${source} and client_id = any(${clientIds}::uuid[])`);
  return new Set(rows.map(({ id }) => id));
}

export interface GivenRow {
  readonly key: string;
  /** Its own, also while it is merged into another. */
  readonly clientId: string;
  readonly said: SaidClient;
  readonly kept: Readonly<Record<string, string>> | null;
}

export async function writeGiven(db: Db, source: string, rows: readonly GivenRow[]): Promise<void> {
  await db.rows(sql`
    insert into client_given (source, key, client_id, said, kept)
    select ${source}, r.key, r."clientId", r.said, r.kept
      from jsonb_to_recordset(${json(rows)}::jsonb) as r(key text, "clientId" uuid, said jsonb, kept jsonb)
        on conflict (source, key) do update
           set client_id = excluded.client_id, said = excluded.said, kept = excluded.kept, gone_at = null`);
}

/** Flags what is in a complete answer no more; returns how many were flagged now. */
export async function flagGone(db: Db, source: string, keys: readonly string[]): Promise<number> {
  const rows = await db.rows(sql`
    update client_given g set gone_at = now()
     where g.source = ${source} and g.gone_at is null
       and not exists (select from unnest(${keys}::text[]) as k(key) where k.key = g.key)
    returning 1`);
  return rows.length;
}

/** What all sources say of these clients, and of those that are part of them, now; but for these keys of this one. */
export function saidByOthers(
  db: Db,
  clientIds: readonly string[],
  except: { readonly source: string; readonly keys: readonly string[] },
): Promise<{ readonly clientId: string; readonly said: SaidClient }[]> {
  return db.rows(sql`
    with recursive part as (
      select id as whole, id from unnest(${clientIds}::uuid[]) as c(id)
      union
      select part.whole, c.id from part join client c on c.merged_into = part.id
    )
    select part.whole as "clientId", g.said
      from part join client_given g on g.client_id = part.id
     where g.gone_at is null
       and not (g.source = ${except.source} and g.key = any(${except.keys}::text[]))`);
}

/** Sources that gave this client once and no longer do, the first to drop him in front. */
export function goneFrom(db: Db, clientId: string): Promise<{ readonly source: string; readonly since: Date }[]> {
  return db.rows(sql`
    select source, gone_at as since from client_given
     where client_id = ${clientId} and gone_at is not null
     order by gone_at, source`);
}

/** What sources say otherwise than people wrote of this client. */
export function saidOtherwise(
  db: Db,
  clientId: string,
): Promise<{ readonly source: string; readonly kept: Readonly<Record<string, string>> }[]> {
  return db.rows(sql`
    select source, case when kept ? 'responsibleId'
                        then kept || jsonb_build_object('responsibleId', coalesce((select name from employee e where e.id::text = kept ->> 'responsibleId'), ''))
                        else kept end as kept
      from client_given
     where client_id = ${clientId} and gone_at is null and kept is not null and kept <> '{}'
     order by source`);
}
