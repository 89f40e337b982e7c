import { execFile, spawn } from 'node:child_process';
import { chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';

const run = promisify(execFile);

export interface DebianMariadb {
  /** mysql://user:password@127.0.0.1:port/clients */
  readonly url: string;
  stop(): Promise<void>;
}

/** Debian's own server (packages mariadb-server-core and -client-core) on loopback, never as root; nothing is forced to disk. */
export async function startDebianMariadb(program: string): Promise<DebianMariadb> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'letopis-mariadb-'));
  const drop: { uid?: number; gid?: number } = process.geteuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};
  const dataDir = path.join(home, 'data');
  const first = path.join(home, 'first.sql');
  await mkdir(dataDir);
  await writeFile(
    first,
    // One statement a line.
    "create database clients character set utf8mb4;\ncreate user letopis@'%' identified by 'geheim';\ngrant all on *.* to letopis@'%';\n",
  );
  if (drop.uid !== undefined && drop.gid !== undefined)
    for (const one of [home, dataDir, first]) await chown(one, drop.uid, drop.gid);
  const port = await freePort();
  const common = ['--no-defaults', `--datadir=${dataDir}`];
  await run('mariadb-install-db', [...common, '--auth-root-authentication-method=normal', '--skip-test-db'], {
    ...drop,
    cwd: '/',
  });
  const child = spawn(
    program,
    [
      ...common,
      `--socket=${path.join(home, 'socket')}`,
      `--pid-file=${path.join(home, 'pid')}`,
      `--port=${port}`,
      '--bind-address=127.0.0.1',
      '--skip-name-resolve',
      '--innodb-flush-log-at-trx-commit=0',
      '--innodb-buffer-pool-size=32M',
      `--init-file=${first}`,
    ],
    { ...drop, cwd: '/', stdio: 'ignore' },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilOpen(port);
  return {
    url: `mysql://letopis:geheim@127.0.0.1:${port}/clients`,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function untilOpen(port: number): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    const isOpen = await new Promise<boolean>((resolve) => {
      const socket = net.connect(port, '127.0.0.1', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error('mariadbd did not start');
}
