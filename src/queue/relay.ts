import type { Clock } from '../core/time/clock.ts';
import type { Logger } from '../ops/log.ts';
import {
  type Db,
  dropDone,
  lockUnrelayed,
  markRelayed,
  type OutboxRow,
  outboxDepth,
  queuedJobs,
  relayedBefore,
} from '../store/index.ts';
import type { Bull } from './bull.ts';
import { type Passes, startPasses } from './passes.ts';

export interface RelayParts {
  readonly db: Db;
  readonly bull: Bull;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One round trip of a larger batch costs more latency than it saves time (measured with 100, 500 and 2000). */
const batch = 500;

/**
 * Hands due outbox rows to the queue and marks them (those that are drained it only marks), in one transaction: a crash between the two hands them over again, which
 * the job's id makes harmless. Returns how many.
 */
export async function relayOnce({ db, bull, clock }: RelayParts): Promise<number> {
  if (!bull.reachable()) return 0;
  return db.transaction(async (tx) => {
    const rows = await lockUnrelayed(tx, clock.now(), batch);
    if (rows.length === 0) return 0;
    await addAll(bull, rows);
    await markRelayed(
      tx,
      rows.map(({ id }) => id),
    );
    return rows.length;
  });
}

/**
 * Hands over again what the queue should know and does not: after a FLUSHALL, an eviction, a lost add. When the queue knows
 * as many jobs as there are open rows, the full comparison may wait (`thorough` forces it), since it costs an add for each row.
 */
export async function rebuild(parts: RelayParts, ageMs: number, thorough: boolean): Promise<void> {
  const { db, bull, clock, log } = parts;
  if (!bull.reachable()) return;
  const { queued: open } = await outboxDepth(db, clock.now());
  if (open === 0) return;
  const known = await bull.count();
  if (known >= open && !thorough) return;
  let readded = 0;
  for (let after = 0; ; ) {
    const rows = await relayedBefore(db, ageMs, after, batch);
    const last = rows.at(-1);
    if (!last) break;
    await addAll(bull, rows);
    readded += rows.length;
    after = last.id;
  }
  if (known < open && readded > 0) log.warn({ open, known, readded }, 'queue.rebuilt');
}

async function addAll(bull: Bull, rows: readonly OutboxRow[]): Promise<void> {
  for (const job of queuedJobs) {
    const ids = rows.filter((row) => row.job === job).map(({ id }) => id);
    if (ids.length > 0) await withinMs(8000, bull.add(job, ids));
  }
}

/** A link that died silently must not keep the rows locked. What was added after all is known by its id the next time. */
async function withinMs(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('the queue does not answer')), ms);
  });
  work.catch(() => {}); // it may still fail when nobody waits for it any more
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

const rebuildMs = 15_000;

/** Passes on every kick and once a second; looks for lost jobs every fifteen seconds, thoroughly every forty-five. */
export function startRelay(parts: RelayParts): Passes {
  let nextRebuildMs = parts.clock.monotonicMs() + rebuildMs;
  let rebuilds = 0;
  return startPasses(parts.log, 'queue.relay_waits', async (signal) => {
    while (!signal.aborted && (await relayOnce(parts)) === batch);
    if (parts.clock.monotonicMs() < nextRebuildMs || signal.aborted) return;
    nextRebuildMs = parts.clock.monotonicMs() + rebuildMs;
    rebuilds += 1;
    await rebuild(parts, rebuildMs, rebuilds % 3 === 0);
    if (rebuilds % 40 === 0) await dropDone(parts.db, 10_000);
  });
}
