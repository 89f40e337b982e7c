import { expect, test } from 'vitest';
import { rollBack } from '../../src/directory/roll-back/run.ts';
import { newId } from '../../src/ops/chance.ts';
import { sql } from '../../src/store/base/db.ts';
import { neverCaptured } from '../../src/store/intake/exclusions.ts';
import { Client, Contact, Person, Point } from '../../src/web/api/schemas.ts';
import { apiClient } from '../kit/api-client.ts';
import { addCall, addClient, addEmployee, addOccasions, openOffice } from './office.ts';

const office = await openOffice({ basePath: '/letopis' });
const { db, url } = office;
const anna = await addEmployee(db, { name: 'Анна', email: 'anna@office.example', extension: '101' });
await db.rows(sql`update employee set is_duty = true where id = ${anna}`);
await addOccasions(db, ['Заказ', 'Претензия']);
const all = [
  'clients:read',
  'clients:write',
  'contacts:read',
  'contacts:write',
  'employees:read',
  'events:read',
  'webhooks:manage',
] as const;
const crm = await apiClient(db, url, all, { name: 'crm' });

const changesOf = (id: string) =>
  db.rows(sql`
    select c.field, c.via, s.label from change c left join change_set s on s.id = c.set_id
     where c.entity_id = ${id} order by c.set_id, c.field`);

test('a client with addresses and people, made, read, changed; every change with the name of the token', async () => {
  const made = await crm.call('POST', '/clients', {
    name: '  ТОВ  Лілея ',
    key: 'B24/17',
    class: 'A',
    responsibleId: anna,
    points: [
      { kind: 'phone', address: '(044) 200-10-20' },
      { kind: 'domain', address: 'Lileya.example' },
    ],
    people: [{ name: 'Ірина Гнатюк', post: 'закупки', points: [{ kind: 'email', address: 'Iryna@lileya.example' }] }],
  });
  expect([made.status, made.headers.get('location')]).toEqual([201, `/letopis/api/v1/clients/${made.body.id}`]);
  expect(Client.strict().parse(made.body)).toMatchObject({
    key: 'B24/17',
    class: 'A',
    state: 'active',
    responsibleId: anna,
    points: [
      { kind: 'domain', address: 'lileya.example' },
      { kind: 'phone', address: '+380442001020', raw: '(044) 200-10-20', since: null, until: null },
    ],
  });
  const { id } = made.body;
  expect((await crm.call('GET', `/clients/${id}`)).body).toEqual(made.body);
  expect((await crm.call('GET', `/clients/by-key/${encodeURIComponent('B24/17')}`)).body).toEqual(made.body);
  const people = await crm.call('GET', `/people?client=${id}`);
  expect(people.body.items.map((one: unknown) => Person.strict().parse(one))).toMatchObject([
    { name: 'Ірина Гнатюк', post: 'закупки', points: [{ address: 'iryna@lileya.example' }] },
  ]);

  const etag = made.headers.get('etag') ?? '';
  const changed = await crm.call(
    'PATCH',
    `/clients/${id}`,
    { class: null, note: 'платит вовремя' },
    { 'if-match': etag },
  );
  expect([changed.status, changed.body.class, changed.body.note]).toEqual([200, null, 'платит вовремя']);
  const stale = await crm.call('PATCH', `/clients/${id}`, { class: 'B' }, { 'if-match': etag });
  expect([stale.status, stale.body.type]).toEqual([412, 'urn:letopis:problem:stale']);
  expect(await changesOf(id)).toEqual([
    { field: 'created', via: 'api', label: 'crm' },
    { field: 'class', via: 'api', label: 'crm' },
    { field: 'note', via: 'api', label: 'crm' },
  ]);
  const [person] = people.body.items;
  expect((await crm.call('PATCH', `/people/${person.id}`, { until: '2026-11-30' })).body.until).toBe('2026-11-30');
});

test.each(['clients', 'people', 'points'] as const)(
  'two who read the same of %s and write at once: one is told',
  async (what) => {
    const made = await crm.call('POST', '/clients', {
      name: `Двое: ${what}`,
      points: [{ kind: 'email', address: `both@${what}.example` }],
      people: [{ name: 'Кто-то' }],
    });
    const [person] = (await crm.call('GET', `/people?client=${made.body.id}`)).body.items;
    const paths = {
      clients: `/clients/${made.body.id}`,
      people: `/people/${person.id}`,
      points: `/points/${made.body.points[0].id}`,
    };
    const path = paths[what];
    for (let round = 0; round < 5; round += 1) {
      const etag = (await crm.call('GET', path)).headers.get('etag') ?? '';
      const values = {
        clients: ['class', `A${round}`, `B${round}`],
        people: ['post', `A${round}`, `B${round}`],
        points: ['since', `202${round}-01-01T00:00:00Z`, `202${round}-02-01T00:00:00Z`],
      };
      const [field = '', one, two] = values[what];
      const answers = await Promise.all(
        [one, two].map((value) => crm.call('PATCH', path, { [field]: value }, { 'if-match': etag })),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
    }
  },
);

test('PUT by key: made once, changed after, adds what is missing and takes nothing a person added', async () => {
  const put = (body: unknown) => crm.call('PUT', '/clients/by-key/7', body);
  const first = await put({ name: 'Кав’ярня', points: [{ kind: 'phone', address: '0634003030' }] });
  expect(first.status).toBe(201);
  await crm.call('POST', '/points', { clientId: first.body.id, kind: 'email', address: 'bar@cafe.example' });
  const again = await put({ name: 'Кав’ярня на розі', points: [{ kind: 'phone', address: '0634003031' }] });
  expect([again.status, again.body.id, again.body.name]).toEqual([200, first.body.id, 'Кав’ярня на розі']);
  expect(again.body.points.map((one: { address: string }) => one.address)).toEqual([
    'bar@cafe.example',
    '+380634003030',
    '+380634003031',
  ]);
  const same = await put({ name: 'Кав’ярня на розі' });
  expect(same.body.updatedAt).toBe(again.body.updatedAt); // what changes nothing leaves no trace
  const known = await addClientNamed('Пошта');
  const adopted = await crm.call('PUT', '/clients/by-key/8', { name: 'пошта', class: 'C' });
  expect([adopted.status, adopted.body.id, adopted.body.class]).toEqual([200, known, 'C']);
  const twice = await crm.call('PUT', '/clients/by-key/9', { name: 'Пошта' });
  expect([twice.status, twice.body.id]).toEqual([409, known]);
  const other = await apiClient(db, url, ['clients:read', 'clients:write']);
  expect((await other.call('GET', '/clients/by-key/8')).status).toBe(404); // another program's keys are its own
});

test('a client that was merged is no other name for the one it went into', async () => {
  const put = (key: string, body: unknown) => crm.call('PUT', `/clients/by-key/${key}`, body);
  const kept = (await put('m1', { name: 'Млин', class: 'A' })).body.id;
  const gone = (await put('m2', { name: 'Млин філія', class: 'B' })).body.id;
  await db.rows(sql`update client set merged_into = ${kept} where id = ${gone}`);
  const said = { name: 'Млин філія 2', class: 'C', note: 'x', points: [{ kind: 'phone', address: '0634003099' }] };
  const again = await put('m2', said);
  expect([again.status, again.body]).toMatchObject([
    200,
    { id: kept, name: 'Млин', class: 'A', note: null, key: 'm1' },
  ]);
  expect(again.body.points).toMatchObject([{ address: '+380634003099' }]);
  await db.rows(sql`update client set merged_into = null where id = ${gone}`);
  expect((await put('m2', said)).body).toMatchObject({ id: gone, name: 'Млин філія 2', class: 'C' });
});

test('a name that a client had before is free for another; the one that bears it now is found', async () => {
  const put = (key: string, name: string) => crm.call('PUT', `/clients/by-key/${key}`, { name });
  const first = (await put('n1', 'Ромашка')).body.id;
  await crm.call('PATCH', `/clients/${first}`, { name: 'Ромашка-Плюс' });
  const other = await put('n9', 'Ромашка');
  expect([other.status, other.body.name]).toEqual([201, 'Ромашка']);
  expect(other.body.id).not.toBe(first);
  expect((await crm.call('GET', '/clients/by-key/n1')).body).toMatchObject({ id: first, name: 'Ромашка-Плюс' });
  const twice = await crm.call('POST', '/clients', { name: 'ромашка-плюс' });
  expect([twice.status, twice.body.id]).toEqual([409, first]);
  await db.rows(sql`update client set merged_into = ${first} where id = ${other.body.id}`);
  expect((await crm.call('POST', '/clients', { name: 'Ромашка' })).status).toBe(201);
});

test('an address of which nothing is to be kept', async () => {
  const { id } = (await crm.call('POST', '/clients', { name: 'Тиша' })).body;
  const wish = { clientId: id, kind: 'domain', address: 'quiet.example', neverCapture: true };
  const made = await crm.call('POST', '/points', wish);
  expect([made.status, Point.strict().parse(made.body).neverCapture]).toEqual([201, true]);
  expect(await neverCaptured(db)).toEqual(['quiet.example']);
  await crm.call('PATCH', `/points/${made.body.id}`, { neverCapture: false });
  expect(await neverCaptured(db)).toEqual([]);
});

test('an address that ended is added again, and nobody is told that it is there already', async () => {
  const { id } = (await crm.call('POST', '/clients', { name: 'Вернулся' })).body;
  const wish = { clientId: id, kind: 'phone', address: '0634003077' };
  const { body } = await crm.call('POST', '/points', wish);
  await crm.call('PATCH', `/points/${body.id}`, { until: '2026-01-01T00:00:00Z' });
  const again = await crm.call('POST', '/points', wish);
  expect([again.status, again.body]).toMatchObject([201, { id: body.id, since: null, until: null }]);
  expect((await crm.call('POST', '/points', wish)).status).toBe(409);
});

async function addClientNamed(name: string): Promise<string> {
  const [row] = await db.rows<{ id: string }>(
    sql`insert into client (key, name) values (${name.toLowerCase()}, ${name}) returning id`,
  );
  return row?.id ?? '';
}

test('an address that is none, a field misspelt, a name twice: told with place and cure, nothing half done', async () => {
  const before = await db.rows(sql`select count(*)::int as n from client`);
  const bad = await crm.call('POST', '/clients', {
    name: 'Полклиента',
    points: [
      { kind: 'phone', address: '0671112233' },
      { kind: 'phone', address: 'spam@mail.example' },
    ],
  });
  expect([bad.status, bad.headers.get('content-type')]).toEqual([422, 'application/problem+json; charset=utf-8']);
  expect(bad.body.errors).toEqual([
    { pointer: '/points/1/address', detail: expect.stringContaining('spam@mail.example') },
  ]);
  const typo = await crm.call('POST', '/clients', {
    name: 'Х',
    resposibleId: anna,
    kind: 'organization',
    points: [{}],
  });
  expect(typo.body).toMatchObject({ type: 'urn:letopis:problem:invalid', status: 422 });
  expect(typo.body.errors).toEqual(
    expect.arrayContaining([
      { pointer: '/resposibleId', detail: 'expected a known key, did you mean responsibleId?' },
      {
        pointer: '/kind',
        detail: 'expected one of organisation, private, found "organization", did you mean organisation?',
      },
      { pointer: '/points/0/kind', detail: expect.stringContaining('found nothing') },
    ]),
  );
  const twice = await crm.call('POST', '/clients', { name: 'ТОВ Лілея' });
  expect([twice.status, twice.body.type, typeof twice.body.id]).toEqual([409, 'urn:letopis:problem:exists', 'string']);
  const nobody = await crm.call('POST', '/clients', { name: 'Y', responsibleId: newId() });
  expect(nobody.body.errors[0].pointer).toBe('/responsibleId');
  expect(await db.rows(sql`select count(*)::int as n from client`)).toEqual(before);
});

test('an address moves: an end for what was, taken back for what never was', async () => {
  const { body: client } = await crm.call('POST', '/clients', { name: 'Переезд' });
  const made = await crm.call('POST', '/points', {
    clientId: client.id,
    kind: 'phone',
    address: '0502223344',
    mobile: true,
  });
  expect([made.status, Point.strict().parse(made.body).mobile]).toEqual([201, true]);
  const again = await crm.call('POST', '/points', { clientId: client.id, kind: 'phone', address: '+380 50 222 33 44' });
  expect([again.status, again.body.id]).toEqual([409, made.body.id]);
  const moved = await crm.call('PATCH', `/points/${made.body.id}`, { until: '2026-11-01T00:00:00+02:00' });
  expect(moved.body.until).toBe('2026-10-31T22:00:00.000000Z');
  expect((await crm.call('PATCH', `/points/${made.body.id}`, { since: '2027-01-01T00:00:00Z' })).status).toBe(422);
  expect((await crm.call('DELETE', `/points/${made.body.id}`)).status).toBe(204);
  expect((await crm.call('DELETE', `/points/${made.body.id}`)).status).toBe(409);
  const list = await crm.call('GET', `/points?client=${client.id}`);
  expect(list.body.items).toHaveLength(1); // who keeps a copy must hear of it
  expect((await crm.call('GET', `/clients?address=0502223344`)).body.items).toEqual([]);
});

test('a draft completed by a program; by the version it read, and in the words of the history', async () => {
  const acme = await addClient(db, { name: 'Акме' });
  const id = await addCall(db, { ownerId: anna, clientId: acme.id });
  const drafts = await crm.call('GET', `/drafts?client=${acme.id}`);
  expect(drafts.body.items.map((one: unknown) => Contact.strict().parse(one))).toMatchObject([
    { id, state: 'draft', version: 1 },
  ]);
  expect((await crm.call('PATCH', `/contacts/${id}`, { gist: 'x' })).status).toBe(428);
  expect((await crm.call('PATCH', `/contacts/${id}`, { version: 1, occasion: 'Заказ' })).body.errors[0].pointer).toBe(
    '/gist',
  );
  expect((await crm.call('PATCH', `/contacts/${id}`, { version: 1, gist: 'x', occasion: 'Закас' })).status).toBe(422);
  const saved = await crm.call(
    'PATCH',
    `/contacts/${id}`,
    { gist: 'Сто столов.', occasion: 'Заказ', nextStep: { kind: 'call', on: '2026-12-01' }, authorId: anna },
    { 'if-match': '"1"' },
  );
  expect([saved.status, saved.headers.get('etag')]).toEqual([200, '"2"']);
  expect(saved.body).toMatchObject({ state: 'completed', gist: 'Сто столов.', occasion: 'Заказ', completedBy: anna });
  const late = await crm.call('PATCH', `/contacts/${id}`, { version: 1, gist: 'Двести столов.' });
  expect([late.status, late.body.version]).toEqual([412, 2]);
  expect((await crm.call('PATCH', `/contacts/${id}`, { version: 1, gist: 'Сто столов.' })).status).toBe(200); // says so already
  expect(await changesOf(id)).toContainEqual({ field: 'gist', via: 'api', label: 'crm' });
});

test('a meeting the CRM knows of: matched by its address, completed with its gist; sent twice it is one', async () => {
  const klient = await addClient(db, { name: 'Встречный', phone: '+380671010101' });
  const meeting = {
    key: 'deal-9',
    channel: 'meeting',
    direction: 'outbound',
    startedAt: '2026-11-20T10:00:00+02:00',
    address: '067 101-01-01',
    employeeId: anna,
    gist: 'Показали образцы.',
    authorId: anna,
  };
  const made = await crm.call('POST', '/contacts', meeting);
  expect(made.status).toBe(201);
  expect(Contact.strict().parse(made.body)).toMatchObject({
    channel: 'meeting',
    state: 'completed',
    clientId: klient.id,
    ownerId: anna,
    gist: 'Показали образцы.',
    startedAt: '2026-11-20T08:00:00.000000Z',
  });
  const again = await crm.call('POST', '/contacts', meeting);
  expect([again.status, again.body.id]).toEqual([409, made.body.id]);
  const asked = await crm.call('POST', '/contacts', {
    ...meeting,
    key: 'deal-10',
    gist: undefined,
    authorId: undefined,
  });
  expect([asked.status, asked.body.state, asked.body.clientId]).toEqual([201, 'draft', klient.id]);
  expect(await db.rows(sql`select job from outbox where ref = ${asked.body.id} order by job`)).toEqual([
    { job: 'decide' },
    { job: 'prompt' },
  ]);
  const future = await crm.call('POST', '/contacts', { ...meeting, key: '3', startedAt: '2100-01-01T00:00:00Z' });
  expect(future.body.errors[0].pointer).toBe('/startedAt');
});

test('the person of a contact is one of its client: nobody unknown, no other client’s, nobody who was taken back', async () => {
  const own = await addClient(db, { name: 'Свои', person: 'Свой' });
  const others = await addClient(db, { name: 'Чужие', person: 'Чужой' });
  const gone = await addClient(db, { name: 'Ушедшие', person: 'Ушедший' });
  await db.rows(sql`update person set removed_at = now() where id = ${gone.personId}`);
  const id = await addCall(db, { ownerId: anna });
  const write = (clientId: string | null, personId: string | null) =>
    crm.call('PATCH', `/contacts/${id}`, { version: 1, gist: 'Про столы.', clientId, personId });
  for (const [clientId, personId] of [
    [own.id, newId()],
    [own.id, others.personId],
    [gone.id, gone.personId],
    [null, own.personId],
  ] as const) {
    const answer = await write(clientId, personId);
    expect([answer.status, answer.body.errors]).toEqual([
      422,
      [{ pointer: '/personId', detail: 'the client has no person with this id, see GET /people?client=' }],
    ]);
  }
  expect(await write(own.id, own.personId)).toMatchObject({
    status: 200,
    body: { clientId: own.id, personId: own.personId },
  });
});

test('dismissed and private contacts never leave, nor what is only typed, nor a number that asked not to be shown', async () => {
  const zorg = await addClient(db, { name: 'Зорг' });
  const secret = await addCall(db, { ownerId: anna, clientId: zorg.id, gist: 'Личное дело.' });
  const typing = await addCall(db, { ownerId: anna, clientId: zorg.id });
  const hidden = await addCall(db, { ownerId: anna, clientId: zorg.id, outsideName: 'Секретная Особа' });
  await db.rows(sql`update contact set state = 'dismissed', outcome_by_hand = 'private' where id = ${secret}`);
  await db.rows(sql`update contact set typing = 'ещё не сохранено' where id = ${typing}`);
  await db.rows(sql`
    update contact set facts = jsonb_set(facts, '{details,call,withheld}', 'true') where id = ${hidden}`);
  const list = await crm.call('GET', `/contacts?client=${zorg.id}&limit=200`);
  expect(list.body.items.map(({ id }: { id: string }) => id).sort()).toEqual([typing, hidden].sort());
  expect(list.text).not.toMatch(/Личное|не сохранено|Секретная/);
  const one = (await crm.call('GET', `/contacts/${hidden}`)).body;
  expect([one.address, one.addressKind, one.outsideName]).toEqual([null, null, null]);
  expect((await crm.call('GET', `/contacts/${secret}`)).status).toBe(404);
  expect((await crm.call('PATCH', `/contacts/${secret}`, { version: 1, gist: 'x' })).status).toBe(404);
  expect((await crm.call('GET', '/contacts?state=dismissed')).status).toBe(422);
});

test('what clients wrote leaves for its own scope alone', async () => {
  const id = await addCall(db, { ownerId: anna });
  const facts = JSON.stringify({ details: { channel: 'email', mail: { subject: 'Счёт', text: 'Пришлите счёт' } } });
  await db.rows(sql`update contact set channel = 'email', facts = ${facts}::jsonb where id = ${id}`);
  const without = await crm.call('GET', `/contacts/${id}`);
  expect(without.body).not.toHaveProperty('text');
  expect(without.text).not.toContain('счёт');
  const reader = await apiClient(db, url, ['contacts:read', 'texts:read']);
  expect((await reader.call('GET', `/contacts/${id}`)).body).toMatchObject({ subject: 'Счёт', text: 'Пришлите счёт' });
  expect((await reader.call('GET', '/contacts?limit=200')).text).toContain('Пришлите счёт');
});

test('two sightings that turned out to be one contact: the way to the one that stands', async () => {
  const [kept, joined] = [await addCall(db, { ownerId: anna }), await addCall(db, { ownerId: anna })];
  await db.rows(sql`update contact set merged_into = ${kept} where id = ${joined}`);
  const answer = await crm.call('GET', `/contacts/${joined}`);
  expect([answer.status, answer.body.id]).toEqual([410, kept]);
});

test('pages: each once, in the order of change; the last cursor brings what changed since, and misses nothing of a long transaction', async () => {
  const reader = await apiClient(db, url, ['clients:read', 'clients:write']);
  const ids: string[] = [];
  for (let i = 0; i < 7; i += 1) ids.push((await addClient(db, { name: `Страница ${i}` })).id);
  const walk = async (start: string | null) => {
    const seen: string[] = [];
    let cursor = start;
    for (;;) {
      const at = cursor === null ? '' : `&cursor=${cursor}`;
      const { body } = await reader.call('GET', `/clients?limit=3&name=${encodeURIComponent('Страница')}${at}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      cursor = body.next;
      if (!body.more) return { seen, next: body.next as string };
    }
  };
  const long = office.store.db.transaction(async (tx) => {
    // An import that began before the walk and ends after it.
    const [row] = await tx.rows<{ id: string }>(
      sql`insert into client (key, name) values ('late', 'Страница late') returning id`,
    );
    const walked = await walk(null);
    return { late: row?.id ?? '', walked };
  });
  const { late, walked } = await long;
  expect(walked.seen).toEqual(ids);
  await new Promise((resolve) => setTimeout(resolve, 150));
  const second = await walk(walked.next);
  expect(second.seen).toContain(late);
  await reader.call('PATCH', `/clients/${ids[2]}`, { note: 'x' });
  const third = await walk(second.next);
  expect(third.seen).toContain(ids[2]);
  expect(third.seen).not.toContain(ids[0]);
});

test('the same key and the same words: done once, answered alike; at once or a day apart', async () => {
  const key = { 'idempotency-key': newId() };
  const body = { name: 'Дважды' };
  const [one, two, three] = await Promise.all([1, 2, 3].map(() => crm.call('POST', '/clients', body, key)));
  expect([one?.status, two?.status, three?.status]).toEqual([201, 201, 201]);
  expect(new Set([one?.text, two?.text, three?.text]).size).toBe(1);
  expect([one, two, three].filter((a) => a?.headers.get('idempotency-replayed') === 'true')).toHaveLength(2);
  const other = await crm.call('POST', '/clients', { name: 'Трижды' }, key);
  expect([other.status, other.body.type]).toEqual([422, 'urn:letopis:problem:key-reused']);
  const refused = await crm.call('POST', '/clients', { name: 'Дважды' }, { 'idempotency-key': 'k1' });
  expect(refused.status).toBe(409); // what failed is not remembered: the cure may have come meanwhile
  expect((await crm.call('POST', '/clients', { name: 'Трижды' }, { 'idempotency-key': 'k1' })).status).toBe(201);
  office.moveClock(86_400_001);
  expect((await crm.call('POST', '/clients', { name: 'Четырежды' }, key)).status).toBe(201);
});

test('colleagues and occasions, to know what ids and names there are', async () => {
  expect((await crm.call('GET', '/employees')).body.items).toContainEqual({
    id: anna,
    name: 'Анна',
    email: 'anna@office.example',
    role: 'employee',
    active: true,
  });
  expect((await crm.call('GET', '/occasions')).body.items.map(({ name }: { name: string }) => name)).toEqual([
    'Заказ',
    'Претензия',
  ]);
});

test('text that a database or a page stumbles over arrives cleaned', async () => {
  const made = await crm.call('POST', '/clients', { name: 'A\u0000B\u202eC\ud800D', note: '<b>жирно</b>\u0000\r\nда' });
  expect([made.status, made.body.name, made.body.note]).toEqual([201, 'AB␣CD', '<b>жирно</b>\nда']);
});

test('what a program completed is taken back: a draft as before, its owner is asked, who completes it then did', async () => {
  const boris = await addEmployee(db, { name: 'Борис', email: 'boris@office.example' });
  const id = await addCall(db, { ownerId: boris });
  const half = () =>
    db.rows(sql`select state, gist, completed_at as at, completed_by as by from contact where id = ${id}`);
  const draft = await half();
  await crm.call('PATCH', `/contacts/${id}`, { version: 1, gist: 'Пишет программа', authorId: anna });
  expect(await half()).toEqual([{ state: 'completed', gist: 'Пишет программа', at: expect.any(Date), by: anna }]);
  const [set] = await db.rows<{ id: string }>(sql`select max(set_id)::text as id from change where entity_id = ${id}`);
  const undone = await rollBack(db, {
    source: { setId: set?.id ?? '' },
    by: { authorId: anna, via: 'session' },
    confirms: () => false,
  });
  expect([undone.left, await half()]).toEqual([0, draft]);
  expect(await db.rows(sql`select job from outbox where ref = ${id} and job = 'prompt'`)).toHaveLength(1);
  const letters = office.smtp.letters.length;
  await office.ask(id);
  expect(office.smtp.letters.slice(letters).map(({ to }) => to)).toEqual(['boris@office.example']);
  await crm.call('PATCH', `/contacts/${id}`, { version: 3, gist: 'Пишет Борис', authorId: boris });
  expect(await half()).toEqual([{ state: 'completed', gist: 'Пишет Борис', at: expect.any(Date), by: boris }]);
  const again = await rollBack(db, {
    source: { setId: undone.setId ?? '' },
    by: { authorId: anna, via: 'session' },
    confirms: () => false,
  });
  expect(again.conflicts.map(({ row }) => row.field).sort()).toEqual(['completed', 'gist']);
});

test('of an address people want nothing kept of, a program brings nothing in', async () => {
  await db.rows(sql`
    insert into contact_point (kind, address, raw, never_capture)
    values ('phone', '+380509990001', 'x', true), ('domain', 'quiet.example', 'x', true)`);
  const sent = { channel: 'meeting', direction: 'inbound', startedAt: '2026-11-25T10:00:00Z', gist: 'Секрет.' };
  for (const address of ['050 999-00-01', 'a@quiet.example']) {
    const answer = await crm.call('POST', '/contacts', { ...sent, address });
    expect([address, answer.status, answer.body.errors?.[0]?.pointer]).toEqual([address, 422, '/address']);
  }
  expect(
    await db.rows(sql`select from capture where evidence like '%999-00-01%' or evidence like '%quiet.example%'`),
  ).toEqual([]);
});
