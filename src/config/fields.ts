import { RE2JS, RE2JSException } from 're2js';
import { z } from 'zod';
import type { Pattern } from '../core/pattern.ts';
import type { Duration } from '../core/time/calendar.ts';
import { isDay } from '../core/time/wall-time.ts';
import { readTime } from '../core/time/week.ts';

/** A pattern from the YAML, run by RE2: linear time, whatever is written and whatever is tested. */
export interface YamlPattern extends Pattern {
  readonly source: string;
}

/** Why a text is refused: what was expected, and what was perhaps meant: `meant`, or the nearest of `choices`. */
export class Refused {
  readonly expected: string;
  readonly choices: readonly string[];
  readonly meant: string | undefined;
  constructor(expected: string, choices: readonly string[] = [], meant?: string) {
    this.expected = expected;
    this.choices = choices;
    this.meant = meant;
  }
}

/** A text that `parse` turns into something better, or refuses. The findings of `issues.ts` read `params`. */
export function text<Out>(description: string, parse: (text: string) => Out | Refused, ...examples: string[]) {
  /** What is no text is told like a wrong text, unless quotes alone would put it right. */
  const error = ({ input }: { readonly input?: unknown }) => {
    if (input === undefined) return undefined;
    const parsed = parse(typeof input === 'object' ? '' : String(input));
    return parsed instanceof Refused ? parsed.expected : undefined;
  };
  return z
    .string({ error })
    .meta({ description, ...(examples.length > 0 ? { examples } : {}) })
    .transform((written, context): Out => {
      const parsed = parse(written.trim());
      if (!(parsed instanceof Refused)) return parsed;
      context.addIssue({
        code: 'custom',
        message: parsed.expected,
        params: { choices: parsed.choices, meant: parsed.meant },
      });
      return z.NEVER;
    });
}

export function parseTime(written: string): number | Refused {
  return readTime(written) ?? new Refused('a time of day such as 14:00 (00:00 to 24:00)');
}

export const durationForms = '30m, 4h, 2d or 3 workdays';
const minutesOf: Readonly<Record<string, number>> = { m: 1, min: 1, minute: 1, h: 60, hour: 60, d: 1440, day: 1440 };

/** 30m, 4h, 1h30m, 1 workday, 3 workdays; more than nothing and at most 366 days. */
export function parseDuration(written: string): Duration | Refused {
  const workdays = /^(\d{1,3})\s*workdays?$/i.exec(written)?.[1];
  if (workdays !== undefined && Number(workdays) > 0 && Number(workdays) <= 366)
    return { unit: 'workdays', workdays: Number(workdays) };
  const parts = [...written.matchAll(/(\d{1,6})\s*(m|min|minute|h|hour|d|day)s?\s*(?=\d|$)/gi)];
  const whole = parts.map(([part]) => part).join('') === written;
  const minutes = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (minutesOf[unit?.toLowerCase() ?? ''] ?? 0),
    0,
  );
  if (whole && minutes > 0 && minutes <= 366 * 1440) return { unit: 'minutes', minutes };
  return new Refused(`a time span such as ${durationForms}`);
}

const msOf: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** 30s, 15m, 1h, 1d; in milliseconds, at most 31 days. */
export function parseSpan(written: string): number | Refused {
  const [, count = '', unit = ''] = /^(\d{1,7})\s*(s|m|h|d)$/i.exec(written) ?? [];
  const ms = Number(count) * (msOf[unit.toLowerCase()] ?? 0);
  return ms > 0 && ms <= 31 * 86_400_000 ? ms : new Refused('a time span such as 30s, 15m or 1h');
}

/** The same, or never: null. */
export function parseEvery(written: string): number | null | Refused {
  if (written === 'never') return null;
  const ms = parseSpan(written);
  return ms instanceof Refused || ms < 10_000 ? new Refused('a time span of 10s or more such as 15m, or never') : ms;
}

/** 50 MB, 200 kB; in bytes. */
export function parseSize(written: string): number | Refused {
  const [, count = '', unit = ''] = /^(\d{1,6})\s*(k|M|G)B?$/i.exec(written) ?? [];
  const bytes = Number(count) * ({ k: 1e3, m: 1e6, g: 1e9 }[unit.toLowerCase()] ?? 0);
  return bytes > 0 && bytes <= 2e9 ? bytes : new Refused('a size such as 50 MB');
}

/** 20:00-08:00; may lead over midnight. */
export function parseQuiet(written: string): { readonly from: number; readonly until: number } | Refused {
  const [, first = '', second = ''] = /^(\S+?)\s*[-–]\s*(\S+)$/.exec(written) ?? [];
  const from = readTime(first);
  const until = readTime(second);
  if (from === null || until === null || from === until) return new Refused('two times such as 20:00-08:00');
  return { from, until };
}

export function parseDay(written: string): string | Refused {
  return isDay(written) ? written : new Refused('a day of the calendar such as 2026-12-25');
}

export function parsePercent(written: string): number | Refused {
  const share = Number(/^(\d{1,3}(?:\.\d+)?)\s*%$/.exec(written)?.[1] ?? Number.NaN) / 100;
  return share > 0 && share <= 1 ? share : new Refused('a share such as 95% (more than 0%, at most 100%)');
}

/** Look-ahead, look-behind and back-references do not exist in RE2: they are what makes a pattern hang. */
export function parsePattern(written: string): YamlPattern | Refused {
  try {
    const compiled = RE2JS.compile(written);
    return { source: written, test: (text) => compiled.matcher(text).find() };
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error;
    const problem = error.message.replace('error parsing regexp: ', '').replaceAll('`', '');
    const lookAround = /\(\?<?[=!]/.test(written) ? ', without look-ahead and look-behind' : '';
    return new Refused(`a regular expression as RE2 knows them${lookAround} (${problem})`);
  }
}

const otherNames = ['Europe/Kyiv', 'Asia/Kolkata', 'Asia/Ho_Chi_Minh', 'Asia/Kathmandu', 'Asia/Yangon', 'UTC'];

/** Offsets such as +02:00 are refused: they know no summer time. */
export function parseZone(written: string): string | Refused {
  const refused = () => {
    const known = [...otherNames, ...Intl.supportedValuesOf('timeZone')];
    const city = known.find((zone) => zone.toLowerCase().endsWith(`/${written.toLowerCase()}`));
    return new Refused('a time zone such as Europe/Kyiv', known, city);
  };
  if (!/^[A-Za-z][A-Za-z0-9_+-]*(\/[A-Za-z0-9_+-]+)*$/.test(written)) return refused();
  try {
    new Intl.DateTimeFormat('en', { timeZone: written });
    return written;
  } catch {
    return refused();
  }
}

/** Codes that ICU names but no telephone numbering plan has. */
const noCountries = new Set(['EU', 'EZ', 'UN', 'ZZ', 'QO', 'XA', 'XB']);
const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });

/** ISO 3166-1 alpha-2. A country's English name or three letters are understood well enough to say what to write. */
export function parseCountry(written: string): string | Refused {
  if (isCountry(written)) return written;
  const upper = written.toUpperCase();
  const meant =
    { UK: 'GB', EN: 'GB', USA: 'US' }[upper] ??
    countries().find(
      (code) => code === upper || (upper.length > 2 && countryNames.of(code)?.toUpperCase().startsWith(upper)),
    );
  return new Refused('a country of two letters such as UA', [], meant);
}

/** Codes of countries that are no more (DD, SU) lead to another one in ICU. */
function isCountry(code: string): boolean {
  if (!/^[A-Z]{2}$/.test(code) || noCountries.has(code) || countryNames.of(code) === undefined) return false;
  return Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`;
}

function countries(): readonly string[] {
  const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
  return letters.flatMap((a) => letters.map((b) => a + b)).filter(isCountry);
}

export function parseUrl(expected: string, ...protocols: readonly string[]): (written: string) => string | Refused {
  return (written) => {
    if (URL.canParse(written) && protocols.includes(new URL(written).protocol)) return written;
    return new Refused(expected);
  };
}

/** host:port, [::1]:8080, or :8080 for every address of the machine. Port 0 lets the system choose. */
export function parseListen(written: string): { readonly host: string; readonly port: number } | Refused {
  const [, six, four, port = ''] = /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]*)):(\d{1,5})$/i.exec(written) ?? [];
  if (port === '' || Number(port) > 65_535) return new Refused('an address and port such as 127.0.0.1:8080');
  return { host: six ?? (four || '0.0.0.0'), port: Number(port) };
}

export function parseDomain(written: string): string | Refused {
  const domain = written.toLowerCase().replace(/^@/, '');
  const label = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}-]*[\\p{L}\\p{N}])?';
  return new RegExp(`^${label}(?:\\.${label})+$`, 'u').test(domain)
    ? domain
    : new Refused('a domain such as romashka.example');
}

/** `Name <address>` or a bare address. */
export function parseMailbox(written: string): string | Refused {
  const address = /^[^<>]*<([^<>]+)>$/.exec(written)?.[1] ?? written;
  return /^[^\s@<>]+@[^\s@<>]+$/.test(address)
    ? written
    : new Refused('a mail address such as Letopis <letopis@romashka.example>');
}

export function parsePhone(written: string): string | Refused {
  const digits = written.replace(/[\s().-]/g, '');
  return /^\+?\d{3,15}$/.test(digits) ? written : new Refused('a telephone number such as +380440001000');
}
