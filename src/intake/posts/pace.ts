/** How it stands with what was posted and is no contact yet. Milliseconds. */
export interface Pressure {
  /** How long the batch took that was just taken in. */
  readonly workedMs: number;
  /** How long the oldest of it had waited. */
  readonly oldestMs: number;
  /** Since something was posted last. */
  readonly quietMs: number;
}

/** While sources post, taking in has this part of the time: who was not answered yet comes first. */
const share = 1 / 8;
/** Nothing waits longer than this for the sources to pause. */
const patienceMs = 5000;
/** In a burst the next post comes sooner. */
const pauseMs = 50;

/**
 * How long to rest before the next batch is taken in. A source that calls waits for its answer, and posts again when it gets none
 * in time; a contact that stands a few seconds later harms nobody.
 */
export function restMs({ workedMs, oldestMs, quietMs }: Pressure): number {
  if (quietMs >= pauseMs) return 0;
  return Math.max(0, Math.min(workedMs * (1 / share - 1), patienceMs - oldestMs));
}
