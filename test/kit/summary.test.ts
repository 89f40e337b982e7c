import { describe, expect, test } from 'vitest';
import { countsLine, type Run, summarize } from './summary.ts';

const suite = (name: string, statuses: readonly string[], status = 'passed', ancestors: readonly string[] = []) => ({
  name: `/house/${name}`,
  status,
  message: status === 'failed' ? 'SyntaxError: oh\n at x' : '',
  startTime: 1000,
  endTime: 3500,
  assertionResults: statuses.map((state, i) => ({ status: state, ancestorTitles: ancestors, title: `t${i}` })),
});
const run = (testResults: readonly unknown[], change: Partial<Run> = {}): Run => ({
  report: { testResults },
  exitCode: 0,
  missing: [],
  strict: false,
  root: '/house',
  seconds: 12.4,
  ...change,
});
const missing = [{ name: 'redis', reason: 'only root may install it' }];

describe('summary of a run', () => {
  test.each([
    ['all is well', run([suite('a.test.ts', ['passed', 'passed'])]), '2 passed, 0 failed, 0 skipped'],
    [
      'a test failed',
      run([suite('a.test.ts', ['passed', 'failed'], 'failed')], { exitCode: 1 }),
      '1 passed, 1 failed, 0 skipped',
    ],
    [
      'a file could not be read',
      run([suite('a.test.ts', [], 'failed'), suite('b.test.ts', ['passed'])], { exitCode: 1 }),
      '1 passed, 1 failed, 0 skipped',
    ],
    ['no test ran', run([], { exitCode: 1 }), '0 passed, 1 failed, 0 skipped'],
    ['no test ran and vitest was content', run([]), '0 passed, 1 failed, 0 skipped'],
    ['vitest crashed', run([], { report: null, exitCode: null }), '0 passed, 1 failed, 0 skipped'],
    [
      'an error outside every test',
      run([suite('a.test.ts', ['passed'])], { exitCode: 1 }),
      '1 passed, 1 failed, 0 skipped',
    ],
    [
      'a peer is missing here',
      run([suite('a.test.ts', ['passed', 'pending'])], { missing }),
      '1 passed, 0 failed, 1 skipped',
    ],
    [
      'a peer is missing on CI',
      run([suite('a.test.ts', ['passed'])], { missing, strict: true }),
      '1 passed, 1 failed, 0 skipped',
    ],
  ])('%s', (_story, of, expected) => {
    expect(countsLine(summarize(of))).toBe(expected);
  });

  test('names what was left out and why', () => {
    const title = 'queue on Redis (left out: no redis, only root may install it)';
    const left = suite('queue.test.ts', ['pending', 'pending'], 'passed', [title]);
    expect(summarize(run([suite('a.test.ts', ['passed', 'todo']), left], { missing })).lines).toEqual([
      '    2.5 s     1  a.test.ts',
      '    2.5 s     0  queue.test.ts',
      'left out: t1 (skipped in the code) (1)',
      `left out: ${title} (2)`,
      'missing peer: redis: only root may install it',
      'the whole run: 12 s',
    ]);
  });
});
