import { z } from 'zod';
import { type Calendar, hoursOf } from '../core/time/calendar.ts';
import type { DueBy, ServiceRule } from '../core/time/service.ts';
import { readTime } from '../core/time/week.ts';
import { durationForms, parseDuration, parsePercent, parseTime, Refused, text } from './fields.ts';

const Rule = z.strictObject({
  receivedBefore: text('for what arrives before this time of day; 24:00 means else', parseTime, '14:00').optional(),
  dueBy: text(
    'end of day, next workday 11:00, 2 workdays, or hours of working time such as 4h',
    parseDueBy,
    'end of day',
  ).optional(),
  goal: text('the share that should be answered in time', parsePercent, '95%').optional(),
  rest: text('how long what is still open may take after that', parseDuration, '3 workdays').optional(),
  progressNotes: z.enum(['daily', 'weekly', 'never']).describe('how often the client hears of the rest').optional(),
});

/** `service:` of the YAML. A rule is either a cut-off (`receivedBefore`, `dueBy`) or the rest (`rest`). */
export const Service = z
  .array(
    Rule.transform((written, context): ServiceRule => {
      const { receivedBefore, dueBy, goal, rest, progressNotes } = written;
      if (rest !== undefined && receivedBefore === undefined && dueBy === undefined && goal === undefined)
        return { kind: 'rest', within: rest, progressNotes: progressNotes ?? 'never' };
      if (rest === undefined && receivedBefore !== undefined && dueBy !== undefined && progressNotes === undefined)
        return { kind: 'cut-off', receivedBefore, dueBy, goal: goal ?? null };
      const message =
        '{ receivedBefore: "14:00", dueBy: end of day, goal: 95% } or { rest: 3 workdays, progressNotes: daily }';
      context.addIssue({ code: 'custom', message });
      return z.NEVER;
    }),
  )
  .describe('cut-off rules, tried in order: by when an answer is owed');

/** The promise we give when the office has not written its own. */
export const defaultRules: readonly ServiceRule[] = [
  { kind: 'cut-off', receivedBefore: 840, dueBy: { kind: 'day', workdays: 0, at: 'closing' }, goal: 0.95 },
  { kind: 'cut-off', receivedBefore: 1440, dueBy: { kind: 'day', workdays: 1, at: 660 }, goal: 0.95 },
  { kind: 'rest', within: { unit: 'workdays', workdays: 3 }, progressNotes: 'daily' },
];

const dueByForms = ['end of day', 'next workday 11:00', 'next workday', '2 workdays', '4h'];

/** `end of day`, `17:00` (that day), `next workday [11:00|end of day]`, `2 workdays [11:00]`, `4h` of working time. */
function parseDueBy(written: string): DueBy | Refused {
  const words = written.toLowerCase().replace(/\s+/g, ' ');
  if (words === 'end of day' || words === 'end of the day') return { kind: 'day', workdays: 0, at: 'closing' };
  const sameDay = readTime(words);
  if (sameDay !== null && sameDay > 0) return { kind: 'day', workdays: 0, at: sameDay };
  const [whole, count = '', end] =
    /^(?:end of )?(next|\d{1,2}) workdays?(?: (end of day|\d{1,2}:\d\d))?$/.exec(words) ?? [];
  if (whole !== undefined) {
    const at = end === undefined || end === 'end of day' ? 'closing' : readTime(end);
    const workdays = count === 'next' ? 1 : Number(count);
    if (at !== null && workdays > 0 && !(whole.startsWith('end of') && end !== undefined))
      return { kind: 'day', workdays, at };
  }
  const duration = parseDuration(words);
  if (!(duration instanceof Refused) && duration.unit === 'minutes')
    return { kind: 'working-time', minutes: duration.minutes };
  return new Refused(`end of day, next workday 11:00, or ${durationForms}`, dueByForms);
}

/** Rules that can never apply, times nobody speaks of, deadlines when nobody is there. `index` is the rule's place in YAML. */
export function doubtfulRules(rules: readonly ServiceRule[], calendar: Calendar): { index: number; message: string }[] {
  const found: { index: number; message: string }[] = [];
  let latest = 0;
  rules.forEach((rule, index) => {
    if (rule.kind === 'rest') return;
    if (rule.receivedBefore <= latest)
      found.push({
        index,
        message: `never applies: a rule before it already takes what arrives before ${show(latest)}`,
      });
    latest = Math.max(latest, rule.receivedBefore);
    const { dueBy } = rule;
    if (dueBy.kind !== 'day' || dueBy.at === 'closing') return;
    const { at } = dueBy;
    const days = weekWith(calendar).filter(({ from, until }) => at <= from || at > until);
    for (const { name, from, until } of days.slice(0, 1))
      found.push({ index, message: `${show(at)} lies outside the hours of ${name} (${show(from)}-${show(until)})` });
  });
  if (latest < 1440 && !rules.some((rule) => rule.kind === 'rest'))
    found.push({
      index: Math.max(0, rules.length - 1),
      message: `nothing is promised for what arrives ${latest === 0 ? 'at any time' : `after ${show(latest)}`} or on a day off, expected a last rule with receivedBefore: "24:00"`,
    });
  return found;
}

function weekWith(calendar: Calendar) {
  // 2024-01-01 was a Monday; exceptions do not count here.
  const plainWeek = { ...calendar, exceptions: new Map() };
  return ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'].flatMap((name, index) => {
    const hours = hoursOf(`2024-01-0${index + 1}`, plainWeek);
    return hours === null ? [] : [{ name, ...hours }];
  });
}

function show(minutes: number): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
