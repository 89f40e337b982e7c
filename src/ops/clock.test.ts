import { expect, test } from 'vitest';
import { systemClock } from './clock.ts';

test('sleep ends after its time', async () => {
  const since = systemClock.monotonicMs();
  await systemClock.sleep(30, new AbortController().signal);
  expect(systemClock.monotonicMs() - since).toBeGreaterThanOrEqual(28);
});

test.each([
  ['before', (ending: AbortController) => ending.abort(new Error('stopping'))],
  ['meanwhile', (ending: AbortController) => void setTimeout(() => ending.abort(new Error('stopping')), 10)],
])('sleep aborted %s rejects with the reason itself', async (_story, abort) => {
  const ending = new AbortController();
  abort(ending);
  await expect(systemClock.sleep(10_000, ending.signal)).rejects.toThrow('stopping');
});
