import { workingFrom } from '../core/time/calendar.ts';
import { addDays, momentOf, wallTime } from '../core/time/wall-time.ts';
import type { Week } from '../core/time/week.ts';

/** When people are asked: at once, all together at a time of day (minutes since midnight in the person's zone), or never. */
export type When =
  | { readonly kind: 'immediately' }
  | { readonly kind: 'digest'; readonly at: number }
  | { readonly kind: 'never' };

export interface AskingRules {
  /** By channel; a channel without a rule is asked immediately. */
  readonly when: Readonly<Record<string, When | undefined>>;
  /** Nobody is disturbed between these times of day (minutes since midnight, may span midnight); null: never quiet. */
  readonly quiet: { readonly from: number; readonly until: number } | null;
  /** At most so many asks per person and calendar day of his; a call to return is none. 0: nobody is asked. */
  readonly perDay: number;
}

/** What the time of asking depends on. */
export interface TimeFacts {
  readonly channel: string;
  /** A missed call that waits to be returned: a client waits, so it waits for no digest and counts against no cap. */
  readonly callBack: boolean;
  readonly createdAt: Date;
  /** The person's zone, else the office's. */
  readonly zone: string;
  /** His own working week; null: the office's, whose quiet hours are enough. */
  readonly week: Week | null;
  /** When the owner's last digest was made; null: there was none. */
  readonly lastDigestAt: Date | null;
  /** When somebody was last asked about another contact of the same thread; null: nobody was, or there is no thread. */
  readonly threadAskedAt: Date | null;
}

export interface AskingFacts extends TimeFacts {
  readonly state: string;
  readonly asks: boolean;
  readonly ownerId: string;
  readonly ownerActive: boolean;
}

export interface EarlierPrompt {
  readonly employeeId: string;
  readonly generation: number;
  /** Null: its mail is its own. */
  readonly digestId: string | null;
  readonly sentAt: Date | null;
  readonly revokedAt: Date | null;
}

export type AskDecision =
  | { readonly kind: 'nothing'; readonly because: 'no-draft' | 'not-asking' | 'never' | 'inactive' | 'sent' }
  | { readonly kind: 'later'; readonly at: Date }
  /** The link was made, but its mail not sent: the same again. `digestId`: it goes out with the others of that digest. */
  | { readonly kind: 'again'; readonly generation: number; readonly digestId: string | null }
  /** Not asked yet. `together`: with everything else of the owner that waits for a digest. */
  | { readonly kind: 'ask'; readonly together: boolean };

/**
 * Is the owner to be asked about this contact now? One prompt per contact and owner: a new owner gets a link of his own,
 * an owner who comes back after another gets a new generation, because his old link was revoked.
 */
export function decideAsk(
  facts: AskingFacts,
  earlier: readonly EarlierPrompt[],
  rules: AskingRules,
  now: Date,
): AskDecision {
  if (facts.state !== 'draft') return { kind: 'nothing', because: 'no-draft' };
  if (!facts.asks) return { kind: 'nothing', because: 'not-asking' };
  if (rules.when[facts.channel]?.kind === 'never') return { kind: 'nothing', because: 'never' };
  if (!facts.ownerActive) return { kind: 'nothing', because: 'inactive' };
  const open = earlier.find((prompt) => prompt.employeeId === facts.ownerId && prompt.revokedAt === null);
  if (open?.sentAt) return { kind: 'nothing', because: 'sent' };
  const at = open ? whenThere(now, facts, rules) : askAt(facts, rules, now);
  if (at.getTime() > now.getTime()) return { kind: 'later', at };
  if (open) return { kind: 'again', generation: open.generation, digestId: open.digestId };
  return { kind: 'ask', together: digestOf(facts, rules) !== null };
}

/** A thread is asked about at most once in so long. */
export const threadRestMs = 7 * 86_400_000;

/**
 * The first moment from now on at which the rules let this contact's owner be asked. A draft that missed a digest in which
 * it could have been (its match was late) waits for the next: one time of day is one mail.
 */
export function askAt(facts: TimeFacts, rules: AskingRules, now: Date): Date {
  const { createdAt, threadAskedAt, lastDigestAt, zone } = facts;
  const free = threadAskedAt ? latest(createdAt, new Date(threadAskedAt.getTime() + threadRestMs)) : createdAt;
  const at = digestOf(facts, rules);
  const missed = lastDigestAt ? new Date(lastDigestAt.getTime() + 1) : free;
  const due = at === null ? free : firstAfter(latest(free, missed), at, zone);
  return whenThere(latest(due, now), facts, rules);
}

/** The channels asked about in digests. */
export function digestChannels({ when }: AskingRules): string[] {
  return Object.keys(when).filter((channel) => when[channel]?.kind === 'digest');
}

/** Minutes since midnight of the digest this contact goes into; null: it is asked about by itself. */
function digestOf({ channel, callBack }: TimeFacts, { when }: AskingRules): number | null {
  const rule = when[channel];
  return rule?.kind === 'digest' && !callBack ? rule.at : null;
}

function latest(a: Date, b: Date): Date {
  return a.getTime() >= b.getTime() ? a : b;
}

/** The first time after `from` (or at it) that the clock of the zone shows so many minutes since midnight. */
function firstAfter(from: Date, minutes: number, zone: string): Date {
  const two = (n: number) => String(n).padStart(2, '0');
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  const { day } = wallTime(from, zone);
  const today = momentOf(day, time, zone);
  return today.getTime() >= from.getTime() ? today : momentOf(addDays(day, 1), time, zone);
}

/** A week is the same again after seven days: hours that all lie in the quiet ones never come, and quiet wins. */
const mostTurns = 8;

/** The first moment from then on that is neither quiet nor outside the person's own hours. */
function whenThere(at: Date, { zone, week }: TimeFacts, { quiet }: AskingRules): Date {
  const loud = afterQuiet(at, quiet, zone);
  if (week === null) return loud;
  const calendar = { zone, week, exceptions: new Map<string, never>() };
  let then = loud;
  for (let turn = 0; turn < mostTurns; turn++) {
    const there = workingFrom(then, calendar);
    then = afterQuiet(there, quiet, zone);
    if (then.getTime() === there.getTime()) return then;
  }
  return loud;
}

function afterQuiet(at: Date, quiet: AskingRules['quiet'], zone: string): Date {
  return quiet && isQuiet(at, quiet, zone) ? firstAfter(at, quiet.until, zone) : at;
}

function isQuiet(at: Date, quiet: { readonly from: number; readonly until: number }, zone: string): boolean {
  const { hour, minute } = wallTime(at, zone);
  const time = hour * 60 + minute;
  const { from, until } = quiet;
  return from <= until ? from <= time && time < until : time >= from || time < until;
}
