import { beforeEach, expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { mergeClients } from '../../directory/merge/run.ts';
import { rollBack } from '../../directory/roll-back/run.ts';
import { completeContact } from '../../history/run.ts';
import { lookBack } from '../../match/past.ts';
import { matchContact } from '../../match/run.ts';
import { newId } from '../../ops/chance.ts';
import { systemClock } from '../../ops/clock.ts';
import { addPoints } from '../directory/employees-and-clients.ts';
import { sql } from '../index.ts';
import { type TimelineMark, timeline } from './timeline.ts';

const { db } = await testStore();
const office = { region: 'UA', regionOf: () => null, extensions: /^\d{3}$/, own: { numbers: [], domains: [] } };
const number = '+380671234567';
const [acme, zorg, boss] = [newId(), newId(), newId()];
const by = { authorId: boss, via: 'session' } as const;

beforeEach(async () => {
  await db.rows({
    text: 'truncate employee, client, person, contact_point, contact, outbox, change, change_set cascade',
    values: [],
  });
  await db.rows(
    sql`insert into employee (id, key, name, role, is_duty) values (${boss}, 'boss', 'Boss', 'supervisor', true)`,
  );
  for (const [id, name] of [
    [acme, 'acme'],
    [zorg, 'zorg'],
  ])
    await db.rows(sql`insert into client (id, key, name) values (${id}, ${name}, ${name})`);
});

async function call(n: number): Promise<string> {
  const id = newId();
  const at = new Date(Date.UTC(2026, 0, n));
  await db.rows(sql`
    insert into contact (id, channel, direction, started_at, ended_at, connector, facts, owner_id, outside_kind, outside, outside_norm)
    values (${id}, 'call', 'inbound', ${at}, ${at}, 'pbx', '{}', ${boss}, 'phone', ${number}, ${number})`);
  await matchContact(db, id, office);
  return id;
}

/** The number is his since a day of January, until another's. */
async function give(clientId: string, day: number): Promise<void> {
  const since = `2026-01-${String(day).padStart(2, '0')}T00:00:00Z`;
  await db.rows(sql`update contact_point set until = ${since} where address = ${number} and until = 'infinity'`);
  const owner = { clientId, personId: null, employeeId: null };
  const made = await addPoints(db, [{ kind: 'phone', address: number, raw: number, ...owner, since }]);
  await lookBack(db, made[0]?.id ?? '', office);
}

const lines = async (clientId: string) =>
  (await timeline(db, clientId, null, 50)).flatMap((item) =>
    item.kind === 'change' ? [{ field: item.field, new: item.new, by: item.authorName, undoes: item.undoes }] : [],
  );
const moved = (came: number, went: number) => ({
  field: 'lookBack',
  new: { came, went, address: number },
  by: null,
  undoes: false,
});

test('one line for each look back, with whom it gave contacts and with whom it took them from; and for its taking back', async () => {
  for (let n = 1; n <= 5; n += 1) await call(n);
  await give(acme, 1);
  expect(await lines(acme)).toEqual([moved(5, 0)]);
  await give(zorg, 3);
  expect([await lines(acme), await lines(zorg)]).toEqual([[moved(0, 3), moved(5, 0)], [moved(3, 0)]]);
  const [last] = await db.rows<{ id: string }>(sql`select max(id)::text as id from change_set where kind = 'rematch'`);
  await rollBack(db, { source: { setId: last?.id ?? '' }, by, confirms: () => false });
  const undone = { by: 'Boss', undoes: true };
  expect([await lines(acme), await lines(zorg)]).toEqual([
    [{ ...moved(3, 0), ...undone }, moved(0, 3), moved(5, 0)],
    [{ ...moved(0, 3), ...undone }, moved(3, 0)],
  ]);
});

test('what a person gave to another client stands with both, and once where both are one', async () => {
  await give(acme, 1);
  const id = await call(2);
  const author = { employeeId: boss, role: 'supervisor', via: 'session' } as const;
  const client = { id: zorg, personId: null };
  const wish = { gist: 'Said.', outcome: null, occasion: null, nextStep: null, client, version: 1 };
  expect((await completeContact({ db, clock: systemClock }, author, id, wish)).kind).toBe('saved');
  const given = { field: 'client', new: 'zorg', by: 'Boss', undoes: false };
  expect([await lines(acme), await lines(zorg)]).toEqual([[given], [given]]);
  await mergeClients(db, { kept: zorg, gone: acme, choices: {} }, by);
  expect((await lines(zorg)).filter(({ field }) => field === 'client')).toEqual([given]);
});

test('page by page it is the same as at once, whatever stands at one moment', async () => {
  for (let n = 1; n <= 4; n += 1) await call(n);
  for (const day of [1, 2, 3, 4]) await give(day % 2 === 0 ? acme : zorg, day);
  await db.rows({
    text: "update change_set set at = '2026-02-01'; update client_moves set at = '2026-02-01'",
    values: [],
  });
  const all = await timeline(db, acme, null, 50);
  const paged: typeof all = [];
  for (let after: TimelineMark | null = null; ; after = paged.at(-1) ?? null) {
    const page = await timeline(db, acme, after, 1);
    paged.push(...page);
    if (page.length === 0) break;
  }
  expect(paged).toEqual(all);
  expect(all.length).toBeGreaterThan(3);
});
