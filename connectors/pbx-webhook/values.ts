import { DateTime } from 'luxon';

/** Nobody counts a call in years; what is longer is a broken field. */
const longestSeconds = 7 * 86_400;

/**
 * A length of time in seconds: `65`, `65.4`, `01:05`, `0:01:05`. Null for anything else, for less than nothing and for more
 * than a week. One decimal, as everywhere.
 */
export function readSeconds(text: string): number | null {
  const clock = /^(?:(\d{1,3}):)?(\d{1,4}):(\d{1,2})(\.\d+)?$/.exec(text);
  const seconds = clock
    ? Number(clock[1] ?? 0) * 3600 + Number(clock[2]) * 60 + Number(clock[3]) + Number(clock[4] ?? 0)
    : /^\d{1,9}(\.\d{1,9})?$/.test(text)
      ? Number(text)
      : null;
  return seconds === null || seconds > longestSeconds ? null : oneDecimal(seconds);
}

export function oneDecimal(seconds: number): number {
  return Math.round(seconds * 10) / 10;
}

/**
 * A moment: seconds, milliseconds or microseconds since 1970 (told apart by their size), ISO 8601, `2026-11-22 10:00:05`,
 * `22.11.2026 10:00:05`; in `zone` where it names none. Null for anything else, for 0, and for times before 1990 or after 2100.
 *
 * @returns 'no-zone' when the time is right but nobody says where
 */
export function readMoment(text: string, zone: string | null): Date | 'no-zone' | null {
  if (/^\d{9,17}(\.\d{1,9})?$/.test(text)) return sound(epochMs(Number(text)));
  // A time of day alone would be completed from the machine's calendar.
  if (!/\d{4}-\d\d|\d\d\.\d{4}|[a-z] \d{4}/i.test(text)) return null;
  const hasZone = /(?:z|[+-]\d\d:?\d\d)$/i.test(text) && /\d[t ]\d/i.test(text);
  const options = { zone: zone ?? 'utc' };
  const read = [
    () => DateTime.fromISO(text.replace(' ', 'T').replace(/ (?=[+-]\d\d:?\d\d$)/, ''), options),
    () => DateTime.fromFormat(text, 'dd.MM.yyyy HH:mm:ss', options),
    () => DateTime.fromFormat(text, 'dd.MM.yyyy HH:mm', options),
    () => DateTime.fromRFC2822(text, options),
  ]
    .map((reading) => reading())
    .find(({ isValid }) => isValid);
  const moment = read === undefined || !/\d:\d/.test(text) ? null : sound(read.toMillis());
  if (moment === null) return null;
  const isRfc2822 = /^[a-z]/i.test(text);
  return hasZone || isRfc2822 || zone !== null ? moment : 'no-zone';
}

function epochMs(number: number): number {
  if (number > 1e14) return number / 1000;
  return number > 1e11 ? number : number * 1000;
}

function sound(ms: number): Date | null {
  const isInOurTime = ms >= Date.UTC(1990, 0) && ms < Date.UTC(2100, 0);
  return isInOurTime ? new Date(Math.round(ms)) : null;
}

/** A caller whose number the network or he himself kept back. */
export function isHidden(number: string | null): boolean {
  return (
    number === null ||
    /^(?:anonymous|unknown|unavailable|restricted|private|withheld|hidden|blocked|<unknown>|null|none|-|[+0]*)$/i.test(
      number,
    )
  );
}
