import { z } from 'zod';
import type { Span } from '../core/time/calendar.ts';
import { isDay } from '../core/time/wall-time.ts';
import { readSpans, readWeekdays, weekdays } from '../core/time/week.ts';
import { nearest } from './nearest.ts';

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
