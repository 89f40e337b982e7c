import { expect, test } from 'vitest';
import { mayTakeIn } from './pace.ts';

test.each<[string, boolean, { crowd?: number; quietMs?: number; waitedMs?: number }]>([
  ['many post at the same time', false, {}],
  ['one post came a moment ago', true, { crowd: 1 }],
  ['a few at the same time, one after the other', true, { crowd: 7 }],
  ['eight of them', false, { crowd: 8 }],
  ['the crowd has gone', true, { quietMs: 50 }],
  ['nothing was ever posted here', true, { crowd: 0, quietMs: Number.POSITIVE_INFINITY }],
  ['the oldest waits', false, { waitedMs: 4999 }],
  ['it has waited long enough', true, { waitedMs: 5000 }],
])('%s', (_story, expected, given) => {
  expect(mayTakeIn({ crowd: 30, quietMs: 3, waitedMs: 100, ...given })).toBe(expected);
});
