import { isDay } from '../../core/time/wall-time.ts';
import { readWeek, type Week } from '../../core/time/week.ts';
import { valuesOf } from './csv.ts';

/** Days somebody is away, both included. */
export interface Away {
  readonly from: string;
  readonly to: string;
}

/** Where and when somebody works. What the table has no column for is absent: nothing is said about it. */
export interface Station {
  readonly department?: string | null;
  /** His own working week; null: the office's. */
  readonly hours?: Week | null;
  readonly away?: readonly Away[];
}

type Column = 'department' | 'hours' | 'absent';

/** The columns department, hours and absent of one row. `has`: which of them the table has. */
export function readStation(
  has: (column: Column) => boolean,
  cell: (column: Column) => string,
  reject: (column: Column, value: string, reason: string) => void,
): Station {
  return {
    ...(has('department') ? { department: cell('department').replace(/\s+/gu, ' ') || null } : {}),
    ...(has('hours') ? readHours(cell('hours'), (value, reason) => reject('hours', value, reason)) : {}),
    ...(has('absent')
      ? { away: valuesOf(cell('absent')).flatMap((raw) => readAway(raw, (reason) => reject('absent', raw, reason))) }
      : {}),
  };
}

/** Hours that cannot be read change nothing: a wrong letter in a table takes nobody's working week away. */
function readHours(written: string, reject: (value: string, reason: string) => void): Pick<Station, 'hours'> {
  if (written === '') return { hours: null };
  const hours = readWeek(written);
  if (typeof hours !== 'string') return { hours };
  reject(written, `expected ${hours}`);
  return {};
}

const longestDays = 400;

/** `2026-12-01`, `01.12.2026-14.12.2026`, `2026-12-01..2026-12-14`. */
function readAway(written: string, reject: (reason: string) => void): Away[] {
  const days = [...written.matchAll(/(\d{4})-(\d\d)-(\d\d)|(\d{1,2})[./](\d{1,2})[./](\d{4})/gu)].map(
    ([, y, m, d, day = '', month = '', year]) =>
      y === undefined ? `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}` : `${y}-${m}-${d}`,
  );
  const rest = written
    .replace(/(\d{4}-\d\d-\d\d)|(\d{1,2}[./]\d{1,2}[./]\d{4})/gu, '')
    .replace(/\.\.|[-–—…\s]|по|до|з|с|to|until/giu, '');
  const [from, to = from, ...more] = days;
  if (from === undefined || to === undefined || more.length > 0 || rest !== '' || !isDay(from) || !isDay(to)) {
    reject('expected days such as 2026-12-01..2026-12-14 or 01.12.2026-14.12.2026');
    return [];
  }
  const length = (Date.parse(to) - Date.parse(from)) / 86_400_000;
  if (length >= 0 && length <= longestDays) return [{ from, to }];
  reject(length < 0 ? 'ends before it begins' : `longer than ${longestDays} days`);
  return [];
}
