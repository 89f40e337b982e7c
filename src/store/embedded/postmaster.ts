import { readFile, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from '../../ops/log.ts';
import { freePort } from './claim.ts';
import { type Layout, openServerLog } from './cluster.ts';
import { cannotStart, serverInstead } from './fault.ts';
import { isAlive, isPostgresOf } from './process.ts';
import type { Runner } from './runner.ts';

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
}

export interface Parts {
  readonly layout: Layout;
  readonly password: string;
  readonly runner: Runner;
  readonly scratch: boolean;
  readonly log: Logger;
}

/**
 * A PostgreSQL that answers: the one a killed daemon left running, if it answers with our password, else a new one.
 * Several tries, because after a kill -9 the old processes need a moment to go.
 *
 * @throws Fault store.embedded_cannot_start
 */
export async function bringUp(parts: Parts): Promise<Postmaster> {
  const told: string[] = [];
  for (let attempt = 0; attempt < 60; attempt += 1) {
    const left = await leftBehind(parts);
    if (left) return left;
    const started = await start(parts);
    if (typeof started === 'object') return started;
    if (!told.includes(started)) told.push(started);
    if (!/lock file|shared memory block|TCP\/IP sockets|could not bind/i.test(started)) break;
    await pause(250);
  }
  throw cannotStart(
    told.map((line) => `${parts.runner.way}: ${line}`),
    `see ${parts.layout.log}, or ${serverInstead}`,
  );
}

/** A running PostgreSQL of this folder, adopted; null when there is none, or none any more. */
async function leftBehind(parts: Parts): Promise<Postmaster | null> {
  const found = await readPidFile(parts.layout);
  if (!found) return null;
  if (!(await isPostgresOf(found.pid, parts.layout.cluster))) {
    await disown(parts.layout, found.pid);
    return null;
  }
  const since = performance.now();
  while (await isPostgresOf(found.pid, parts.layout.cluster)) {
    const answer = await ask(parts.password, found.port);
    if (answer === 'ready') {
      parts.log.info({ pid: found.pid }, 'store.embedded_adopted');
      return found;
    }
    // recovering after a crash may take minutes and says so; mere silence gets ten seconds
    if (answer === 'refused' || (answer === 'silent' && performance.now() - since > 10_000)) {
      parts.log.warn({ pid: found.pid, answer }, 'store.embedded_ended');
      await endPostmaster(found.pid);
    }
    await pause(100);
  }
  return null;
}

/** The server another process runs on this folder; null while it does not answer. */
export async function findRunning(layout: Layout, password: string): Promise<Postmaster | null> {
  const found = await readPidFile(layout);
  return found && (await ask(password, found.port)) === 'ready' ? found : null;
}

/** pid and port: lines 1 and 4 of postmaster.pid. Null when there is no such file or it is half written. */
async function readPidFile(layout: Layout): Promise<Postmaster | null> {
  const lines = (await readFile(pidFile(layout), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  return pid > 0 ? { pid, port: Number(lines[3]) || 0 } : null;
}

function pidFile(layout: Layout): string {
  return path.join(layout.cluster, 'postmaster.pid');
}

/**
 * PostgreSQL refuses to start while the pid in a stale postmaster.pid is alive, be it a zombie or another program that got
 * the number since. It believes its own parent, though: with our pid in the first line it goes on to the check that matters,
 * whether old backends still use the shared memory named further down; so that line is kept (CreateLockFile, miscinit.c).
 */
async function disown(layout: Layout, pid: number): Promise<void> {
  const text = await readFile(pidFile(layout), 'utf8').catch(() => '');
  if (!text.startsWith(`${pid}\n`) || pid === process.pid) return;
  const draft = `${pidFile(layout)}.${process.pid}`;
  await writeFile(draft, text.replace(/^\d+/, String(process.pid)), { mode: 0o600 });
  await rename(draft, pidFile(layout));
}

/** The new server, or the last thing it said. */
async function start(parts: Parts): Promise<Postmaster | string> {
  const { layout, runner } = parts;
  const remembered = Number(await readFile(layout.port, 'utf8').catch(() => '')) || null;
  const port = await freePort(remembered);
  const output = await openServerLog(layout);
  const { size: from } = await output.stat();
  try {
    const pid = runner.start(runner.binaries.postgres, settings(parts, port), output.fd);
    const answer = await firstAnswer(parts, { pid, port });
    if (answer === 'ready') {
      await writeFile(layout.port, String(port), { mode: 0o600 });
      return { pid, port };
    }
    if (answer !== 'gone') {
      await endPostmaster(pid);
      return answer === 'refused' ? `${layout.password} is not the password this database was made with` : 'no answer';
    }
  } finally {
    await output.close();
  }
  const said = (await readFile(layout.log)).subarray(from).toString().trim();
  return said.split('\n').find((line) => /FATAL|PANIC|error/i.test(line)) ?? said.split('\n').at(-1) ?? 'said nothing';
}

/** Waits for the end of a recovery however long it takes, as long as the server says so; for a silent one a minute. */
async function firstAnswer(parts: Parts, { pid, port }: Postmaster): Promise<'ready' | 'refused' | 'silent' | 'gone'> {
  for (let heardMs = performance.now(); ; ) {
    const answer = await ask(parts.password, port);
    if (!(await isAlive(pid))) return 'gone';
    // another program may have taken the port in between; only our own server counts
    const ours = (await readPidFile(parts.layout))?.pid === pid;
    if (ours && (answer === 'ready' || answer === 'refused')) return answer;
    if (ours && answer === 'starting') heardMs = performance.now();
    if (performance.now() - heardMs > 60_000) return 'silent';
    await pause(20);
  }
}

/** For a small office beside the daemon on one machine: about 40 MB, and nothing acknowledged before it is on disk. */
function settings({ layout, scratch }: Parts, port: number): string[] {
  const values: Readonly<Record<string, string | number>> = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: 60,
    shared_buffers: '64MB',
    max_wal_size: '256MB',
    jit: 'off',
    // Statements are planned once per connection, when a new office's tables are all but empty: that they have grown is to be
    // known before a first look into a mailbox has filled them, and what is read lies in memory, not on a disk with arms.
    autovacuum_naptime: '10s',
    random_page_cost: '1.1',
    io_method: 'sync', // no extra I/O processes
    log_min_messages: 'warning',
    log_line_prefix: '%m [%p] ',
    fsync: scratch ? 'off' : 'on',
    full_page_writes: scratch ? 'off' : 'on',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  return [
    '-D',
    layout.cluster,
    '-p',
    String(port),
    ...Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
}

export function urlOf(password: string, port: number, database: string): string {
  return `postgres://letopis:${password}@127.0.0.1:${port}/${database}`;
}

/** What the server on the port says to our password. */
async function ask(password: string, port: number): Promise<'ready' | 'starting' | 'refused' | 'silent'> {
  if (port === 0) return 'silent';
  const client = new pg.Client({
    connectionString: urlOf(password, port, 'postgres'),
    connectionTimeoutMillis: 2000,
    query_timeout: 2000,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query("select 1 from pg_database where datname = 'letopis'");
    if (rows.length === 0) await client.query('create database letopis');
    return 'ready';
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return code === '57P03' ? 'starting' : code.startsWith('28') ? 'refused' : 'silent';
  } finally {
    await client.end().catch(() => {});
  }
}

/** Fast shutdown; when that takes longer than `patienceMs`, an immediate one, after which the next start recovers. */
export async function endPostmaster(pid: number, patienceMs = 20_000): Promise<void> {
  for (const [signal, waitMs] of [
    ['SIGINT', patienceMs],
    ['SIGQUIT', 10_000],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch {
      return; // gone already
    }
    const since = performance.now();
    while (performance.now() - since < waitMs) {
      if (!(await isAlive(pid))) return;
      await pause(10);
    }
  }
}
