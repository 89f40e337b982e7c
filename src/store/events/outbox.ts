import { type Db, sql } from '../base/db.ts';

/**
 * What the queue carries. `rematch`: of a contact point that is new, changed or gone. `notify`: of something the company's CRM
 * is told. `prompt`: also of an answer to a digest, of which somebody has to be told something; a job of its own would be five
 * more connections.
 */
export const queuedJobs = ['decide', 'prompt', 'rematch', 'notify'] as const;
export type QueuedJob = (typeof queuedJobs)[number];

/**
 * What is worked on straight from the outbox. `decide-past`: of what nobody waits for, so that a mailbox of ten thousand old
 * mails holds up no call of today.
 */
const drainedJobs = ['decide-past'] as const;
export type DrainedJob = (typeof drainedJobs)[number];

export type OutboxJob = QueuedJob | DrainedJob;

/** One thing to be done about one contact, contact point, event or answer. */
export interface OutboxRow {
  readonly id: number;
  readonly job: OutboxJob;
}

/**
 * Rows nobody handed to the queue yet whose time has come, oldest first, locked until the transaction ends; rows another
 * process is relaying are left out. A row asked for "at once" (its time is the moment of its making) is due whatever the
 * caller's clock says: the database and the daemon need not agree on the second.
 */
export function lockUnrelayed(tx: Db, now: Date, limit: number): Promise<OutboxRow[]> {
  return tx.rows(sql`
    select id, job
      from outbox
     where relayed_at is null and done_at is null and (not_before <= ${now} or not_before = created_at)
     order by not_before, id
     limit ${limit}
       for update skip locked`);
}

/** The rows are with the queue now. */
export async function markRelayed(db: Db, ids: readonly number[]): Promise<void> {
  await db.rows(sql`update outbox set relayed_at = now() where id = any(${ids}::bigint[])`);
}

/**
 * Rows that were handed to the queue at least `ageMs` ago and are not done, with an id above `after`, lowest first: the queue
 * should know them, unless it lost its memory.
 */
export function relayedBefore(db: Db, ageMs: number, after: number, limit: number): Promise<OutboxRow[]> {
  return db.rows(sql`
    select id, job
      from outbox
     where done_at is null and relayed_at <= now() - ${ageMs} * interval '1 millisecond' and id > ${after}
       and job <> all(${drainedJobs}::text[])
     order by id
     limit ${limit}`);
}

/** The contact an open row is about; null when the row is done already or was deleted: nothing is left to do. */
export async function openOutbox(db: Db, id: number): Promise<string | null> {
  const [row] = await db.rows<{ ref: string }>(sql`select ref from outbox where id = ${id} and done_at is null`);
  return row?.ref ?? null;
}

/** Nothing will be done about these rows again. */
export async function markDone(db: Db, ids: readonly number[]): Promise<void> {
  await db.rows(sql`update outbox set done_at = now() where id = any(${ids}::bigint[]) and done_at is null`);
}

/** Ids of rows of a job that were handed over and are not done, lowest first. */
export async function handedOver(db: Db, job: DrainedJob, limit: number): Promise<number[]> {
  const rows = await db.rows<{ id: number }>(sql`
    select id from outbox
     where job = ${job} and relayed_at is not null and done_at is null
     order by id
     limit ${limit}`);
  return rows.map(({ id }) => id);
}

/**
 * What these rows are about, in their order; until the transaction ends no other process gets them. Those that are done or
 * deleted, or that another process has, are left out.
 *
 * The transaction is not forced to disk: when the machine dies at once, the rows are open again, and whoever hands over what was
 * decided in it forces all that came before. Its statements are planned anew each time: what comes by the ten thousand lets the
 * tables grow under plans that were made for empty ones (measured with 12,000 mails: 21 ms to lock the contacts of a batch, 2 ms
 * planned anew).
 */
export function claimOutbox(tx: Db, ids: readonly number[]): Promise<{ readonly id: number; readonly ref: string }[]> {
  return tx.rows(sql`
    select id, ref, set_config('synchronous_commit', 'off', true), set_config('plan_cache_mode', 'force_custom_plan', true)
      from outbox
     where id = any(${ids}::bigint[]) and done_at is null
       and pg_try_advisory_xact_lock(hashtextextended('letopis.outbox', id))
     order by id`);
}

/** Not now: to be handed over again when it has waited as long as it has by now, a second at least, five minutes at most. */
export async function putOff(db: Db, id: number): Promise<void> {
  await db.rows(sql`
    update outbox
       set relayed_at = null,
           not_before = now() + least(greatest(now() - created_at, interval '1 second'), interval '5 minutes')
     where id = ${id} and done_at is null`);
}

/** Deletes up to `limit` rows that were done more than seven days ago, oldest first; returns how many. */
export async function dropDone(db: Db, limit: number): Promise<number> {
  const rows = await db.rows(sql`
    delete from outbox
     where id in (select id from outbox where done_at < now() - interval '7 days' order by id limit ${limit})
    returning 1`);
  return rows.length;
}

/**
 * How much waits: rows not handed over though their time has come, rows that were and are not done, and how many of these the
 * queue carries.
 */
export async function outboxDepth(
  db: Db,
  now: Date,
): Promise<{ readonly unrelayed: number; readonly open: number; readonly queued: number }> {
  const [row] = await db.rows<{ unrelayed: number; open: number; queued: number }>(sql`
    select count(*) filter (where relayed_at is null and (not_before <= ${now} or not_before = created_at)) as unrelayed,
           count(*) filter (where relayed_at is not null) as open,
           count(*) filter (where relayed_at is not null and job <> all(${drainedJobs}::text[])) as queued
      from outbox
     where done_at is null`);
  return row ?? { unrelayed: 0, open: 0, queued: 0 };
}

/** A name of this one database, made with its schema: queues of several installations may share one Redis. */
export async function installationId(db: Db): Promise<string> {
  const [row] = await db.rows<{ id: string }>(sql`select id from installation`);
  if (!row) throw new Error('the table installation is empty');
  return row.id;
}
