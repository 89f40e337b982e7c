import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { sql } from '../../store/base/db.ts';
import { dutyEmployee, employees } from '../../store/directory/employees-and-clients.ts';
import { findEmployee } from '../duty.ts';
import { readClients } from './clients.ts';
import { importClients } from './import-clients.ts';
import { importPeople } from './import-people.ts';
import { readPeople } from './people.ts';
import { seedDirectory } from './seed.ts';

const { db } = await testStore();
const folder = await mkdtemp(join(tmpdir(), 'letopis-directory-'));
afterAll(() => rm(folder, { recursive: true }));

const UA = { file: 'x.csv', region: 'UA' };
const people =
  'name,extension,email,mobile,role,substitute\nAnna,101,anna@r.example,0501234567,,Boris\nBoris,102,boris@r.example,,supervisor,\n';
const clients =
  'name,person,phone,responsible,class\nAcme,Ann,044 123-45-67,Boris,A\nAcme,,044 123-45-00,,\nZorg,,050 765-43-21,Nobody,\n';
const points = () =>
  db.rows(sql`
    select p.kind, p.address, p.raw, coalesce(cl.name, pe.name, e.name) as owner
      from contact_point p left join client cl on cl.id = p.client_id left join person pe on pe.id = p.person_id
      left join employee e on e.id = p.employee_id
     order by p.address, p.kind`);
const changes = async () =>
  (
    await db.rows<{ entity: string; field: string }>(
      sql`select entity, field from change where via = 'import' order by id`,
    )
  ).map(({ entity, field }) => `${entity} ${field}`);

beforeEach(() =>
  db.rows({
    text: 'truncate employee, client, person, contact_point, occasion, outbox, change restart identity cascade',
    values: [],
  }),
);

test('people and clients come in once, whatever how often', async () => {
  expect(await importPeople(db, readPeople(people, UA))).toMatchObject({
    created: 2,
    changed: 0,
    unchanged: 0,
    rejected: [],
  });
  const first = await importClients(db, readClients(clients, UA));
  expect(first).toMatchObject({ created: 2, changed: 0, unchanged: 0 });
  expect(first.rejected).toEqual([
    { line: 4, column: 'responsible', value: 'Nobody', reason: 'no employee of this name, e-mail or extension' },
  ]);
  const before = await points();
  expect(before).toEqual([
    { kind: 'phone', address: '+380441234500', raw: '044 123-45-00', owner: 'Acme' },
    { kind: 'phone', address: '+380441234567', raw: '044 123-45-67', owner: 'Ann' },
    { kind: 'phone', address: '+380501234567', raw: '0501234567', owner: 'Anna' },
    { kind: 'phone', address: '+380507654321', raw: '050 765-43-21', owner: 'Zorg' },
    { kind: 'extension', address: '101', raw: '101', owner: 'Anna' },
    { kind: 'extension', address: '102', raw: '102', owner: 'Boris' },
    { kind: 'email', address: 'anna@r.example', raw: 'anna@r.example', owner: 'Anna' },
    { kind: 'email', address: 'boris@r.example', raw: 'boris@r.example', owner: 'Boris' },
  ]);
  const logged = await changes();
  expect(await importPeople(db, readPeople(people, UA))).toMatchObject({ created: 0, changed: 0, unchanged: 2 });
  expect(await importClients(db, readClients(clients, UA))).toMatchObject({ created: 0, changed: 0, unchanged: 2 });
  expect(await points()).toEqual(before);
  expect(await changes()).toEqual(logged);
  expect(logged).toEqual([
    'employee created',
    'employee created',
    'employee substitute',
    ...Array(5).fill('contact_point created'),
    'client created',
    'client created',
    'person created',
    ...Array(3).fill('contact_point created'),
  ]);
});

test('a re-import changes only what changed, and says so in the change log', async () => {
  await importPeople(db, readPeople(people, UA));
  await importClients(db, readClients(clients, UA));
  await db.rows(sql`select setval(pg_get_serial_sequence('change', 'id'), 1000)`);
  const later = clients.replace('Boris,A', 'Anna,B').replace('Zorg,,050 765-43-21', 'zorg,Zoya,050 765-43-22');
  expect(await importClients(db, readClients(later, UA))).toMatchObject({ created: 0, changed: 2, unchanged: 0 });
  const rows = await db.rows(sql`select entity, field, old, new from change where id > 1000 order by id`);
  const [anna, boris] = (await employees(db)).map(({ id }) => id);
  expect(rows).toEqual([
    { entity: 'client', field: 'class', old: 'A', new: 'B' },
    { entity: 'client', field: 'responsibleId', old: boris, new: anna },
    { entity: 'client', field: 'name', old: 'Zorg', new: 'zorg' },
    { entity: 'person', field: 'created', old: null, new: 'Zoya' },
    { entity: 'contact_point', field: 'created', old: null, new: { kind: 'phone', address: '+380507654322' } },
  ]);
  const renamed = people.replace('anna@r.example', 'anna@new.example');
  expect(await importPeople(db, readPeople(renamed, UA))).toMatchObject({ created: 0, changed: 1, unchanged: 1 });
  expect((await employees(db)).map(({ id, email }) => [id, email])).toEqual([
    [anna, 'anna@new.example'],
    [boris, 'boris@r.example'],
  ]);
});

test('a dry run counts the same and writes nothing', async () => {
  expect(await importPeople(db, readPeople(people, UA), { dryRun: true })).toMatchObject({
    created: 2,
    changed: 0,
    unchanged: 0,
  });
  expect(await importClients(db, readClients(clients, UA), { dryRun: true })).toMatchObject({
    created: 2,
    changed: 0,
    unchanged: 0,
  });
  expect([await employees(db), await points(), await changes()]).toEqual([[], [], []]);
});

test('two imports at once make every client once', async () => {
  const both = await Promise.all([1, 2].map(() => importClients(db, readClients(clients, UA))));
  expect(both.map(({ created }) => created).sort()).toEqual([0, 2]);
  expect(await points()).toHaveLength(3);
});

test('the daemon starts with the files of the configuration', async () => {
  const files = { people: join(folder, 'people.csv') };
  await writeFile(files.people, people);
  const config = {
    region: 'UA',
    zone: 'Europe/Kyiv',
    people: { file: files.people, columns: {} },
    occasions: ['Order', 'Claim'],
    duty: null,
  };
  const seeded = await seedDirectory(db, config);
  expect(seeded).toMatchObject({ people: { created: 2 }, problems: [] });
  expect(await dutyEmployee(db)).toEqual({ id: seeded.dutyId, name: 'Boris' });
  expect(await findEmployee(db, '101')).toBe((await employees(db))[0]?.id);

  // half a file is told and left out; the occasions and the duty follow the configuration
  await writeFile(files.people, `${people}"Broken,103`);
  const again = await seedDirectory(db, { ...config, occasions: ['Claim', 'Training'], duty: 'Anna' });
  expect(again.problems.map(({ code, facts }) => [code, facts['line'], facts['readable']])).toEqual([
    ['directory.broken_csv', 4, 2],
  ]);
  expect(await dutyEmployee(db)).toEqual({ id: again.dutyId, name: 'Anna' });
  expect(await db.rows(sql`select name, rank, active from occasion order by name`)).toEqual([
    { name: 'Claim', rank: 1, active: true },
    { name: 'Order', rank: 1, active: false },
    { name: 'Training', rank: 2, active: true },
  ]);
  await writeFile(files.people, people);
  await expect(seedDirectory(db, { ...config, duty: 'Zoya' })).rejects.toMatchObject({
    code: 'directory.duty_unknown',
  });
});

test('an office with nobody does not start', async () => {
  const nobody = { region: 'UA', zone: 'Europe/Kyiv', people: null, occasions: [], duty: null };
  await expect(seedDirectory(db, nobody)).rejects.toMatchObject({ code: 'directory.nobody', remedy: 'reconfigure' });
  const missing = { ...nobody, people: { file: join(folder, 'nothing.csv'), columns: {} } };
  await expect(seedDirectory(db, missing)).rejects.toMatchObject({ code: 'directory.file_unreadable' });
});

test('an extension has one owner at a time: who gets it, has it from now on, and may give it back', async () => {
  const office = (anna: string, boris: string) =>
    readPeople(`name,extension\nAnna,${anna}\nBoris,${boris}\n`, { ...UA, file: 'people.csv' });
  const owners = async (address: string) =>
    db.rows<{ name: string; since: boolean }>(sql`
      select e.name, p.since > '-infinity' as since from contact_point p join employee e on e.id = p.employee_id
       where p.kind = 'extension' and p.address = ${address} and p.until > now() order by e.name`);
  await importPeople(db, office('901', '902'));
  expect(await owners('901')).toEqual([{ name: 'Anna', since: false }]);
  expect(await importPeople(db, office('902', '901'))).toMatchObject({ created: 0, changed: 2 });
  expect([await owners('901'), await owners('902')]).toEqual([
    [{ name: 'Boris', since: true }],
    [{ name: 'Anna', since: true }],
  ]);
  expect(await importPeople(db, office('902', '901'))).toMatchObject({ changed: 0, unchanged: 2 });
  await importPeople(db, office('901', ''));
  expect([await owners('901'), await owners('902')]).toEqual([[{ name: 'Anna', since: true }], []]);
});

test('departments, own hours and days away come in, stay where the file says nothing, and go when it no longer names them', async () => {
  const year = new Date().getUTCFullYear() + 1;
  const read = (rows: string) => readPeople(`name,department,hours,absent\n${rows}`, { ...UA, file: 'people.csv' });
  const now = () =>
    db.rows(sql`
      select e.name, d.name as department, e.hours -> 0 as monday,
             (select json_agg(a.since at time zone 'Europe/Kyiv' order by a.since) from absence a where a.employee_id = e.id) as away
        from employee e left join department d on d.id = e.department_id order by e.name`);
  const kyiv = { zone: 'Europe/Kyiv' };
  await importPeople(db, read(`Anna,Sales,mon-fri 09:00-18:00,${year}-03-01..${year}-03-14\nBoris,,,\n`), kyiv);
  await db.rows(sql`
    insert into absence (employee_id, since, until)
    select id, now() + interval '2 days', now() + interval '3 days' from employee where name = 'Boris'`);
  const nine = [{ from: 540, until: 1080 }];
  const expected = [
    { name: 'Anna', department: 'Sales', monday: nine, away: [`${year}-03-01T00:00:00`] },
    { name: 'Boris', department: null, monday: null, away: [expect.anything()] },
  ];
  expect(await now()).toEqual(expected);
  const log = await changes();
  expect(
    await importPeople(db, read(`Anna,Sales,mon-fri 09:00-18:00,${year}-03-01..${year}-03-14\nBoris,,,\n`), kyiv),
  ).toMatchObject({ changed: 0, unchanged: 2 });
  await importPeople(db, readPeople('name\nAnna\nBoris\n', { ...UA, file: 'people.csv' }), kyiv);
  expect(await now()).toEqual(expected);
  expect(await changes()).toEqual(log);
  expect(await importPeople(db, read('Anna,,,\nBoris,,,\n'), kyiv)).toMatchObject({ changed: 1, unchanged: 1 });
  expect(await now()).toEqual([
    { name: 'Anna', department: null, monday: null, away: null },
    { name: 'Boris', department: null, monday: null, away: [expect.anything()] },
  ]);
});

test('who was taken back with an import is with us again with the next; whose account was disabled is not', async () => {
  const read = () =>
    readPeople('name,email\nAnna,anna@r.example\nBoris,boris@r.example\n', { ...UA, file: 'people.csv' });
  await importPeople(db, read());
  await db.rows(sql`update employee set active = false`);
  await db.rows(sql`update employee set account = 'uuid' where name = 'Boris'`);
  expect(await importPeople(db, read())).toMatchObject({ changed: 1, unchanged: 1 });
  expect(await db.rows(sql`select name, active from employee order by name`)).toEqual([
    { name: 'Anna', active: true },
    { name: 'Boris', active: false },
  ]);
  expect((await changes()).at(-1)).toBe('employee active');
});
