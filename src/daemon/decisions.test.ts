import { beforeEach, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import type { AssignOffice } from '../assign/run.ts';
import type { MatchOffice } from '../match/question.ts';
import { newId } from '../ops/chance.ts';
import { sql } from '../store/base/db.ts';
import { json } from '../store/base/safe.ts';
import { decideIn, decidePast } from './decisions.ts';

const { db } = await testStore();
const match: MatchOffice = {
  region: 'UA',
  regionOf: () => null,
  extensions: /^\d{3}$/,
  own: { numbers: [], domains: ['romashka.example'] },
  zone: 'Europe/Kyiv',
};
const assign: AssignOffice = {
  region: 'UA',
  regionOf: () => null,
  extensions: /^\d{3}$/,
  policy: 'last',
  defaultOwnerOf: () => null,
  dueAt: () => new Date('2026-03-02T09:00:00Z'),
};
const office = { match, assign };
const ids = { anna: newId(), boris: newId(), duty: newId(), acme: newId(), zorg: newId(), ivan: newId() };
const phone = '+380441234567';

beforeEach(async () => {
  await db.rows({
    text: 'truncate employee, absence, client, person, contact_point, contact, outbox, prompt, event restart identity cascade',
    values: [],
  });
  await db.rows(sql`insert into employee (id, key, name, substitute_id, is_duty) values
    (${ids.duty}, 'duty', 'Duty', null, true), (${ids.boris}, 'boris', 'Boris', null, false),
    (${ids.anna}, 'anna', 'Anna', ${ids.boris}, false)`);
  await db.rows(
    sql`insert into absence (employee_id, since, until) values (${ids.anna}, '2026-03-05Z', '2026-03-08Z')`,
  );
  await db.rows(sql`insert into client (id, key, name, responsible_id) values
    (${ids.acme}, 'acme', 'Acme', ${ids.boris}), (${ids.zorg}, 'zorg', 'Zorg', null)`);
  await db.rows(sql`insert into person (id, client_id, name) values (${ids.ivan}, ${ids.acme}, 'Ivan')`);
  await db.rows(sql`insert into contact_point (kind, address, raw, employee_id, client_id, person_id, since, until) values
    ('email', 'anna@romashka.example', '', ${ids.anna}, null, null, '-infinity', 'infinity'),
    ('email', 'boris@romashka.example', '', ${ids.boris}, null, null, '-infinity', '2026-03-04Z'),
    ('email', 'ivan@acme.example', '', null, null, ${ids.ivan}, '-infinity', '2026-03-06Z'),
    ('domain', 'acme.example', '', null, ${ids.acme}, null, '-infinity', 'infinity'),
    ('email', 'both@family.example', '', null, ${ids.acme}, null, '-infinity', 'infinity'),
    ('email', 'both@family.example', '', null, ${ids.zorg}, null, '-infinity', 'infinity'),
    ('phone', ${phone}, '', null, ${ids.zorg}, null, '-infinity', 'infinity')`);
});

interface Given {
  readonly from?: string | null;
  readonly to?: readonly string[];
  readonly day?: string;
  readonly channel?: string;
  readonly direction?: string;
  readonly asks?: boolean;
  readonly thread?: string;
  readonly mail?: object;
}

async function contact(given: Given): Promise<string> {
  const { from = 'x@nobody.example', to = ['anna@romashka.example'], day = '2026-03-01', asks = false } = given;
  const { channel = 'email', direction = 'inbound', thread = null, mail = {} } = given;
  const id = newId();
  const at = `${day}T10:00:00Z`;
  const facts = { employees: to.map((value) => ({ kind: 'email', value })), details: { mail } };
  await db.rows(sql`
    insert into contact (id, channel, direction, started_at, ended_at, outside_kind, outside, outside_norm, connector, facts,
                         owner_id, asks, thread)
    values (${id}, ${channel}, ${direction}, ${at}, ${at}, ${from === null ? null : 'email'}, ${from}, ${from}, 'box',
            ${json(facts)}, ${ids.duty}, ${asks}, ${thread})`);
  return id;
}

const stories: readonly Given[] = [
  {},
  { from: 'IVAN@acme.example' },
  { from: 'ivan@acme.example', day: '2026-03-06' },
  { from: 'new@mail.acme.example', to: ['boris@romashka.example'] },
  { to: ['boris@romashka.example'], day: '2026-03-04' },
  { to: ['boris@romashka.example', 'anna@romashka.example'], from: 'ivan@acme.example' },
  { day: '2026-03-05' },
  { day: '2026-03-08', direction: 'outbound' },
  { mail: { numbers: [phone] } },
  { mail: { numbers: [phone] }, from: 'ivan@acme.example' },
  { mail: { automatic: 'bulk' } },
  { mail: { authenticity: 'claimed' }, from: 'ivan@acme.example' },
  { mail: { originalSender: 'x@nobody.example', from: 'anna@romashka.example' } },
  { from: 'both@family.example' },
  { from: 'both@family.example', day: '2026-03-02' },
  { from: null },
  { from: 'boris@romashka.example' },
  { channel: 'fax' },
  { channel: 'call' },
  { from: 'ivan@acme.example', day: '2026-03-03', thread: 't1' },
  { from: 'new@acme.example', day: '2026-03-03', thread: 't1' },
  { thread: 't2' },
  { from: 'y@nobody.example', thread: 't2' },
];

/** Two threads of which a mail of today is asked about already. */
async function openDrafts(): Promise<void> {
  for (const given of [{ from: 'ivan@acme.example', thread: 't1' }, { thread: 't2' }]) {
    const id = await contact({ ...given, asks: true });
    await db.transaction((tx) => decideIn(tx, id, office, true));
  }
}

const decided = (all: readonly string[]) =>
  db.rows<Record<string, unknown>>(sql`
    select c.outside_norm, c.state, c.owner_id, c.client_id, c.person_id, c.client_late, c.match, c.due_at, c.call_back,
           c.reached_by, c.joined_to, c.decided_at is not null as decided, c.version,
           (select count(*)::int from event e where e.contact_id = c.id) as events,
           (select count(*)::int from outbox o where o.ref = c.id) as jobs
      from unnest(${all}::uuid[]) with ordinality as a (id, n) join contact c using (id) order by n`);

test('together it is decided as one after the other', async () => {
  await openDrafts();
  const one: string[] = [];
  const other: string[] = [];
  for (const given of stories) {
    // Neither sees the other's last contact: those are of the same moments.
    one.push(await contact(given));
    other.push(await contact(given));
  }
  const steps: number[] = [];
  for (let from = 0; from < one.length; from += steps.at(-1) ?? 1) {
    steps.push(await db.transaction((tx) => decidePast(tx, one.slice(from), office)));
  }
  for (const id of other) await db.transaction((tx) => decideIn(tx, id, office, false));
  const results = await decided(one);
  expect(results).toEqual(await decided(other));
  expect(results.every((row) => row['decided'])).toBe(true);
  expect(new Set(results.map((row) => row['owner_id']))).toEqual(new Set([ids.anna, ids.boris, ids.duty]));
  expect(results.filter((row) => row['joined_to'] !== null)).toHaveLength(2);
  // Alone: the two of whom two clients had the address, and the call.
  expect(steps).toEqual([13, 1, 1, 3, 1, 4]);
});

test('what was decided before, and what is asked about, is decided alone; so is one that comes twice', async () => {
  const [before, asking, plain] = [await contact({}), await contact({ asks: true }), await contact({})];
  await db.transaction((tx) => decideIn(tx, before, office, false));
  expect(await db.transaction((tx) => decidePast(tx, [before, plain], office))).toBe(1);
  expect(await db.transaction((tx) => decidePast(tx, [asking, plain], office))).toBe(1);
  expect(await db.transaction((tx) => decidePast(tx, [plain, plain, asking], office))).toBe(1);
  expect(await db.transaction((tx) => decidePast(tx, [plain, asking], office))).toBe(1);
});

test('whoever decides many waits for none of them', async () => {
  const [free, held, last] = [await contact({}), await contact({}), await contact({ from: 'z@nobody.example' })];
  await db.transaction(async (tx) => {
    await tx.rows(sql`select 1 from contact where id = ${held} for no key update`);
    expect(await db.transaction((mine) => decidePast(mine, [free, held, last], office))).toBe(1);
  });
  await db.transaction(async (tx) => {
    await tx.rows(sql`select pg_advisory_xact_lock(hashtextextended('z@nobody.example', 0))`);
    expect(await db.transaction((mine) => decidePast(mine, [held, last], office))).toBe(1);
  });
  expect((await decided([free, held, last])).map((row) => row['decided'])).toEqual([true, true, false]);
});
