import { afterAll, expect, test } from 'vitest';
import { endAllPrograms } from '../kit/program.ts';
import { killRounds, linesOf } from './kill.ts';

afterAll(endAllPrograms);

// `npm run kill -- --rounds 200` does the same at length, and waits until every owner was asked.
test('kill -9 of the daemon and of PostgreSQL at random moments: every call that was heard is recorded once', async () => {
  const seed = Date.now() % 1_000_000;
  const report = await killRounds({ rounds: 12, seed, postgresEvery: 5 });
  process.stdout.write(`${[`kill: seed ${seed}`, ...linesOf(report)].join('\n')}\n`);
  expect(report.wrong, `seed ${seed}`).toEqual([]);
  expect(report.mustBeRecorded).toBeGreaterThan(20);
  expect(report.recorded).toBeGreaterThan(20);
});
