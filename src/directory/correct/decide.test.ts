import { expect, test } from 'vitest';
import { decideCorrection, type FormValues, mayHandOver } from './decide.ts';

test.each<[string, FormValues, FormValues, FormValues, unknown]>([
  ['nothing was touched', { name: 'A' }, { name: 'A' }, { name: 'A' }, { writes: {}, conflicts: [] }],
  ['a new name', { name: 'A' }, { name: 'A' }, { name: 'B' }, { writes: { name: 'B' }, conflicts: [] }],
  ['emptied', { note: 'x' }, { note: 'x' }, { note: null }, { writes: { note: null }, conflicts: [] }],
  [
    'another changed another field: his stays',
    { name: 'His', note: null },
    { name: 'A', note: null },
    { name: 'A', note: 'mine' },
    { writes: { note: 'mine' }, conflicts: [] },
  ],
  [
    'both changed the same field',
    { name: 'His' },
    { name: 'A' },
    { name: 'Mine' },
    { writes: { name: 'Mine' }, conflicts: [{ field: 'name', now: 'His' }] },
  ],
  [
    'line ends as a file has them are no other word',
    { note: 'a\r\nb ' },
    { note: 'a\nb' },
    { note: 'a\nc' },
    { writes: { note: 'a\nc' }, conflicts: [] },
  ],
  ['both wrote the same', { name: 'B' }, { name: 'A' }, { name: 'B' }, { writes: {}, conflicts: [] }],
])('%s', (_story, now, seen, wish, expected) => {
  expect(decideCorrection(now, seen, wish)).toEqual(expected);
});

test.each([
  ['supervisor', 'olga', 'anna', true],
  ['employee', 'anna', 'anna', true],
  ['employee', 'boris', 'anna', false],
  ['employee', 'boris', null, false],
  ['it', 'ivan', 'anna', false],
] as const)('who is responsible is said by a supervisor or by himself: %s %s', (role, id, responsible, expected) => {
  expect(mayHandOver({ id, role }, responsible)).toBe(expected);
});
