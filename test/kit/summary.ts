import { z } from 'zod';

/** What we read of vitest's JSON report. */
const Report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      startTime: z.number(),
      endTime: z.number(),
      assertionResults: z.array(
        z.object({ status: z.string(), ancestorTitles: z.array(z.string()), title: z.string() }),
      ),
    }),
  ),
});

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Summary extends Counts {
  /** Lines for people: the table of suites, then what was left out and why, then what is wrong with the run itself. */
  readonly lines: readonly string[];
}

export interface Run {
  /** The JSON report as vitest wrote it; null when it wrote none. */
  readonly report: unknown;
  /** How vitest ended: its exit code, null when a signal ended it. */
  readonly exitCode: number | null;
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
  /** True on CI, where a missing peer is a failure. */
  readonly strict: boolean;
  readonly root: string;
  readonly seconds: number;
}

/** Adds up a run. Whatever vitest calls a failure without a failed test (a crash, no tests at all) counts as one here. */
export function summarize(run: Run): Summary {
  const parsed = Report.safeParse(run.report);
  const suites = parsed.success ? parsed.data.testResults : [];
  const tests = suites.flatMap((suite) => suite.assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const skipped = tests.filter(({ status }) => ['pending', 'skipped', 'todo', 'disabled'].includes(status)).length;
  const unread = suites.filter((suite) => suite.status === 'failed' && !suite.assertionResults.some(isFailed));
  const wrong = [
    ...unread.map(({ name, message }) => `${short(name, run.root)} could not be run: ${firstLine(message)}`),
    ...(run.strict ? run.missing.map(({ name, reason }) => `the peer ${name} is missing: ${reason}`) : []),
    ...(tests.length === 0 ? ['no test ran'] : []),
  ];
  const found = tests.filter(isFailed).length + wrong.length;
  if (found === 0 && run.exitCode !== 0) wrong.push(`vitest itself failed (${run.exitCode ?? 'ended by a signal'})`);
  const failed = tests.filter(isFailed).length + wrong.length;
  const rows = suites.map((suite) => {
    const count = (of: (one: { status: string }) => boolean) => suite.assertionResults.filter(of).length;
    const seconds = (Math.max(0, suite.endTime - suite.startTime) / 1000).toFixed(1).padStart(7);
    const bad = count(isFailed) > 0 ? `  ${count(isFailed)} failed` : '';
    return `${seconds} s  ${`${count(({ status }) => status === 'passed')}`.padStart(4)}  ${short(suite.name, run.root)}${bad}`;
  });
  const left = reasons(tests);
  return {
    passed,
    failed,
    skipped,
    lines: [
      ...rows.sort().reverse(),
      ...left.map(([reason, count]) => `left out: ${reason} (${count})`),
      ...run.missing.map(({ name, reason }) => `missing peer: ${name}: ${reason}`),
      ...wrong.map((what) => `FAILED: ${what}`),
      `the whole run: ${run.seconds.toFixed(0)} s`,
    ],
  };
}

/** The line every runner ends with; .ci/run adds them up. */
export function countsLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/** Every suite left out with its reason, and every test skipped in the code, with how many tests that is. */
function reasons(tests: readonly { status: string; ancestorTitles: string[]; title: string }[]): [string, number][] {
  const counted = new Map<string, number>();
  for (const { status, ancestorTitles, title } of tests) {
    if (status === 'passed' || status === 'failed') continue;
    const named = ancestorTitles.find((ancestor) => ancestor.includes('(left out: '));
    const reason = named ?? `${[...ancestorTitles, title].join(' › ')} (skipped in the code)`;
    counted.set(reason, (counted.get(reason) ?? 0) + 1);
  }
  return [...counted];
}

function isFailed({ status }: { status: string }): boolean {
  return status === 'failed';
}

function short(path: string, root: string): string {
  return path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path;
}

function firstLine(text: string | undefined): string {
  return text?.split('\n')[0] || 'no reason was given';
}
