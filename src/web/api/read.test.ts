import { expect, test } from 'vitest';
import { z } from 'zod';
import { Problem } from './problem.ts';
import { readBody, readQuery } from './read.ts';
import { NewClient } from './schemas.ts';

const problemOf = (read: () => unknown): Problem => {
  try {
    read();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error('it was taken');
};
const flawsOf = (read: () => unknown) => problemOf(read).errors;
/** The best of three: others work on this machine too. */
const millisOf = (work: () => unknown) =>
  Math.min(
    ...[1, 2, 3].map(() => {
      const begun = performance.now();
      work();
      return performance.now() - begun;
    }),
  );
const keys = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`knd${i}xy`, 1]));

test.each([
  ['ten thousand unknown keys', { name: 'x', ...keys(10_000) }],
  ['ten thousand wrong addresses', { name: 'x', points: Array.from({ length: 10_000 }, () => ({ kynd: 1 })) }],
  ['a key of 90,000 letters', { name: 'x', ['kind'.repeat(22_500)]: 1 }],
  ['a word of 90,000 letters where one of a few is wanted', { name: 'x', kind: 'private'.repeat(13_000) }],
])('%s are told in no time, and in few words', (_story, body) => {
  const read = () => problemOf(() => readBody(NewClient, body));
  const flaws = flawsOf(() => readBody(NewClient, body));
  expect(flaws.length).toBeGreaterThan(0);
  expect(flaws.length).toBeLessThanOrEqual(20);
  expect(JSON.stringify([read().detail, flaws]).length).toBeLessThan(10_000);
  expect(millisOf(read)).toBeLessThan(100);
});

test('what was meant is still told', () => {
  expect(flawsOf(() => readBody(NewClient, { nme: 'x', ...keys(3) })).map(({ pointer }) => pointer)).toContain('/nme');
  expect(flawsOf(() => readQuery(z.strictObject({ limit: z.string() }), { limt: '1' }))).toEqual([
    { parameter: 'limt', detail: 'expected a known key, did you mean limit?' },
  ]);
});
