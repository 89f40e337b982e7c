import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Calendar, isWorkingTime, type Span } from './calendar.ts';
import { type DueBy, dueAt, type ServiceRule } from './service.ts';

const hm = (text: string) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
const spans = (text: string): Span[] =>
  text === '' ? [] : text.split(' ').map((span) => ({ from: hm(span.slice(0, 5)), until: hm(span.slice(6, 11)) }));
const week = (monFri: string, sat = '', sun = '') => [
  ...Array.from({ length: 5 }, () => spans(monFri)),
  spans(sat),
  spans(sun),
];
const calendar = (zone: string, hours: readonly (readonly Span[])[], off: readonly string[] = []): Calendar => ({
  zone,
  week: hours,
  exceptions: new Map(off.map((day) => [day, []])),
});
const cutOff = (before: string, dueBy: DueBy): ServiceRule => ({
  kind: 'cut-off',
  receivedBefore: hm(before),
  dueBy,
  goal: 0.95,
});
const day = (workdays: number, at: string | 'closing' = 'closing'): DueBy => ({
  kind: 'day',
  workdays,
  at: at === 'closing' ? at : hm(at),
});
const rest = (workdays: number): ServiceRule => ({
  kind: 'rest',
  within: { unit: 'workdays', workdays },
  progressNotes: 'daily',
});

/** DESIGN §11: before 14:00 → end of day, else next workday 11:00; the rest in 3 workdays. */
const promise = [cutOff('14:00', day(0)), cutOff('24:00', day(1, '11:00')), rest(3)];

const kyiv = calendar('Europe/Kyiv', week('09:00-18:00'), ['2026-12-25', '2026-12-31', '2027-01-01', '2027-01-04']);
const withSaturday = calendar('Europe/Kyiv', week('09:00-18:00', '10:00-14:00'));
const shortSaturday = calendar('Europe/Kyiv', week('09:00-18:00', '10:00-13:00'));
const lateSaturday = calendar('Europe/Kyiv', week('09:00-18:00', '15:00-20:00'));
const lunch = calendar('Europe/Kyiv', week('09:00-13:00 14:00-18:00'));
const always = calendar('Europe/Kyiv', week('00:00-24:00', '00:00-24:00', '00:00-24:00'));
const night = calendar('Europe/Kyiv', week('00:00-02:30 09:00-18:00', '00:00-02:30', '00:00-03:30'));
const kolkata = calendar('Asia/Kolkata', week('09:30-18:30', '09:30-13:30'));
const kathmandu = calendar('Asia/Kathmandu', week('10:00-17:00', '', '10:00-17:00'));
const newYork = calendar('America/New_York', week('09:00-17:00'), ['2026-11-26', '2026-11-27']);
const auckland = calendar('Pacific/Auckland', week('08:30-17:00'));
const friday = calendar('Asia/Dubai', [
  spans('08:00-17:00'),
  spans('08:00-17:00'),
  spans('08:00-17:00'),
  spans('08:00-17:00'),
  spans('08:00-12:00'),
  [],
  [],
]);
const shortDay: Calendar = {
  ...kyiv,
  exceptions: new Map([
    ['2026-12-24', spans('09:00-13:00')],
    ['2026-12-26', spans('10:00-16:00')],
    ['2026-12-25', []],
  ]),
};
const lordHowe = calendar('Australia/Lord_Howe', week('09:00-18:00'));
const utc = calendar('UTC', week('09:00-18:00'));

// 2026-11-23 is a Monday.
describe('the promise: before 14:00 end of day, else next workday 11:00', () => {
  test.each([
    ['Monday at opening', kyiv, '2026-11-23T09:00:00+02:00', '2026-11-23T18:00:00+02:00', 0],
    ['Monday morning', kyiv, '2026-11-23T10:15:00+02:00', '2026-11-23T18:00:00+02:00', 0],
    ['a second before the cut-off', kyiv, '2026-11-23T13:59:59+02:00', '2026-11-23T18:00:00+02:00', 0],
    ['a millisecond before the cut-off', kyiv, '2026-11-23T13:59:59.999+02:00', '2026-11-23T18:00:00+02:00', 0],
    ['14:00:00 sharp is no longer before', kyiv, '2026-11-23T14:00:00+02:00', '2026-11-24T11:00:00+02:00', 1],
    ['a millisecond later', kyiv, '2026-11-23T14:00:00.001+02:00', '2026-11-24T11:00:00+02:00', 1],
    ['Monday afternoon', kyiv, '2026-11-23T17:59:59+02:00', '2026-11-24T11:00:00+02:00', 1],
    ['at closing', kyiv, '2026-11-23T18:00:00+02:00', '2026-11-24T11:00:00+02:00', 1],
    ['after closing', kyiv, '2026-11-23T22:00:00+02:00', '2026-11-24T11:00:00+02:00', 1],
    ['a second before midnight', kyiv, '2026-11-23T23:59:59+02:00', '2026-11-24T11:00:00+02:00', 1],
    ['midnight counts as the new day', kyiv, '2026-11-24T00:00:00+02:00', '2026-11-24T18:00:00+02:00', 0],
    ['before opening counts as that day', kyiv, '2026-11-23T06:30:00+02:00', '2026-11-23T18:00:00+02:00', 0],
    ['a second before opening', kyiv, '2026-11-23T08:59:59+02:00', '2026-11-23T18:00:00+02:00', 0],
    ['Friday morning', kyiv, '2026-11-27T13:00:00+02:00', '2026-11-27T18:00:00+02:00', 0],
    ['Friday afternoon: Monday', kyiv, '2026-11-27T14:00:00+02:00', '2026-11-30T11:00:00+02:00', 1],
    ['Friday night: Monday', kyiv, '2026-11-27T20:00:00+02:00', '2026-11-30T11:00:00+02:00', 1],
    ['Saturday, a day off, is else', kyiv, '2026-11-28T10:00:00+02:00', '2026-11-30T11:00:00+02:00', 1],
    ['Sunday, a day off, is else', kyiv, '2026-11-29T23:59:59+02:00', '2026-11-30T11:00:00+02:00', 1],
    ['Monday 00:00 counts as Monday', kyiv, '2026-11-30T00:00:00+02:00', '2026-11-30T18:00:00+02:00', 0],
    ['told in another offset', kyiv, '2026-11-23T11:59:59Z', '2026-11-23T18:00:00+02:00', 0],
    ['told in another offset, sharp', kyiv, '2026-11-23T12:00:00Z', '2026-11-24T11:00:00+02:00', 1],
    ['another date over there', kyiv, '2026-11-23T23:30:00-05:00', '2026-11-24T18:00:00+02:00', 0],
    ['the day before a holiday, morning', kyiv, '2026-12-24T12:00:00+02:00', '2026-12-24T18:00:00+02:00', 0],
    ['the day before a holiday on a Friday', kyiv, '2026-12-24T15:00:00+02:00', '2026-12-28T11:00:00+02:00', 1],
    ['on the holiday', kyiv, '2026-12-25T10:00:00+02:00', '2026-12-28T11:00:00+02:00', 1],
    ['holidays and a week-end over New Year', kyiv, '2026-12-30T14:00:00+02:00', '2027-01-05T11:00:00+02:00', 1],
    ['on New Year’s Eve, a holiday', kyiv, '2026-12-31T12:00:00+02:00', '2027-01-05T11:00:00+02:00', 1],
    ['on New Year’s day', kyiv, '2027-01-01T00:00:00+02:00', '2027-01-05T11:00:00+02:00', 1],
    ['a Saturday that is worked', withSaturday, '2026-11-28T11:00:00+02:00', '2026-11-28T14:00:00+02:00', 0],
    ['cut-off at closing: a second before', withSaturday, '2026-11-28T13:59:59+02:00', '2026-11-28T14:00:00+02:00', 0],
    ['cut-off at closing: sharp', withSaturday, '2026-11-28T14:00:00+02:00', '2026-11-30T11:00:00+02:00', 1],
    [
      'Friday afternoon: the worked Saturday',
      withSaturday,
      '2026-11-27T15:00:00+02:00',
      '2026-11-28T11:00:00+02:00',
      1,
    ],
    [
      'after closing but before the cut-off is else',
      shortSaturday,
      '2026-11-28T13:30:00+02:00',
      '2026-11-30T11:00:00+02:00',
      1,
    ],
    ['at that closing', shortSaturday, '2026-11-28T13:00:00+02:00', '2026-11-30T11:00:00+02:00', 1],
    ['a day that opens after the cut-off', lateSaturday, '2026-11-28T13:59:59+02:00', '2026-11-28T20:00:00+02:00', 0],
    ['that day, from the cut-off on', lateSaturday, '2026-11-28T14:00:00+02:00', '2026-11-30T11:00:00+02:00', 1],
    [
      '11:00 is meant even before that day opens',
      lateSaturday,
      '2026-11-27T16:00:00+02:00',
      '2026-11-28T11:00:00+02:00',
      1,
    ],
    ['in the lunch break', lunch, '2026-11-23T13:30:00+02:00', '2026-11-23T18:00:00+02:00', 0],
    ['as the lunch break ends', lunch, '2026-11-23T14:00:00+02:00', '2026-11-24T11:00:00+02:00', 1],
    ['round the clock: end of day is midnight', always, '2026-11-28T03:00:00+02:00', '2026-11-29T00:00:00+02:00', 0],
    ['round the clock: late', always, '2026-11-28T23:59:59+02:00', '2026-11-29T11:00:00+02:00', 1],
    ['a short day before a holiday', shortDay, '2026-12-24T12:59:00+02:00', '2026-12-24T13:00:00+02:00', 0],
    [
      'after its closing: the Saturday worked instead',
      shortDay,
      '2026-12-24T13:00:00+02:00',
      '2026-12-26T11:00:00+02:00',
      1,
    ],
    ['on the Saturday worked instead', shortDay, '2026-12-26T11:00:00+02:00', '2026-12-26T16:00:00+02:00', 0],
    ['UTC', utc, '2026-11-23T13:59:59Z', '2026-11-23T18:00:00Z', 0],
  ])('%s', (_story, office, receivedAt, due, rule) =>
    expect(dueAt(new Date(receivedAt), promise, office)).toEqual({ dueAt: new Date(due), rule }),
  );
});

describe('zones and changes of the clock', () => {
  test.each([
    ['half an hour: before the cut-off', kolkata, '2026-11-23T08:29:59Z', '2026-11-23T18:30:00+05:30', 0],
    ['half an hour: sharp', kolkata, '2026-11-23T08:30:00Z', '2026-11-24T11:00:00+05:30', 1],
    ['half an hour: Saturday', kolkata, '2026-11-28T07:59:00Z', '2026-11-28T13:30:00+05:30', 0],
    ['three quarters, Sunday is worked', kathmandu, '2026-11-22T13:00:00+05:45', '2026-11-22T17:00:00+05:45', 0],
    ['three quarters, Saturday is off', kathmandu, '2026-11-28T13:00:00+05:45', '2026-11-29T11:00:00+05:45', 1],
    ['a short Friday', friday, '2026-11-27T12:00:00+04:00', '2026-11-30T11:00:00+04:00', 1],
    [
      'spring forward over the week-end (Kyiv 2027-03-28)',
      kyiv,
      '2027-03-26T14:00:00+02:00',
      '2027-03-29T11:00:00+03:00',
      1,
    ],
    ['on the Sunday itself', kyiv, '2027-03-28T12:00:00+03:00', '2027-03-29T11:00:00+03:00', 1],
    [
      'fall back over the week-end (Kyiv 2026-10-25)',
      kyiv,
      '2026-10-23T14:00:00+03:00',
      '2026-10-26T11:00:00+02:00',
      1,
    ],
    ['the Monday after: cut-off by the new clock', kyiv, '2026-10-26T11:59:59Z', '2026-10-26T18:00:00+02:00', 0],
    ['the Friday before: cut-off by the old clock', kyiv, '2026-10-23T11:00:00Z', '2026-10-26T11:00:00+02:00', 1],
    ['round the clock on the day of 23 hours', always, '2027-03-28T02:59:59+02:00', '2027-03-29T00:00:00+03:00', 0],
    ['round the clock on the day of 25 hours', always, '2026-10-25T03:30:00+03:00', '2026-10-26T00:00:00+02:00', 0],
    ['the same hour a second time', always, '2026-10-25T03:30:00+02:00', '2026-10-26T00:00:00+02:00', 0],
    [
      'closing in the hour that comes twice: the first',
      night,
      '2026-10-25T03:10:00+03:00',
      '2026-10-25T03:30:00+03:00',
      0,
    ],
    [
      'received after that closing, though the clock shows less',
      night,
      '2026-10-25T03:10:00+02:00',
      '2026-10-26T11:00:00+02:00',
      1,
    ],
    ['closing in the hour that is left out', night, '2027-03-28T02:30:00+02:00', '2027-03-28T04:30:00+03:00', 0],
    ['New York, Thanksgiving', newYork, '2026-11-25T14:00:00-05:00', '2026-11-30T11:00:00-05:00', 1],
    ['New York, fall back', newYork, '2026-10-30T15:00:00-04:00', '2026-11-02T11:00:00-05:00', 1],
    ['New York, spring forward', newYork, '2027-03-12T15:00:00-05:00', '2027-03-15T11:00:00-04:00', 1],
    ['a change of half an hour', lordHowe, '2026-10-02T15:00:00+10:30', '2026-10-05T11:00:00+11:00', 1],
    ['the other hemisphere', auckland, '2026-09-25T14:00:00+12:00', '2026-09-28T11:00:00+13:00', 1],
  ])('%s', (_story, office, receivedAt, due, rule) =>
    expect(dueAt(new Date(receivedAt), promise, office)).toEqual({ dueAt: new Date(due), rule }),
  );
});

describe('other rules', () => {
  const hours = (minutes: number): DueBy => ({ kind: 'working-time', minutes });
  test.each([
    [
      'three steps: the first',
      [cutOff('11:00', day(0, '14:00')), cutOff('16:00', day(0)), cutOff('24:00', day(1, '10:00'))],
      '2026-11-23T10:59:00+02:00',
      '2026-11-23T14:00:00+02:00',
      0,
    ],
    [
      'three steps: the second',
      [cutOff('11:00', day(0, '14:00')), cutOff('16:00', day(0)), cutOff('24:00', day(1, '10:00'))],
      '2026-11-23T11:00:00+02:00',
      '2026-11-23T18:00:00+02:00',
      1,
    ],
    [
      'three steps: else',
      [cutOff('11:00', day(0, '14:00')), cutOff('16:00', day(0)), cutOff('24:00', day(1, '10:00'))],
      '2026-11-23T16:00:00+02:00',
      '2026-11-24T10:00:00+02:00',
      2,
    ],
    [
      'three steps: a day off goes past the middle one',
      [cutOff('11:00', day(0, '14:00')), cutOff('16:00', day(0)), cutOff('24:00', day(1, '10:00'))],
      '2026-11-28T10:00:00+02:00',
      '2026-11-30T10:00:00+02:00',
      2,
    ],
    [
      'the order is that of the file',
      [cutOff('24:00', day(1, '11:00')), cutOff('14:00', day(0))],
      '2026-11-23T10:00:00+02:00',
      '2026-11-24T11:00:00+02:00',
      0,
    ],
    [
      'rest alone decides: end of the third day after',
      [rest(3)],
      '2026-11-23T10:00:00+02:00',
      '2026-11-26T18:00:00+02:00',
      0,
    ],
    ['rest over a week-end', [rest(3)], '2026-11-26T10:00:00+02:00', '2026-12-01T18:00:00+02:00', 0],
    ['rest from a day off', [rest(3)], '2026-11-28T10:00:00+02:00', '2026-12-02T18:00:00+02:00', 0],
    [
      'rest takes what no cut-off takes',
      [cutOff('14:00', day(0)), rest(1)],
      '2026-11-23T15:00:00+02:00',
      '2026-11-24T18:00:00+02:00',
      1,
    ],
    [
      'end of day for everything, on a day off',
      [cutOff('24:00', day(0))],
      '2026-11-28T10:00:00+02:00',
      '2026-11-30T18:00:00+02:00',
      0,
    ],
    [
      'end of day for everything, after closing',
      [cutOff('24:00', day(0))],
      '2026-11-23T19:00:00+02:00',
      '2026-11-24T18:00:00+02:00',
      0,
    ],
    [
      'end of day for everything, afternoon',
      [cutOff('24:00', day(0))],
      '2026-11-23T17:00:00+02:00',
      '2026-11-23T18:00:00+02:00',
      0,
    ],
    [
      'next workday, before opening: the day after',
      [cutOff('24:00', day(1, '11:00'))],
      '2026-11-23T07:00:00+02:00',
      '2026-11-24T11:00:00+02:00',
      0,
    ],
    ['two workdays', [cutOff('24:00', day(2))], '2026-11-26T10:00:00+02:00', '2026-11-30T18:00:00+02:00', 0],
    [
      'four working hours within the day',
      [cutOff('24:00', hours(240))],
      '2026-11-23T10:00:00+02:00',
      '2026-11-23T14:00:00+02:00',
      0,
    ],
    [
      'four working hours over a night',
      [cutOff('24:00', hours(240))],
      '2026-11-23T16:30:00+02:00',
      '2026-11-24T11:30:00+02:00',
      0,
    ],
    [
      'four working hours over a week-end',
      [cutOff('24:00', hours(240))],
      '2026-11-27T17:00:00+02:00',
      '2026-11-30T12:00:00+02:00',
      0,
    ],
    [
      'four working hours from before opening',
      [cutOff('24:00', hours(240))],
      '2026-11-23T05:00:00+02:00',
      '2026-11-23T13:00:00+02:00',
      0,
    ],
  ])('%s', (_story, rules, receivedAt, due, rule) =>
    expect(dueAt(new Date(receivedAt), rules, kyiv)).toEqual({ dueAt: new Date(due), rule }),
  );

  test('nobody promised anything for the afternoon', () =>
    expect(dueAt(new Date('2026-11-23T15:00:00+02:00'), [cutOff('14:00', day(0))], kyiv)).toBeNull());
  test('no rules, no deadline', () => expect(dueAt(new Date('2026-11-23T15:00:00+02:00'), [], kyiv)).toBeNull());
});

describe('whatever arrives whenever', () => {
  const offices = [kyiv, withSaturday, lunch, kolkata, kathmandu, newYork, auckland, always, friday];
  const office = fc.constantFrom(...offices);
  const moment = fc.date({ min: new Date('2026-01-01'), max: new Date('2030-12-31'), noInvalidDate: true });
  const due = (at: Date, where: Calendar) => dueAt(at, promise, where)?.dueAt ?? new Date(Number.NaN);

  test('the deadline lies ahead', () => fc.assert(fc.property(moment, office, (at, where) => due(at, where) > at)));
  test('the deadline falls into working time', () =>
    fc.assert(
      fc.property(moment, office, (at, where) => isWorkingTime(new Date(due(at, where).getTime() - 1), where)),
    ));
  test('who comes later is not owed earlier', () =>
    fc.assert(
      fc.property(
        moment,
        fc.integer({ min: 0, max: 7 * 86_400_000 }),
        office,
        (at, laterMs, where) => due(at, where) <= due(new Date(at.getTime() + laterMs), where),
      ),
    ));
  test('cut-offs count to the second', () =>
    fc.assert(
      fc.property(fc.integer({ min: -3600, max: 3599 }), (seconds) => {
        const at = new Date(Date.parse('2026-11-23T14:00:00+02:00') + seconds * 1000);
        return dueAt(at, promise, kyiv)?.rule === (seconds < 0 ? 0 : 1);
      }),
    ));
});
