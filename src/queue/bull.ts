import { createPostgresBackend, type Job, Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { jitter } from '../ops/chance.ts';
import type { Logger } from '../ops/log.ts';
import { type QueuedJob, queuedJobs } from '../store/index.ts';
import { raceMs } from './race.ts';

/** What a job carries: the outbox row's id and nothing else. */
export interface JobData {
  readonly id: number;
}

/** What we use of BullMQ's classes, whatever backend they were made with. */
interface BullQueueLike extends Failing {
  addBulk(jobs: ReturnType<typeof entries>): Promise<unknown>;
  getJobCountByTypes(): Promise<number>;
  remove(jobId: string): Promise<number>;
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
}
export interface BullWorkerLike extends Failing {
  waitUntilReady(): Promise<unknown>;
  close(force?: boolean): Promise<void>;
  disconnect(): Promise<void>;
}
interface Failing {
  on(event: 'error', listener: (err: Error) => void): unknown;
}

/** Tells of a job that will be tried again. */
export type OnFailed = (data: JobData | undefined, attempt: number, err: Error) => void;

type Run = (job: Job<JobData>, token?: string, signal?: AbortSignal) => Promise<void>;
type Process = (data: JobData, signal: AbortSignal) => Promise<void>;

/** BullMQ on one of its two backends. */
export interface Bull {
  readonly backend: 'redis' | 'database';
  /** Resolves when jobs can be added and taken. On Redis at once: it may come later. */
  ready(): Promise<void>;
  /** Whether adding can succeed now. */
  reachable(): boolean;
  /** Adds what the queue does not know yet; known ids are left as they are. */
  add(job: QueuedJob, ids: readonly number[]): Promise<void>;
  /** Takes waiting jobs out again. */
  forget(job: QueuedJob, ids: readonly number[]): Promise<void>;
  /** How many jobs of any state the queue knows. */
  count(): Promise<number>;
  startWorker(job: QueuedJob, concurrency: number, process: Process, onFailed: OnFailed): BullWorkerLike;
  close(): Promise<void>;
}

export interface BullOptions {
  readonly redisUrl?: string | undefined;
  readonly postgresUrl: string;
  /** Part of every queue's name: unlike for any other installation. */
  readonly name: string;
  readonly log: Logger;
  /** Called whenever the queue can be reached again. */
  readonly onReachable?: () => void;
}

export function openBull(options: BullOptions): Bull {
  return options.redisUrl ? onRedis(options, options.redisUrl) : onDatabase(options);
}

/**
 * No last attempt, so no job ends as failed; and what is finished is forgotten, so that its id may be used again.
 */
const jobOptions = {
  attempts: 2 ** 31 - 1,
  backoff: { type: 'capped' },
  removeOnComplete: true,
  removeOnFail: true,
  stackTraceLimit: 1,
} as const;

/** A second, doubled up to five minutes, a random part off: those that failed together do not come back together. */
export function backoffMs(attemptsMade: number): number {
  return jitter(Math.min(300_000, 1000 * 2 ** Math.min(attemptsMade - 1, 20)));
}

/**
 * A worker that dies leaves its job locked for up to ten seconds; another takes it then. A job that runs twice because
 * the event loop was blocked for longer finds its outbox row done, or the stage finds nothing left to do.
 */
const workerOptions = {
  lockDuration: 10_000,
  stalledInterval: 3000,
  maxStalledCount: 1_000_000, // "stalled too often" would fail the job for good
  runRetryDelay: 1000,
  drainDelay: 10,
  settings: { backoffStrategy: backoffMs },
} as const;

function entries(job: QueuedJob, ids: readonly number[]) {
  return ids.map((id) => ({ name: job, data: { id }, opts: { ...jobOptions, jobId: jobId(id) } }));
}

/** BullMQ takes no plain integers for ids. */
function jobId(id: number): string {
  return `outbox-${id}`;
}

/** How a backend makes its queues and workers. */
interface Making {
  readonly backend: Bull['backend'];
  reachable(): boolean;
  queue(name: string): BullQueueLike;
  worker(name: string, run: Run, concurrency: number, onFailed: OnFailed): BullWorkerLike;
  end(): void;
}

function assemble(options: BullOptions, making: Making): Bull {
  const nameOf = (job: QueuedJob) => `${job}-${options.name}`;
  const listen = <One extends Failing>(one: One) => {
    one.on('error', (err) => options.log.warn({ err }, 'queue.error'));
    return one;
  };
  const queues = new Map(queuedJobs.map((job) => [job, listen(making.queue(nameOf(job)))]));
  return {
    backend: making.backend,
    reachable: making.reachable,
    async ready() {
      if (making.backend === 'database') await Promise.all([...queues.values()].map((queue) => queue.waitUntilReady()));
    },
    async add(job, ids) {
      await queues.get(job)?.addBulk(entries(job, ids));
    },
    async forget(job, ids) {
      for (const id of ids) await queues.get(job)?.remove(jobId(id));
    },
    async count() {
      const counts = await Promise.all([...queues.values()].map((queue) => queue.getJobCountByTypes()));
      return counts.reduce((sum, one) => sum + one, 0);
    },
    startWorker(job, concurrency, process, onFailed) {
      const run: Run = (one, _token, signal) => process(one.data, signal ?? new AbortController().signal);
      return listen(making.worker(nameOf(job), run, concurrency, onFailed));
    },
    async close() {
      // without its Redis, BullMQ waits for the connection before it closes it
      await raceMs(Promise.allSettled([...queues.values()].map((queue) => queue.close())), 1000);
      making.end();
    },
  };
}

function onRedis(options: BullOptions, url: string): Bull {
  let ended = false;
  const connect = (commandTimeout?: number) => {
    const redis = new Redis(url, {
      maxRetriesPerRequest: null, // as BullMQ wants it: commands wait for the connection
      connectTimeout: 5000,
      keepAlive: 10_000,
      // BullMQ's own copies of the connection ask this too
      retryStrategy: (attempt) => (ended ? null : jitter(Math.min(5000, 100 * 2 ** Math.min(attempt, 10)))),
      ...(commandTimeout ? { commandTimeout } : {}),
    });
    // without a listener node would end the process
    redis.on('error', (err) => options.log.debug({ err }, 'queue.redis_error'));
    return redis;
  };
  const producer = connect(5000);
  const consumer = connect();
  producer.on('ready', () => options.onReachable?.());
  producer.on('close', () => options.log.warn('queue.redis_lost'));
  return assemble(options, {
    backend: 'redis',
    reachable: () => producer.status === 'ready',
    queue: (name) => new Queue<JobData>(name, { connection: producer, prefix: 'letopis' }),
    worker(name, run, concurrency, onFailed) {
      const worker = new Worker<JobData>(name, run, {
        ...workerOptions,
        connection: consumer,
        prefix: 'letopis',
        concurrency,
      });
      return worker.on('failed', (job, err) => onFailed(job?.data, job?.attemptsMade ?? 0, err));
    },
    end() {
      ended = true;
      producer.disconnect();
      consumer.disconnect();
    },
  });
}

function onDatabase(options: BullOptions): Bull {
  const connection = (max: number) => ({
    connectionString: options.postgresUrl,
    schema: 'bullmq',
    migrate: true,
    max,
    application_name: 'letopis-queue',
    query_timeout: 15_000,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  return assemble(options, {
    backend: 'database',
    reachable: () => true,
    queue: (name) => new Queue(name, { connection: connection(2) }, createPostgresBackend),
    worker(name, run, concurrency, onFailed) {
      const worker = new Worker(
        name,
        run,
        { ...workerOptions, connection: connection(3), concurrency },
        createPostgresBackend,
      );
      return worker.on('failed', (job, err) => onFailed(job?.data, job?.attemptsMade ?? 0, err));
    },
    end: () => {},
  });
}
