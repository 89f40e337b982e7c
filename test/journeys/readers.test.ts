import { expect, test } from 'vitest';
import { addAddress } from '../../src/directory/correct/run.ts';
import { rollBack } from '../../src/directory/roll-back/run.ts';
import { adoptStranger } from '../../src/directory/stranger/run.ts';
import { completeContact } from '../../src/history/run.ts';
import { lookBack } from '../../src/match/past.ts';
import { sql } from '../../src/store/base/db.ts';
import { post } from './mail-office.ts';
import { addClient, addEmployee, openOffice } from './office.ts';

const office = await openOffice();
const { db, url, clock } = office;
const olga = await addEmployee(db, { name: 'Ольга', email: 'olga@ours.example' });
const petr = await addEmployee(db, { name: 'Пётр', email: 'petr@ours.example' });
const boss = await addEmployee(db, { name: 'Шеф', role: 'supervisor' });
const cookies = new Map<string, string>();
for (const id of [olga, petr, boss]) cookies.set(id, await office.cookieOf(id));
const here = {
  region: 'UA',
  regionOf: () => null,
  extensions: /^\d{3}$/,
  own: { numbers: [], domains: ['ours.example'] },
};

let count = 0;
const letter = async (from: string) => {
  count += 1;
  const files = [{ name: 'a.txt', type: 'text/plain' }];
  const mail = { from, to: 'olga@ours.example', subject: `Лично ${count}`, text: `Тайные условия ${count}`, files };
  const [id = ''] = await post(office, 'personal', mail);
  return id;
};
/** A client of Petr's. */
const clientOf = async (name: string, email?: string) => {
  const { id } = await addClient(db, { name, ...(email === undefined ? {} : { email }) });
  await db.rows(sql`update client set responsible_id = ${petr} where id = ${id}`);
  return id;
};
const give = async (clientId: string, raw: string, since: string | null = null) => {
  const flags = { mobile: false, shared: false, reception: false, gateway: false, neverCapture: false };
  const address = { kind: 'email', raw, personId: null, since, flags } as const;
  const by = { id: petr, role: 'employee' };
  expect((await addAddress(db, clientId, address, by, { region: 'UA', zone: 'UTC' })).kind).toBe('saved');
  const [point] = await db.rows<{ id: string }>(
    sql`select id from contact_point where address = ${raw} and client_id = ${clientId}`,
  );
  await lookBack(db, point?.id ?? '', here);
};
const clientNow = async (id: string) =>
  (await db.rows<{ client: string | null }>(sql`select client_id as client from contact where id = ${id}`))[0]?.client;
const reads = async (who: string, id: string) => {
  const answers = await Promise.all(
    [`/contact/${id}/files/1`, `/contact/${id}/html`].map((path) =>
      fetch(url + path, { headers: { cookie: cookies.get(who) ?? '' }, redirect: 'manual' }),
    ),
  );
  return answers.map(({ status }) => status);
};
const [open, shut] = [
  [200, 200],
  [403, 403],
];

test('who gives an address to his client reads nothing of what it wrote to others before; what comes later he reads', async () => {
  const acme = await clientOf('Ромашка');
  const before = await letter('lawyer@law.example');
  await give(acme, 'lawyer@law.example');
  expect(await clientNow(before)).toBe(acme);
  expect([await reads(petr, before), await reads(olga, before), await reads(boss, before)]).toEqual([shut, open, open]);
  const history = await (await fetch(`${url}/c/${acme}`, { headers: { cookie: cookies.get(petr) ?? '' } })).text();
  expect([history.includes('Лично 1'), history.includes('Тайные условия 1')]).toEqual([true, false]);
  const later = await letter('lawyer@law.example');
  expect([await clientNow(later), await reads(petr, later)]).toEqual([acme, open]);
});

test('nor by giving a whole domain, nor by taking the address of another client over', async () => {
  const [first, second] = [await clientOf('Первый', 'ivan@first.example'), await clientOf('Второй')];
  await db.rows(sql`update client set responsible_id = null where id = ${first}`);
  const id = await letter('ivan@first.example');
  expect(await clientNow(id)).toBe(first);
  await db.rows(sql`update contact_point set until = since where address = 'ivan@first.example'`);
  await give(second, 'ivan@first.example');
  expect([await clientNow(id), await reads(petr, id)]).toEqual([second, shut]);
});

test('nor by naming a stranger, even if that is done twice over', async () => {
  const acme = await clientOf('Третий');
  const id = await letter('stranger@else.example');
  const who = { kind: 'email', address: 'stranger@else.example' } as const;
  const by = { authorId: petr, via: 'session' } as const;
  const done = await adoptStranger(db, who, { clientId: acme, personId: null, personName: null }, by);
  expect([done.kind, await clientNow(id), await reads(petr, id)]).toEqual(['done', acme, shut]);
  if (done.kind !== 'done') return;
  const back = await rollBack(db, { source: { setId: done.setId }, by, confirms: () => true });
  await rollBack(db, { source: { setId: back.setId ?? '' }, by, confirms: () => true });
  expect([await clientNow(id), await reads(petr, id)]).toEqual([acme, shut]);
});

test('what came with the client stays readable: after a merge, and when it was taken away and is back', async () => {
  const [gone, stays] = [await clientOf('Ушедший', 'a@gone.example'), await clientOf('Оставшийся')];
  const id = await letter('a@gone.example');
  expect(await reads(petr, id)).toEqual(open);
  await db.rows(sql`update client set merged_into = ${stays} where id = ${gone}`);
  await db.rows(sql`update contact set client_id = ${stays} where id = ${id}`);
  await db.rows(sql`
    insert into change (via, entity, entity_id, client_id, field, old, new)
    values ('machine', 'contact', ${id}, ${stays}, 'client', ${JSON.stringify({ id: gone })}, ${JSON.stringify({ id: stays })})`);
  expect(await reads(petr, id)).toEqual(open);
});

test('whoever may write about it opens it by choosing the client himself', async () => {
  const acme = await clientOf('Четвёртый');
  const id = await letter('new@fourth.example');
  expect(await reads(petr, id)).toEqual(shut);
  const wish = { gist: 'Условия', outcome: null, occasion: null, nextStep: null, version: 1 };
  const saved = await completeContact({ db, clock }, { employeeId: olga, role: 'employee', via: 'session' }, id, {
    ...wish,
    client: { id: acme, personId: null },
  });
  expect([saved.kind, await reads(petr, id), await reads(boss, id)]).toEqual(['saved', open, open]);
});
