import net from 'node:net';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { ownServer, testStore } from '../../../test/kit/postgres.ts';
import { Fault } from '../../core/fault.ts';
import { silentLog } from '../../ops/log.ts';
import { sql } from './db.ts';
import { openStore, type Store } from './pool.ts';

const store = await testStore({ migrated: false });
const { db } = store;
const scram = await ownServer(); // the given one may trust everybody
afterAll(() => scram.stop());
await db.rows(
  sql`create table thing (id bigint primary key, name text not null, at timestamptz, on_day date, facts jsonb)`,
);

describe('values', () => {
  test('come back as number, Date, day and object', async () => {
    const at = new Date('2026-11-22T12:00:00.123Z');
    const rows = await db.rows(sql`
      insert into thing values (${9007199254740991n}, ${'Ромашка'}, ${at}, ${'2026-03-29'}, ${JSON.stringify({ a: [1] })})
      returning id, name, at, on_day as "onDay", facts`);
    expect(rows).toEqual([{ id: 9007199254740991, name: 'Ромашка', at, onDay: '2026-03-29', facts: { a: [1] } }]);
  });

  test('a bigint no number can hold stays exact', async () => {
    expect(await db.rows(sql`select ${'9007199254740993'}::bigint as big`)).toEqual([{ big: 9007199254740993n }]);
  });

  test('a value is never SQL', async () => {
    expect(await db.rows(sql`select ${"'; drop table thing; --"}::text as text`)).toEqual([
      { text: "'; drop table thing; --" },
    ]);
  });
});

describe('transactions', () => {
  const count = async () => (await db.rows(sql`select 1 from thing where id between 100 and 199`)).length;
  afterEach(() => db.rows(sql`delete from thing where id between 100 and 199`));
  const insert = (id: number) => sql`insert into thing (id, name) values (${id}, 'x')`;

  test('all or nothing', async () => {
    const failing = db.transaction(async (tx) => {
      await tx.rows(insert(100));
      throw new Error('no');
    });
    await expect(failing).rejects.toThrow('no');
    expect(await count()).toBe(0);
    await db.transaction(async (tx) => Promise.all([tx.rows(insert(100)), tx.rows(insert(101))]));
    expect(await count()).toBe(2);
  });

  test('a nested one rolls back alone, the outer goes on', async () => {
    await db.transaction(async (tx) => {
      await tx.rows(insert(100));
      const duplicate = tx.transaction(async (inner) => {
        await inner.rows(insert(101));
        await inner.rows(insert(100));
      });
      await expect(duplicate).rejects.toMatchObject({ code: 'store.duplicate', facts: { constraint: 'thing_pkey' } });
      await tx.rows(insert(102));
    });
    expect(await db.rows(sql`select id from thing where id between 100 and 199 order by id`)).toEqual([
      { id: 100 },
      { id: 102 },
    ]);
  });

  test('a swallowed failure does not pass for stored', async () => {
    const work = db.transaction(async (tx) => {
      await tx.rows(insert(100));
      await tx.rows(insert(100)).catch(() => {});
    });
    await expect(work).rejects.toThrow(/swallowed/);
    expect(await count()).toBe(0);
  });

  test('two that deadlock both end well', async () => {
    await db.rows(sql`insert into thing (id, name) values (150, ''), (151, '')`);
    const both = [
      [150, 151],
      [151, 150],
    ].map((order) =>
      db.transaction(async (tx) => {
        for (const id of order) {
          await tx.rows(sql`update thing set name = name || 'x' where id = ${id}`);
          await tx.rows(sql`select pg_sleep(0.1)`);
        }
      }),
    );
    await Promise.all(both);
    expect(await db.rows(sql`select name from thing where id in (150, 151)`)).toEqual([{ name: 'xx' }, { name: 'xx' }]);
  });
});

test.each([
  ['a unique rule', sql`insert into thing (id, name) values (1, 'a'), (1, 'b')`, 'store.duplicate', 'set-aside'],
  ['NUL in text', sql`select ${'a\0b'}::text`, 'store.value_refused', 'set-aside'],
  ['a statement that takes too long', sql`select pg_sleep(5), ${1}::int`, 'store.unavailable', 'retry'],
])('%s', async (_story, query, code, remedy) => {
  const quick = await openStore({ url: store.url, schema: store.schema, queryTimeoutMs: 1000, log: silentLog });
  await expect(quick.db.rows(query)).rejects.toMatchObject({ code, remedy });
  expect(await quick.db.rows(sql`select 1 as one`)).toEqual([{ one: 1 }]);
  await quick.close();
});

test('a healthy connection outlives a refused row', async () => {
  const single = await openStore({ url: store.url, schema: store.schema, maxConnections: 1, log: silentLog });
  const pid = () => single.db.rows(sql`select pg_backend_pid() as pid`);
  const before = await pid();
  await single.db.rows(sql`insert into thing (id, name) values (1, 'a'), (1, 'b')`).catch(() => {});
  expect(await pid()).toEqual(before);
  await single.close();
});

test('a read-only server is a matter of time', async () => {
  const work = db.transaction(async (tx) => {
    await tx.rows(sql`set transaction read only`);
    await tx.rows(sql`delete from thing`);
  });
  await expect(work).rejects.toMatchObject({
    code: 'store.unavailable',
    remedy: 'retry',
    facts: { sqlState: '25006' },
  });
});

test.each([
  ['wrong password', (url: URL) => Object.assign(url, { password: 'wrong' }), 'store.refused', 'reconfigure'],
  ['no such database', (url: URL) => Object.assign(url, { pathname: '/nowhere' }), 'store.refused', 'reconfigure'],
  ['nobody listens', (url: URL) => Object.assign(url, { port: '1' }), 'store.unavailable', 'retry'],
  ['no URL of ours', () => new URL('mysql://x'), 'store.bad_url', 'reconfigure'],
])('%s', async (_story, change, code, remedy) => {
  const url = change(new URL(scram.url)).toString();
  await expect(openStore({ url, log: silentLog })).rejects.toMatchObject({ name: 'Fault', code, remedy });
});

test('a silently dead link ends within the query timeout, and the pool is good again after it', async () => {
  const target = new URL(store.url);
  const serverPort = Number(target.port);
  let frozen = false;
  const sockets = new Set<net.Socket>();
  const proxy = net.createServer((socket) => {
    const server = net.connect(serverPort, target.hostname);
    for (const one of [socket, server]) sockets.add(one.on('error', () => {}));
    socket.on('data', (data) => frozen || server.write(data));
    server.on('data', (data) => frozen || socket.write(data));
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const address = proxy.address();
  target.port = String(typeof address === 'object' ? address?.port : '');
  const far = await openStore({ url: target.toString(), queryTimeoutMs: 700, log: silentLog });
  frozen = true;
  const since = performance.now();
  await expect(far.db.rows(sql`select ${1}::int`)).rejects.toMatchObject({
    code: 'store.unavailable',
    remedy: 'retry',
  });
  expect(performance.now() - since).toBeLessThan(1500);
  frozen = false;
  expect(await far.db.rows(sql`select ${1}::int as one`)).toEqual([{ one: 1 }]);
  await far.close();
  for (const socket of sockets) socket.destroy();
  proxy.close();
});

describe('after the server cut every connection', () => {
  /** The connections of this test alone: other files use the same server at the same time. */
  const cut = () =>
    db.rows(sql`
      select pg_terminate_backend(pid) from pg_stat_activity
       where pid <> pg_backend_pid() and application_name = 'letopis'
         and (query like '%pg_sleep(5)%' or query like '%letopis_test%')`);
  let own: Store;

  test('the next statement works, a listener hears again, and the process lives', async () => {
    own = await openStore({ url: store.url, schema: store.schema, log: silentLog });
    const heard: string[] = [];
    const stop = await own.listen('letopis_test', (payload) => heard.push(payload));
    await db.rows(sql`select pg_notify('letopis_test', 'before')`);
    await expect.poll(() => heard).toEqual(['before']);
    const running = own.db.rows(sql`select pg_sleep(5), ${1}::int`).catch((error: unknown) => error);
    await new Promise((resolve) => setTimeout(resolve, 100));
    await cut();
    expect(await running).toBeInstanceOf(Fault);
    expect(await running).toMatchObject({ code: 'store.unavailable', remedy: 'retry' });
    expect(await own.db.rows(sql`select ${1}::int as one`)).toEqual([{ one: 1 }]);
    await expect
      .poll(
        async () => {
          await db.rows(sql`select pg_notify('letopis_test', 'after')`);
          return heard.at(-1);
        },
        { timeout: 5000 },
      )
      .toBe('after');
    await stop();
    await own.close();
  });
});
