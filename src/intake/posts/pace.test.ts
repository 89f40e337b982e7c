import { expect, test } from 'vitest';
import { restMs } from './pace.ts';

test.each<[string, number, { workedMs?: number; oldestMs?: number; quietMs?: number }]>([
  ['sources post: seven parts of eight are theirs', 210, {}],
  ['a post that came alone a moment ago', 14, { workedMs: 2, oldestMs: 3 }],
  ['nothing was posted for a while', 0, { quietMs: 50 }],
  ['nothing was ever posted here: what stands there is another’s', 0, { quietMs: Number.POSITIVE_INFINITY }],
  ['the oldest waits for long: no longer than until it has waited five seconds', 100, { oldestMs: 4900 }],
  ['it has waited that long', 0, { oldestMs: 5000 }],
  ['and longer', 0, { oldestMs: 3_600_000 }],
  ['kept by a clock that is ahead of ours', 210, { oldestMs: -50 }],
])('%s', (_story, expected, given) => {
  expect(restMs({ workedMs: 30, oldestMs: 100, quietMs: 3, ...given })).toBe(expected);
});
