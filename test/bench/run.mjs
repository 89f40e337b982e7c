// npm run bench [NAME…]: builds the program and the benchmarks into a folder of their own, runs all or the named ones, each
// in a process of its own, and prints a table. Ends with 0 whatever they measured: a goal missed is a number, not a failure.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'letopis-bench-'));

function build() {
  const compiler = join(root, 'node_modules/typescript/bin/tsc');
  const args = [compiler, '-p', join(root, 'test/bench/tsconfig.json'), '--outDir', folder];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) console.error('bench: the program does not build cleanly; going on with what the compiler wrote');
  for (const name of ['package.json', 'node_modules', 'test/recordings', 'test/fixtures', 'config']) {
    symlinkSync(join(root, name), join(folder, name));
  }
  for (const name of ['src/store/migrations', 'src/web/assets', 'src/demo/recordings', 'src/demo/mails']) {
    cpSync(join(root, name), join(folder, name), { recursive: true });
  }
}

function run(...args) {
  const program = join(folder, 'test/bench/one.js');
  const { stdout, status } = spawnSync(process.execPath, ['--expose-gc', program, ...args], {
    stdio: ['ignore', 'pipe', 2],
    encoding: 'utf8',
    timeout: 360_000,
    env: { ...process.env, LETOPIS_TEST_PROGRAM: join(folder, 'src/main.js') },
  });
  return status === 0 ? JSON.parse(stdout.trim().split('\n').at(-1)) : null;
}

try {
  build();
  const known = run();
  const asked = process.argv.slice(2);
  const unknown = asked.filter((name) => !known.includes(name));
  if (unknown.length > 0) console.error(`bench: unknown ${unknown.join(', ')}; there are ${known.join(', ')}`);
  for (const name of known.filter((one) => asked.length === 0 || asked.includes(one))) {
    const begin = performance.now();
    const results = run(name);
    const seconds = ((performance.now() - begin) / 1000).toFixed(0);
    console.log(`${name} (${seconds} s)`);
    if (results === null) console.log('  FAILED: see above');
    for (const { what, measured, goal, met, remark } of results ?? []) {
      const verdict = goal === 'not measured' ? '-     ' : met ? 'met   ' : 'MISSED';
      console.log(`  ${verdict}  ${what}: ${measured} (goal ${goal})\n          ${remark}`);
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
