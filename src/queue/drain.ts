import type { Logger } from '../ops/log.ts';
import { claimOutbox, type Db, type DrainedJob, handedOver, markDone, putOff } from '../store/index.ts';
import { type Passes, startPasses } from './passes.ts';

/**
 * Does what rows ask for, in the transaction in which they are done. Throwing means again later, for ever.
 * @returns how many from the front are done; the others come again at once
 */
export type DrainHandler = (tx: Db, refs: readonly string[]) => Promise<number>;

export interface DrainParts {
  readonly db: Db;
  readonly log: Logger;
  /** After rows were done: what they led to may stand in the outbox. */
  readonly kick: () => void;
}

/** Rows of one transaction: what it locks is held for some ten milliseconds. */
const batch = 50;

/**
 * Works on the rows of a job in the order of their making, straight from the outbox, for what comes by the ten thousand and
 * nobody waits for. Measured with 20,000 mails: with a job of BullMQ for each they were decided four and a half minutes after all
 * were read; this way 46 s after the start.
 */
export function startDrain({ db, log, kick }: DrainParts, job: DrainedJob, handler: DrainHandler): Passes {
  /** @returns how many from the front need not be looked at again; 0: another process has them */
  const work = (ids: readonly number[]): Promise<number> =>
    db.transaction(async (tx) => {
      const claimed = await claimOutbox(tx, ids);
      if (claimed.length === 0) return 0;
      const done = await handler(
        tx,
        claimed.map(({ ref }) => ref),
      );
      await markDone(
        tx,
        claimed.slice(0, done).map(({ id }) => id),
      );
      const next = claimed[done];
      return next === undefined ? ids.length : ids.indexOf(next.id);
    });
  const alone = async (id: number) => {
    try {
      await work([id]);
    } catch (err) {
      await putOff(db, id);
      log.warn({ err, job, outbox: id }, 'queue.job_failed');
    }
  };
  /** @returns whether another process is at them */
  const workOff = async (ids: readonly number[], signal: AbortSignal): Promise<boolean> => {
    for (let left = ids; left.length > 0 && !signal.aborted; ) {
      // One of them fails: alone the others do not.
      const done = await work(left).catch(() => null);
      if (done === 0) return true;
      if (done === null) for (const id of left) if (!signal.aborted) await alone(id);
      left = done === null ? [] : left.slice(done);
    }
    return false;
  };
  return startPasses(log, 'queue.drain_waits', async (signal) => {
    // What is less than a batch waits for the next pass: while much comes in, whole batches come together.
    for (let isMore = true; isMore && !signal.aborted; ) {
      const ids = await handedOver(db, job, batch);
      const isTaken = await workOff(ids, signal);
      if (ids.length > 0) kick();
      isMore = ids.length === batch && !isTaken;
    }
  });
}
