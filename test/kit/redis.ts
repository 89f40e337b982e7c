import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { freePort } from './free-port.ts';

export interface RedisServer {
  readonly url: string;
  /** One command over a connection of its own; the raw reply, e.g. `+OK` or `:3`. */
  send(...command: readonly string[]): Promise<string>;
  /** kill -9; `start` brings it back with what its append-only file holds. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const binary = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'].find(
  existsSync,
);

/** Whether this machine has a Redis (Debian: `apt-get install redis-server`). */
export const hasRedis = binary !== undefined;

/** A real Redis of the test's own on a free loopback port, with an append-only file in a temporary folder. */
export async function startRedis(): Promise<RedisServer> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'letopis-redis-'));
  const port = await freePort();
  let child: ChildProcess | null = null;
  const redis: RedisServer = {
    url: `redis://127.0.0.1:${port}/0`,
    send: (...command) => send(port, command),
    async kill() {
      const dying = child;
      child = null;
      if (!dying || dying.exitCode !== null) return;
      await new Promise((resolve) => {
        dying.once('exit', resolve);
        dying.kill('SIGKILL');
      });
    },
    async start() {
      const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', home, '--save', '', '--appendonly', 'yes'];
      child = spawn(binary ?? 'redis-server', args, { stdio: 'ignore' });
      for (let attempt = 0; attempt < 200; attempt += 1) {
        if ((await send(port, ['PING']).catch(() => '')) === '+PONG') return;
        await new Promise((resolve) => setTimeout(resolve, 25));
      }
      throw new Error('redis-server did not start');
    },
    async stop() {
      await redis.kill();
      await rm(home, { recursive: true, force: true });
    },
  };
  await redis.start();
  return redis;
}

function send(port: number, command: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.write(
        `*${command.length}\r\n${command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`).join('')}`,
      );
    });
    socket.once('data', (data) => {
      resolve(data.toString().split('\r\n')[0] ?? '');
      socket.destroy();
    });
    socket.once('error', reject);
  });
}
