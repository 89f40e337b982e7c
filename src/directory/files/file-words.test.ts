import { beforeEach, describe, expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { type Db, sql } from '../../store/base/db.ts';
import { type ChangeSet, openChangeSet } from '../../store/history/change-log.ts';
import { editClients, editPoints } from '../edit.ts';
import { rollBack } from '../roll-back/run.ts';
import { readClients } from './clients.ts';
import { importClients } from './import-clients.ts';

const { db } = await testStore();
const UA = { file: 'x.csv', region: 'UA' };
const points = () =>
  db.rows<{ owner: string; address: string }>(sql`
    select cl.name as owner, p.address from contact_point p join client cl on cl.id = p.client_id order by p.address`);

beforeEach(() =>
  db.rows({ text: 'truncate employee, client, change_set, outbox restart identity cascade', values: [] }),
);

describe('what a person wrote otherwise stays, and is told', () => {
  const file = (level: string, name = 'Acme') => readClients(`name,phone,class\n${name},044 123-45-67,${level}\n`, UA);
  const byPerson = (work: (tx: Db, set: ChangeSet) => Promise<unknown>, via: 'session' | 'import' = 'session') =>
    db.transaction(async (tx) => work(tx, await openChangeSet(tx, { kind: 'edit', via, authorId: null, label: null })));
  const only = async (tx: Db, table: 'client' | 'contact_point') =>
    (await tx.rows<{ id: string }>({ text: `select id from ${table}`, values: [] }))[0]?.id ?? '';
  const stands = async () => (await db.rows(sql`select name, class from client`))[0];

  test('fields', async () => {
    await importClients(db, file('A'));
    await byPerson(async (tx, set) =>
      editClients(tx, set, [{ id: await only(tx, 'client'), values: { class: 'VIP' } }]),
    );
    const again = await importClients(db, file('B'));
    expect(again).toMatchObject({ changed: 0, unchanged: 1 });
    expect(again.notes).toEqual(['Acme: class stays as a person wrote it, "VIP"; the file says "B"']);
    expect(await stands()).toEqual({ name: 'Acme', class: 'VIP' });
  });

  test('a name: the client keeps it, and the file’s new one of the old name is another', async () => {
    await importClients(db, file('A'));
    await byPerson(async (tx, set) =>
      editClients(tx, set, [{ id: await only(tx, 'client'), values: { name: 'Acme Plus' } }]),
    );
    expect(await importClients(db, file('A'))).toMatchObject({ created: 0, changed: 0 });
    const both = readClients('name,phone\nAcme,044 123-45-99\nAcme plus,\n', UA);
    for (const expected of [
      { created: 1, changed: 0, unchanged: 1 },
      { created: 0, changed: 0, unchanged: 2 },
    ])
      expect(await importClients(db, both)).toMatchObject(expected);
    expect(await db.rows(sql`select name from client order by 1`)).toEqual([{ name: 'Acme' }, { name: 'Acme Plus' }]);
    expect(await points()).toMatchObject([{ owner: 'Acme Plus' }, { owner: 'Acme', address: '+380441234599' }]);
    // Alone it is the one that bears the name, too.
    expect(await importClients(db, file('A'))).toMatchObject({ created: 0, changed: 1 });
    expect((await points()).filter(({ address }) => address === '+380441234567')).toHaveLength(2);
  });

  test('of a value that was taken back only that one stays out', async () => {
    await importClients(db, file('A'));
    await importClients(db, file('B'));
    const [set] = await db.rows<{ id: string }>(sql`select set_id::text as id from change where field = 'class'`);
    await rollBack(db, {
      source: { setId: set?.id ?? '' },
      by: { authorId: null, via: 'session' },
      confirms: () => true,
    });
    expect(await importClients(db, file('B'))).toMatchObject({ changed: 0, notes: [expect.stringContaining('"A"')] });
    expect(await importClients(db, file('C'))).toMatchObject({ changed: 1, notes: [] });
    expect(await stands()).toEqual({ name: 'Acme', class: 'C' });
  });

  test('a number that a person ended; one that a source forgot is there again, and counted once', async () => {
    await importClients(db, file('A'));
    const end = (via: 'session' | 'import') =>
      byPerson(async (tx, set) => {
        const id = await only(tx, 'contact_point');
        await editPoints(tx, set, [{ id, values: { until: '2026-01-01T00:00:00.000000Z' } }]);
      }, via);
    await end('session');
    const left = await importClients(db, file('A'));
    expect(left).toMatchObject({ changed: 0, unchanged: 1 });
    expect(left.notes).toEqual(['+380441234567 stays ended, as a person wrote it; the file gives it']);
    await db.rows(sql`update contact_point set until = 'infinity'`);
    await end('import');
    expect(await importClients(db, file('A'), { dryRun: true })).toMatchObject({ changed: 1 });
    expect(await importClients(db, file('A'))).toMatchObject({ changed: 1, notes: [] });
    expect(await importClients(db, file('A'))).toMatchObject({ changed: 0 });
    expect(await db.rows(sql`select until > now() as counts from contact_point`)).toEqual([{ counts: true }]);
  });
});
