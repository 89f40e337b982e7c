import { expect, test } from 'vitest';
import { addDays, isDay, momentOf, showDay, showDuration, showTime, wallTime } from './wall-time.ts';

test.each([
  ['winter', '2026-11-22', '16:30', 'Europe/Kyiv', '2026-11-22T14:30:00.000Z'],
  ['summer', '2026-07-01', '16:30', 'Europe/Kyiv', '2026-07-01T13:30:00.000Z'],
  ['skipped hour: after the jump', '2026-03-29', '03:30', 'Europe/Kyiv', '2026-03-29T01:30:00.000Z'],
  ['doubled hour: the first', '2026-10-25', '03:30', 'Europe/Kyiv', '2026-10-25T00:30:00.000Z'],
  ['west of Greenwich', '2026-11-22', '23:00', 'America/New_York', '2026-11-23T04:00:00.000Z'],
  ['unknown zone is UTC', '2026-11-22', '16:30', 'Mars/Base', '2026-11-22T16:30:00.000Z'],
])('moment: %s', (_story, day, time, zone, expected) => {
  expect(momentOf(day, time, zone).toISOString()).toBe(expected);
});

test('wall time crosses midnight with the zone', () => {
  expect(wallTime(new Date('2026-11-22T22:30:00Z'), 'Europe/Kyiv')).toEqual({ day: '2026-11-23', hour: 0, minute: 30 });
  expect(showTime(new Date('2026-11-22T07:05:00Z'), 'Europe/Kyiv')).toBe('09:05');
});

test('days', () => {
  expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  expect(['2026-02-28', '2026-02-30', '26-02-03', ''].map(isDay)).toEqual([true, false, false, false]);
  expect(showDay('2026-11-22', '2026-11-30', 'ru')).toBe('22 ноября');
  expect(showDay('2025-11-22', '2026-11-30', 'uk')).toBe('22 листопада 2025 р.');
});

test('durations', () => {
  expect([0, 65.4, 599.6, 3723].map(showDuration)).toEqual(['0:00', '1:05', '10:00', '1:02:03']);
});
