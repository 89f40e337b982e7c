import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../core/time/clock.ts';

/** The machine's own time. The one place that reads it; everything else is handed a Clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  async sleep(ms, signal) {
    try {
      await sleep(ms, undefined, { signal });
    } catch (error) {
      // node rejects with its own AbortError; the contract promises the signal's reason
      throw signal.aborted ? signal.reason : error;
    }
  },
};
