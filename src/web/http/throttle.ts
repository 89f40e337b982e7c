import type { Clock } from '../../core/time/clock.ts';

/** Counts what somebody did in the current minute-long (or other) window. Kept in memory, at most `maxKeys` names. */
export interface Throttle {
  /** Counts one more; false once more than `limit` happened within the window. */
  hit(key: string): boolean;
  /** Would the next one be too many? Counts nothing. */
  isOver(key: string): boolean;
}

export function createThrottle(clock: Clock, limit: number, windowMs: number, maxKeys = 10_000): Throttle {
  const windows = new Map<string, { readonly since: number; count: number }>();
  const current = (key: string) => {
    const known = windows.get(key);
    return known && clock.monotonicMs() - known.since < windowMs ? known : null;
  };
  return {
    hit(key) {
      const window = current(key) ?? { since: clock.monotonicMs(), count: 0 };
      window.count += 1;
      windows.delete(key); // to the end: the map forgets who was seen longest ago
      windows.set(key, window);
      const oldest = windows.size > maxKeys ? windows.keys().next().value : undefined;
      if (oldest !== undefined) windows.delete(oldest);
      return window.count <= limit;
    },
    isOver: (key) => (current(key)?.count ?? 0) >= limit,
  };
}
