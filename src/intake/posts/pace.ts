/** How it stands with what is posted and is no contact yet. */
export interface Pressure {
  /** How many posts the last statements kept at once: so many sources wait for their answers at the same time. */
  readonly crowd: number;
  /** Since something was posted last. Milliseconds. */
  readonly quietMs: number;
  /** How long the oldest may have waited. Milliseconds. */
  readonly waitedMs: number;
}

/** A few at the same time are served and taken in side by side. */
const manyAtOnce = 8;
/** In a burst the next post comes sooner. */
const pauseMs = 50;
/** Nothing waits longer than this for the sources to pause. */
const patienceMs = 5000;

/**
 * May what was posted be taken in now? Not while many post at the same time: a source that calls waits for its answer, and posts
 * again when it gets none in time; a contact that stands a few seconds later harms nobody.
 */
export function mayTakeIn({ crowd, quietMs, waitedMs }: Pressure): boolean {
  return crowd < manyAtOnce || quietMs >= pauseMs || waitedMs >= patienceMs;
}
