import { expect, test } from 'vitest';
import { nextWait } from './backoff.ts';

test.each([
  ['the first loss', null, 'retry', 90_000, { failures: 1, waitMs: 500 }],
  ['again at once', { failures: 1, waitMs: 500 }, 'retry', 0, { failures: 2, waitMs: 1000 }],
  ['a brief success resets nothing', { failures: 4, waitMs: 4000 }, 'retry', 2000, { failures: 5, waitMs: 8000 }],
  ['a steady one does', { failures: 9, waitMs: 60_000 }, 'retry', 60_000, { failures: 1, waitMs: 500 }],
  ['never longer than a minute', { failures: 50, waitMs: 60_000 }, 'retry', 0, { failures: 51, waitMs: 60_000 }],
  ['a wrong password rests', { failures: 1, waitMs: 500 }, 'reconfigure', 0, { failures: 2, waitMs: 300_000 }],
] as const)('%s', (_story, before, remedy, listenedMs, expected) => {
  expect(nextWait(before, remedy, listenedMs)).toEqual(expected);
});
