import { execFile, spawn } from 'node:child_process';
import { chown, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);

export interface DebianPostgres {
  readonly url: string;
  readonly dataDir: string;
  stop(): Promise<void>;
  /** `pg_ctl`'s modes: `immediate` is as after a crash. The port stays. */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
}

/** The folder of Debian's own PostgreSQL binaries of a version, null where the package is not installed. */
export async function debianPostgres(version: number): Promise<string | null> {
  const folder = `/usr/lib/postgresql/${version}/bin`;
  const names: readonly string[] = await readdir(folder).catch(() => []);
  return names.includes('postgres') ? folder : null;
}

/** A server of the distribution's, run by the user `postgres` when we are root; loopback only, nothing forced to disk. */
export async function startDebianPostgres(bin: string, settings: readonly string[] = []): Promise<DebianPostgres> {
  const dataDir = await mkdtemp(path.join(os.tmpdir(), 'letopis-debian-pg-'));
  const drop: { uid?: number; gid?: number } = process.geteuid?.() === 0 ? await userPostgres() : {};
  if (drop.uid && drop.gid) await chown(dataDir, drop.uid, drop.gid);
  const cluster = path.join(dataDir, 'cluster');
  await run(`${bin}/initdb`, ['-D', cluster, '-U', 'letopis', '-A', 'trust', '-E', 'UTF8', '--locale=C', '-N'], {
    ...drop,
    cwd: '/',
  });
  const port = await freePort();
  const options = [
    '-p',
    String(port),
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
    '-c',
    'fsync=off',
    ...settings,
  ];
  const control = (...args: string[]) =>
    new Promise<void>((resolve, reject) => {
      // its output must not be a pipe: the server would inherit it and we would wait for its end
      const child = spawn(`${bin}/pg_ctl`, ['-D', cluster, '-w', '-s', ...args], {
        ...drop,
        cwd: '/',
        stdio: 'ignore',
      });
      child.once('error', reject);
      child.once('exit', (code) =>
        code === 0 ? resolve() : reject(new Error(`pg_ctl ${args[0]} ended with ${code}`)),
      );
    });
  const start = ['-o', options.join(' '), '-l', path.join(dataDir, 'log')];
  await control('start', ...start);
  return {
    url: `postgres://letopis@127.0.0.1:${port}/postgres`,
    dataDir,
    restart: (mode) => control('restart', '-m', mode, ...start),
    async stop() {
      await control('stop', '-m', 'immediate').catch(() => {});
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

async function userPostgres(): Promise<{ uid: number; gid: number }> {
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'postgres'])).stdout)),
  );
  return { uid: uid ?? 0, gid: gid ?? 0 };
}
