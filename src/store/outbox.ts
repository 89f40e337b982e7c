import { type Db, sql } from './db.ts';

/**
 * `decide-past`: of what nobody waits for, so that a mailbox of ten thousand old mails holds up no call of today.
 * `rematch`: of a contact point that is new, changed or gone. `notify`: of something the company's CRM is told.
 */
export const outboxJobs = ['decide', 'prompt', 'decide-past', 'rematch', 'notify'] as const;
export type OutboxJob = (typeof outboxJobs)[number];

/** One thing to be done about one contact, contact point or event. */
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
     order by id
     limit ${limit}`);
}

/** The contact an open row is about; null when the row is done already or was deleted: nothing is left to do. */
export async function openOutbox(db: Db, id: number): Promise<string | null> {
  const [row] = await db.rows<{ ref: string }>(sql`select ref from outbox where id = ${id} and done_at is null`);
  return row?.ref ?? null;
}

/** Nothing will be done about the row again. */
export async function markDone(db: Db, id: number): Promise<void> {
  await db.rows(sql`update outbox set done_at = now() where id = ${id} and done_at is null`);
}

/** Deletes up to `limit` rows that were done more than seven days ago, oldest first; returns how many. */
export async function dropDone(db: Db, limit: number): Promise<number> {
  const rows = await db.rows(sql`
    delete from outbox
     where id in (select id from outbox where done_at < now() - interval '7 days' order by id limit ${limit})
    returning 1`);
  return rows.length;
}

/** How much waits: rows not with the queue though their time has come, and rows with it that are not done. */
export async function outboxDepth(db: Db, now: Date): Promise<{ readonly unrelayed: number; readonly open: number }> {
  const [row] = await db.rows<{ unrelayed: number; open: number }>(sql`
    select count(*) filter (where relayed_at is null and (not_before <= ${now} or not_before = created_at)) as unrelayed,
           count(*) filter (where relayed_at is not null) as open
      from outbox
     where done_at is null`);
  return row ?? { unrelayed: 0, open: 0 };
}

/** A name of this one database, made with its schema: queues of several installations may share one Redis. */
export async function installationId(db: Db): Promise<string> {
  const [row] = await db.rows<{ id: string }>(sql`select id from installation`);
  if (!row) throw new Error('the table installation is empty');
  return row.id;
}
