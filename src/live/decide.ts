import type { Ringing } from '../core/contact/capture.ts';

/** Who is to see a call now. */
export interface Audience {
  /** Employees whose phone rings. */
  readonly ringing: readonly string[];
  /** The employee who talks. */
  readonly talking: string | null;
}

/**
 * While it rings, everybody whose phone rings sees it; once one talks, it stays with him alone; when nobody rings and
 * nobody talks, it is over. A call that a phone of ours answered and another still rings (a transfer under way) is seen
 * by both.
 *
 * @param employeeAt extension → employee
 */
export function decideAudience(ringing: Ringing, employeeAt: ReadonlyMap<string, string>): Audience {
  const talking = ringing.answeredBy === null ? null : (employeeAt.get(ringing.answeredBy) ?? null);
  const rung = ringing.rings.flatMap((extension) => employeeAt.get(extension) ?? []);
  return { ringing: [...new Set(rung)].filter((employee) => employee !== talking), talking };
}

/** Nobody rings, nobody talks: the call goes from every screen. */
export function isOver(ringing: Ringing): boolean {
  return ringing.rings.length === 0 && ringing.answeredBy === null;
}

/** A phone that rings this long, or a talk, of which no end was ever told: its connector lost it. Milliseconds. */
const longestRingMs = 10 * 60_000;
const longestTalkMs = 6 * 3_600_000;

export function isForgotten(ringing: Ringing, announcedAt: Date, now: Date): boolean {
  const longestMs = ringing.answeredBy === null ? longestRingMs : longestTalkMs;
  return now.getTime() - announcedAt.getTime() > longestMs;
}
