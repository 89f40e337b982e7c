import { beforeEach, describe, expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { rollBack } from '../../directory/roll-back/run.ts';
import { newId } from '../../ops/chance.ts';
import { sql } from '../../store/base/db.ts';
import { importPast } from './import-past.ts';
import { readPast } from './rows.ts';

const { db } = await testStore();
const zone = 'Europe/Kyiv';
const match = { region: 'UA', regionOf: () => null, extensions: /^\d{3}$/, own: { numbers: [], domains: [] } };
const read = (text: string, columns = {}) =>
  readPast(Buffer.from(text), { file: 'past.csv', columns, region: 'UA', today: '2026-11-26' });
const bring = (text: string, more = {}) =>
  importPast(db, read(text), { file: 'past.csv', region: 'UA', zone, match, newId, ...more });
const contacts = () =>
  db.rows(sql`
    select to_char(c.started_at at time zone 'Europe/Kyiv', 'YYYY-MM-DD HH24:MI') as at, c.channel, c.direction, c.state,
           c.facts #>> '{details,noted,precision}' as precision, cl.name as client, p.name as person, e.name as owner, c.gist,
           o.name as occasion, c.client_by_hand as "byHand"
      from contact c left join client cl on cl.id = c.client_id left join person p on p.id = c.person_id
      join employee e on e.id = c.owner_id left join occasion o on o.id = c.occasion_id
     order by c.started_at, c.id`);
const count = async () => (await db.rows<{ n: number }>(sql`select count(*)::int as n from contact`))[0]?.n;

beforeEach(async () => {
  await db.rows({
    text: `truncate employee, client, contact, capture, contact_identity, change_set, change, outbox, occasion restart identity cascade;
      insert into employee (key, name, email, is_duty) values ('duty', 'Duty', null, true), ('anna', 'Анна', 'anna@r.example', false);
      insert into occasion (name, rank) values ('Заказ', 1);
      insert into client (key, name, responsible_id) select 'ромашка', 'Ромашка', id from employee where key = 'anna';
      insert into client (key, name) values ('зорг', 'Зорг');
      insert into person (client_id, name) select id, 'Иван' from client where key = 'ромашка';
      insert into contact_point (kind, address, raw, client_id, until) select 'phone', '+380441234567', 'x', id, '2019-01-01' from client where key = 'ромашка';
      insert into contact_point (kind, address, raw, client_id, since) select 'phone', '+380441234567', 'x', id, '2019-01-01' from client where key = 'зорг'`,
    values: [],
  });
});

const table = `Дата;Время;Клиент;Контактное лицо;Телефон;Канал;Направление;Сотрудник;Повод;Суть
12.03.2018;14:30;РОМАШКА;Иван;;звонок;вх;Анна;Заказ;Заказал сто штук
весна 2018;;;;044 123-45-67;;исх;;;Обсудили цены
2020;;;;044 123-45-67;звонок;;;;
ок. 05.2019;;;;050 000-00-01;встреча;;;;Приходил, не представился
`;

test('contacts come in completed or bare, attached by name or by who had the address then, exactly as the date is known', async () => {
  const done = await bring(table);
  expect(done).toMatchObject({
    created: 4,
    unchanged: 0,
    completed: 3,
    bare: 1,
    byName: 1,
    byAddress: 2,
    strangers: 1,
    rejected: [],
  });
  expect(done.format).toEqual({ encoding: 'utf-8', delimiter: ';' });
  const row = { person: null, occasion: null, byHand: false, direction: 'inbound' };
  expect(await contacts()).toEqual([
    {
      ...row,
      at: '2018-03-01 00:00',
      channel: 'call',
      direction: 'outbound',
      state: 'completed',
      precision: 'season',
      client: 'Ромашка',
      owner: 'Анна',
      gist: 'Обсудили цены',
    },
    {
      at: '2018-03-12 14:30',
      channel: 'call',
      direction: 'inbound',
      state: 'completed',
      precision: 'moment',
      client: 'Ромашка',
      person: 'Иван',
      owner: 'Анна',
      gist: 'Заказал сто штук',
      occasion: 'Заказ',
      byHand: true,
    },
    {
      ...row,
      at: '2019-05-01 00:00',
      channel: 'meeting',
      state: 'completed',
      precision: 'month',
      client: null,
      owner: 'Duty',
      gist: 'Приходил, не представился',
    },
    {
      ...row,
      at: '2020-01-01 00:00',
      channel: 'call',
      state: 'bare',
      precision: 'year',
      client: 'Зорг',
      owner: 'Duty',
      gist: null,
    },
  ]);
  // nobody is asked, and nothing is left to decide
  expect(await db.rows(sql`select job from outbox`)).toEqual([]);
  expect(
    await db.rows(
      sql`select count(*)::int as n from contact where decided_at is null or call_back or due_at is not null`,
    ),
  ).toEqual([{ n: 0 }]);
  expect(
    await db.rows(
      sql`select kind, label, facts, count(c.id)::int as changes from change_set s join change c on c.set_id = s.id group by s.id`,
    ),
  ).toEqual([{ kind: 'import', label: 'past.csv', facts: { history: 'past.csv' }, changes: 4 }]);
});

test('the same file again changes nothing, nor do other headers and another order; two equal lines are two contacts', async () => {
  await bring(table);
  expect(await bring(table)).toMatchObject({ created: 0, unchanged: 4 });
  const other = 'gist,date,client\nЗвонил,2019,Зорг\nЗвонил,2019,Зорг\n';
  expect(await bring(other)).toMatchObject({ created: 2, unchanged: 0 });
  expect(await bring('Клиент;Суть;Дата\nЗорг;Звонил;2019\nЗорг;Звонил;2019\nЗорг;Звонил;2019\n')).toMatchObject({
    created: 1,
    unchanged: 2,
  });
  expect(await db.rows(sql`select count(*)::int as n from change_set`)).toEqual([{ n: 3 }]);
});

test('a dry run counts the same and leaves nothing', async () => {
  expect(await bring(table, { dryRun: true })).toMatchObject({ created: 4, byName: 1, byAddress: 2, strangers: 1 });
  expect(await count()).toBe(0);
  expect(await db.rows(sql`select id from capture`)).toEqual([]);
});

describe('a row that cannot be taken', () => {
  const head = 'date,client,phone,email,channel,direction,employee,occasion,gist\n';
  test.each([
    ['вчера,Зорг,,,,,,,x', 'date', /not a date/],
    [',Зорг,,,,,,,x', 'date', /no date/],
    ['2027-01-01,Зорг,,,,,,,x', 'date', /future/],
    ['2019,,,,,,,,x', null, /neither a client nor an address/],
    ['2019,Никто,,,,,,,x', 'client', /no client of this name, and no address/],
    ['2019,,позвонить,,,,,,x', 'phone', /./],
    ['2019,,,ann@@x,,,,,x', 'email', /./],
    ['2019,Зорг,,,голубь,,,,x', 'channel', /call, email/],
    ['2019,Зорг,,,,вбок,,,x', 'direction', /in or out/],
    [`2019,Зорг,,,,,,,${'я'.repeat(4001)}`, 'gist', /4000/],
  ])('%s', async (line, column, reason) => {
    const done = await bring(`${head}2019,Зорг,,,,,,,ok\n${line}\n`);
    expect(done.rejected).toEqual([
      { line: 3, column, value: expect.any(String), reason: expect.stringMatching(reason) },
    ]);
    expect(await count()).toBe(1);
  });

  test('a name that leads nowhere is told, the rest of the row counts', async () => {
    const done = await bring(`${head}2019,Никто,0441234567,,,,Зоя,Погода,x\n2019,Зорг,anna@x.example,,,,,,y\n`);
    expect(done.created).toBe(2);
    expect(done.rejected.map(({ line, column }) => [line, column])).toEqual([
      [2, 'client'],
      [2, 'employee'],
      [2, 'occasion'],
    ]);
    expect(
      await db.rows(sql`select outside_kind as kind, outside_norm as norm from contact order by outside_kind`),
    ).toEqual([
      { kind: 'email', norm: 'anna@x.example' },
      { kind: 'phone', norm: '+380441234567' },
    ]);
  });

  test('a quote that is not closed', () => {
    expect(read(`${head}2019,"Зорг,,,,,,x\n`).broken).toEqual({ line: 2, reason: expect.stringContaining('quote') });
  });

  test('no column of dates', () => expect(() => read('client,gist\nЗорг,x\n')).toThrow('directory.no_name_column'));

  test('columns of other names', () => {
    const mapped = read('A,B,C\n2019,Зорг,x\n', { date: 'A', client: 'B', gist: 'C' });
    expect(mapped.rows).toMatchObject([{ client: 'Зорг', gist: 'x' }]);
  });
});

test('what people said is never captured comes in by no table, nor by the table of before', async () => {
  const line = 'date,phone,channel,gist\n2020-03-01,050 000-00-09,call,Said.\n2020-03-02,050 000-00-08,call,Other.\n';
  const flag = () =>
    db.rows(sql`
      insert into contact_point (kind, address, raw, never_capture) values ('phone', '+380500000009', 'x', true)`);
  await flag();
  const refused = await bring(line);
  expect([refused.created, refused.rejected]).toEqual([
    1,
    [
      {
        line: 2,
        column: 'phone',
        value: '050 000-00-09',
        reason: expect.stringContaining('nothing is to be kept'),
      },
    ],
  ]);
  expect(await db.rows(sql`select from capture where evidence like '%00-09%' or evidence like '%0000009%'`)).toEqual(
    [],
  );
  await db.rows(sql`delete from contact_point where never_capture`);
  expect((await bring(line)).created).toBe(1);
  const [set] = await db.rows<{ id: string }>(sql`select max(id)::text as id from change_set`);
  const by = { authorId: null, via: 'machine' } as const;
  await rollBack(db, { source: { setId: set?.id ?? '' }, by, confirms: () => false });
  await flag();
  expect((await bring(line)).rejected).toHaveLength(1);
  expect(await db.rows(sql`select gist from contact where state <> 'dismissed'`)).toEqual([{ gist: 'Other.' }]);
});

test('people join and leave on days of the office: an hour before midnight in Kyiv is that day, whatever UTC says', async () => {
  await db.rows(sql`
    with made as (insert into person (client_id, name, since) select id, 'Олена', '2020-06-02' from client where key = 'зорг' returning id)
    insert into contact_point (kind, address, raw, person_id) select 'phone', '+380500000007', 'x', id from made`);
  await bring(
    'date,time,phone,channel,gist\n2020-06-02,00:30,050 000-00-07,call,Night.\n2020-06-01,23:30,050 000-00-07,call,Evening.\n',
  );
  const rows = await db.rows(sql`
    select c.gist, p.name from contact c left join person p on p.id = c.person_id order by c.started_at`);
  expect(rows).toEqual([
    { gist: 'Evening.', name: null },
    { gist: 'Night.', name: 'Олена' },
  ]);
});
