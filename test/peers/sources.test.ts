import net from 'node:net';
import { createConnection } from 'mysql2';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { readSource } from '../../src/sources/reading/read.ts';
import { sourceOf } from '../../src/sources/reading/source.fixture.ts';
import { describePeer } from '../kit/peer.ts';
import { testServer } from '../kit/postgres.ts';

const read = async (url: string, query: string, timeoutMs = 3000, key: string | null = 'key') => {
  const source = sourceOf({ kind: 'sql', url, query, ca: null }, { key, timeoutMs });
  const answer = await readSource({ source, region: 'UA', known: null });
  if (answer === 'same') throw new Error('the same as what?');
  return answer;
};
const fault = async (url: string, query: string, timeoutMs = 3000) => {
  const begun = performance.now();
  const error = await read(url, query, timeoutMs, null).catch((thrown: unknown) => thrown);
  if (!(error instanceof Fault)) throw new Error(`no fault: ${String(error)}`);
  return { code: error.code, remedy: error.remedy, facts: error.facts, tookMs: performance.now() - begun };
};
const wanted = [
  {
    key: '900719925474099312',
    name: 'Ромашка',
    people: ['Анна'],
    points: ['null +380441234567', 'Анна +380501234567'],
  },
  { key: '18', name: 'Zorg', people: [], points: [] },
];
const seen = ({ rows }: Awaited<ReturnType<typeof read>>) =>
  [...rows]
    .sort((a, b) => (a.key > b.key ? -1 : 1))
    .map(({ key, name, people, points }) => ({
      key,
      name,
      people,
      points: points.map(({ person, address }) => `${person} ${address}`).sort(),
    }));
/** As a company's own tables are: nothing bears our names. */
const tables = [
  'create table customers (id bigint primary key, title varchar(200), tel varchar(50))',
  'create table staff (customer bigint, fio varchar(100), cell varchar(50))',
  "insert into customers values (900719925474099312, 'Ромашка', '044 123-45-67'), (18, 'Zorg', null)",
  "insert into staff values (900719925474099312, 'Анна', '050 123 45 67')",
];
const query = `select c.id as "key", c.title as name, c.tel as phone, '' as person from customers c
               union all select s.customer, c.title, s.cell, s.fio from staff s join customers c on c.id = s.customer;`;

/** Takes connections and never says a word. */
const silent = net.createServer(() => {});
let silentPort = 0;
beforeAll(async () => {
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const address = silent.address();
  silentPort = typeof address === 'object' && address ? address.port : 0;
});
afterAll(() => silent.close());

describe('PostgreSQL', async () => {
  const server = await testServer();
  const name = `sources_${process.pid}`;
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const admin = new pg.Client(server.url);
  const inside = new pg.Client(url.href);
  beforeAll(async () => {
    await admin.connect();
    await admin.query(`create database ${name}`);
    await inside.connect();
    for (const statement of tables) await inside.query(statement);
  });
  afterAll(async () => {
    await inside.end();
    await admin.query(`drop database ${name} with (force)`);
    await admin.end();
    await server.stop();
  });

  test('a query is read', async () => expect(seen(await read(url.href, query))).toEqual(wanted));

  test('more rows than one round trip brings', async () => {
    const { rows } = await read(url.href, "select n as key, 'Client ' || n as name from generate_series(1, 7001) n");
    expect(rows.length).toBe(7001);
  });

  test('nothing can be written, however it is tried', async () => {
    for (const evil of [
      "with x as (insert into customers values (1, 'x', null) returning *) select title as name from x",
      'drop table staff',
      "select 'x' as name; drop table staff",
      "select 'x' as name; commit; set default_transaction_read_only = off; drop table staff",
    ])
      expect((await fault(url.href, evil)).code).toBe('source.bad_query');
    const { rows } = await inside.query(
      'select (select count(*)::int from customers) c, (select count(*)::int from staff) s',
    );
    expect(rows).toEqual([{ c: 2, s: 1 }]);
  });

  test('a query that hangs is told with its place, and ended there', async () => {
    const told = await fault(url.href, "select 'x' as name from pg_sleep(60)", 500);
    expect(told).toMatchObject({
      code: 'source.timed_out',
      remedy: 'retry',
      facts: {
        place: `postgres://${url.host}/${name}`,
        after: '0.5 s',
        while: expect.stringMatching(/query|rows/),
        cure: expect.any(String),
      },
    });
    expect(told.tookMs).toBeLessThan(2500);
    const { rows } = await inside.query(
      "select 1 from pg_stat_activity where query like '%pg_sleep(60)%' and state = 'active' and pid <> pg_backend_pid()",
    );
    expect(rows).toEqual([]);
  });

  test('a wrong column, a wrong database, a server that says nothing', async () => {
    expect(await fault(url.href, 'select titel as name from customers')).toMatchObject({
      code: 'source.bad_query',
      remedy: 'reconfigure',
      facts: { found: expect.stringContaining('titel') },
    });
    const elsewhere = new URL(url);
    elsewhere.pathname = '/nothing';
    expect(await fault(elsewhere.href, query)).toMatchObject({ code: 'source.refused', remedy: 'reconfigure' });
    const told = await fault(`postgres://u:geheim@127.0.0.1:${silentPort}/x`, query, 500);
    expect(told).toMatchObject({ code: 'source.timed_out', facts: { while: 'connecting' } });
    expect(told.tookMs).toBeLessThan(3000);
    expect(JSON.stringify(told.facts)).not.toContain('geheim');
    expect(await fault('postgres://u@127.0.0.1:9/x', query)).toMatchObject({
      code: 'source.unreachable',
      remedy: 'retry',
    });
  });

  test('no column that is a name', async () =>
    expect((await fault(url.href, 'select title from customers')).code).toBe('directory.no_name_column'));
});

describePeer('mariadb', 'MariaDB', (address) => {
  const name = `sources_${process.pid}`;
  const run = (statement: string, database?: string) =>
    new Promise<unknown>((resolve, reject) => {
      const connection = createConnection({ uri: address, ...(database === undefined ? {} : { database }) });
      connection.query(statement, (error, rows) => {
        connection.destroy();
        if (error) reject(error);
        else resolve(rows);
      });
    });
  const url = () => {
    const of = new URL(address);
    of.pathname = `/${name}`;
    return of.href;
  };
  const ours = query.replaceAll('"key"', '`key`');
  beforeAll(async () => {
    await run(`create database ${name} character set utf8mb4`);
    for (const statement of tables) await run(statement, name);
  });
  afterAll(() => run(`drop database ${name}`));

  test('a query is read', async () => expect(seen(await read(url(), ours))).toEqual(wanted));

  test('many rows, one after the other', async () => {
    const { rows } = await read(url(), "select seq as `key`, concat('Client ', seq) as name from seq_1_to_7001");
    expect(rows.length).toBe(7001);
  });

  test('nothing can be written', async () => {
    for (const evil of [
      "insert into customers values (1, 'x', null)",
      'delete from staff',
      'drop table staff',
      'truncate staff',
      "select 'x' as name; delete from staff",
      "select 'x' as name into outfile '/tmp/letopis-evil'",
      "select 'x' as name) as a; drop table staff; -- ",
    ])
      expect((await fault(url(), evil)).code).toBe('source.bad_query');
    expect(await run('select (select count(*) from customers) c, (select count(*) from staff) s', name)).toEqual([
      { c: 2, s: 1 },
    ]);
  });

  test('a query that hangs is told with its place, and ended there', async () => {
    const told = await fault(url(), "select concat('x', sleep(60)) as name", 500);
    expect(told).toMatchObject({
      code: 'source.timed_out',
      remedy: 'retry',
      facts: { after: '0.5 s', while: 'running the query' },
    });
    expect(told.facts['place']).toBe(`mysql://${new URL(address).host}/${name}`);
    expect(told.tookMs).toBeLessThan(3000);
    expect(
      await run(
        "select id from information_schema.processlist where info like '%sleep(60)%' and id <> connection_id()",
      ),
    ).toEqual([]);
  });

  test('a wrong column, a wrong password, a wrong database, a server that says nothing', async () => {
    expect(await fault(url(), 'select titel as name from customers')).toMatchObject({
      code: 'source.bad_query',
      facts: { found: expect.stringContaining('titel') },
    });
    const wrong = new URL(url());
    wrong.password = 'falsch';
    const refused = await fault(wrong.href, ours);
    expect(refused).toMatchObject({ code: 'source.refused', remedy: 'reconfigure' });
    expect(JSON.stringify(refused.facts)).not.toContain('falsch');
    wrong.password = new URL(address).password;
    wrong.pathname = '/nothing';
    expect((await fault(wrong.href, ours)).code).toBe('source.refused');
    const told = await fault(`mysql://u:geheim@127.0.0.1:${silentPort}/x`, ours, 500);
    expect(told).toMatchObject({ code: 'source.timed_out', facts: { while: 'connecting' } });
    expect(await fault('mysql://u@127.0.0.1:9/x', ours)).toMatchObject({ code: 'source.unreachable', remedy: 'retry' });
  });
});
