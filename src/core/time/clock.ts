/** Time comes from here only; test/architecture.test.ts sees to it. */
export interface Clock {
  now(): Date;
  /** Milliseconds that never jump with the wall clock: for durations and timeouts. */
  monotonicMs(): number;
  /** Resolves after `ms` milliseconds; rejects with the signal's reason if aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}
