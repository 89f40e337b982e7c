import { Fault, remedyOf } from '../core/fault.ts';

export interface GroupLimits {
  /** About so much weight a statement. */
  readonly batch: number;
  /** So much may wait; more is turned away at once, lest a database that is away fill the memory. */
  readonly waiting: number;
}

/** A group commit. */
export interface Together<Item, Answer> {
  /** Resolves when the item is durable. @throws what `take` throws, and Fault intake.busy (retry): too much waits already */
  add(item: Item): Promise<Answer>;
  /** Resolves when nothing that was added waits any more. */
  idle(): Promise<void>;
}

interface Waiting<Item, Answer> {
  readonly item: Item;
  readonly weight: number;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Group commit: what arrives while a statement runs goes into the next one, together. A statement costs much before its first
 * row, so one that would be small waits for what the sockets hold already: without that, sixty callers that were answered
 * together often came back as a group of one and a group of the others (measured). Each caller still gets its own answer, and
 * only when its item is durable. What a batch fails on is looked for one by one, so that it fails alone; a database that is away
 * fails all of them.
 *
 * @param take answers each item, in order, when all of them are durable
 */
export function together<Item, Answer>(
  take: (items: readonly Item[]) => Promise<readonly Answer[]>,
  weigh: (item: Item) => number,
  limits: GroupLimits,
): Together<Item, Answer> {
  let waiting: Waiting<Item, Answer>[] = [];
  let weight = 0;
  let running: Promise<void> | null = null;
  const run = async () => {
    await turnOfTheLoop();
    while (waiting.length > 0) {
      const batch = nextBatch(waiting, limits.batch);
      waiting = waiting.slice(batch.length);
      const answer = await settle(take, batch);
      for (const one of batch) weight -= one.weight;
      if (waiting.length * 2 < batch.length) {
        answer();
        await turnOfTheLoop();
      } else {
        setImmediate(answer); // the database has its next statement while the answers are written
      }
    }
    running = null;
  };
  return {
    add(item) {
      const own = weigh(item);
      if (weight + own > limits.waiting && weight > 0)
        return Promise.reject(new Fault('intake.busy', 'retry', { waiting: waiting.length }));
      weight += own;
      return new Promise((resolve, reject) => {
        waiting.push({ item, weight: own, resolve, reject });
        running ??= run();
      });
    },
    idle: async () => {
      await running;
    },
  };
}

/** As many as fit; the first one always. */
function nextBatch<Item, Answer>(waiting: Waiting<Item, Answer>[], most: number): readonly Waiting<Item, Answer>[] {
  let weight = 0;
  const tooMany = waiting.findIndex((one, i) => {
    weight += one.weight;
    return i > 0 && weight > most;
  });
  return tooMany < 0 ? waiting : waiting.slice(0, tooMany);
}

/** @returns tells each of the batch what became of it */
async function settle<Item, Answer>(
  take: (items: readonly Item[]) => Promise<readonly Answer[]>,
  batch: readonly Waiting<Item, Answer>[],
): Promise<() => void> {
  try {
    const answers = await take(batch.map(({ item }) => item));
    return () => {
      for (const [i, answer] of answers.entries()) batch[i]?.resolve(answer);
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
