import { beforeEach, expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { mergeClients } from '../../directory/merge/run.ts';
import { adoptStranger, dismissStranger } from '../../directory/stranger/run.ts';
import { lookBack } from '../../match/past.ts';
import { matchContact } from '../../match/run.ts';
import { newId, randomBytes } from '../../ops/chance.ts';
import { addToken } from '../access/tokens.ts';
import { addPoints } from '../directory/employees-and-clients.ts';
import { sql } from '../index.ts';
import { syncTargets } from './targets.ts';

const { db } = await testStore();
const office = { region: 'UA', regionOf: () => null, extensions: /^\d{3}$/, own: { numbers: [], domains: [] } };
const number = '+380671234567';
const [acme, zorg, anna] = [newId(), newId(), newId()];
const by = { authorId: anna, via: 'session' } as const;

beforeEach(async () => {
  await db.rows({
    text: `truncate employee, client, person, contact_point, contact, event, outbox, change, change_set, webhook_target,
           api_token cascade`,
    values: [],
  });
  await db.rows(sql`insert into employee (id, key, name, is_duty) values (${anna}, 'anna', 'Anna', true)`);
  for (const [id, name] of [
    [acme, 'acme'],
    [zorg, 'zorg'],
  ])
    await db.rows(sql`insert into client (id, key, name) values (${id}, ${name}, ${name})`);
});

async function call(more: { readonly clientId?: string; readonly state?: string } = {}): Promise<string> {
  const id = newId();
  await db.rows(sql`
    insert into contact (id, channel, direction, started_at, ended_at, connector, facts, owner_id, outside_kind, outside, outside_norm,
                         client_id, state, outcome_by_hand, client_by_hand)
    values (${id}, 'call', 'inbound', now(), now(), 'pbx', '{}', ${anna}, 'phone', ${number}, ${number}, ${more.clientId ?? null},
            ${more.state ?? 'draft'}, ${more.state === 'dismissed' ? 'private' : null}, false)`);
  if (more.clientId === undefined) await matchContact(db, id, office);
  return id;
}

/** Who hears of it: a target, or a program that asks for what happened. */
async function listen(how: 'a target' | 'a program'): Promise<void> {
  if (how === 'a target') {
    await syncTargets(db, [{ name: 'crm', url: 'http://x', events: ['contact.changed', 'contact.dismissed'] }]);
  } else {
    await addToken(db, { name: 'crm', source: 'crm', scopes: ['events:read'], hash: randomBytes(32), expiresAt: null });
  }
}

const told = () =>
  db.rows<{ contact: string; data: object; streams: string[] }>(
    sql`select contact_id as contact, data, streams from event where type = 'contact.changed' order by contact_id`,
  );

/** One event for each, that a program can tell from its own doing, and one job to lay them out. */
async function expectTold(ids: readonly string[], clientId: string, by: object): Promise<void> {
  expect(await told()).toEqual(
    [...ids].sort().map((id) => ({
      contact: id,
      data: { contact: { id, state: 'draft', version: 1, channel: 'call', clientId }, changed: ['client'], by },
      streams: expect.arrayContaining([id, clientId]),
    })),
  );
  expect(await db.rows(sql`select distinct job from outbox where job = 'notify'`)).toHaveLength(1);
}

test.each(['a target', 'a program'] as const)('a look back, and %s hears of it', async (how) => {
  await listen(how);
  const ids = [await call(), await call()];
  await call({ state: 'dismissed' });
  await addPoints(db, [
    { kind: 'phone', address: number, raw: number, clientId: acme, personId: null, employeeId: null },
  ]);
  const [point] = await db.rows<{ id: string }>(sql`select id from contact_point`);
  await lookBack(db, point?.id ?? '', office);
  await expectTold(ids, acme, { via: 'machine', employeeId: null, label: null });
});

test.each(['a target', 'a program'] as const)('a merge, and %s hears of it', async (how) => {
  await listen(how);
  const ids = [await call({ clientId: zorg }), await call({ clientId: zorg })];
  expect((await mergeClients(db, { kept: acme, gone: zorg, choices: {} }, by)).kind).toBe('merged');
  await expectTold(ids, acme, { via: 'session', employeeId: anna, label: null });
  expect((await told())[0]?.streams).toContain(zorg);
});

test.each(['a target', 'a program'] as const)('a stranger becomes a client, and %s hears of it', async (how) => {
  await listen(how);
  const ids = [await call(), await call()];
  const who = { clientId: acme, personId: null, personName: null };
  expect((await adoptStranger(db, { kind: 'phone', address: number }, who, by)).kind).toBe('done');
  await expectTold(ids, acme, { via: 'session', employeeId: anna, label: null });
});

test('a stranger is no client: who only asks for what happened hears that his drafts are gone', async () => {
  await listen('a program');
  const id = await call();
  await dismissStranger(db, { kind: 'phone', address: number }, false, by);
  expect(await db.rows(sql`select type, contact_id as contact from event`)).toEqual([
    { type: 'contact.dismissed', contact: id },
  ]);
});

test('nobody hears of anything: nothing is written down', async () => {
  await call({ clientId: zorg });
  await mergeClients(db, { kept: acme, gone: zorg, choices: {} }, by);
  expect([await told(), await db.rows(sql`select from outbox where job = 'notify'`)]).toEqual([[], []]);
});
