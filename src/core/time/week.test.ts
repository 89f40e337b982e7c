import { expect, test } from 'vitest';
import { readWeek } from './week.ts';

const nine = [{ from: 540, until: 1080 }];
const off: never[] = [];

test.each([
  ['mon-fri 09:00-18:00', [nine, nine, nine, nine, nine, off, off]],
  ['пн-пт: 9:00–18:00', [nine, nine, nine, nine, nine, off, off]],
  ['Tue,Thu 09:00-18:00; нд 10:00-12:00', [off, nine, off, nine, off, off, [{ from: 600, until: 720 }]]],
  [
    'mon 09:00-13:00, 14:00-18:00;tue closed',
    [
      [
        { from: 540, until: 780 },
        { from: 840, until: 1080 },
      ],
      off,
      off,
      off,
      off,
      off,
      off,
    ],
  ],
])('%s', (written, week) => expect(readWeek(written)).toEqual(week));

test.each([
  ['9-18', 'weekdays and hours such as mon-fri 09:00-18:00; sat 10:00-14:00'],
  ['mon-fri', 'weekdays and hours such as mon-fri 09:00-18:00; sat 10:00-14:00'],
  ['mon-fri 9-18', 'hours such as 09:00-18:00, or 09:00-13:00, 14:00-18:00, or closed'],
  ['mon-wed 09:00-18:00; tue 10:00-12:00', 'each weekday once, tue is given twice'],
  ['mon closed', 'at least one working day, such as mon-fri 09:00-18:00'],
  ['', 'at least one working day, such as mon-fri 09:00-18:00'],
])('refused: %s', (written, expected) => expect(readWeek(written)).toBe(expected));
