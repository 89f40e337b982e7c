import { beforeEach, expect, test } from 'vitest';
import { lookAtRollBack, rollBack } from '../../src/directory/roll-back/run.ts';
import { completeContact } from '../../src/history/run.ts';
import { newId } from '../../src/ops/chance.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { importPast } from '../../src/sources/past/import-past.ts';
import { readPast } from '../../src/sources/past/rows.ts';
import { sql } from '../../src/store/index.ts';
import { testStore } from '../kit/postgres.ts';

const { db } = await testStore();
const match = { region: 'UA', regionOf: () => null, extensions: /^\d{3}$/, own: { numbers: [], domains: [] } };
const file = 'past.csv';
const bring = (text: string) =>
  importPast(db, readPast(Buffer.from(text), { file, columns: {}, region: 'UA', today: '2026-11-26' }), {
    file,
    region: 'UA',
    zone: 'Europe/Kyiv',
    match,
    newId,
  });
const table = 'date,client,gist\n2018-03-12,Zorg,one\n2018-03-13,Zorg,two\n2018-03-14,Zorg,three\n2018-03-15,Zorg,\n';
const there = () =>
  db.rows<{ gist: string | null; state: string }>(
    sql`select gist, state from contact where state <> 'dismissed' order by started_at`,
  );
const lastSet = async () =>
  (await db.rows<{ id: string }>(sql`select max(id)::text as id from change_set`))[0]?.id ?? '';
const by = { authorId: null, via: 'machine' } as const;

beforeEach(() =>
  db.rows({
    text: `truncate employee, client, contact, capture, contact_identity, change_set, change, outbox restart identity cascade;
      insert into employee (key, name, role, is_duty) values ('duty', 'Duty', 'supervisor', true);
      insert into client (key, name) values ('zorg', 'Zorg')`,
    values: [],
  }),
);

test('an import of past contacts is taken back, but for what people wrote since; the file brings them again', async () => {
  await bring(table);
  const imported = await lastSet();
  const [two] = await db.rows<{ id: string; owner: string; version: number }>(
    sql`select id, owner_id as owner, version from contact where gist = 'two'`,
  );
  if (two === undefined) throw new Error('it did not come in');
  await completeContact(
    { db, clock: systemClock },
    { employeeId: two.owner, role: 'supervisor', via: 'session' },
    two.id,
    { gist: 'two, as it was', outcome: null, occasion: null, nextStep: null, client: 'keep', version: two.version },
  );

  const seen = await lookAtRollBack(db, { setId: imported });
  expect(seen.conflicts).toMatchObject([{ reason: 'used', row: { entityId: two.id }, uses: { edits: 1 } }]);
  expect(await there()).toHaveLength(4);

  await rollBack(db, { source: { setId: imported }, by, confirms: () => false });
  const back = await lastSet();
  expect(await there()).toEqual([{ gist: 'two, as it was', state: 'completed' }]);
  expect(await bring(table)).toMatchObject({ created: 3, unchanged: 1 });
  expect((await there()).map(({ gist }) => gist)).toEqual(['one', 'two, as it was', 'three', null]);
  expect(await bring(table)).toMatchObject({ created: 0, unchanged: 4 });
  expect(back).not.toBe(imported);
});

test('the taking back is taken back: all is there as it was, asking nobody', async () => {
  await bring(table);
  const before = await there();
  await rollBack(db, { source: { setId: await lastSet() }, by, confirms: () => false });
  expect(await there()).toEqual([]);
  await rollBack(db, { source: { setId: await lastSet() }, by, confirms: () => false });
  expect(await there()).toEqual(before);
  expect(await db.rows(sql`select job from outbox where done_at is null and job <> 'notify'`)).toEqual([]);
});
