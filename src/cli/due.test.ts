import { describe, expect, test } from 'vitest';
import { defaultRules } from '../config/service.ts';
import type { Config } from '../config.ts';
import { answer, readMoment } from './due.ts';

const day = [{ from: 540, until: 1080 }];
const config = (timezone: string): Pick<Config, 'office' | 'service'> => ({
  service: defaultRules,
  office: {
    name: 'x',
    country: 'UA',
    language: 'uk',
    duty: null,
    timezone,
    calendar: { zone: timezone, week: [day, day, day, day, day, [], []], exceptions: new Map() },
  },
});

describe('a deadline stands in the office’s offset, what was given as given', () => {
  test.each([
    ['Europe/Kyiv', '2026-11-22T13:59:00+02:00', '2026-11-23T11:00:00+02:00', 1],
    ['Europe/Kyiv', '2026-11-23T11:59:59Z', '2026-11-23T18:00:00+02:00', 0],
    ['Europe/Kyiv', '2026-03-27T15:00:00+02:00', '2026-03-30T11:00:00+03:00', 1],
    ['Asia/Kolkata', '2026-11-23T10:00:00+05:30', '2026-11-23T18:00:00+05:30', 0],
    ['UTC', '2026-11-23T10:00:00Z', '2026-11-23T18:00:00+00:00', 0],
    ['America/New_York', '2026-11-23T10:00:00-0500', '2026-11-23T18:00:00-05:00', 0],
    ['Europe/Kyiv', '2026-11-23 10:00:00+02:00', '2026-11-23T18:00:00+02:00', 0],
    ['Europe/Kyiv', '2026-11-23T10:00+02', '2026-11-23T18:00:00+02:00', 0],
    ['Europe/Kyiv', '2026-11-23t10:00:00.123z', '2026-11-23T18:00:00+02:00', 0],
  ])('%s: %s', (zone, receivedAt, dueAt, rule) =>
    expect(answer(receivedAt, config(zone))).toEqual({ receivedAt, dueAt, rule }),
  );
});

test.each([
  ['2026-11-23T10:00:00', 'due.offset_missing'],
  ['2026-11-23T10:00', 'due.offset_missing'],
  ['2026-11-23', 'due.offset_missing'],
  ['2026-11-23 10:00', 'due.offset_missing'],
  ['now', 'due.time_unreadable'],
  ['', 'due.time_unreadable'],
  ['14:00', 'due.time_unreadable'],
  ['10:00+02:00', 'due.time_unreadable'],
  ['2026-02-30T10:00:00Z', 'due.time_unreadable'],
  ['2026-11-23T25:00:00Z', 'due.time_unreadable'],
  ['2026-11-23T10:61:00Z', 'due.time_unreadable'],
  ['23.11.2026 10:00', 'due.time_unreadable'],
  ['1795420800', 'due.time_unreadable'],
])('%j is refused: %s', (given, code) => expect(readMoment(given)).toMatchObject({ code }));

test('the refusal says what to write', () =>
  expect(answer('2026-11-23T10:00', config('UTC'))).toEqual({
    receivedAt: '2026-11-23T10:00',
    error: {
      code: 'due.offset_missing',
      message: '"2026-11-23T10:00" has no offset, write for example 2026-11-23T10:00:00+02:00',
    },
  }));
