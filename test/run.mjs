// `npm test`: brings up the real peers, builds the program once, runs every suite and adds up.
// Arguments are passed to vitest: `npm test -- --project unit`, `npm test -- src/core/phone/phone.test.ts`.
// The last line printed is `N passed, N failed, N skipped`; the exit code is 1 when anything failed.
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tsImport } from 'tsx/esm/api';

const root = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const longestRunMs = 45 * 60_000;
const started = process.hrtime.bigint();
const seconds = () => Number(process.hrtime.bigint() - started) / 1e9;

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error);
  console.log('the tests could not be run\n0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
}

async function main() {
  const { bringUpPeers } = await tsImport('./peers/index.ts', import.meta.url);
  const { startTestDatabase } = await tsImport('./kit/test-database.ts', import.meta.url);
  const { countsLine, summarize } = await tsImport('./kit/summary.ts', import.meta.url);

  const peers = await bringUpPeers();
  for (const { name, reason } of peers.missing) console.log(`missing peer: ${name}: ${reason}`);
  const database = await startTestDatabase();
  console.log(`peers and the database are up after ${seconds().toFixed(1)} s`);

  const build = spawnSync(process.execPath, ['build.mjs'], { cwd: root, stdio: 'inherit' });
  const environment = { ...peers.environment, LETOPIS_TEST_DATABASE_URL: database.url, LETOPIS_TEST_BUILT: '1' };
  const { exitCode, report } = build.status === 0 ? await runVitest(environment) : { exitCode: 1, report: null };
  if (build.status !== 0) console.log('the program does not build: no test was run');
  await Promise.all([peers.stop(), database.stop()]);

  const strict = process.env.CI === 'true';
  const summary = summarize({ report, exitCode, missing: peers.missing, strict, root, seconds: seconds() });
  console.log(['', ...summary.lines, countsLine(summary)].join('\n'));
  return summary.failed > 0 ? 1 : 0;
}

/** @returns vitest's exit code (null: a signal ended it) and its report (null: it died before it wrote one) */
async function runVitest(environment) {
  const folder = mkdtempSync(join(tmpdir(), 'letopis-test-'));
  const file = join(folder, 'report.json');
  const words = ['run', '--reporter=default', '--reporter=json', `--outputFile.json=${file}`, ...process.argv.slice(2)];
  const vitest = spawn(process.execPath, [join(root, 'node_modules/vitest/vitest.mjs'), ...words], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => vitest.kill(signal));
  const tooLong = setTimeout(() => vitest.kill('SIGTERM'), longestRunMs);
  const exitCode = await new Promise((resolve, reject) => {
    vitest.once('error', reject);
    vitest.once('exit', (code) => resolve(code));
  });
  clearTimeout(tooLong);
  const report = readReport(file);
  rmSync(folder, { recursive: true, force: true });
  return { exitCode, report };
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
