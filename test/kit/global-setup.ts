import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** Journeys, faults and peers run the built program: builds dist once when it is older than the sources. */
export function setup(): void {
  if (process.env['LETOPIS_TEST_BUILT'] === '1') return;
  const program = join(root, 'dist/src/main.js');
  const sources = ['src', 'connectors', 'package.json', 'build.mjs', 'tsconfig.json'].map((name) =>
    newest(join(root, name)),
  );
  if (!existsSync(program) || statSync(program).mtimeMs < Math.max(...sources)) {
    const { status } = spawnSync(process.execPath, [join(root, 'build.mjs')], { cwd: root, stdio: 'inherit' });
    // the compiler writes what it can: while a file elsewhere is broken other suites stay usable; npm test refuses it
    if (status !== 0) console.error('\nthe program does not build cleanly; going on with what the compiler wrote\n');
  }
  process.env['LETOPIS_TEST_BUILT'] = '1'; // every project calls us, one build is enough
}

function newest(path: string): number {
  const { mtimeMs } = statSync(path);
  if (!statSync(path).isDirectory()) return mtimeMs;
  return Math.max(mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))));
}
