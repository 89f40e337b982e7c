import { expect, test } from 'vitest';
import type { Clock } from '../../core/time/clock.ts';
import { createThrottle } from './throttle.ts';

test('ten a minute, then no more until the minute is over; each name for itself', () => {
  let ms = 0;
  const clock: Clock = { now: () => new Date(ms), monotonicMs: () => ms, sleep: async () => {} };
  const throttle = createThrottle(clock, 10, 60_000);
  const ten = Array.from({ length: 10 }, () => throttle.hit('a'));
  expect(ten).toEqual(Array.from({ length: 10 }, () => true));
  expect([throttle.isOver('a'), throttle.hit('a'), throttle.hit('b')]).toEqual([true, false, true]);
  ms = 60_000;
  expect([throttle.isOver('a'), throttle.hit('a')]).toEqual([false, true]);
});

test('forgets the oldest names first and never grows beyond its bound', () => {
  const clock: Clock = { now: () => new Date(0), monotonicMs: () => 0, sleep: async () => {} };
  const throttle = createThrottle(clock, 1, 60_000, 2);
  for (const key of ['a', 'b', 'c']) throttle.hit(key);
  expect(['a', 'b', 'c'].map((key) => throttle.isOver(key))).toEqual([false, true, true]);
});
