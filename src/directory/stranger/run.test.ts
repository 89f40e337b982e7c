import { beforeEach, expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { sql } from '../../store/base/db.ts';
import { addContact } from '../directory.fixture.ts';
import { adoptStranger } from './run.ts';

const { db } = await testStore();
const by = { authorId: null, via: 'machine' } as const;
const stranger = { kind: 'phone', address: '+380671234567' } as const;
const zorg = { clientName: 'Zorg', kind: 'organisation', personName: null } as const;

beforeEach(() =>
  db.rows({
    text: `truncate employee, client, contact, contact_point, change_set, change, outbox restart identity cascade;
      insert into employee (key, name, is_duty) values ('duty', 'Duty', true);
      insert into client (key, name) values ('acme', 'Acme')`,
    values: [],
  }),
);
const idOf = async (what: 'client' | 'employee') => {
  const rows = await db.rows<{ what: string; id: string }>(
    sql`select 'client' as what, id from client union all select 'employee', id from employee`,
  );
  return rows.find((row) => row.what === what)?.id ?? '';
};
const periods = () =>
  db.rows(sql`
    select cl.name, nullif(p.since, '-infinity') as since from contact_point p join client cl on cl.id = p.client_id
     where p.since < p.until order by cl.name`);

test('who had the number before keeps his past: it is the stranger’s from the end of that time on', async () => {
  const until = new Date('2026-01-01T00:00:00Z');
  await db.rows(sql`
    insert into contact_point (kind, address, raw, client_id, until)
    values ('phone', ${stranger.address}, 'x', ${await idOf('client')}, ${until})`);
  const ownerId = await idOf('employee');
  await addContact(db, { ownerId, clientId: null, at: '2025-06-01T10:00:00Z' });
  await addContact(db, { ownerId, clientId: null, at: '2026-06-01T10:00:00Z' });
  expect(await adoptStranger(db, stranger, zorg, by)).toMatchObject({ kind: 'done' });
  expect(await periods()).toEqual([
    { name: 'Acme', since: null },
    { name: 'Zorg', since: until },
  ]);
  expect(
    await db.rows(sql`
      select started_at as at, cl.name from contact c left join client cl on cl.id = c.client_id order by started_at`),
  ).toEqual([
    { at: new Date('2025-06-01T10:00:00Z'), name: null },
    { at: new Date('2026-06-01T10:00:00Z'), name: 'Zorg' },
  ]);
});

test('a number nobody had is his since ever; a colleague’s of before is his from when the colleague left', async () => {
  expect(await adoptStranger(db, stranger, zorg, by)).toMatchObject({ kind: 'done' });
  expect(await periods()).toEqual([{ name: 'Zorg', since: null }]);
  const until = new Date('2026-03-01T00:00:00Z');
  await db.rows(sql`
    insert into contact_point (kind, address, raw, employee_id, until)
    values ('phone', '+380501112233', 'x', ${await idOf('employee')}, ${until})`);
  const former = { kind: 'phone', address: '+380501112233' } as const;
  expect(await adoptStranger(db, former, { ...zorg, clientName: 'Yota' }, by)).toMatchObject({ kind: 'done' });
  expect(await periods()).toEqual([
    { name: 'Yota', since: until },
    { name: 'Zorg', since: null },
  ]);
});
