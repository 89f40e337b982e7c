import type { Clock } from '../core/time/clock.ts';
import type { Logger } from '../ops/log.ts';
import {
  type Db,
  type DrainedJob,
  installationId,
  markDone,
  openOutbox,
  outboxDepth,
  type QueuedJob,
  type Store,
  storeFault,
} from '../store/index.ts';
import { type BullWorkerLike, type JobData, openBull } from './bull.ts';
import { type DrainHandler, startDrain } from './drain.ts';
import type { Passes } from './passes.ts';
import { raceMs } from './race.ts';
import { startRelay } from './relay.ts';

export interface QueueOptions {
  /** Where the outbox is; without `redisUrl` BullMQ keeps its jobs in the same database, in the schema `bullmq`. */
  readonly store: Store;
  readonly redisUrl?: string;
  readonly log: Logger;
  readonly clock: Clock;
}

/**
 * From an outbox row to a stage. PostgreSQL is the truth and BullMQ carries only the rows' ids, and those of the past not even
 * these; a row is worked on at least
 * once and may be worked on twice, so handlers must do nothing a second time.
 */
export interface Queue {
  /** Handles one kind of job in this process; throwing means again later, for ever. `ref` is the contact's id. */
  work(job: QueuedJob, handler: Handler, options?: { readonly concurrency?: number }): void;
  /** Handles, in this process, what comes by the ten thousand and nobody waits for, in order. */
  drain(job: DrainedJob, handler: DrainHandler): void;
  /** Tells that outbox rows were committed; never waits, never throws. Without it they are found within a second. */
  kick(): void;
  health(): Promise<QueueHealth>;
  /** Takes no new jobs, gives the running ones `graceMs` (default 10 000) to end, then aborts their signal. */
  close(graceMs?: number): Promise<void>;
}

/** @param signal aborts when the process must end before the job has; throw then, the job is done again later */
export type Handler = (ref: string, signal: AbortSignal) => Promise<void>;

export interface QueueHealth {
  readonly backend: 'redis' | 'database';
  readonly reachable: boolean;
  /** Due rows the queue does not have yet. */
  readonly unrelayed: number;
  /** Rows the queue has and that are not done: waiting, running, or failed and waiting for their next try. */
  readonly open: number;
}

/**
 * Does not wait for Redis: captures go on without it, the rows wait in the outbox.
 * @throws Fault store.unavailable (retry), store.refused (reconfigure: no right to make the schema `bullmq`)
 */
export async function openQueue(options: QueueOptions): Promise<Queue> {
  const { store, log, clock } = options;
  const { db } = store;
  const name = await installationId(db);
  let kick = () => {}; // the relay comes after what it relays to
  const bull = openBull({
    redisUrl: options.redisUrl,
    postgresUrl: store.url,
    name,
    log,
    onReachable: () => kick(),
  });
  try {
    await bull.ready();
  } catch (error) {
    await bull.close();
    throw storeFault(error);
  }
  const drains: Passes[] = [];
  const relay = startRelay({ db, bull, clock, log });
  kick = relay.kick;
  const workers = new Set<BullWorkerLike>();
  const running = new Set<AbortController>();
  let closing = false;
  return {
    work(job, handler, { concurrency = 4 } = {}) {
      const run = runnerOf(db, running, handler);
      const start = () => {
        if (closing) return;
        const worker = bull.startWorker(job, concurrency, run, (data, attempt, err) =>
          log.warn({ err, job, outbox: data?.id, attempt }, 'queue.job_failed'),
        );
        workers.add(worker);
        // BullMQ remembers a failed first connection to the database for ever: such a worker is made anew
        worker.waitUntilReady().catch(async (err) => {
          if (bull.backend === 'redis' || closing) return;
          log.warn({ err, job }, 'queue.worker_not_ready');
          workers.delete(worker);
          await worker.close(true).catch(() => {});
          setTimeout(start, 1000).unref();
        });
      };
      start();
    },
    drain(job, handler) {
      drains.push(startDrain({ db, log, kick: relay.kick }, job, handler));
    },
    kick: relay.kick,
    async health() {
      const { unrelayed, open } = await outboxDepth(db, clock.now());
      return { backend: bull.backend, reachable: bull.reachable(), unrelayed, open };
    },
    async close(graceMs = 10_000) {
      closing = true;
      await raceMs(Promise.all(drains.map((drain) => drain.stop())), graceMs);
      await relay.stop();
      await closeWorkers([...workers], running, graceMs);
      await bull.close();
    },
  };
}

/** One job: its row's contact to the handler, then the row is done. A row that is done already is left alone. */
function runnerOf(db: Db, running: Set<AbortController>, handler: Handler) {
  return async ({ id }: JobData, signal: AbortSignal): Promise<void> => {
    const ref = await openOutbox(db, id);
    if (ref === null) return;
    const job = new AbortController();
    const abort = () => job.abort(new Error('the job was taken from this process'));
    signal.addEventListener('abort', abort, { once: true });
    running.add(job);
    try {
      await handler(ref, job.signal);
    } finally {
      running.delete(job);
      signal.removeEventListener('abort', abort);
    }
    await markDone(db, [id]);
  };
}

async function closeWorkers(
  workers: readonly BullWorkerLike[],
  running: ReadonlySet<AbortController>,
  graceMs: number,
) {
  const closed = Promise.allSettled(workers.map((worker) => worker.close()));
  const inTime = await raceMs(closed, graceMs);
  for (const job of running) job.abort(new Error('the daemon is ending'));
  if (inTime || (await raceMs(closed, 2000))) return;
  // a handler that does not listen to its signal; its job's lock runs out and another process does it again
  await raceMs(Promise.allSettled(workers.map((worker) => worker.disconnect())), 1000);
}
