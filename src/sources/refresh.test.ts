import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import { editClients, editPoints } from '../directory/edit.ts';
import { systemClock } from '../ops/clock.ts';
import { silentLog } from '../ops/log.ts';
import { sql } from '../store/base/db.ts';
import { openChangeSet } from '../store/history/change-log.ts';
import { answerHeld, configureSources, goneFrom, saidOtherwise, sourceRows } from '../store/sources/sources.ts';
import { readHere, sourceOf } from './reading/source.fixture.ts';
import { type RefreshWish, refreshSource } from './refresh.ts';

const { db } = await testStore();
const folder = mkdtempSync(join(tmpdir(), 'letopis-refresh-'));
afterAll(() => rmSync(folder, { recursive: true }));

const crm = sourceOf({ kind: 'file', file: join(folder, 'crm.csv') }, { key: 'id' });
const shop = sourceOf({ kind: 'file', file: join(folder, 'shop.csv') }, { name: 'shop' });
const deps = { db, clock: systemClock, log: silentLog, region: 'UA', zone: 'Europe/Kyiv' };
const inThread = (source = crm, wish: RefreshWish = {}) =>
  refreshSource({ ...deps, holder: randomUUID() }, source, wish);
const refresh = (source = crm, wish: RefreshWish = {}) =>
  refreshSource({ ...deps, open: readHere, holder: randomUUID() }, source, wish);
const says = (text: string, source = crm) => writeFileSync(source.reads.kind === 'file' ? source.reads.file : '', text);
const taken = async (text: string, source = crm, wish: RefreshWish = {}) => {
  says(text, source);
  const done = await refresh(source, wish);
  if (done.kind !== 'taken') throw new Error(`${done.kind} ${done.kind === 'failed' ? String(done.fault.code) : ''}`);
  const { created, changed, unchanged, gone, ended, kept } = done.told;
  return { created, changed, unchanged, gone, ended, kept };
};
const nothing = { created: 0, changed: 0, unchanged: 0, gone: 0, ended: 0, kept: 0 };
const clients = () =>
  db.rows<{ id: string; name: string; class: string | null }>(
    sql`select id, name, class from client order by name, key`,
  );
const idOf = async (name: string) => (await clients()).find((one) => one.name === name)?.id ?? '';
/** What counts now. */
const points = () =>
  db
    .rows(sql`
    select coalesce(c.name, o.name || '/' || pe.name) as of, p.address
      from contact_point p left join client c on c.id = p.client_id left join person pe on pe.id = p.person_id
      left join client o on o.id = pe.client_id
     where p.since <= now() and now() < p.until order by 1, 2`)
    .then((rows) => rows.map((row) => Object.values(row ?? {}).join(' ')));
const changes = () =>
  db
    .rows<{ told: string }>(sql`select entity || ' ' || field as told from change order by id`)
    .then((rows) => rows.map(({ told }) => told));
const byHand = async (id: string, values: Parameters<typeof editClients>[2][number]['values']) => {
  const set = await openChangeSet(db, { kind: 'edit', via: 'session', authorId: null, label: null });
  await editClients(db, set, [{ id, values }]);
};

beforeEach(async () => {
  await db.rows({
    text: 'truncate employee, client, client_source, change_set, outbox restart identity cascade',
    values: [],
  });
  await db.rows(
    sql`insert into employee (key, name, email) values ('anna', 'Anna', 'anna@r.example'), ('boris', 'Boris', 'boris@r.example')`,
  );
  await configureSources(
    db,
    [crm, shop].map(({ name, everyMs }) => ({ name, reads: 'file', everyMs })),
  );
});

const head = 'id,name,person,phone,email,class,responsible';
const first = `${head}\n1,Acme,Ann,044 123-45-67,,A,Anna\n1,Acme,,,office@acme.example,,\n2,Zorg,,050 765-43-21,,,\n`;

test('clients come in, the same again changes nothing, a dry run counts and writes nothing', async () => {
  says(first);
  const dry = await refresh(crm, { dryRun: true });
  expect(dry).toMatchObject({ kind: 'taken', told: { created: 2 }, format: { encoding: 'utf-8', delimiter: ',' } });
  expect(await clients()).toEqual([]);
  expect(await taken(first)).toEqual({ ...nothing, created: 2 });
  expect(await points()).toEqual(['Acme office@acme.example', 'Acme/Ann +380441234567', 'Zorg +380507654321']);
  const before = await changes();
  expect(await refresh()).toEqual({ kind: 'same', count: 2 });
  const [top, ...rows] = first.trim().split('\n');
  expect(await taken([top, ...rows.reverse()].join('\n'))).toEqual({ ...nothing, unchanged: 2 });
  expect(await changes()).toEqual(before);
  expect(await db.rows(sql`select kind, via, label, facts ->> 'source' as source from change_set`)).toEqual([
    { kind: 'import', via: 'import', label: 'crm', source: 'crm' },
  ]);
});

test('what the source changes is changed, what it no longer gives is ended, a client it drops stays', async () => {
  await taken(first);
  const next = `${head}\n1,Acme Ltd,Bob,044 123-45-67,,B,Boris\n`;
  expect(await taken(next)).toEqual({ ...nothing, changed: 1, gone: 1, ended: 3 });
  expect(await clients()).toMatchObject([{ name: 'Acme Ltd', class: 'B' }, { name: 'Zorg' }]);
  expect(await points()).toEqual(['Acme Ltd/Bob +380441234567', 'Zorg +380507654321']);
  expect(await db.rows(sql`select name, until is not null as left from person order by name`)).toEqual([
    { name: 'Ann', left: true },
    { name: 'Bob', left: false },
  ]);
  const zorg = await idOf('Zorg');
  expect((await goneFrom(db, zorg)).map(({ source }) => source)).toEqual(['crm']);
  expect((await sourceRows(db, 'crm'))[0]).toMatchObject({ gone: 1, goodCount: 1, state: 'good' });
  // and back: what nobody else had meanwhile was theirs all the time; the number was Bob's
  expect(await taken(first)).toEqual({ ...nothing, changed: 2, ended: 2 });
  expect(await points()).toEqual(['Acme office@acme.example', 'Acme/Ann +380441234567', 'Zorg +380507654321']);
  expect(await goneFrom(db, zorg)).toEqual([]);
  expect(await db.rows(sql`select address from contact_point where since > '-infinity'`)).toEqual([
    { address: '+380441234567' },
  ]);
});

test('a number that was somebody else’s meanwhile is theirs from now on only', async () => {
  await taken('id,name,phone\n1,Acme,0441234567\n2,Zorg,\n');
  await taken('id,name,phone\n1,Acme,\n2,Zorg,0441234567\n');
  await taken('id,name,phone\n1,Acme,0441234567\n2,Zorg,\n');
  expect(await points()).toEqual(['Acme +380441234567']);
  const periods = await db.rows(sql`
    select c.name, p.since > '-infinity' as "begins", p.until < 'infinity' as "ends"
      from contact_point p join client c on c.id = p.client_id order by c.name, p.since`);
  expect(periods).toEqual([
    { name: 'Acme', begins: false, ends: true },
    { name: 'Acme', begins: true, ends: false },
    { name: 'Zorg', begins: false, ends: true },
  ]);
});

describe('the word of a person', () => {
  test('stands until the source itself says something else; then it is a change that can be seen', async () => {
    await taken(first);
    const acme = await idOf('Acme');
    await byHand(acme, { class: 'VIP', name: 'ACME Corp' });
    expect(await taken(`${first}3,New,,,,,\n`)).toEqual({ ...nothing, created: 1, unchanged: 2 });
    expect((await clients())[0]).toMatchObject({ name: 'ACME Corp', class: 'VIP' });
    // the source changes something else of it
    expect(await taken(first.replace('office@', 'info@'))).toMatchObject({ changed: 1, ended: 1, kept: 2 });
    expect((await clients())[0]).toMatchObject({ name: 'ACME Corp', class: 'VIP' });
    expect(await saidOtherwise(db, acme)).toEqual([{ source: 'crm', kept: { name: 'Acme', class: 'A' } }]);
    expect(await taken(first.replaceAll(',A,', ',C,').replace('office@', 'info@'))).toMatchObject({
      changed: 1,
      kept: 1,
    });
    expect((await clients())[0]).toMatchObject({ name: 'ACME Corp', class: 'C' });
    const [last] = await db.rows(
      sql`select field, old, new, via from change where entity_id = ${acme} order by id desc limit 1`,
    );
    expect(last).toEqual({ field: 'class', old: 'VIP', new: 'C', via: 'import' });
  });

  test('a client somebody made by hand is found; what he wrote is left, what he left open is filled', async () => {
    const set = await openChangeSet(db, { kind: 'edit', via: 'session', authorId: null, label: null });
    const { createClient } = await import('../directory/edit.ts');
    const id = await createClient(db, set, { name: 'ACME', class: 'VIP' });
    expect(await taken(first)).toMatchObject({ created: 1, changed: 1 });
    expect(await clients()).toMatchObject([{ id, name: 'ACME', class: 'VIP' }, { name: 'Zorg' }]);
    expect(
      await db.rows(sql`select e.name from client c join employee e on e.id = c.responsible_id where c.id = ${id}`),
    ).toEqual([{ name: 'Anna' }]);
  });

  test('addresses that people added or changed are not ended', async () => {
    await taken(first);
    const zorg = await idOf('Zorg');
    const set = await openChangeSet(db, { kind: 'edit', via: 'session', authorId: null, label: null });
    const [point] = await db.rows<{ id: string }>(sql`select id from contact_point where client_id = ${zorg}`);
    await editPoints(db, set, [{ id: point?.id ?? '', values: { shared: true } }]);
    await db.rows(
      sql`insert into contact_point (kind, address, raw, client_id) values ('phone', '+380440000001', 'x', ${zorg})`,
    );
    expect(await taken(`${head}\n1,Acme,Ann,044 123-45-67,,A,Anna\n2,Zorg,,,,,\n`)).toMatchObject({ ended: 1 });
    expect(await points()).toEqual(['Acme/Ann +380441234567', 'Zorg +380440000001', 'Zorg +380507654321']);
  });

  test('an address that somebody took away stays away while the source repeats it', async () => {
    await taken(first);
    const set = await openChangeSet(db, { kind: 'edit', via: 'session', authorId: null, label: null });
    const [point] = await db.rows<{ id: string }>(sql`select id from contact_point where address = '+380507654321'`);
    await editPoints(db, set, [{ id: point?.id ?? '', values: { until: '2026-01-01T00:00:00Z' } }]);
    await taken(`${first}3,New,,,,,\n`);
    await taken(`${first.replace('Zorg,,', 'Zorg,Zoe,')}`);
    expect(await points()).not.toContain('Zorg +380507654321');
  });

  test('a client that was removed, or merged into another, is not brought back by what is repeated', async () => {
    await taken(first);
    const [acme, zorg] = [await idOf('Acme'), await idOf('Zorg')];
    await byHand(zorg, { mergedInto: acme });
    await byHand(acme, { class: 'VIP' });
    expect(await taken(first.replace('2,Zorg,,', '2,Zorg Ltd,Zoe,'))).toMatchObject({ created: 0, changed: 1 });
    expect(await db.rows(sql`select name, class from client where merged_into is null`)).toEqual([
      { name: 'Acme', class: 'VIP' },
    ]);
    expect(await points()).toContain('Acme/Zoe +380507654321');
    await byHand(acme, { removed: new Date().toISOString() });
    await taken(`${first.replace('2,Zorg,,', '2,Zorg Ltd,Zoe,')}3,New,,,,,\n`);
    expect(await db.rows(sql`select name from client where removed_at is not null`)).toEqual([{ name: 'Acme' }]);
  });
});

test('a client merged into another never speaks for it, however often it changes; alone again it is itself', async () => {
  const says = (name: string, level: string, phone = '') =>
    `id,name,class,phone\n1,Acme,A,\n2,${name},${level},${phone}\n`;
  await taken(says('Zorg', 'B'));
  const [acme, zorg] = [await idOf('Acme'), await idOf('Zorg')];
  await byHand(zorg, { mergedInto: acme });
  for (const [name, level, phone] of [
    ['Zorg Ltd', 'C', '0441112233'],
    ['Zorg Ltd & Co', 'C', '0441112233'],
    ['Zorg Ltd & Co', 'D', '0441112244'],
  ] as const) {
    await taken(says(name, level, phone));
    expect((await clients()).find(({ id }) => id === acme)).toEqual({ id: acme, name: 'Acme', class: 'A' });
  }
  expect(await points()).toEqual(['Acme +380441112244']);
  // Repeated, it is no news.
  expect(await taken(`${says('Zorg Ltd & Co', 'D', '0441112244')}3,New,,\n`)).toMatchObject({ changed: 0 });
  await byHand(zorg, { mergedInto: null });
  await taken(says('Zorg Ltd & Co', 'E', '0441112255'));
  expect((await clients()).filter(({ name }) => name !== 'New')).toEqual([
    { id: acme, name: 'Acme', class: 'A' },
    { id: zorg, name: 'Zorg Ltd & Co', class: 'E' },
  ]);
  expect(await points()).toContain('Zorg Ltd & Co +380441112255');
});

describe('what was taken back comes whole, when the source says something new', () => {
  const takeBack = async (name: string) => {
    const set = await openChangeSet(db, { kind: 'rollback', via: 'session', authorId: null, label: null });
    const id = await idOf(name);
    const owned = sql`
      select p.id, instant(p.since) as until from contact_point p left join person o on o.id = p.person_id
       where coalesce(p.client_id, o.client_id) = ${id}`;
    const rows = await db.rows<{ id: string; until: string }>(owned);
    await editPoints(
      db,
      set,
      rows.map(({ id: point, until }) => ({ id: point, values: { until } })),
    );
    await db.rows(sql`update person set removed_at = now() where client_id = ${id}`);
    await byHand(id, { removed: new Date().toISOString() });
  };

  test('a client with his people and numbers', async () => {
    await taken(first);
    const before = await points();
    await takeBack('Acme');
    expect(await points()).toEqual(['Zorg +380507654321']);
    await taken(first.replaceAll(',A,', ',B,'));
    expect(await points()).toEqual(before);
    expect(await db.rows(sql`select name from client where removed_at is null order by 1`)).toEqual([
      { name: 'Acme' },
      { name: 'Zorg' },
    ]);
  });

  test('a person with the new number that is his', async () => {
    await taken(first);
    await db.rows(sql`update person set removed_at = now()`);
    await taken(`${first}1,Acme,Ann,044 123-45-99,,,\n`);
    expect(await points()).toContain('Acme/Ann +380441234599');
  });
});

test('what one source says of a merged client keeps what another no longer says of the whole', async () => {
  await taken('id,name,phone\n1,Acme,0441234567\n');
  await taken('name,phone\nZorg,0441234567\n', shop);
  await byHand(await idOf('Zorg'), { mergedInto: await idOf('Acme') });
  expect(await taken('id,name,phone\n1,Acme,\n')).toMatchObject({ ended: 0 });
});

test('a client is found by the name it bears now, not by the one it had', async () => {
  await taken('id,name\n1,Ромашка\n');
  const camomile = await idOf('Ромашка');
  await byHand(camomile, { name: 'Ромашка-Плюс' });
  expect(await taken('name\n«РОМАШКА-плюс»\n', shop)).toMatchObject({ created: 0 });
  expect(await taken('name\n«РОМАШКА-плюс»\nРомашка\n', shop)).toMatchObject({ created: 1 });
});

describe('two sources', () => {
  test('what another source gives too does not end; what neither gives does', async () => {
    await taken('id,name,phone\n1,Acme,0441234567\n');
    expect(await taken('name,phone\nАкме,\nACME,0441234567\n', shop)).toMatchObject({ created: 1, unchanged: 1 });
    expect(await taken('id,name,phone\n1,Acme,\n')).toMatchObject({ ended: 0 });
    expect(await points()).toEqual(['Acme +380441234567']);
    expect(await taken('name,phone\nАкме,\nACME,\n', shop)).toMatchObject({ ended: 1 });
    expect(await points()).toEqual([]);
  });

  test('of two values none is written to and fro', async () => {
    await taken('id,name,class\n1,Acme,A\n');
    await taken('name,class\nAcme,B\n', shop);
    const before = await changes();
    for (let i = 0; i < 3; i += 1) {
      await taken(`id,name,class\n1,Acme,A\n${'\n'.repeat(i)}2,X${i},\n`);
      await taken(`name,class\nAcme,B\n${'\n'.repeat(i)}Y${i},\n`, shop);
    }
    expect((await clients())[0]).toMatchObject({ class: 'B' });
    expect((await changes()).slice(before.length).filter((told) => told.endsWith('class'))).toEqual([]);
  });
});

test('two clients of one name and two ids are two; a name that another had before makes no mistake', async () => {
  await taken('id,name\n1,Ромашка\n2,"ООО «Ромашка»"\n3,ромашка\n');
  expect((await clients()).map(({ name }) => name).sort()).toEqual(['ООО «Ромашка»', 'Ромашка', 'ромашка']);
  await taken('id,name\n1,Лилия\n2,"ООО «Ромашка»"\n3,ромашка\n4,Ромашка\n');
  expect((await clients()).map(({ name }) => name).sort()).toEqual(['Лилия', 'ООО «Ромашка»', 'Ромашка', 'ромашка']);
});

test('a responsible who comes later is found then', async () => {
  expect(await taken('id,name,responsible\n1,Acme,Zoya\n')).toMatchObject({ created: 1 });
  expect(await refresh()).toMatchObject({ kind: 'same' });
  await db.rows(sql`insert into employee (key, name) values ('zoya', 'Zoya')`);
  expect(await refresh()).toMatchObject({ kind: 'taken', told: { changed: 1 } });
});

describe('far fewer clients', () => {
  const many = (count: number) =>
    `id,name\n${Array.from({ length: count }, (_, i) => `${i},Client ${i}`).join('\n')}\n`;

  test('wait for a person, who takes them over', async () => {
    await taken(many(100));
    says(many(50));
    expect(await refresh()).toEqual({ kind: 'held', count: 50, last: 100 });
    expect((await sourceRows(db, 'crm'))[0]).toMatchObject({
      state: 'held',
      fault: 'source.far_fewer',
      heldCount: 50,
      goodCount: 100,
      gone: 0,
    });
    expect(await answerHeld(db, 'crm', 49, 'accept', null)).toBe(false);
    expect(await answerHeld(db, 'crm', 50, 'accept', null)).toBe(true);
    expect(await refresh()).toMatchObject({ kind: 'taken', told: { count: 50, gone: 50, ended: 0 } });
    expect(await answerHeld(db, 'crm', 50, 'accept', null)).toBe(false);
    expect((await sourceRows(db, 'crm'))[0]).toMatchObject({ state: 'good', heldCount: null, goodCount: 50, gone: 50 });
    expect(await clients()).toHaveLength(100);
  });

  test('or passes them over; asked is he again only about something else', async () => {
    await taken(many(100));
    says(many(40));
    await refresh();
    expect(await answerHeld(db, 'crm', 40, 'discard', null)).toBe(true);
    expect(await refresh()).toMatchObject({ kind: 'passed-over' });
    says(many(41));
    expect(await refresh()).toMatchObject({ kind: 'passed-over' });
    says(many(10));
    expect(await refresh()).toMatchObject({ kind: 'held' });
    says(many(100));
    expect(await refresh()).toMatchObject({ kind: 'same', count: 100 });
    expect((await sourceRows(db, 'crm'))[0]).toMatchObject({ state: 'good', gone: 0 });
  });

  test('the command line may say so at once', async () => {
    await taken(many(100));
    says(many(0));
    expect(await refresh()).toMatchObject({ kind: 'held', count: 0 });
    expect(await refresh(crm, { answer: 'accept' })).toMatchObject({ kind: 'taken', told: { gone: 100 } });
  });
});

test('what fails leaves the last good copy, and is told with place and cure; then it heals', async () => {
  await taken(first);
  const before = [await clients(), await points(), await changes()];
  for (const [text, code] of [
    [`${first}"half`, 'directory.broken_csv'],
    ['<!doctype html><p>Login', 'directory.unknown_column'],
    ['id,title\n1,Acme\n', 'directory.no_name_column'],
  ] as const) {
    says(text);
    expect(await refresh()).toMatchObject({ kind: 'failed', fault: { code } });
  }
  const [row] = await sourceRows(db, 'crm');
  expect(row).toMatchObject({ state: 'failing', failures: 3, goodCount: 2, fault: 'directory.no_name_column' });
  expect(row?.facts).toMatchObject({ cure: expect.any(String) });
  expect([await clients(), await points(), await changes()]).toEqual(before);
  says(first);
  expect(await refresh()).toEqual({ kind: 'same', count: 2 });
  expect((await sourceRows(db, 'crm'))[0]).toMatchObject({ state: 'good', failures: 0, fault: null });
});

test('one process at a time', async () => {
  says(`${head}\n${Array.from({ length: 3000 }, (_, i) => `${i},Client ${i},,,,,`).join('\n')}`);
  const both = await Promise.all([inThread(), inThread()]);
  expect(both.map(({ kind }) => kind).sort()).toEqual(['busy', 'taken']);
  expect(await clients()).toHaveLength(3000);
});

test('a long list is read beside the loop, not in it', async () => {
  const rows = Array.from(
    { length: 20_000 },
    (_, i) => `${i},Client ${i},Person ${i},+38050${String(i).padStart(7, '0')},,,`,
  );
  says(`${head}\n${rows.join('\n')}`);
  const begun = performance.now();
  await readHere({ source: crm, region: 'UA', known: null });
  const inLoopMs = performance.now() - begun;
  let [last, worst] = [performance.now(), 0];
  const tick = setInterval(() => {
    const now = performance.now();
    worst = Math.max(worst, now - last - 5);
    last = now;
  }, 5);
  const done = await inThread();
  clearInterval(tick);
  expect(done).toMatchObject({ kind: 'taken', told: { created: 20_000 } });
  // However busy the machine is, both are slowed down by it.
  expect(worst).toBeLessThan(inLoopMs / 2);
}, 60_000);
