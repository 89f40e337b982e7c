import type { Language } from '../language.ts';

/** A day in a zone, as people write it in forms: 2026-11-22. */
export type IsoDay = string;

interface WallTime {
  readonly day: IsoDay;
  readonly hour: number;
  readonly minute: number;
}

/** What calendar and clock on the wall show at this moment in the zone. An unknown zone reads as UTC. */
export function wallTime(at: Date, zone: string): WallTime {
  const part = new Map(
    formatter('en-CA', knownZone(zone), numeric)
      .formatToParts(at)
      .map((p) => [p.type, p.value]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? '';
  return { day: `${of('year')}-${of('month')}-${of('day')}`, hour: Number(of('hour')), minute: Number(of('minute')) };
}

/**
 * The moment at which the wall clock of the zone shows `time` (HH:MM) on `day`. Where the clock jumps over that time,
 * the moment after the jump; where it shows it twice, the first.
 */
export function momentOf(day: IsoDay, time: string, zone: string): Date {
  const asUtc = Date.parse(`${day}T${time}:00Z`);
  const candidates = [-24, 0, 24].map((hours) => asUtc - offsetMs(new Date(asUtc + hours * 3_600_000), zone));
  const exact = candidates.filter((ms) => ms + offsetMs(new Date(ms), zone) === asUtc);
  return new Date(exact.length > 0 ? Math.min(...exact) : Math.max(...candidates));
}

/** The day `days` later. */
export function addDays(day: IsoDay, days: number): IsoDay {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** Does this exist in the calendar? 2026-02-30 does not. */
export function isDay(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text;
}

/** 14:05 */
export function showTime(at: Date, zone: string): string {
  const { hour, minute } = wallTime(at, zone);
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** 22 ноября; with the year where it is not this one. */
export function showDay(day: IsoDay, today: IsoDay, language: Language): string {
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : { year: 'numeric' as const };
  const date = new Date(`${day}T12:00:00Z`);
  return formatter(locales[language], 'UTC', { day: 'numeric', month: 'long', ...year }).format(date);
}

/** 65 seconds → 1:05; an hour and more → 1:02:03. */
export function showDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

const locales: Record<Language, string> = { ru: 'ru-RU', uk: 'uk-UA', en: 'en-GB' };
const numeric = {
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
} as const;

/** Making a formatter costs a hundred times its use. */
const formatters = new Map<string, Intl.DateTimeFormat>();
function formatter(locale: string, zone: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = JSON.stringify([locale, zone, options]);
  const known = formatters.get(key);
  if (known) return known;
  const made = new Intl.DateTimeFormat(locale, { ...options, timeZone: zone });
  formatters.set(key, made);
  return made;
}

const zones = new Map<string, string>();
function knownZone(zone: string): string {
  const known = zones.get(zone);
  if (known) return known;
  let answer = 'UTC';
  try {
    answer = new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    // A zone from a hand-written CSV; the import warns about it, a page must still be drawn.
  }
  zones.set(zone, answer);
  return answer;
}

function offsetMs(at: Date, zone: string): number {
  const part = new Map(
    formatter('en-CA', knownZone(zone), numeric)
      .formatToParts(at)
      .map((p) => [p.type, p.value]),
  );
  const of = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? '';
  const wall = Date.parse(`${of('year')}-${of('month')}-${of('day')}T${of('hour')}:${of('minute')}:${of('second')}Z`);
  return wall - Math.floor(at.getTime() / 1000) * 1000;
}
