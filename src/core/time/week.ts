import type { Span } from './calendar.ts';

/** Monday first. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
const otherNames: readonly (readonly string[])[] = [
  ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'],
  ['пн', 'вт', 'ср', 'чт', 'пт', 'сб', 'вс'],
  ['пн', 'вт', 'ср', 'чт', 'пт', 'сб', 'нд'],
];

/** The weekdays words name, 0 = Monday: `mon`, `mon-fri`, `пн-пт`, several apart by commas; null when they name none. `fri-mon` is Friday to Monday. */
export function readWeekdays(key: string): readonly number[] | null {
  const parts = key
    .toLowerCase()
    .split(/[,\s]+/)
    .filter(Boolean);
  const found = parts.map((part) => {
    const [first = '', last = first, ...more] = part.split(/[-–]/);
    const from = weekdayOf(first);
    const until = weekdayOf(last);
    if (from < 0 || until < 0 || more.length > 0) return null;
    return Array.from({ length: ((until - from + 7) % 7) + 1 }, (_, ahead) => (from + ahead) % 7);
  });
  const all = found.flatMap((days) => days ?? []);
  return parts.length > 0 && !found.includes(null) ? all : null;
}

function weekdayOf(name: string): number {
  return [weekdays, ...otherNames].map((names) => names.indexOf(name)).find((at) => at >= 0) ?? -1;
}

/** A time of day in minutes since midnight, 00:00 to 24:00; null when it is none. */
export function readTime(written: string): number | null {
  const [, hours = '', minutes = ''] = /^(\d{1,2}):(\d\d)$/.exec(written) ?? [];
  const sum = Number(hours) * 60 + Number(minutes);
  return hours !== '' && Number(minutes) < 60 && sum <= 1440 ? sum : null;
}

/** The spans in order, or what was expected. */
export function readSpans(value: string): readonly Span[] | string {
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

/** A working week: seven entries, Monday first. */
export type Week = readonly (readonly Span[])[];

/**
 * `mon-thu 09:00-13:00, 14:00-18:00; fri 09:00-16:00`: one person's working week, as a cell of a table has it; days that are
 * not named are off. Text instead: what was expected.
 */
export function readWeek(written: string): Week | string {
  const week = new Map<number, readonly Span[]>();
  for (const part of written.split(/[;\n]/).filter((one) => one.trim() !== '')) {
    const [, names = '', hours = ''] = /^\s*(.*?[^\s:,])[\s:]+(\d.*|closed|off)\s*$/i.exec(part) ?? [];
    const days = readWeekdays(names);
    if (days === null) return 'weekdays and hours such as mon-fri 09:00-18:00; sat 10:00-14:00';
    const spans = readSpans(hours);
    if (typeof spans === 'string') return spans;
    for (const day of days) {
      if (week.has(day)) return `each weekday once, ${weekdays[day]} is given twice`;
      week.set(day, spans);
    }
  }
  if (![...week.values()].some((spans) => spans.length > 0))
    return 'at least one working day, such as mon-fri 09:00-18:00';
  return weekdays.map((_, day) => week.get(day) ?? []);
}
