import { expect, test } from 'vitest';
import { mergeClients } from '../../src/directory/merge/run.ts';
import { lookAtRollBack, rollBack } from '../../src/directory/roll-back/run.ts';
import { completeContact, undoCompletion } from '../../src/history/run.ts';
import { sql } from '../../src/store/base/db.ts';
import { contactsOfStranger, strangers } from '../../src/store/directory/strangers.ts';
import { apiClient } from '../kit/api-client.ts';
import { addCall, addClient, addEmployee, openOffice } from './office.ts';

// What somebody called private is gone for programs, for the queue of strangers, and for who takes changes back.

const office = await openOffice();
const { db, url, clock } = office;
const anna = await addEmployee(db, { name: 'Анна' });
const chief = await addEmployee(db, { name: 'Шеф', role: 'supervisor' });
await db.rows(sql`update employee set is_duty = id = ${chief}`);
const crm = await apiClient(db, url, ['contacts:read', 'contacts:write', 'texts:read', 'events:read', 'clients:read'], {
  name: 'crm',
});
const author = { employeeId: anna, role: 'employee', via: 'session' } as const;
const wish = { gist: null, outcome: 'private', occasion: null, nextStep: null, client: 'keep' } as const;
const by = { authorId: chief, via: 'session' } as const;

/** A draft, and the mail of its thread that is asked about with it. */
async function thread(clientId: string | null): Promise<readonly [draft: string, reply: string]> {
  const ids = [await addCall(db, { ownerId: anna, clientId }), await addCall(db, { ownerId: anna, clientId })] as const;
  const facts = JSON.stringify({ details: { channel: 'email', mail: { subject: 'Развод', text: 'о разводе' } } });
  await db.rows(
    sql`update contact set thread = ${ids[0]}, channel = 'email', facts = ${facts}::jsonb where id = any(${ids}::uuid[])`,
  );
  await db.rows(sql`update contact set joined_to = ${ids[0]}, state = 'bare' where id = ${ids[1]}`);
  return ids;
}

async function eventsSince(seq: string) {
  return db.rows(sql`select type, contact_id as contact, data from event where seq > ${seq}::bigint order by seq`);
}
const lastEvent = async () =>
  (await db.rows<{ seq: string }>(sql`select coalesce(max(seq), 0)::text as seq from event`))[0]?.seq ?? '0';

test('programs hear that the mails asked about with it are gone, read them no more, and hear when they are back', async () => {
  const { id: clientId } = await addClient(db, { name: 'Коваленко' });
  const [draft, reply] = await thread(clientId);
  expect((await crm.call('GET', `/contacts/${reply}`)).body).toMatchObject({ text: 'о разводе' });
  const before = await lastEvent();
  const saved = await completeContact({ db, clock }, author, draft, { ...wish, version: 1 });
  for (const id of [draft, reply]) expect([id, (await crm.call('GET', `/contacts/${id}`)).status]).toEqual([id, 404]);
  expect((await crm.call('GET', `/contacts?client=${clientId}`)).body.items).toEqual([]);
  expect(await eventsSince(before)).toEqual(
    [draft, reply].map((id) => {
      const version = id === draft ? 2 : 1;
      return { type: 'contact.dismissed', contact: id, data: { contact: { id, state: 'dismissed', version } } };
    }),
  );
  const hidden = await lastEvent();
  const [{ now } = { now: '' }] = await db.rows<{ now: string }>(sql`select instant(clock_timestamp()) as now`);
  if (saved.kind !== 'saved') throw new Error(saved.kind);
  expect(await undoCompletion({ db, clock }, author, draft, saved.edit)).toBe('undone');
  expect(await eventsSince(hidden)).toMatchObject([
    { type: 'contact.changed', contact: draft },
    { type: 'contact.changed', contact: reply, data: { contact: { state: 'bare' }, changed: ['state'] } },
  ]);
  const list = await crm.call('GET', `/contacts?updatedSince=${encodeURIComponent(now)}&limit=200`);
  expect(list.body.items.map(({ id }: { id: string }) => id).sort()).toEqual([draft, reply].sort());
});

test('nor do they stand in the queue of strangers', async () => {
  const [draft, reply] = await thread(null);
  const address = '+380670009988';
  await db.rows(sql`
    update contact set outside_norm = ${address}, outside_kind = 'phone', match = '{"verdict":"stranger","candidates":[],"because":"nobody"}'
     where id in (${draft}, ${reply})`);
  const asked = { ownerId: null, since: new Date(0), address };
  expect(await strangers(db, asked, 5)).toMatchObject([{ contacts: 2 }]);
  await completeContact({ db, clock }, author, draft, { ...wish, version: 1 });
  expect([await strangers(db, asked, 5), await contactsOfStranger(db, address, null, 5)]).toEqual([[], []]);
});

test('who takes a set back neither reads what was written of it nor undoes it', async () => {
  const { id: clientId } = await addClient(db, { name: 'Иваненко' });
  const id = await addCall(db, { ownerId: anna, clientId });
  await crm.call('PATCH', `/contacts/${id}`, { version: 1, gist: 'Пишет программа' });
  const [set] = await db.rows<{ id: string }>(sql`select max(set_id)::text as id from change where entity_id = ${id}`);
  const setId = set?.id ?? '';
  await completeContact({ db, clock }, author, id, { ...wish, gist: 'Тайна Анны', version: 2 });
  const page = await fetch(`${url}/changes/${setId}`, { headers: { cookie: await office.cookieOf(chief) } });
  const text = await page.text();
  expect([page.status, /Тайна|программа/.test(text), text.includes(id)]).toEqual([200, false, false]);
  expect(await lookAtRollBack(db, { setId })).toMatchObject({ setId: null, left: 0, conflicts: [] });
  await rollBack(db, { source: { setId }, by, confirms: () => true });
  expect(await db.rows(sql`select state, gist from contact where id = ${id}`)).toEqual([
    { state: 'dismissed', gist: 'Тайна Анны' },
  ]);
});

test('but it goes back to its client with all the others when a merge is undone', async () => {
  const [kept, gone] = [await addClient(db, { name: 'Раз' }), await addClient(db, { name: 'Два' })];
  const id = await addCall(db, { ownerId: anna, clientId: gone.id });
  await completeContact({ db, clock }, author, id, { ...wish, version: 1 });
  const merged = await mergeClients(db, { kept: kept.id, gone: gone.id, choices: {} }, by);
  if (merged.kind !== 'merged') throw new Error(merged.why);
  const clientOf = () => db.rows(sql`select client_id as id, state from contact where id = ${id}`);
  expect(await clientOf()).toEqual([{ id: kept.id, state: 'dismissed' }]);
  await rollBack(db, { source: { setId: merged.setId }, by, confirms: () => false });
  expect(await clientOf()).toEqual([{ id: gone.id, state: 'dismissed' }]);
});
