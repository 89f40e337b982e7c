import type { Capture } from '../../core/contact/capture.ts';
import { countPosted } from '../../store/intake/posted.ts';
import { raceMs } from '../race-ms.ts';
import { together } from '../together.ts';
import type { PostIntakeDeps } from './deps.ts';
import { keepTold, type Told, toldBy } from './keep.ts';
import { mayTakeIn } from './pace.ts';
import { takePosts } from './take.ts';

export interface PostIntake {
  /**
   * Resolves when the captures are on the disk: they become contacts afterwards. False: nothing of them is kept, for there
   * are none, or somebody takes part of whom nothing is kept.
   * @throws Fault intake.busy, of the store (retry): nothing was kept
   */
  keep(connector: string, captures: readonly Capture[]): Promise<boolean>;
  /** Takes in what was kept, for a second; what is left then is left to the next start, or another process. */
  close(): Promise<void>;
}

/** Characters: a statement of some hundred calls, and some thousand that wait for theirs; more are turned away. */
const limits = { batch: 500_000, waiting: 32_000_000 };
/** What a request holds besides its words. */
const besides = 1000;
/** Posts taken in at a time: 1000 are slower (measured). */
const batch = 100;
/** So often it is asked whether the crowd has gone. */
const crowdMs = 25;
/** So often it is looked for what others left: a process that was killed. */
const lookMs = 2000;
const longestRetryMs = 5000;
const drainMs = 1000;

/**
 * The way of what a source that calls us told: kept, then (the source is answered by now) made contacts, in the order in which
 * it came, by whoever gets hold of it first.
 */
export function openPosts(deps: PostIntakeDeps): PostIntake {
  const { clock, log, metrics, jitter, db } = deps;
  const stopping = new AbortController();
  let endsAtMs = Number.POSITIVE_INFINITY;
  let crowd = 0;
  let lastKeptMs = Number.NEGATIVE_INFINITY;
  /** Null: nothing may wait that we kept. */
  let waitingSinceMs: number | null = null;
  let isKnocked = false;
  let idling = new AbortController();
  const knock = () => {
    if (isKnocked) return; // to abort makes an error each time, which takes a post's time (measured)
    isKnocked = true;
    idling.abort();
  };
  const group = together<Told, boolean>(
    async (told) => {
      const kept = await keepTold(deps, told);
      crowd = Math.max(told.length, Math.floor(crowd * 0.8)); // of a crowd some are answered together and come together
      lastKeptMs = clock.monotonicMs();
      waitingSinceMs ??= lastKeptMs;
      setImmediate(knock); // the answers go first
      return kept;
    },
    ({ rows }) => rows.reduce((sum, { facts, evidence }) => sum + facts.length + evidence.length, besides),
    limits,
  );
  const pause = (ms: number) => clock.sleep(ms, stopping.signal).catch(() => {});
  const idle = async () => {
    idling = new AbortController();
    if (!isKnocked) await clock.sleep(lookMs, idling.signal).catch(() => {});
  };
  let countedMs = Number.NEGATIVE_INFINITY;
  const tellWaiting = async (isEmpty: boolean) => {
    if (isEmpty) return metrics.postsWaiting.set(0);
    if (clock.monotonicMs() - countedMs < lookMs) return;
    countedMs = clock.monotonicMs();
    metrics.postsWaiting.set(await countPosted(db));
  };
  const isOurTurn = () => {
    const nowMs = clock.monotonicMs();
    return mayTakeIn({ crowd, quietMs: nowMs - lastKeptMs, waitedMs: nowMs - (waitingSinceMs ?? nowMs) });
  };
  const work = async () => {
    for (let failures = 0; clock.monotonicMs() < endsAtMs; ) {
      while (!stopping.signal.aborted && !isOurTurn()) await pause(crowdMs);
      isKnocked = false;
      try {
        const posts = await takePosts(deps, batch);
        failures = 0;
        if (posts < batch) waitingSinceMs = null;
        await tellWaiting(posts < batch);
        if (posts === 0 && stopping.signal.aborted) return;
        if (posts === 0) await idle();
      } catch (err) {
        failures += 1;
        if (stopping.signal.aborted) return;
        if (failures === 1 || failures % 30 === 0) log.warn({ err, failures }, 'posts.not_taken_in_yet');
        await pause(jitter(Math.min(longestRetryMs, 100 * 2 ** failures)));
      }
    }
  };
  const working = work();
  return {
    keep: async (connector, captures) => captures.length > 0 && group.add(toldBy(connector, captures)),
    async close() {
      await raceMs(clock, group.idle(), drainMs);
      endsAtMs = clock.monotonicMs() + drainMs;
      stopping.abort();
      knock();
      await raceMs(clock, working, drainMs);
    },
  };
}
