import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  after,
  afterWorking,
  type Calendar,
  hoursOf,
  isWorkday,
  isWorkingTime,
  momentAt,
  officeTime,
  workdayAfter,
  workingMinutesBetween,
} from './calendar.ts';

const split = [
  { from: 540, until: 780 },
  { from: 840, until: 1080 },
];
const kyiv: Calendar = {
  zone: 'Europe/Kyiv',
  week: [split, split, split, split, split, [{ from: 600, until: 840 }], []],
  exceptions: new Map([
    ['2026-12-25', []],
    ['2026-12-27', [{ from: 600, until: 960 }]],
  ]),
};
const at = (text: string) => new Date(text);

test.each([
  ['2026-11-23', true, { from: 540, until: 1080 }],
  ['2026-11-28', true, { from: 600, until: 840 }],
  ['2026-11-29', false, null],
  ['2026-12-25', false, null],
  ['2026-12-27', true, { from: 600, until: 960 }],
])('%s: worked %s', (day, worked, hours) => {
  expect(isWorkday(day, kyiv)).toBe(worked);
  expect(hoursOf(day, kyiv)).toEqual(hours);
});

test.each([
  ['2026-11-23', 1, '2026-11-24'],
  ['2026-11-28', 1, '2026-11-30'],
  ['2026-12-24', 1, '2026-12-26'],
  ['2026-12-24', 2, '2026-12-27'],
  ['2026-12-31', 1, '2027-01-01'],
])('after %s the working day number %i is %s', (day, count, expected) =>
  expect(workdayAfter(day, count, kyiv)).toBe(expected),
);

test('a calendar nobody works by is told, not searched for ever', () => {
  const never = { ...kyiv, week: [], exceptions: new Map() };
  expect(() => workdayAfter('2026-11-23', 1, never)).toThrow('calendar.no_workday');
  expect(() => afterWorking(at('2026-11-23T10:00:00Z'), 1, never)).toThrow('calendar.no_workday');
  expect(workingMinutesBetween(at('2026-01-01T00:00:00Z'), at('2027-01-01T00:00:00Z'), never)).toBe(0);
});

describe('wall clock', () => {
  test.each([
    ['2026-11-23', 660, '2026-11-23T11:00:00+02:00'],
    ['2026-11-23', 1440, '2026-11-24T00:00:00+02:00'],
    ['2026-07-01', 0, '2026-07-01T00:00:00+03:00'],
    ['2027-03-28', 150, '2027-03-28T02:30:00+02:00'],
    ['2027-03-28', 210, '2027-03-28T04:30:00+03:00'], // left out: the clock jumps from 3:00 to 4:00
    ['2026-10-25', 210, '2026-10-25T03:30:00+03:00'], // comes twice: the first
  ])('%s at minute %i', (day, minutes, expected) =>
    expect(momentAt(day, minutes, 'Europe/Kyiv')).toEqual(at(expected)),
  );
  test('seconds are a fraction of the minute, also before 1970', () => {
    expect(officeTime(at('2026-11-23T13:59:30+02:00'), 'Europe/Kyiv')).toEqual({ day: '2026-11-23', minutes: 839.5 });
    expect(officeTime(at('1969-12-31T23:59:30Z'), 'UTC')).toEqual({ day: '1969-12-31', minutes: 1439.5 });
  });
  test.each([
    ['2026-11-23T08:59:59+02:00', false],
    ['2026-11-23T09:00:00+02:00', true],
    ['2026-11-23T13:00:00+02:00', false],
    ['2026-11-23T17:59:59.999+02:00', true],
    ['2026-11-23T18:00:00+02:00', false],
    ['2026-12-25T12:00:00+02:00', false],
  ])('somebody is there at %s: %s', (moment, expected) => expect(isWorkingTime(at(moment), kyiv)).toBe(expected));
});

describe('waiting', () => {
  const workdays = (count: number) => ({ unit: 'workdays', workdays: count }) as const;
  test.each([
    [
      'minutes go by the clock',
      '2026-11-23T17:50:00+02:00',
      { unit: 'minutes', minutes: 30 } as const,
      '2026-11-23T18:20:00+02:00',
    ],
    ['the same time on the next working day', '2026-11-23T10:15:00+02:00', workdays(1), '2026-11-24T10:15:00+02:00'],
    ['from the evening: that day’s closing', '2026-11-23T21:00:00+02:00', workdays(1), '2026-11-24T18:00:00+02:00'],
    ['from the night: that day’s opening', '2026-11-23T03:00:00+02:00', workdays(1), '2026-11-24T09:00:00+02:00'],
    ['into a short day', '2026-11-27T16:00:00+02:00', workdays(1), '2026-11-28T14:00:00+02:00'],
    ['over the change of the clock', '2026-10-24T10:00:00+03:00', workdays(1), '2026-10-26T10:00:00+02:00'],
  ])('%s', (_story, from, duration, expected) => expect(after(at(from), duration, kyiv)).toEqual(at(expected)));

  test.each([
    ['over lunch', '2026-11-23T12:00:00+02:00', 120, '2026-11-23T15:00:00+02:00'],
    ['to the very end of a span', '2026-11-23T12:00:00+02:00', 60, '2026-11-23T13:00:00+02:00'],
    ['over Sunday', '2026-11-28T13:30:00+02:00', 60, '2026-11-30T09:30:00+02:00'],
    ['nothing, from a day off', '2026-11-29T13:30:00+02:00', 0, '2026-11-30T09:00:00+02:00'],
  ])('working time %s', (_story, from, minutes, expected) => {
    expect(afterWorking(at(from), minutes, kyiv)).toEqual(at(expected));
    expect(workingMinutesBetween(at(from), at(expected), kyiv)).toBe(minutes);
  });

  test('what was waited is what lies between', () => {
    const moment = fc.date({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z'), noInvalidDate: true });
    fc.assert(
      fc.property(moment, fc.integer({ min: 1, max: 6000 }), (since, minutes) => {
        const end = afterWorking(since, minutes, kyiv);
        return Math.abs(workingMinutesBetween(since, end, kyiv) - minutes) < 1e-6 && end > since;
      }),
      { numRuns: 200 },
    );
  });
});
