import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { newId } from '../../src/ops/chance.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { silentLog } from '../../src/ops/log.ts';
import { openQueue } from '../../src/queue/index.ts';
import { migrate, openStore, type Store, sql } from '../../src/store/index.ts';
import { type DebianPostgres, debianPostgres, startDebianPostgres } from '../kit/debian-postgres.ts';

const bin = await debianPostgres(15);
const server: DebianPostgres | null = bin ? await startDebianPostgres(bin, ['-c', 'max_connections=30']) : null;
afterAll(() => server?.stop());

const stores: Store[] = [];
afterEach(() => Promise.all(stores.splice(0).map((store) => store.close())));
async function open(url: string, maxConnections = 10): Promise<Store> {
  const store = await openStore({ url, maxConnections, log: silentLog });
  stores.push(store);
  return store;
}

const leftOut = bin ? '' : ' (left out: no PostgreSQL 15, apt-get install postgresql-15)';
if (!bin && process.env['CI'] === 'true') {
  test('has PostgreSQL 15', () => expect.fail('apt-get install postgresql-15'));
}

describe.skipIf(!server)(`PostgreSQL 15${leftOut}`, () => {
  const url = server?.url ?? '';

  test('takes every migration, and the queue works on it', async () => {
    expect(await migrate({ url, log: silentLog })).toContain('0001_history.sql');
    const store = await open(url);
    const queue = await openQueue({ store, log: silentLog, clock: systemClock });
    const seen: string[] = [];
    queue.work('decide', async (ref) => void seen.push(ref));
    const ref = newId();
    await store.db.rows(sql`insert into outbox (job, ref) values ('decide', ${ref})`);
    queue.kick();
    await expect.poll(() => seen, { timeout: 5000 }).toEqual([ref]);
    await queue.close();
  });

  test('crashes twenty times while rows are written and jobs run: what was acknowledged is there, all jobs are done', async () => {
    await migrate({ url, log: silentLog });
    const store = await open(url);
    const { db } = store;
    await db.rows(sql`create table acked (n int primary key)`);
    const queue = await openQueue({ store, log: silentLog, clock: systemClock });
    const handled = new Set<string>();
    queue.work('prompt', async (ref) => void handled.add(ref));
    const acked: number[] = [];
    const refs: string[] = [];
    const faults = new Set<string>();
    let writing = true;
    const writer = (async () => {
      for (let n = 0; writing; n += 1) {
        const ref = newId();
        try {
          await db.rows(
            sql`with one as (insert into acked values (${n})) insert into outbox (job, ref) values ('prompt', ${ref})`,
          );
          acked.push(n);
          refs.push(ref);
          queue.kick();
        } catch (error) {
          faults.add(error instanceof Error ? error.message : String(error));
        }
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    })();
    for (let crash = 0; crash < 20; crash += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      await server?.restart('immediate');
    }
    writing = false;
    await writer;
    expect([...faults].filter((code) => code !== 'store.unavailable')).toEqual([]);
    const stored = (await db.rows<{ n: number }>(sql`select n from acked`)).map(({ n }) => n);
    expect(acked.filter((n) => !stored.includes(n))).toEqual([]);
    expect(acked.length).toBeGreaterThan(50);
    await expect
      .poll(async () => (await db.rows(sql`select 1 from outbox where done_at is null`)).length, {
        timeout: 60_000,
        interval: 200,
      })
      .toBe(0);
    expect(refs.filter((ref) => !handled.has(ref))).toEqual([]);
    await queue.close();
  }, 120_000);

  test('read-only after a fail-over, out of connections: a matter of time, and well again afterwards', async () => {
    const store = await open(url);
    await store.db.rows(sql`create table if not exists ledger (n int)`);
    const admin = await open(url, 1);
    await admin.db.rows({ text: 'alter system set default_transaction_read_only = on', values: [] });
    await admin.db.rows(sql`select pg_reload_conf()`);
    const insert = () => store.db.rows(sql`insert into ledger values (${1})`);
    await expect
      .poll(() => insert().catch((error: unknown) => error))
      .toMatchObject({ code: 'store.unavailable', remedy: 'retry' });
    await admin.db.rows({ text: 'set default_transaction_read_only = off', values: [] });
    await admin.db.rows({ text: 'alter system reset default_transaction_read_only', values: [] });
    await admin.db.rows(sql`select pg_reload_conf()`);
    await expect.poll(() => insert().catch((error: unknown) => error)).toEqual([]);

    const greedy = await open(url, 40);
    const all = Array.from({ length: 40 }, () =>
      greedy.db.rows(sql`select pg_sleep(0.5), ${1}::int`).catch((error: unknown) => error),
    );
    expect(await Promise.all(all)).toContainEqual(
      expect.objectContaining({ code: 'store.unavailable', remedy: 'retry' }),
    );
    expect(await insert()).toEqual([]);
  });
});

describe.skipIf(!server || process.geteuid?.() !== 0)(`a full disk${leftOut}`, () => {
  test('is a matter of time: nothing acknowledged is lost, writing goes on when there is room', async ({ skip }) => {
    const home = await mkdtemp(path.join(os.tmpdir(), 'letopis-full-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m,mode=777', 'tmpfs', home], { stdio: 'pipe' });
    } catch {
      skip('mounting a tmpfs is not allowed here');
    }
    const { db } = await open(server?.url ?? '');
    try {
      await writeFile(path.join(home, 'ballast'), Buffer.alloc(500_000));
      execFileSync('install', ['-d', '-o', 'postgres', '-m', '700', path.join(home, 'space')]);
      await db.rows({ text: `create tablespace small location '${home}/space'`, values: [] });
      await db.rows(sql`create table heap (n int, filler text) tablespace small`);
      const filler = Array.from({ length: 100 }, () => newId()).join('');
      let acked = 0;
      let fault: unknown = null;
      while (!fault && acked < 20_000) {
        try {
          await db.rows(sql`insert into heap values (${acked}, ${filler})`);
          acked += 1;
        } catch (error) {
          fault = error;
        }
      }
      expect(fault).toMatchObject({ code: 'store.unavailable', remedy: 'retry', facts: { sqlState: '53100' } });
      expect(acked).toBeGreaterThan(100);
      expect((await db.rows(sql`select n from heap`)).length).toBe(acked);
      await rm(path.join(home, 'ballast')); // somebody makes room
      expect(await db.rows(sql`insert into heap values (1, ${filler})`)).toEqual([]);
    } finally {
      await db.rows(sql`drop table if exists heap`);
      await db.rows({ text: 'drop tablespace if exists small', values: [] });
      execFileSync('umount', [home]);
      await rm(home, { recursive: true, force: true });
    }
  });
});
