import type { Language } from '../language.ts';
import { type IsoDay, isDay, showDay } from './wall-time.ts';

/** How exactly it is known when something was. */
export const precisions = ['moment', 'day', 'month', 'quarter', 'season', 'year'] as const;
export type Precision = (typeof precisions)[number];

/** A date as people write down the past. */
export interface ApproximateDate {
  readonly precision: Precision;
  /** The first day of the time it may have been. */
  readonly day: IsoDay;
  /** HH:MM on that day, of a moment. */
  readonly time: string | null;
  /** Minutes ahead of UTC where the text says so; null: the office's clock. */
  readonly offsetMinutes: number | null;
  /** The writer was not sure. */
  readonly about: boolean;
}

/**
 * Reads a date of a table: 2019-05-12, 12.05.2019 14:30, 12 мая 2019, May 2019, 05.2019, весна 2019, Q2 2019, 2019, each also
 * with "ок.", "около", "приблизно", "ca." or "?". Between slashes the day comes first, as it does here.
 * Winter is that of January and February; "зима 2018/2019" begins in December 2018. Null: it is none.
 */
export function readApproximateDate(written: string): ApproximateDate | null {
  if (written.length > longestDate) return null;
  const lower = written.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
  const plain = lower
    .replace(aboutWords, '')
    .replace(/\s*\?+$/u, '')
    .trim();
  const about = plain !== lower;
  const text = plain.replace(/[\s,]*(?:годах|году|года|год|гг?\.?|роках|році|року|рік|рр?\.?)$/u, '').trim();
  const found = readDayAndTime(plain) ?? readDayAndTime(text) ?? readPeriod(text);
  if (found === null || !isDay(found.day)) return null;
  const year = Number(found.day.slice(0, 4));
  return year < 1900 || year > 2200 ? null : { time: null, offsetMinutes: null, ...found, about };
}

/** No date is written with more signs; what is longer is not looked at, as the patterns would take the square of its length. */
const longestDate = 200;

// The longer words first: an abbreviation is the beginning of another word.
const aboutWords =
  /^(?:около|ок\.?|приблизительно|приблизно|прибл\.?|примерно|орієнтовно|близько|бл\.|circa|ca\.?|about|approximately|approx\.?|around|~|≈|±)\s*/u;

type Found = Pick<ApproximateDate, 'precision' | 'day'> & Partial<ApproximateDate>;

function readDayAndTime(text: string): Found | null {
  const [, date = '', time = '', zone = ''] =
    /^(.*?)(?:(?:\s*t\s*|[\s,]+(?:в|о|об|at)?\s*)(\d{1,2}[:.]\d\d(?:[:.]\d\d(?:[.,]\d+)?)?)\s*(z|[+-]\d\d:?\d\d)?)?$/u.exec(
      text,
    ) ?? [];
  const day = readDay(date.trim());
  if (day === null) return null;
  if (time === '') return { precision: 'day', day };
  const [hours = '', minutes = ''] = time.split(/[:.]/);
  if (Number(hours) > 23 || Number(minutes) > 59) return null;
  const clock = `${hours.padStart(2, '0')}:${minutes}`;
  return { precision: 'moment', day, time: clock, offsetMinutes: zone === '' ? null : offsetOf(zone) };
}

function offsetOf(zone: string): number {
  if (zone === 'z') return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2));
  return zone.startsWith('-') ? -minutes : minutes;
}

function readDay(text: string): IsoDay | null {
  const iso = /^(\d{4})[-./](\d{1,2})[-./](\d{1,2})$/.exec(text);
  if (iso) return dayOf(iso[1], iso[2], iso[3]);
  const here = /^(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})$/.exec(text);
  if (here) {
    const [, first, sign, second, year] = here;
    const isAmerican = sign === '/' && Number(second) > 12 && Number(first) <= 12;
    return isAmerican ? dayOf(fullYear(year), first, second) : dayOf(fullYear(year), second, first);
  }
  // What a spreadsheet stores when its column has lost the form of a date: days since 1899-12-30.
  if (/^[2-7]\d{4}$/.test(text)) {
    return new Date(Date.UTC(1899, 11, 30) + Number(text) * 86_400_000).toISOString().slice(0, 10);
  }
  const words = /^(\d{1,2})(?:-?[гоеe]о|st|nd|rd|th)?\.?\s+(\p{L}+)\.?,?\s+(\d{4})$/u.exec(text);
  if (words) return dayOf(words[3], String(monthOf(words[2] ?? '') ?? ''), words[1]);
  const english = /^(\p{L}+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})$/u.exec(text);
  return english ? dayOf(english[3], String(monthOf(english[1] ?? '') ?? ''), english[2]) : null;
}

function dayOf(year = '', month = '', day = ''): IsoDay | null {
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`;
  return isDay(written) ? written : null;
}

/** 19 → 2019, 87 → 1987. */
function fullYear(year = ''): string {
  return year.length === 4 ? year : `${Number(year) < 70 ? '20' : '19'}${year}`;
}

function readPeriod(text: string): Found | null {
  const year = /^\d{4}$/.exec(text);
  if (year) return { precision: 'year', day: `${text}-01-01` };
  const month = /^(\d{4})[-./](\d{1,2})$/.exec(text) ?? swapped(/^(\d{1,2})[-./](\d{4})$/.exec(text));
  if (month) return periodAt('month', month[1] ?? '', Number(month[2]));
  const quarter =
    /^q([1-4])[\s/-]*(\d{4})$/.exec(text) ??
    /^(i{1,3}|iv|[1-4])(?:-?[йаыі]{1,2})?\s*(?:кв\.?|квартал|quarter)\s*(\d{4})$/u.exec(text) ??
    swapped(/^(\d{4})[\s/-]*q([1-4])$/.exec(text));
  if (quarter) {
    const number = ['i', 'ii', 'iii', 'iv'].indexOf(quarter[1] ?? '') + 1 || Number(quarter[1]);
    return periodAt('quarter', quarter[2] ?? '', number * 3 - 2);
  }
  const named =
    /^(?:(?:в|во|у|на|in|the|early|начало|конец|середина|початок|кінець)\s+)?(\p{L}+)\.?,?\s+(?:of\s+)?(\d{4})(?:\s*[/-]\s*(\d{2}|\d{4}))?$/u.exec(
      text,
    );
  if (!named) return null;
  const [, word = '', first = '', second] = named;
  const season = seasons.findIndex((pattern) => pattern.test(word));
  if (season === 0 && second !== undefined) return { precision: 'season', day: `${first}-12-01` };
  if (second !== undefined) return null;
  if (season >= 0) return periodAt('season', first, [1, 3, 6, 9][season] ?? 1);
  const number = monthOf(word);
  return number === null ? null : periodAt('month', first, number);
}

function swapped(found: RegExpExecArray | null): readonly string[] | null {
  return found === null ? null : ['', found[2] ?? '', found[1] ?? ''];
}

function periodAt(precision: Precision, year: string, month: number): Found {
  return { precision, day: `${year}-${String(month).padStart(2, '0')}-01` };
}

const seasons = [
  /^(?:зим[аыуоі]|зимой|зимою|взимку|winter)/u,
  /^(?:весн[аыуоі]|весной|весною|навесні|spring)/u,
  /^(?:лет[оауе]|летом|літ[оаі]|влітку|summer)/u,
  /^(?:осен[ьи]|осенью|осін[ьі]|осені|восени|autumn|fall$)/u,
] as const;

const months = [
  /^(?:янв|січ|jan)/u,
  /^(?:фев|лют|feb)/u,
  /^(?:мар|бер|mar)/u,
  /^(?:апр|кві|apr)/u,
  /^(?:ма[йяе]|тра|may)/u,
  /^(?:июн|чер|jun)/u,
  /^(?:июл|лип|jul)/u,
  /^(?:авг|сер|aug)/u,
  /^(?:сен|вер|sep)/u,
  /^(?:окт|жов|oct)/u,
  /^(?:ноя|лис|nov)/u,
  /^(?:дек|гру|dec)/u,
] as const;

function monthOf(word: string): number | null {
  const at = months.findIndex((pattern) => pattern.test(word));
  return at < 0 ? null : at + 1;
}

const locales: Record<Language, string> = { ru: 'ru-RU', uk: 'uk-UA', en: 'en-GB' };

const words: Record<Language, { about: string; quarter: string; seasons: readonly [string, string, string, string] }> =
  {
    ru: { about: 'около', quarter: 'квартал', seasons: ['зима', 'весна', 'лето', 'осень'] },
    uk: { about: 'близько', quarter: 'квартал', seasons: ['зима', 'весна', 'літо', 'осінь'] },
    en: { about: 'about', quarter: 'quarter', seasons: ['winter', 'spring', 'summer', 'autumn'] },
  };

/** The period as people say it: `май 2019 г.`, `winter 2018/2019`, `2 quarter 2019`, `about 12 March 2018`. */
export function showPeriod(
  { day, precision, about }: Pick<ApproximateDate, 'day' | 'precision' | 'about'>,
  today: IsoDay,
  language: Language,
): string {
  const { about: aboutWord, quarter, seasons: names } = words[language];
  const [year = '', month = ''] = day.split('-');
  const exact = () => {
    switch (precision) {
      case 'moment':
      case 'day':
        return showDay(day, today, language);
      case 'month': {
        const options = { month: 'long', year: 'numeric', timeZone: 'UTC' } as const;
        return new Intl.DateTimeFormat(locales[language], options).format(new Date(`${day}T12:00:00Z`));
      }
      case 'quarter':
        return `${(Number(month) + 2) / 3} ${quarter} ${year}`;
      case 'season':
        if (month === '12') return `${names[0]} ${year}/${Number(year) + 1}`;
        return `${names[month === '01' ? 0 : Math.floor(Number(month) / 3)] ?? names[0]} ${year}`;
      case 'year':
        return year;
    }
  };
  return about ? `${aboutWord} ${exact()}` : exact();
}
