import { beforeEach, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import { type Db, sql } from '../store/base/db.ts';
import { ownershipsOf } from '../store/directory/strangers.ts';
import { type ChangeSet, openChangeSet } from '../store/history/change-log.ts';
import { addContact, addEmployee } from './directory.fixture.ts';
import { createClient, createPoint, editClients, editPoints, type PointDraft } from './edit.ts';
import { rememberAddress } from './stranger/run.ts';

const { db } = await testStore();
const number = '+380441112233';
const by = { authorId: null, via: 'session' } as const;

beforeEach(() =>
  db.rows({ text: 'truncate employee, client, contact, change_set, outbox restart identity cascade', values: [] }),
);

function edit<T>(work: (tx: Db, set: ChangeSet) => Promise<T>): Promise<T> {
  return db.transaction(async (tx) => work(tx, await openChangeSet(tx, { kind: 'edit', ...by, label: null })));
}
const clientOf = async (name: string) => (await edit((tx, set) => createClient(tx, set, { name }))) ?? '';
const give = (clientId: string, more: Partial<PointDraft> = {}) =>
  edit((tx, set) => createPoint(tx, set, { kind: 'phone', raw: number, owner: { clientId }, ...more }, null));
const end = (pointId: string, until: string) =>
  edit((tx, set) => editPoints(tx, set, [{ id: pointId, values: { until } }]));
const pointOf = async (clientId: string, more: Partial<PointDraft> = {}) => {
  const made = await give(clientId, more);
  return made.kind === 'made' ? (made.ids[0] ?? '') : '';
};
const periods = () =>
  db.rows(sql`
    select c.name, nullif(instant(p.since), '-infinity') as since, nullif(instant(p.until), 'infinity') as until
      from contact_point p join client c on c.id = p.client_id order by p.since, c.name`);
const day = (text: string) => `${text}T00:00:00.000000Z`;

test('an address that ended is his again: all the time, where nobody else had it meanwhile', async () => {
  const acme = await clientOf('Acme');
  const id = await pointOf(acme);
  await end(id, day('2026-01-01'));
  expect(await give(acme, { reception: true })).toEqual({ kind: 'made', ids: [id] });
  expect(await periods()).toEqual([{ name: 'Acme', since: null, until: null }]);
  expect(await db.rows(sql`select reception from contact_point`)).toEqual([{ reception: true }]);
  expect(await db.rows(sql`select field, new from change where entity_id = ${id} order by id desc limit 2`)).toEqual(
    expect.arrayContaining([{ field: 'until', new: 'infinity' }]),
  );
  expect(await give(acme)).toEqual({ kind: 'made', ids: [] });
});

test('from now on, where somebody else had it; from the day that is said, where it is said', async () => {
  const [acme, zorg] = [await clientOf('Acme'), await clientOf('Zorg')];
  await end(await pointOf(acme), day('2026-01-01'));
  await end(await pointOf(zorg, { since: day('2026-01-01') }), day('2026-02-01'));
  const begun = new Date();
  expect(await give(acme)).toMatchObject({ kind: 'made', ids: [expect.any(String)] });
  const [, , last] = await db.rows<{ since: Date }>(sql`select since from contact_point order by since`);
  expect(Math.abs((last?.since.getTime() ?? 0) - begun.getTime())).toBeLessThan(60_000);
  await end(await pointOf(zorg, { since: day('2026-03-01') }), day('2026-04-01'));
  expect(await periods()).toMatchObject([{ name: 'Acme' }, { name: 'Zorg' }, { since: day('2026-03-01') }, {}]);
});

test('a time before the one he had it is another time', async () => {
  const acme = await clientOf('Acme');
  await end(await pointOf(acme, { since: day('2025-01-01') }), day('2025-06-01'));
  expect(await pointOf(acme, { since: day('2024-01-01') })).not.toBe('');
  expect(await periods()).toMatchObject([{ since: day('2024-01-01'), until: null }, { since: day('2025-01-01') }]);
});

test('remembered is remembered: the next call is his', async () => {
  const owner = await addEmployee(db, 'Anna');
  const acme = await clientOf('Acme');
  await end(await pointOf(acme), day('2026-01-01'));
  const contact = await addContact(db, { ownerId: owner, clientId: acme, address: number, at: day('2026-02-01') });
  const called = { id: contact, kind: 'phone', address: number, startedAt: new Date(day('2026-02-01')) } as const;
  const done = await db.transaction((tx) => rememberAddress(tx, called, { clientId: acme, personId: null }, by, null));
  expect(done).toMatchObject({ kind: 'remembered' });
  expect(await ownershipsOf(db, number)).toMatchObject([{ clientId: acme, until: null }]);
});

test('a name is one client’s who bears it; a renamed or a merged one holds none', async () => {
  const plus = await clientOf('Ромашка');
  await edit((tx, set) => editClients(tx, set, [{ id: plus, values: { name: 'Ромашка-Плюс' } }]));
  expect(await clientOf('«ромашка-плюс»')).toBe('');
  const made = await Promise.all([1, 2, 3].map(() => clientOf('РОМАШКА')));
  const [second = '', ...more] = made.filter((id) => id !== '');
  expect([second === plus, more]).toEqual([false, []]);
  await edit((tx, set) => editClients(tx, set, [{ id: second, values: { mergedInto: plus } }]));
  expect(await clientOf('Ромашка')).not.toBe('');
});
