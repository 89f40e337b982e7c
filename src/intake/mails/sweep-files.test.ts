import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { openFiles } from '../../files/files.ts';
import { newId } from '../../ops/chance.ts';
import { systemClock } from '../../ops/clock.ts';
import { sql } from '../../store/index.ts';
import { sweepFiles } from './sweep-files.ts';

const { db } = await testStore();
const folder = await mkdtemp(join(tmpdir(), 'letopis-files-'));
afterAll(() => rm(folder, { recursive: true }));
const files = openFiles(folder, newId);
const deps = { db, files, clock: systemClock };
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

const put = async (text: string, days: number) => {
  const { name } = await files.put(bytesOf(text));
  const place = join(folder, name.slice(0, 2), name);
  await utimes(place, daysAgo(days), daysAgo(days));
  return { name, place };
};
async function* bytesOf(text: string): AsyncIterable<Uint8Array> {
  yield Buffer.from(text);
}

test('files no mail stands in go when they are a day old, and drafts nobody ended; the others stay', async () => {
  const [named, orphan, young] = [await put('named', 3), await put('orphan', 3), await put('young', 0)];
  await db.rows(sql`
    insert into mail (id, connector, key, arrived_at, size_bytes, file, asks)
    values (${newId()}, 'sales', sha256('x'), now(), 5, ${named.name}, true)`);
  await mkdir(join(folder, 'tmp'), { recursive: true });
  await writeFile(join(folder, 'tmp/old'), 'half');
  await utimes(join(folder, 'tmp/old'), daysAgo(2), daysAgo(2));
  await writeFile(join(folder, 'tmp/new'), 'half');
  await writeFile(join(folder, 'README'), 'ours is only what we named');
  expect(await sweepFiles(deps)).toBe(2);
  const there = [
    named.place,
    orphan.place,
    young.place,
    join(folder, 'tmp/old'),
    join(folder, 'tmp/new'),
    join(folder, 'README'),
  ];
  expect(there.map((path) => existsSync(path))).toEqual([true, false, true, false, true, true]);
  expect(await sweepFiles(deps)).toBe(0);
});

test('the same bytes put again while it is swept stay', async () => {
  const { name, place } = await put('twice', 3);
  await files.put(bytesOf('twice'));
  expect(await files.removeOld(name, daysAgo(1))).toBe(false);
  expect(existsSync(place)).toBe(true);
});

test('a folder nothing was put into yet', async () => {
  expect(await sweepFiles({ ...deps, files: openFiles(join(folder, 'none'), newId) })).toBe(0);
});
