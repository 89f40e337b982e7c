import { afterAll, expect, test } from 'vitest';
import { endAllPrograms } from '../kit/program.ts';
import { killWhileSourcesPost } from './post-kill.ts';

afterAll(endAllPrograms);

test('kill -9 while exchanges post: every call that was acknowledged is one contact', {
  timeout: 240_000,
}, async () => {
  const seed = Date.now() % 1_000_000;
  const { acknowledged, found, unanswered } = await killWhileSourcesPost({ seed, kills: 6, sources: 24 });
  process.stdout.write(`post-kill: seed ${seed}, ${acknowledged.length} calls, ${unanswered} posts not answered\n`);
  expect(
    acknowledged.filter((id) => !found.includes(id)),
    `lost, seed ${seed}`,
  ).toEqual([]);
  expect(found, `seed ${seed}`).toEqual(acknowledged);
  expect(unanswered).toBeGreaterThan(20);
});
