/** How long a connector waits before it tries again, without jitter. */
export interface Backoff {
  readonly failures: number;
  readonly waitMs: number;
}

export const firstWaitMs = 500;
export const longestWaitMs = 60_000;
/** A session that stood this long was a success; a shorter one is a door that opens and shuts. */
export const steadyMs = 60_000;
/** Only IT can heal it; looked at again all the same, as IT may heal it on the other end. */
export const restMs = 300_000;

/**
 * @param listenedMs how long the session that just ended had been logged in; 0 when it never was
 */
export function nextWait(before: Backoff | null, remedy: 'retry' | 'reconfigure', listenedMs: number): Backoff {
  const failures = before === null || listenedMs >= steadyMs ? 1 : before.failures + 1;
  if (remedy === 'reconfigure') return { failures, waitMs: restMs };
  return { failures, waitMs: Math.min(longestWaitMs, firstWaitMs * 2 ** Math.min(failures - 1, 20)) };
}
