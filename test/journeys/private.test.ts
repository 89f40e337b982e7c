import { beforeAll, expect, test } from 'vitest';
import { assignContact } from '../../src/assign/run.ts';
import { completeContact, undoCompletion } from '../../src/history/run.ts';
import { promptContact } from '../../src/prompt/run.ts';
import { sql } from '../../src/store/base/db.ts';
import { contactViews, joinedTo, lastContacts, lastOccasion, sentSince } from '../../src/store/contacts/contacts.ts';
import { timeline } from '../../src/store/contacts/timeline.ts';
import { findClients, latestClients } from '../../src/store/directory/clients.ts';
import { mergeContacts } from '../../src/store/intake/sightings.ts';
import { addCall, addClient, addEmployee, addOccasions, openOffice } from './office.ts';

const office = await openOffice();
const { db, url, clock } = office;
const anna = await addEmployee(db, { name: 'Анна', extension: '101' });
const boris = await addEmployee(db, { name: 'Борис', extension: '102' });
const chief = await addEmployee(db, { name: 'Шеф', role: 'supervisor' });
await addOccasions(db, ['Развод']);
const cookies = new Map<string, string>();
beforeAll(async () => {
  for (const id of [anna, boris, chief]) cookies.set(id, await office.cookieOf(id));
});

const author = (employeeId: string) => ({ employeeId, role: 'employee', via: 'session' }) as const;
const wish = { gist: null, outcome: 'private', occasion: null, nextStep: null, client: 'keep' } as const;
const get = async (who: string, path: string) => {
  const answer = await fetch(`${url}${path}`, { headers: { cookie: cookies.get(who) ?? '' }, redirect: 'manual' });
  return { status: answer.status, text: await answer.text() };
};
const secret = 'о разводе';

/** Anna owns it, Boris talked too; she wrote of it, corrected it, and then called it private. */
async function privateCall(clientName: string) {
  const client = await addClient(db, { name: clientName });
  const id = await addCall(db, { ownerId: anna, clientId: client.id, talkedAt: '102' });
  const [occasion] = await db.rows<{ id: string }>(sql`select id from occasion`);
  const write = (version: number, gist: string | null, outcome: 'private' | null) =>
    completeContact({ db, clock }, author(anna), id, {
      ...wish,
      gist,
      outcome,
      occasion: occasion?.id ?? null,
      version,
    });
  expect((await write(1, secret, null)).kind).toBe('saved');
  expect((await write(2, `${secret}, ещё раз`, null)).kind).toBe('saved');
  expect(await write(3, `${secret}, ещё раз`, 'private')).toEqual({ kind: 'saved', edit: 4 });
  return { client, id };
}

test('a private contact is nowhere but with its owner and who talked', async () => {
  const { client, id } = await privateCall('Петренко');
  for (const who of [anna, boris, chief]) {
    const page = await get(who, `/c/${client.id}`);
    expect([page.status, page.text.includes(secret), page.text.includes(id)]).toEqual([200, false, false]);
    expect((await get(who, '/')).text).not.toContain(id);
  }
  expect((await get(anna, `/contact/${id}`)).text).toContain(secret);
  expect((await get(boris, `/contact/${id}`)).text).toContain(secret);
  const paths = ['', '/done', '/html', '/files/1', '/pages/1.png'];
  for (const path of paths) expect([path, (await get(chief, `/contact/${id}${path}`)).status]).toEqual([path, 404]);
  const since = new Date(0);
  expect({
    timeline: await timeline(db, client.id, null, 50),
    views: await contactViews(db, [id]),
    last: await lastContacts(db, client.id, null, 5),
    sent: await sentSince(db, { clientId: client.id, number: '+380671234567' }, since, 5),
    occasion: await lastOccasion(db, client.id, since),
    found: (await findClients(db, 'Петренко', 5)).map(({ lastAt }) => lastAt),
    latest: (await latestClients(db, 50)).find((one) => one.id === client.id)?.lastAt,
  }).toEqual({ timeline: [], views: [], last: [], sent: [], occasion: null, found: [null], latest: null });
});

test('no supervisor writes over it, its owner takes the word back', async () => {
  const { client, id } = await privateCall('Сидоренко');
  const spoken = { ...wish, gist: 'мимо', outcome: null, version: 4 };
  const boss = { employeeId: chief, role: 'supervisor', via: 'session' } as const;
  expect((await completeContact({ db, clock }, boss, id, spoken)).kind).toBe('forbidden');
  expect(await undoCompletion({ db, clock }, boss, id, 4)).toBe('forbidden');
  expect(await undoCompletion({ db, clock }, author(anna), id, 4)).toBe('undone');
  expect((await get(chief, `/c/${client.id}`)).text).toContain(secret);
});

test('nobody is ever asked about it again: not after a late leg, not by a copy that joins it', async () => {
  const { id } = await privateCall('Иваненко');
  const letters = office.smtp.letters.length;
  const assigning = {
    region: 'UA',
    regionOf: () => null,
    extensions: /^\d{3}$/,
    policy: 'last',
    defaultOwnerOf: () => null,
    dueAt: () => null,
  } as const;
  await db.rows(sql`update employee set is_duty = id = ${chief}`);
  expect(await assignContact(db, id, assigning)).toMatchObject({ state: 'dismissed', asked: false });
  const copy = await addCall(db, { ownerId: boris, talkedAt: '102' });
  await db.transaction((tx) => mergeContacts(tx, copy, id));
  const [kept] = await db.rows(sql`select state, outcome_by_hand as outcome, gist from contact where id = ${copy}`);
  expect(kept).toEqual({ state: 'dismissed', outcome: 'private', gist: `${secret}, ещё раз` });
  for (const one of [id, copy]) await promptContact(office.prompts, one);
  expect(office.smtp.letters.length).toBe(letters);
});

test.each([
  ['the copy joins it', (it: string, copy: string) => [it, copy]],
  ['it joins the copy', (it: string, copy: string) => [copy, it]],
] as const)('private wins over what was written of a copy: %s', async (story, order) => {
  const { client, id } = await privateCall(`Гриценко, ${story}`);
  const copy = await addCall(db, { ownerId: boris, clientId: client.id, talkedAt: '102' });
  const spoken = { ...wish, gist: `${secret}, второе плечо`, outcome: null, version: 1 };
  expect((await completeContact({ db, clock }, author(boris), copy, spoken)).kind).toBe('saved');
  const [into = '', from = ''] = order(id, copy);
  await db.transaction((tx) => mergeContacts(tx, into, from));
  const [kept] = await db.rows(sql`select state, outcome_by_hand as outcome from contact where id = ${into}`);
  expect(kept).toEqual({ state: 'dismissed', outcome: 'private' });
  for (const who of [anna, boris, chief]) expect((await get(who, `/c/${client.id}`)).text).not.toContain(secret);
  expect((await get(chief, `/contact/${into}`)).status).toBe(404);
});

test('what is private is also what was asked about with it', async () => {
  const client = await addClient(db, { name: 'Коваленко' });
  const [draft, reply] = [
    await addCall(db, { ownerId: anna, clientId: client.id }),
    await addCall(db, { ownerId: anna, clientId: client.id }),
  ];
  await db.rows(sql`update contact set thread = 't' where id in (${draft}, ${reply})`);
  await db.rows(sql`update contact set joined_to = ${draft}, state = 'bare' where id = ${reply}`);
  expect((await joinedTo(db, draft, 5)).map(({ id }) => id)).toEqual([reply]);
  await completeContact({ db, clock }, author(anna), draft, { ...wish, version: 1 });
  expect(await timeline(db, client.id, null, 50)).toEqual([]);
  expect(await lastContacts(db, client.id, null, 5)).toEqual([]);
  expect((await get(chief, `/contact/${reply}`)).status).toBe(404);
});
