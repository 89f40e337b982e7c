import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, readdir, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { silentLog } from '../../src/ops/log.ts';
import { findBinaries } from '../../src/store/embedded/binaries.ts';
import { ensureCluster, layoutOf, readPassword } from '../../src/store/embedded/cluster.ts';
import { startEmbedded } from '../../src/store/embedded/index.ts';
import { bringUp, endPostmaster, urlOf } from '../../src/store/embedded/postmaster.ts';
import { findRunner, possibleWays } from '../../src/store/embedded/runner.ts';
import { openStore, sql } from '../../src/store/index.ts';

const script = fileURLToPath(new URL('./engines-daemon.ts', import.meta.url));
const tsx = fileURLToPath(import.meta.resolve('tsx'));
const asRoot = process.geteuid?.() === 0;

let home = '';
let dataDir = '';
const started: ChildProcess[] = [];
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  home = await mkdtemp(path.join(os.tmpdir(), 'letopis-engines-'));
  await chmod(home, 0o755);
  dataDir = path.join(home, 'pg');
});
afterEach(async () => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
  for (const stop of stops.splice(0)) await stop();
  await killAll();
  await rm(home, { recursive: true, force: true });
});

async function embed(options: { readonly join?: boolean } = {}) {
  const embedded = await startEmbedded({ dataDir, log: silentLog, ...options });
  stops.push(embedded.stop);
  return embedded;
}

/** The daemon in a process (group) of its own; `command` may run it as somebody else. */
async function daemon(command: readonly string[] = []): Promise<{ child: ChildProcess; url: string }> {
  const [file = '', ...args] = [...command, process.execPath, '--import', tsx, script, dataDir];
  const child = spawn(file, args, { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  started.push(child);
  const line = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (data: Buffer) => resolve(data.toString()));
    child.once('exit', (code) => reject(new Error(`the daemon ended with ${code}`)));
    child.once('error', reject);
  });
  const answer: unknown = JSON.parse(line);
  if (typeof answer !== 'object' || answer === null || !('url' in answer)) throw new Error(line);
  return { child, url: String(answer.url) };
}

async function kill(child: ChildProcess): Promise<void> {
  await new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGKILL');
  });
}

/** Every living PostgreSQL process of the folder, the postmaster first. */
async function postgresPids(): Promise<number[]> {
  const pids: number[] = [];
  for (const name of await readdir('/proc')) {
    const cwd = await readlink(`/proc/${name}/cwd`).catch(() => '');
    if (cwd === path.join(dataDir, 'cluster')) pids.push(Number(name));
  }
  const main = Number(
    (await readFile(path.join(dataDir, 'cluster/postmaster.pid'), 'utf8').catch(() => '')).split('\n')[0],
  );
  return pids.sort((a, b) => Number(b === main) - Number(a === main) || a - b);
}

async function killAll(): Promise<void> {
  for (const pid of await postgresPids()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // gone with its postmaster in the meantime
    }
  }
}

async function on<T>(url: string, work: (store: Awaited<ReturnType<typeof openStore>>) => Promise<T>): Promise<T> {
  const store = await openStore({ url, log: silentLog });
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}
const writeRows = (url: string) =>
  on(url, ({ db }) => db.rows(sql`create table kept as select n from generate_series(1, 1000) as n`));
const keptRows = (url: string) => on(url, async ({ db }) => (await db.rows(sql`select n from kept`)).length);

describe('who may come in', () => {
  test('nobody without the password, which only we can read; no unix socket', async () => {
    const { url } = await embed();
    for (const password of ['', 'wrong']) {
      const other = Object.assign(new URL(url), { password }).toString();
      await expect(openStore({ url: other, log: silentLog })).rejects.toMatchObject({ name: 'Fault' });
    }
    expect(new URL(url).password).toMatch(/^[0-9a-f]{48}$/);
    expect((await stat(path.join(dataDir, 'password'))).mode & 0o777).toBe(0o600);
    expect((await stat(dataDir)).mode & 0o777).toBe(0o700);
    const settings = await on(url, ({ db }) =>
      db.rows(sql`
        select name, setting from pg_settings
         where name in ('listen_addresses', 'unix_socket_directories', 'fsync', 'synchronous_commit') order by name`),
    );
    expect(settings).toEqual([
      { name: 'fsync', setting: 'on' },
      { name: 'listen_addresses', setting: '127.0.0.1' },
      { name: 'synchronous_commit', setting: 'on' },
      { name: 'unix_socket_directories', setting: '' },
    ]);
    const hba = await readFile(path.join(dataDir, 'cluster/pg_hba.conf'), 'utf8');
    expect(hba.split('\n').filter((line) => /^[a-z]/.test(line) && !line.endsWith('scram-sha-256'))).toEqual([]);
  });

  test.skipIf(!asRoot)('another local user can read nothing', async () => {
    await embed();
    const read = () => execFileSync('setpriv', [...nobody, 'cat', path.join(dataDir, 'password')], { stdio: 'pipe' });
    expect(read).toThrow(/Permission denied/);
  });
});

describe('kill -9', () => {
  test('of the daemon: PostgreSQL goes on, the next start adopts it', async () => {
    const first = await daemon();
    await writeRows(first.url);
    const [postmaster] = await postgresPids();
    await kill(first.child);
    const { url } = await embed();
    expect(url).toBe(first.url);
    expect((await postgresPids())[0]).toBe(postmaster);
    expect(await keptRows(url)).toBe(1000);
  });

  test('of daemon and PostgreSQL: the next start recovers, on the same port', async () => {
    const first = await daemon();
    await writeRows(first.url);
    await kill(first.child);
    await killAll();
    const { url } = await embed();
    expect(url).toBe(first.url);
    expect(await keptRows(url)).toBe(1000);
  });

  test('of the postmaster alone, its children busy: the next start waits for them to go', async () => {
    const first = await daemon();
    await writeRows(first.url);
    await kill(first.child);
    const busy = await openStore({ url: first.url, log: silentLog });
    const work = busy.db.rows(sql`select pg_sleep(1), count(*) from generate_series(1, 3000000)`).catch(() => {});
    const [postmaster = 0] = await postgresPids();
    process.kill(postmaster, 'SIGKILL');
    const { url } = await embed();
    expect(await keptRows(url)).toBe(1000);
    await work;
    await busy.close();
  });

  test('of PostgreSQL under a living daemon: it comes back on the same port, a store goes on by itself', async () => {
    const { url } = await embed();
    const store = await openStore({ url, log: silentLog });
    await store.db.rows(sql`create table kept as select n from generate_series(1, 1000) as n`);
    await killAll();
    await expect
      .poll(
        () =>
          store.db.rows(sql`select n from kept`).then(
            (rows) => rows.length,
            () => 0,
          ),
        { timeout: 10_000, interval: 100 },
      )
      .toBe(1000);
    await store.close();
  });

  test('in the middle of the first start: no half-made database is left', async () => {
    await mkdir(path.join(dataDir, 'cluster.new-999999'), { recursive: true, mode: 0o700 });
    await writeFile(path.join(dataDir, 'cluster.new-999999', 'PG_VERSION'), '18\n');
    const { url } = await embed();
    await writeRows(url);
    expect((await readdir(dataDir)).filter((name) => name.startsWith('cluster'))).toEqual(['cluster']);
  });
});

test('a stale pid file whose pid is another living program is no obstacle', async () => {
  const first = await daemon();
  await writeRows(first.url);
  await kill(first.child);
  await killAll();
  const pidFile = path.join(dataDir, 'cluster/postmaster.pid');
  const bystander = spawn('sleep', ['60'], { stdio: 'ignore' });
  started.push(bystander);
  const text = await readFile(pidFile, 'utf8');
  await writeFile(pidFile, text.replace(/^\d+/, String(bystander.pid)));
  const { url } = await embed();
  expect(await keptRows(url)).toBe(1000);
  expect(bystander.exitCode).toBeNull();
});

test('an orphan that does not take our password is ended, and IT is told where the password was', async () => {
  const first = await daemon();
  await writeRows(first.url);
  await on(first.url, ({ db }) => db.rows(sql`create role other login superuser password 'x'`));
  await on(first.url.replace(/letopis:[0-9a-f]+@/, 'other:x@'), ({ db }) =>
    db.rows(sql`alter role letopis password 'lost'`),
  );
  await kill(first.child);
  const [orphan = 0] = await postgresPids();
  await expect(startEmbedded({ dataDir, log: silentLog })).rejects.toMatchObject({
    code: 'store.embedded_cannot_start',
  });
  expect(orphan).toBeGreaterThan(0);
  expect(await postgresPids()).toEqual([]);
});

test('a second daemon on the folder is refused and told why; a command may join', async () => {
  const { url } = await embed();
  await expect(startEmbedded({ dataDir, log: silentLog })).rejects.toMatchObject({
    code: 'store.embedded_in_use',
    remedy: 'reconfigure',
    facts: { dataDir, cure: expect.stringContaining('another Letopis') },
  });
  const joined = await embed({ join: true });
  expect(joined.url).toBe(url);
  await joined.stop();
  await writeRows(url);
});

test('Ctrl+C in the terminal reaches the daemon, not PostgreSQL; SIGTERM ends both', async () => {
  const { child, url } = await daemon();
  process.kill(-(child.pid ?? 0), 'SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 500));
  await writeRows(url);
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  expect(await ended).toBe(0);
  expect(await postgresPids()).toEqual([]);
});

const nobody = ['--reuid=nobody', '--regid=nogroup', '--clear-groups'];

describe.skipIf(!asRoot)('as root where user namespaces are forbidden', () => {
  test('as the user nobody, who cannot reach our programs and gets a copy', async () => {
    await mkdir(dataDir, { mode: 0o700 });
    const hidden = path.join(home, 'hidden');
    await mkdir(hidden, { mode: 0o700 });
    const layout = layoutOf(dataDir);
    const password = await readPassword(layout);
    const found = await findBinaries(dataDir);
    const native = path.resolve(path.dirname(found.postgres), '..');
    await cp(native, hidden, { recursive: true });
    const at = (name: string) => path.join(hidden, 'bin', name);
    const binaries = { initdb: at('initdb'), postgres: at('postgres'), libraries: found.libraries };
    const ways = (await possibleWays(0, 0)).filter(({ way }) => way === 'as user nobody');
    const runner = await findRunner(binaries, dataDir, false, ways);
    expect(runner.binaries.postgres).toBe(path.join(dataDir, 'binaries/bin/postgres'));
    await ensureCluster(layout, runner, true);
    const { pid, port } = await bringUp({ layout, password, runner, scratch: true, log: silentLog });
    const url = urlOf(password, port, 'letopis');
    await writeRows(url);
    expect(await keptRows(url)).toBe(1000);
    expect((await stat(`/proc/${pid}`)).uid).toBe(65534);
    await endPostmaster(pid);
  });

  test('nothing works: every way that was tried is named, and the cure', async () => {
    await mkdir(dataDir, { mode: 0o700 });
    const broken = { initdb: '/bin/false', postgres: '/nowhere/postgres', libraries: null };
    const failing = findRunner(broken, dataDir, false);
    await expect(failing).rejects.toMatchObject({
      code: 'store.embedded_cannot_start',
      remedy: 'reconfigure',
      facts: {
        tried: expect.arrayContaining([
          expect.stringMatching(/^user namespace/),
          expect.stringMatching(/^as user nobody: /),
        ]),
        cure: expect.stringContaining('database: postgres://'),
      },
    });
  });
});

describe.skipIf(!asRoot)('not as root', () => {
  test('the whole life as the user nobody', async () => {
    await mkdir(dataDir);
    await chown(dataDir, 65534, 65534);
    const first = await daemon(['setpriv', ...nobody]);
    await writeRows(first.url);
    await kill(first.child);
    const second = await daemon(['setpriv', ...nobody]);
    expect(second.url).toBe(first.url);
    expect(await keptRows(second.url)).toBe(1000);
    expect((await stat(path.join(dataDir, 'cluster'))).uid).toBe(65534);
  });

  test('as a uid that has no name', async () => {
    await mkdir(dataDir);
    await chown(dataDir, 54321, 54321);
    const { url } = await daemon(['setpriv', '--reuid=54321', '--regid=54321', '--clear-groups']);
    await writeRows(url);
    expect(await keptRows(url)).toBe(1000);
  });
});
