import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { testServer } from '../../../test/kit/postgres.ts';
import { newId } from '../../ops/chance.ts';
import { silentLog } from '../../ops/log.ts';
import { sql } from './db.ts';
import { migrate } from './migrate.ts';
import { openStore } from './pool.ts';

const server = await testServer();
const admin = await openStore({ url: server.url, log: silentLog });
const home = await mkdtemp(path.join(os.tmpdir(), 'letopis-migrations-'));
const folder = pathToFileURL(`${home}/`);
const schemas: string[] = [];
let target: { url: string; schema: string; log: typeof silentLog };

beforeEach(async () => {
  target = { url: server.url, schema: `m_${newId().replaceAll('-', '')}`, log: silentLog };
  schemas.push(target.schema);
  await rm(home, { recursive: true });
  await cp(new URL('../migrations/', import.meta.url), home, { recursive: true });
});
afterAll(async () => {
  for (const schema of schemas) await admin.db.rows({ text: `drop schema if exists ${schema} cascade`, values: [] });
  await admin.close();
  await server.stop();
  await rm(home, { recursive: true });
});

test('five processes that start at once: each migration is applied once', async () => {
  const applied = await Promise.all(Array.from({ length: 5 }, () => migrate(target, folder)));
  const names = applied.flat();
  expect(names).toEqual([...new Set(names)]);
  expect(names.sort()).toEqual(expect.arrayContaining(['0001_history.sql', '0002_installation.sql']));
  expect(await migrate(target, folder)).toEqual([]);
});

test('one that fails leaves nothing of itself, and those before it stand', async () => {
  await writeFile(path.join(home, '9000_bad.sql'), 'create table half (id int); create table half (id int);');
  await expect(migrate(target, folder)).rejects.toThrow(/already exists/);
  const tables = await admin.db.rows<{ name: string }>(
    sql`select tablename as name from pg_tables where schemaname = ${target.schema}`,
  );
  const names = tables.map(({ name }) => name);
  expect(names).toContain('contact');
  expect(names).not.toContain('half');
});

test.each([
  ['a newer program was here', () => rm(path.join(home, '0002_installation.sql')), 'store.schema_newer'],
  [
    'an applied file was changed',
    () => writeFile(path.join(home, '0002_installation.sql'), '-- other'),
    'store.migration_changed',
  ],
])('%s: refused, IT is told what to do', async (_story, change, code) => {
  await migrate(target, folder);
  await change();
  await expect(migrate(target, folder)).rejects.toMatchObject({
    code,
    remedy: 'reconfigure',
    facts: { migration: '0002_installation.sql', hint: expect.stringContaining(' ') },
  });
});
