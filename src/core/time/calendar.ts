import { Fault } from '../fault.ts';
import { addDays, type IsoDay, momentOf, wallTime } from './wall-time.ts';

/** A stretch of working time in wall-clock minutes since midnight, 0 ≤ from < until ≤ 1440. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** When the office works. Wall-clock times in its zone, so a change to summer time moves no opening and no deadline. */
export interface Calendar {
  /** IANA name. */
  readonly zone: string;
  /** Monday first, seven entries: the spans of that weekday in order and apart; none on a day off. */
  readonly week: readonly (readonly Span[])[];
  /** Days that differ from their weekday: a holiday has no spans, a short or moved working day its own. */
  readonly exceptions: ReadonlyMap<IsoDay, readonly Span[]>;
}

/** How long to wait: by the clock, or in working days of the office. */
export type Duration =
  | { readonly unit: 'minutes'; readonly minutes: number }
  | { readonly unit: 'workdays'; readonly workdays: number };

/** A year of holidays without a working day is a mistake in the YAML, not a calendar. */
const farthestDays = 800;
const minuteMs = 60_000;

/** The day's working time; none on days off. */
export function spansOf(day: IsoDay, calendar: Calendar): readonly Span[] {
  const weekday = (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;
  return calendar.exceptions.get(day) ?? calendar.week[weekday] ?? [];
}

export function isWorkday(day: IsoDay, calendar: Calendar): boolean {
  return spansOf(day, calendar).length > 0;
}

/** Minutes since midnight at which the day begins and ends for the office; null on a day off. */
export function hoursOf(day: IsoDay, calendar: Calendar): Span | null {
  const spans = spansOf(day, calendar);
  const first = spans[0];
  const last = spans.at(-1);
  return first && last ? { from: first.from, until: last.until } : null;
}

/** The `count`-th working day after `day` (count ≥ 1). */
export function workdayAfter(day: IsoDay, count: number, calendar: Calendar): IsoDay {
  let left = count;
  for (let ahead = 1; ahead <= farthestDays + 7 * count; ahead++) {
    const candidate = addDays(day, ahead);
    if (isWorkday(candidate, calendar)) left -= 1;
    if (left === 0) return candidate;
  }
  throw new Fault('calendar.no_workday', 'reconfigure', { after: day });
}

/** The moment the office's clock shows `minutes` since midnight on `day`; 1440 is the end of that day. */
export function momentAt(day: IsoDay, minutes: number, zone: string): Date {
  if (minutes >= 1440) return momentOf(addDays(day, 1), '00:00', zone);
  const two = (n: number) => String(n).padStart(2, '0');
  return momentOf(day, `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`, zone);
}

/** What the office's calendar and clock show: `minutes` since midnight with the fraction that seconds are, 0 ≤ minutes < 1440. */
export function officeTime(at: Date, zone: string): { readonly day: IsoDay; readonly minutes: number } {
  const { day, hour, minute } = wallTime(at, zone);
  const inMinuteMs = ((at.getTime() % minuteMs) + minuteMs) % minuteMs;
  return { day, minutes: hour * 60 + minute + inMinuteMs / minuteMs };
}

/** Is somebody there at this moment? A span's end is no longer within it. */
export function isWorkingTime(at: Date, calendar: Calendar): boolean {
  const { day, minutes } = officeTime(at, calendar.zone);
  return spansOf(day, calendar).some(({ from, until }) => from <= minutes && minutes < until);
}

/**
 * The moment `duration` after `at`. Minutes are minutes of the clock; working days lead to the same time of day on the
 * n-th working day after, moved into that day's hours where it lies outside.
 */
export function after(at: Date, duration: Duration, calendar: Calendar): Date {
  if (duration.unit === 'minutes') return new Date(at.getTime() + duration.minutes * minuteMs);
  const { day, minutes } = officeTime(at, calendar.zone);
  const target = workdayAfter(day, duration.workdays, calendar);
  const hours = hoursOf(target, calendar) ?? { from: 0, until: 1440 };
  return momentAt(target, Math.floor(Math.min(Math.max(minutes, hours.from), hours.until)), calendar.zone);
}

/** The moment at which `minutes` of working time have passed since `since`. Never outside working time but for a span's very end. */
export function afterWorking(since: Date, minutes: number, calendar: Calendar): Date {
  let leftMs = minutes * minuteMs;
  for (const { from, until } of workingTimes(since, calendar)) {
    const lengthMs = until.getTime() - from.getTime();
    if (leftMs <= lengthMs) return new Date(from.getTime() + leftMs);
    leftMs -= lengthMs;
  }
  throw new Fault('calendar.no_workday', 'reconfigure', { after: since.toISOString() });
}

/** The first moment from `at` on in which somebody is there. */
export function workingFrom(at: Date, calendar: Calendar): Date {
  for (const { from } of workingTimes(at, calendar)) return from;
  throw new Fault('calendar.no_workday', 'reconfigure', { after: at.toISOString() });
}

/** Working time between two moments, in minutes; 0 when they are in the wrong order. */
export function workingMinutesBetween(since: Date, until: Date, calendar: Calendar): number {
  let sumMs = 0;
  for (const span of workingTimes(since, calendar)) {
    if (span.from >= until) break;
    sumMs += Math.min(span.until.getTime(), until.getTime()) - span.from.getTime();
  }
  return sumMs / minuteMs;
}

/** Working time from `since` on, span by span; ends when for over two years there was none. */
function* workingTimes(since: Date, calendar: Calendar): Generator<{ readonly from: Date; readonly until: Date }> {
  let idleDays = 0;
  for (let { day } = officeTime(since, calendar.zone); idleDays <= farthestDays; day = addDays(day, 1)) {
    const spans = spansOf(day, calendar);
    idleDays = spans.length > 0 ? 0 : idleDays + 1;
    for (const span of spans) {
      const from = momentAt(day, span.from, calendar.zone);
      const until = momentAt(day, span.until, calendar.zone);
      if (until > since && until > from) yield { from: from > since ? from : since, until };
    }
  }
}
