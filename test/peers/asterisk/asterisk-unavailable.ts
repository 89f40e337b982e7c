import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { packagesFolder, type Suite } from './exchange.ts';

const run = promisify(execFile);

/**
 * Why no real Asterisk can run on this machine, in one line, or null when it can. Where the packages have been unpacked
 * before, no network is needed.
 */
export async function asteriskUnavailable(suites: readonly Suite[] = ['sid', 'bullseye']): Promise<string | null> {
  if (process.platform !== 'linux') return `a real Asterisk needs Linux with Debian packages, not ${process.platform}`;
  for (const tool of ['bash', 'setsid', 'apt-get', 'dpkg-deb', 'openssl']) {
    if (!(await has(tool))) return `a real Asterisk needs the command ${tool}`;
  }
  for (const suite of suites) {
    if (existsSync(join(packagesFolder(suite), '.complete'))) continue;
    const problem = await mirrorProblem(suite);
    if (problem) return problem;
  }
  return null;
}

function has(tool: string): Promise<boolean> {
  return run('sh', ['-c', `command -v ${tool}`]).then(
    () => true,
    () => false,
  );
}

/** Asks the mirror the way apt itself would, so that its proxy and transport settings hold. */
async function mirrorProblem(suite: Suite): Promise<string | null> {
  const folder = await mkdtemp(join(tmpdir(), 'letopis-mirror-'));
  try {
    const { stdout } = await run('apt-get', ['indextargets', '--format', '$(SITE)', 'Created-By: Packages']);
    const mirror = stdout.split('\n').find((line) => line.endsWith('/debian'));
    if (!mirror) return 'a real Asterisk needs a Debian mirror in the apt sources';
    await run(
      '/usr/lib/apt/apt-helper',
      ['download-file', `${mirror}/dists/${suite}/InRelease`, join(folder, 'InRelease')],
      { timeout: 20_000 },
    );
    return null;
  } catch {
    return `a real Asterisk needs the Debian mirror (suite ${suite}), which does not answer`;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
