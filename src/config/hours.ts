import { z } from 'zod';
import type { Span } from '../core/calendar.ts';
import { isDay } from '../core/wall-time.ts';
import { readTime } from './fields.ts';
import { nearest } from './nearest.ts';

const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const longNames = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** What `office.hours` says: the week, Monday first, and single days that differ. */
export interface Hours {
  readonly week: readonly (readonly Span[])[];
  readonly days: ReadonlyMap<string, readonly Span[]>;
}

/**
 * `hours: { mon-thu: "09:00-13:00, 14:00-18:00", fri: "09:00-17:00", 2026-12-26: "10:00-14:00" }`
 *
 * A key is a weekday, a range of them (over Sunday too), several apart by commas, or one date; a value one or more spans,
 * or `closed`. No weekday may be given twice; at least one must be worked.
 */
export const Hours = z
  .record(z.string(), z.string())
  .meta({
    description: 'working hours by weekday, range of weekdays or date; several spans apart by commas',
    examples: [{ 'mon-fri': '09:00-18:00' }],
  })
  .transform((written, context): Hours => {
    const refuse = (key: string, message: string, meant?: string) =>
      context.addIssue({ code: 'custom', message, path: [key], params: { meant } });
    const week = new Map<number, readonly Span[]>();
    const days = new Map<string, readonly Span[]>();
    for (const [key, value] of Object.entries(written)) {
      const spans = readSpans(value);
      if (typeof spans === 'string') {
        refuse(key, spans);
        continue;
      }
      if (isDay(key)) {
        days.set(key, spans);
        continue;
      }
      const named = readWeekdays(key);
      if (named === null) {
        const words = key.split(/([-,\s]+)/).map((word) => nearest(word, weekdays) ?? word);
        const meant = words.join('');
        refuse(key, 'weekdays such as mon, mon-fri or sat, or a date, as key', meant === key ? undefined : meant);
        continue;
      }
      for (const weekday of named) {
        if (week.has(weekday)) refuse(key, `each weekday once, ${weekdays[weekday]} is given twice`);
        week.set(weekday, spans);
      }
    }
    if (context.issues.length === 0 && ![...week.values()].some((spans) => spans.length > 0))
      context.addIssue({ code: 'custom', message: 'at least one working day, such as { mon-fri: "09:00-18:00" }' });
    return { week: weekdays.map((_, weekday) => week.get(weekday) ?? []), days };
  });

/** The weekdays a key names, 0 = Monday; null when it names none. `fri-mon` is Friday to Monday. */
function readWeekdays(key: string): readonly number[] | null {
  const parts = key
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(Boolean);
  const found = parts.map((part) => {
    const [first = '', last = first, ...more] = part.split('-');
    const from = weekdayOf(first);
    const until = weekdayOf(last);
    if (from < 0 || until < 0 || more.length > 0) return null;
    return Array.from({ length: ((until - from + 7) % 7) + 1 }, (_, ahead) => (from + ahead) % 7);
  });
  const all = found.flatMap((days) => days ?? []);
  return parts.length > 0 && !found.includes(null) ? all : null;
}

function weekdayOf(name: string): number {
  const short = weekdays.indexOf(name);
  return short >= 0 ? short : longNames.indexOf(name);
}

/** The spans in order, or what was expected. */
function readSpans(value: string): readonly Span[] | string {
  if (/^(closed|off)$/i.test(value.trim())) return [];
  const spans: Span[] = [];
  for (const part of value.split(',')) {
    const [, first = '', second = ''] = /^\s*(\S+?)\s*[-–]\s*(\S+)\s*$/.exec(part) ?? [];
    const from = readTime(first);
    const until = readTime(second);
    if (from === null || until === null) return 'hours such as 09:00-18:00, or 09:00-13:00, 14:00-18:00, or closed';
    if (from >= until)
      return 'hours that end after they begin, at 24:00 at the latest (what comes after midnight belongs to the next day)';
    spans.push({ from, until });
  }
  spans.sort((a, b) => a.from - b.from);
  const overlap = spans.some((span, index) => span.from < (spans[index - 1]?.until ?? 0));
  return overlap ? 'spans that do not overlap' : spans;
}
