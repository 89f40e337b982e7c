import { expect, test } from 'vitest';
import type { Ringing } from '../core/contact/capture.ts';
import { decideAudience, isForgotten, isOver } from './decide.ts';

const at = new Date('2026-11-23T10:00:00Z');
const ring: Ringing = {
  call: 'pbx:1',
  outside: { kind: 'phone', value: '+380671234567' },
  outsideName: null,
  ours: null,
  rings: ['101', '102'],
  answeredBy: null,
  since: at,
};
const employees = new Map([
  ['101', 'anna'],
  ['102', 'boris'],
  ['112', 'anna'],
]);

test.each<[string, Partial<Ringing>, unknown]>([
  ['two phones ring', {}, { ringing: ['anna', 'boris'], talking: null }],
  ['two phones of one person', { rings: ['101', '112'] }, { ringing: ['anna'], talking: null }],
  ['a phone nobody owns', { rings: ['199'] }, { ringing: [], talking: null }],
  ['answered: the colleague is let go', { rings: [], answeredBy: '102' }, { ringing: [], talking: 'boris' }],
  ['answered by a phone nobody owns', { rings: [], answeredBy: '199' }, { ringing: [], talking: null }],
  ['a transfer under way', { rings: ['101'], answeredBy: '102' }, { ringing: ['anna'], talking: 'boris' }],
  ['his second phone still rings', { rings: ['112'], answeredBy: '101' }, { ringing: [], talking: 'anna' }],
])('%s', (_story, part, expected) => {
  expect(decideAudience({ ...ring, ...part }, employees)).toEqual(expected);
});

test('over when nobody rings and nobody talks', () => {
  expect(isOver({ ...ring, rings: [] })).toBe(true);
  expect(isOver({ ...ring, rings: [], answeredBy: '101' })).toBe(false);
  expect(isOver(ring)).toBe(false);
});

test.each([
  ['rings for nine minutes', null, 9, false],
  ['rings for eleven minutes', null, 11, true],
  ['talks for an hour', '101', 60, false],
  ['talks for seven hours', '101', 420, true],
])('%s', (_story, answeredBy, minutes, expected) => {
  expect(isForgotten({ ...ring, answeredBy }, at, new Date(at.getTime() + minutes * 60_000))).toBe(expected);
});
