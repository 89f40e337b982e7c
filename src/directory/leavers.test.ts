import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import { hashOf } from '../core/token.ts';
import { addSession, sessionVisitor } from '../store/access/sessions.ts';
import { sql } from '../store/base/db.ts';
import { importPeople } from './files/import-people.ts';
import { readPeople } from './files/people.ts';
import { seedDirectory } from './files/seed.ts';
import { decideLeaving } from './leavers.ts';

const people = (...ids: readonly string[]) => ids.map((id) => ({ id, name: id.toUpperCase() }));
const ten = people(...'abcdefghij');
const but = (...gone: readonly string[]) => new Set(ten.map(({ id }) => id).filter((id) => !gone.includes(id)));

describe('who has left, by the table', () => {
  test.each([
    ['nobody is missing', ten, but(), 0, '', null],
    ['one is missing', ten, but('c'), 0, 'c', null],
    ['three of ten, the most at once', ten, but('a', 'b', 'c'), 0, 'abc', null],
    ['four of ten', ten, but('a', 'b', 'c', 'd'), 0, '', /^4 of 10 people are missing .* at once/],
    ['one of two', people('a', 'b'), new Set(['a']), 0, 'b', null],
    ['two of two, and somebody new', people('a', 'b'), new Set(['z']), 0, 'ab', null],
    ['an empty table of a small office', people('a', 'b'), new Set<string>(), 0, '', /names nobody/],
    ['a row that cannot be read may be theirs', ten, but('c'), 1, '', /1 of its rows cannot be read/],
    ['a row that cannot be read, nobody missing', ten, but(), 1, '', null],
    ['never named by the table', [], new Set(['a']), 0, '', null],
  ] as const)('%s', (_story, listed, named, unread, left, held) => {
    const decided = decideLeaving(listed, named, unread);
    expect(decided.left.map(({ id }) => id).join('')).toBe(left);
    if (held === null) expect(decided.held).toBe(null);
    else expect(decided.held).toMatch(held);
  });
});

const { db } = await testStore();
const folder = await mkdtemp(join(tmpdir(), 'letopis-leavers-'));
afterAll(() => rm(folder, { recursive: true }));
const file = join(folder, 'people.csv');
const rows = { anna: 'Anna,101,anna@r.example', boris: 'Boris,102,boris@r.example', vera: 'Vera,103,vera@r.example' };

async function seeded(...lines: readonly string[]) {
  await writeFile(file, ['name,extension,email', ...lines, ''].join('\n'));
  const table = { file, columns: {} };
  const { people } = await seedDirectory(db, { region: 'UA', zone: 'UTC', people: table, occasions: [], duty: null });
  return people?.leaving?.left.map(({ name }) => name) ?? null;
}
const active = async () =>
  (await db.rows<{ name: string }>(sql`select name from employee where active order by name`)).map(({ name }) => name);

test('a session ends with the row, the desk is free, and a row that comes back opens the door again', async () => {
  expect(await seeded(rows.anna, rows.boris, rows.vera)).toEqual([]);
  await importPeople(
    db,
    readPeople('name,extension,email\nGuest,109,guest@r.example\n', { file: 'x.csv', region: 'UA' }),
  );
  const [boris] = await db.rows<{ id: string }>(sql`select id from employee where name = 'Boris'`);
  const session = hashOf('session');
  await addSession(db, session, boris?.id ?? '', new Date());
  const visitor = async () => (await sessionVisitor(db, session, new Date()))?.name ?? null;
  expect(await visitor()).toBe('Boris');

  expect(await seeded(rows.anna, ',104,nameless@r.example', rows.vera)).toEqual([]);
  expect(await visitor()).toBe('Boris');
  expect(await seeded(rows.anna, `${rows.vera};not an address`)).toEqual(['Boris']);
  expect([await visitor(), await active()]).toEqual([null, ['Anna', 'Guest', 'Vera']]);
  expect(
    await db.rows(sql`select address from contact_point where employee_id = ${boris?.id ?? ''} and now() < until`),
  ).toEqual([]);
  expect(
    await db.rows(sql`select old, new from change where entity_id = ${boris?.id ?? ''} and field = 'active'`),
  ).toEqual([{ old: true, new: false }]);
  expect(await seeded(rows.anna, rows.vera)).toEqual([]);

  expect(await seeded(rows.anna, rows.boris, rows.vera)).toEqual([]);
  expect(await active()).toEqual(['Anna', 'Boris', 'Guest', 'Vera']);
});
