import type { Capture } from '../core/capture.ts';
import { Fault, remedyOf } from '../core/fault.ts';
import type { Answer } from './run.ts';

/** Takes in captures as `takeIn` does; when it resolves they are durable. */
export type TakeIn = (captures: readonly Capture[]) => Promise<readonly Answer[]>;

export interface GroupLimits {
  /** About so many captures a statement: 1000 are slower (measured). */
  readonly batch: number;
  /** So many captures may wait; more are turned away at once, lest a database that is away fill the memory. */
  readonly waiting: number;
}

interface Waiting {
  readonly captures: readonly Capture[];
  readonly resolve: (answers: readonly Answer[]) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what arrives while a statement runs goes into the next one, together. A statement costs PostgreSQL as much
 * as nine captures (measured), so one that would be small waits for what the sockets hold already: without that, sixty callers
 * that were answered together often came back as a group of one and a group of the others. Each caller still gets its own
 * answers, and only when its captures are durable. What a batch fails on is looked for one by one, so that it fails alone; a
 * database that is away fails all of them.
 *
 * The returned function throws what `take` throws, and Fault intake.busy (retry) when too much waits already.
 */
export function together(take: TakeIn, limits: GroupLimits = { batch: 100, waiting: 2000 }): TakeIn {
  let waiting: Waiting[] = [];
  let count = 0;
  let isRunning = false;
  const run = async () => {
    isRunning = true;
    await turnOfTheLoop();
    while (waiting.length > 0) {
      const batch = nextBatch(waiting, limits.batch);
      waiting = waiting.slice(batch.length);
      const answer = await settle(take, batch);
      for (const { captures } of batch) count -= captures.length;
      if (waiting.length * 2 < batch.length) {
        answer();
        await turnOfTheLoop();
      } else {
        setImmediate(answer); // the database has its next statement while the answers are written
      }
    }
    isRunning = false;
  };
  return (captures) => {
    if (captures.length === 0) return Promise.resolve([]);
    if (count + captures.length > limits.waiting && count > 0)
      return Promise.reject(new Fault('intake.busy', 'retry', { waiting: count }));
    count += captures.length;
    return new Promise((resolve, reject) => {
      waiting.push({ captures, resolve, reject });
      if (!isRunning) void run();
    });
  };
}

/** As many whole requests as fit; the first one always. */
function nextBatch(waiting: readonly Waiting[], most: number): readonly Waiting[] {
  let count = 0;
  const tooMany = waiting.findIndex(({ captures }, i) => {
    count += captures.length;
    return i > 0 && count > most;
  });
  return tooMany < 0 ? waiting : waiting.slice(0, tooMany);
}

/** @returns tells each of the batch what became of it */
async function settle(take: TakeIn, batch: readonly Waiting[]): Promise<() => void> {
  try {
    const answers = await take(batch.flatMap(({ captures }) => captures));
    return () => {
      let at = 0;
      for (const { captures, resolve } of batch) {
        resolve(answers.slice(at, at + captures.length));
        at += captures.length;
      }
    };
  } catch (error) {
    const isAway = error instanceof Fault && remedyOf(error) === 'retry';
    if (batch.length === 1 || isAway) {
      return () => {
        for (const { reject } of batch) reject(error);
      };
    }
    const each: (() => void)[] = [];
    for (const one of batch) each.push(await settle(take, [one]));
    return () => {
      for (const answer of each) answer();
    };
  }
}

/** Resolves when everything that lay in the sockets has been read. */
function turnOfTheLoop(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
