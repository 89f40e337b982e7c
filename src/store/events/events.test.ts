import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { newId } from '../../ops/chance.ts';
import { openChangeSet, recordChanges } from '../history/change-log.ts';
import { sql } from '../index.ts';
import { tellContactChange, tellStranger } from './events.ts';
import { syncTargets } from './targets.ts';

const store = await testStore();
const { db } = store;
const by = { via: 'session', employeeId: null, label: null };
let owner = '';
const [acme, zorg] = [newId(), newId()];

beforeEach(async () => {
  await db.rows({ text: 'truncate employee, client, contact, event, outbox, webhook_target cascade', values: [] });
  const [anna] = await db.rows<{ id: string }>(
    sql`insert into employee (key, name, is_duty) values ('anna', 'Anna', true) returning id`,
  );
  owner = anna?.id ?? '';
  for (const [id, name] of [
    [acme, 'acme'],
    [zorg, 'zorg'],
  ])
    await db.rows(sql`insert into client (id, key, name) values (${id}, ${name}, ${name})`);
});

interface Row {
  readonly state?: string;
  readonly clientId?: string | null;
  readonly address?: string | null;
  readonly match?: object | null;
  readonly asks?: boolean;
  readonly decided?: boolean;
}

async function contact(row: Row = {}): Promise<string> {
  const id = newId();
  const match = row.match === undefined ? null : JSON.stringify(row.match);
  await db.rows(sql`
    insert into contact (id, channel, direction, started_at, ended_at, connector, facts, owner_id, state, client_id, outside_norm,
                         match, asks, gist, decided_at)
    values (${id}, 'call', 'inbound', now(), now(), 'pbx', '{}', ${owner}, ${row.state ?? 'draft'}, ${row.clientId ?? null},
            ${row.address ?? null}, ${match}::jsonb, ${row.asks ?? true}, ${row.state === 'completed' ? 'x' : null},
            ${row.decided === false ? null : new Date()})`);
  return id;
}
const events = () =>
  db.rows<{ type: string; data: unknown; streams: string[] }>(sql`select type, data, streams from event order by seq`);
const change = (field: string, old: unknown, now: unknown) => ({ field, old, new: now });

test.each<[string, string, ReturnType<typeof change>[], string | null]>([
  ['completed', 'completed', [change('state', 'draft', 'completed'), change('gist', null, 'x')], 'contact.completed'],
  ['corrected', 'completed', [change('gist', 'x', 'y')], 'contact.changed'],
  ['taken back', 'draft', [change('state', 'completed', 'draft'), change('gist', 'x', null)], 'contact.changed'],
  ['spam', 'dismissed', [change('state', 'draft', 'dismissed'), change('outcome', null, 'spam')], 'contact.dismissed'],
  ['corrected, but dismissed', 'dismissed', [change('gist', 'x', 'y')], null],
  ['dismissed by mistake', 'draft', [change('state', 'dismissed', 'draft')], 'contact.changed'],
  ['nothing people write', 'draft', [change('callBack', true, false), change('completed', null, {})], null],
])('%s', async (_story, state, fields, expected) => {
  const id = await contact({ state, clientId: acme });
  await tellContactChange(db, id, fields, by);
  expect((await events()).map(({ type }) => type)).toEqual(expected === null ? [] : [expected]);
  expect(await db.rows(sql`select job from outbox`)).toEqual(expected === null ? [] : [{ job: 'notify' }]);
});

test('ids and names of fields, never what was written; of what is dismissed not even those', async () => {
  const id = await contact({ state: 'completed', clientId: acme });
  await tellContactChange(db, id, [change('gist', null, 'Тайна'), change('state', 'draft', 'completed')], by);
  const gone = await contact({ state: 'dismissed', clientId: acme });
  await tellContactChange(db, gone, [change('state', 'draft', 'dismissed'), change('outcome', null, 'private')], by);
  const [first, second] = await events();
  expect(first?.data).toEqual({
    contact: { id, state: 'completed', version: 1, channel: 'call', clientId: acme },
    changed: ['gist', 'state'],
    by,
  });
  expect(second?.data).toEqual({ contact: { id: gone, state: 'dismissed', version: 1 } });
});

test('a contact that changes its client stands in the order of both', async () => {
  const id = await contact({ state: 'completed', clientId: zorg });
  const client = (clientId: string) => ({ id: clientId, personId: null, byHand: true });
  await tellContactChange(db, id, [change('client', client(acme), client(zorg))], by);
  const [event] = await events();
  expect(new Set(event?.streams)).toEqual(new Set([id, acme, zorg]));
});

test('rolled back with everything else: what did not happen is not told', async () => {
  const id = await contact({ state: 'completed' });
  const work = db.transaction(async (tx) => {
    await tellContactChange(tx, id, [change('gist', null, 'x')], by);
    throw new Error('no');
  });
  await expect(work).rejects.toThrow('no');
  expect(await events()).toEqual([]);
});

test('changes of clients are told where somebody wants to hear of them: one event a client, whatever it is made of', async () => {
  const set = await openChangeSet(db, { kind: 'import', via: 'import', authorId: null, label: 'clients.csv' });
  const row = (entity: 'client' | 'person' | 'contact_point', clientId: string, field: string, now: unknown) => {
    return {
      entity,
      entityId: entity === 'client' ? clientId : newId(),
      clientId,
      field,
      old: null,
      new: now,
    } as const;
  };
  const rows = [
    row('client', acme, 'created', {}),
    row('contact_point', acme, 'created', {}),
    row('person', zorg, 'created', 'Zed'),
    row('client', zorg, 'class', 'A'),
  ];
  await recordChanges(db, set, rows);
  expect(await events()).toEqual([]);
  await syncTargets(db, [{ name: 'crm', url: 'http://x', events: ['client.created', 'client.changed'] }]);
  await recordChanges(db, set, rows);
  expect(await events()).toMatchObject([
    { type: 'client.created', data: { client: { id: acme }, by: { via: 'import', label: null } } },
    {
      type: 'client.changed',
      data: {
        changed: [
          { what: 'person', fields: ['created'] },
          { what: 'client', id: zorg, fields: ['class'] },
        ],
      },
    },
  ]);
  expect(await db.rows(sql`select job from outbox`)).toHaveLength(1); // one call to lay everything out
});

test.each([
  ['edit', 'session', '+380671234567', null],
  ['merge', 'session', 'Ромашка', null],
  ['rematch', 'machine', 'ivan@client.example', null],
  ['import', 'import', 'clients.csv', null],
  ['edit', 'api', 'crm', 'crm'],
] as const)('of a set of kind %s via %s the label %s is told as %s', async (kind, via, label, expected) => {
  await syncTargets(db, [{ name: 'crm', url: 'http://x', events: ['client.changed', 'contact.changed'] }]);
  const set = await openChangeSet(db, { kind, via, authorId: null, label });
  const id = await contact({ clientId: acme });
  await recordChanges(db, set, [
    { entity: 'client', entityId: acme, clientId: acme, field: 'class', old: null, new: 'A' },
    { entity: 'contact', entityId: id, clientId: acme, field: 'client', old: null, new: { id: acme } },
  ]);
  const said = await events();
  expect(said.map(({ data }) => data)).toMatchObject([
    { by: { via, label: expected } },
    { by: { via, label: expected } },
  ]);
  if (expected === null) expect(JSON.stringify(said)).not.toContain(label);
});

test('events stored before labels were kept back lose theirs; programs keep their names', async () => {
  for (const [via, label] of [
    ['session', '+380671234567'],
    ['api', 'crm'],
  ])
    await db.rows(sql`
      insert into event (id, type, streams, data)
      values (${newId()}, 'client.changed', '{}', ${JSON.stringify({ changed: [], by: { via, label } })}::jsonb)`);
  const text = readFileSync(new URL('../migrations/0015_event_labels.sql', import.meta.url), 'utf8');
  await db.rows({ text, values: [] });
  expect((await events()).map(({ data }) => data)).toEqual([
    { changed: [], by: { via: 'session', label: null } },
    { changed: [], by: { via: 'api', label: 'crm' } },
  ]);
});

test('a client that went into another is told so, in the order of both', async () => {
  await syncTargets(db, [{ name: 'crm', url: 'http://x', events: ['client.merged'] }]);
  const set = await openChangeSet(db, { kind: 'merge', via: 'session', authorId: null, label: null });
  await recordChanges(db, set, [
    { entity: 'client', entityId: acme, clientId: acme, field: 'mergedInto', old: null, new: zorg },
  ]);
  const [event] = await events();
  expect(event).toMatchObject({ type: 'client.merged', data: { client: { id: acme, mergedInto: zorg } } });
  expect(new Set(event?.streams)).toEqual(new Set([acme, zorg]));
});

const unknown = { verdict: 'stranger', because: 'nobody', candidates: [] };
test.each<[string, Row, boolean]>([
  ['somebody unknown calls', { address: '+380671234567', match: unknown }, true],
  ['nobody’s number is shown', { address: null, match: { ...unknown, because: 'withheld' } }, false],
  ['a number of our own', { address: '+380440001000', match: { ...unknown, because: 'own_address' } }, false],
  ['a known client', { address: '+380671234567', match: { verdict: 'client' }, clientId: acme }, false],
  ['a circular', { address: 'news@shop.example', match: unknown, state: 'automatic' }, false],
  ['a call of last year', { address: '+380671234567', match: unknown, asks: false }, false],
])('a stranger appears: %s', async (_story, row, expected) => {
  const id = await contact(row);
  await tellStranger(db, id);
  await tellStranger(db, id); // decided again, for a late leg
  expect((await events()).map(({ type }) => type)).toEqual(expected ? ['stranger.appeared'] : []);
});

test('the second time he is no newcomer', async () => {
  await contact({ address: '+380671234567', match: unknown });
  await tellStranger(db, await contact({ address: '+380671234567', match: unknown }));
  expect(await events()).toEqual([]);
});
