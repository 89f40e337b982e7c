import type { Clock } from '../core/time/clock.ts';

/** Resolves with the work, or when that took too long: it goes on, and nobody waits for it. */
export async function raceMs(clock: Clock, work: Promise<void>, ms: number): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work, clock.sleep(ms, enough.signal).catch(() => {})]);
  enough.abort();
}
