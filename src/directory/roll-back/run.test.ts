import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { lookBack } from '../../match/past.ts';
import { type Db, sql } from '../../store/base/db.ts';
import { openChangeSet } from '../../store/history/change-log.ts';
import { addContact, addEmployee, snapshot } from '../directory.fixture.ts';
import { createClient, createPerson, createPoint, editClients, editPeople, editPoints } from '../edit.ts';
import { readClients } from '../files/clients.ts';
import { importClients } from '../files/import-clients.ts';
import { mergeClients } from '../merge/run.ts';
import { lookAtRollBack, rollBack } from './run.ts';

const { db } = await testStore();
const boss = await addEmployee(db, 'Boss', 'supervisor');
const anna = await addEmployee(db, 'Anna');
const by = { authorId: boss, via: 'session' } as const;
const no = () => false;
const undo = (setId: string, confirms: () => boolean = no) => rollBack(db, { source: { setId }, by, confirms });

type Op = { readonly do: string; readonly a: number; readonly b: number; readonly word: string };
const op = (...kinds: string[]): fc.Arbitrary<Op> =>
  fc.record({
    do: fc.constantFrom(...kinds),
    a: fc.nat(30),
    b: fc.nat(30),
    word: fc.constantFrom('one', 'two', 'three', 'four'),
  });
const days = ['2020-01-01T00:00:00Z', '2021-06-01T00:00:00+03:00', 'infinity', '2022-01-01T12:30:00.5Z'];
const edits = ['name', 'class', 'note', 'responsible', 'post', 'left', 'personName', 'flag', 'until'];
const makes = ['client', 'person', 'point', 'personPoint'];

/** One random change; what makes no sense changes nothing. */
async function apply(tx: Db, set: Parameters<typeof createClient>[1], one: Op): Promise<void> {
  const pick = async (text: string) => {
    const rows = await tx.rows<{ id: string }>({ text, values: [] });
    return rows[one.a % Math.max(1, rows.length)]?.id;
  };
  const clients = 'select id from client where removed_at is null and merged_into is null order by id';
  const people = 'select id from person where removed_at is null order by id';
  const points = 'select id from contact_point where since < until and employee_id is null order by id';
  const client = (values: object) =>
    pick(clients).then((id) => (id === undefined ? 0 : editClients(tx, set, [{ id, values }])));
  const person = (values: object) =>
    pick(people).then((id) => (id === undefined ? 0 : editPeople(tx, set, [{ id, values }])));
  const point = (values: object) =>
    pick(points).then((id) => (id === undefined ? 0 : editPoints(tx, set, [{ id, values }])));
  switch (one.do) {
    case 'client':
      return void (await createClient(tx, set, { name: `${one.word} ${one.a} ${set.id}` }));
    case 'person': {
      const clientId = await pick(clients);
      return void (
        clientId && (await createPerson(tx, set, { clientId, name: `${one.word} ${one.b}`, post: one.word }))
      );
    }
    case 'point': {
      const clientId = await pick(clients);
      const raw = `+38067${String(1000000 + one.b)}`;
      return void (clientId && (await createPoint(tx, set, { kind: 'phone', raw, owner: { clientId } }, null)));
    }
    case 'personPoint': {
      const personId = await pick(people);
      const [own] = personId
        ? await tx.rows<{ id: string }>(sql`select client_id as id from person where id = ${personId}`)
        : [];
      const owner = { personId: personId ?? '', clientId: own?.id ?? '' };
      return void (
        personId && (await createPoint(tx, set, { kind: 'email', raw: `${one.word}${one.b}@c.example`, owner }, null))
      );
    }
    case 'name':
      return void (await client({ name: `${one.word}!` }));
    case 'class':
      return void (await client({ class: one.b % 3 === 0 ? null : one.word }));
    case 'note':
      return void (await client({ note: one.word, kind: one.b % 2 === 0 ? 'private' : 'organisation' }));
    case 'responsible':
      return void (await client({ responsibleId: one.b % 2 === 0 ? anna : null }));
    case 'post':
      return void (await person({ post: one.word, since: '2025-03-01' }));
    case 'left':
      return void (await person({ until: one.b % 2 === 0 ? null : '2026-02-28' }));
    case 'personName':
      return void (await person({ name: `${one.word} ${one.a} ${one.b} ${set.id}` }));
    case 'flag':
      return void (await point({ shared: one.b % 2 === 0, mobile: one.b % 3 === 0 }));
    case 'until':
      return void (await point({ until: days[one.b % days.length] }));
  }
}

async function makeSet(ops: readonly Op[]): Promise<string> {
  return db.transaction(async (tx) => {
    const set = await openChangeSet(tx, { kind: 'edit', ...by, label: null });
    for (const one of ops) await apply(tx, set, one);
    return set.id;
  });
}

const truncate = () =>
  db.rows({ text: 'truncate client, person, contact_point, contact, outbox, change, change_set cascade', values: [] });

test('roll-back restores exactly; the roll-back of the roll-back restores what was after', {
  timeout: 120_000,
}, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(op(...makes), { minLength: 4, maxLength: 12 }),
      fc.array(op(...makes, ...edits), { minLength: 1, maxLength: 15 }),
      async (given, ops) => {
        await truncate();
        await makeSet(given);
        const before = await snapshot(db);
        const setId = await makeSet(ops);
        const after = await snapshot(db);
        const look = await lookAtRollBack(db, { setId });
        expect(await snapshot(db)).toEqual(after);
        const undone = await undo(setId);
        expect([undone.conflicts, look.conflicts]).toEqual([[], []]);
        expect(await snapshot(db)).toEqual(before);
        if (undone.setId === null) {
          expect(after).toEqual(before);
          return;
        }
        expect(undone.taken).toEqual(look.taken);
        const redone = await undo(undone.setId);
        expect(await snapshot(db)).toEqual(after);
        if (redone.setId !== null) await undo(redone.setId);
        expect(await snapshot(db)).toEqual(before);
      },
    ),
    { numRuns: 40 },
  );
});

test('what was changed later stays unless it is confirmed, all else goes back', { timeout: 120_000 }, async () => {
  const fields = ['name', 'class', 'note', 'kind', 'responsible_id', 'post', 'since', 'until', 'shared', 'mobile'];
  await fc.assert(
    fc.asyncProperty(
      fc.array(op(...makes), { minLength: 4, maxLength: 10 }),
      fc.array(op(...edits), { minLength: 1, maxLength: 12 }),
      fc.array(op(...edits), { maxLength: 6 }),
      fc.boolean(),
      async (given, ops, later, confirmed) => {
        await truncate();
        await makeSet(given);
        const before = await snapshot(db);
        const setId = await makeSet(ops);
        const after = await snapshot(db);
        await makeSet(later);
        const last = await snapshot(db);
        const told = await undo(setId, () => confirmed);
        const now = await snapshot(db);
        const expected = new Map(
          [...last].map(([what, values]) => {
            const [was, became, is] = [before.get(what), after.get(what), values].map((one) => ({ ...Object(one) }));
            for (const field of fields) {
              const touched = JSON.stringify(was[field]) !== JSON.stringify(became[field]);
              const same = JSON.stringify(is[field]) === JSON.stringify(became[field]);
              if (touched && (same || confirmed)) is[field] = was[field];
            }
            return [what, is];
          }),
        );
        // A change that ended as it began may stand in the log as several: those are not judged here.
        const [flapped] = await db.rows(sql`
          select from change where set_id = ${setId} group by entity_id, field having count(*) > 1 limit 1`);
        if (flapped === undefined) expect(now).toEqual(expected);
        if (confirmed) expect(told.conflicts).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
});

test('an import is taken back: untouched clients go, those in use are shown and stay whole', async () => {
  await truncate();
  const rows = Array.from({ length: 50 }, (_, i) => `Firm ${i},Person ${i},050 123-40-${String(i).padStart(2, '0')}`);
  await importClients(db, readClients(`name,person,phone\n${rows.join('\n')}\n`, { file: 'x.csv', region: 'UA' }), {
    by,
  });
  const [set] = await db.rows<{ id: string }>(sql`select id::text from change_set where kind = 'import'`);
  const setId = set?.id ?? '';
  const whole = await snapshot(db);
  const firm = async (n: number) =>
    (await db.rows<{ id: string }>(sql`select id from client where name = ${`Firm ${n}`}`))[0]?.id ?? '';
  await addContact(db, { ownerId: anna, clientId: await firm(3) });
  await makeSetOf(async (tx, own) => {
    await createPoint(tx, own, { kind: 'phone', raw: '+380671111111', owner: { clientId: await firm(4) } }, null);
    await editClients(tx, own, [{ id: await firm(5), values: { note: 'a good one' } }]);
    const [point] = await db.rows<{ id: string }>(sql`select id from contact_point where address = '+380501234006'`);
    await editPoints(tx, own, [{ id: point?.id ?? '', values: { shared: true } }]);
  });
  const seen = await lookAtRollBack(db, { setId });
  const told = seen.conflicts.map(({ reason, row, uses }) => ({ reason, entity: row.entity, ...uses }));
  expect(told.map((one) => JSON.stringify(one)).sort()).toEqual(
    [
      { contacts: 1, things: 0, edits: 0 },
      { contacts: 0, things: 1, edits: 0 },
      { contacts: 0, things: 0, edits: 1 },
      { contacts: 0, things: 1, edits: 0 },
    ]
      .map((uses) => JSON.stringify({ reason: 'used', entity: 'client', ...uses }))
      .sort(),
  );
  const done = await undo(setId);
  expect(done).toMatchObject({ left: 4, taken: { client: 46, person: 46, contact_point: 46 } });
  const names = await db.rows<{ name: string }>(sql`select name from client where removed_at is null order by name`);
  expect(names.map(({ name }) => name)).toEqual(['Firm 3', 'Firm 4', 'Firm 5', 'Firm 6']);
  const [points] = await db.rows(sql`select count(*)::int as n from contact_point where since < until`);
  expect(points).toEqual({ n: 5 });
  await undo(done.setId ?? '');
  const again = await snapshot(db);
  expect(again.size).toBe(whole.size + 2);
  const all = await undo(setId, () => true);
  expect(all.left).toBe(0);
  expect(await db.rows(sql`select from client where removed_at is null`)).toEqual([]);
  // The same file again: the same clients are there again.
  await importClients(db, readClients(`name,person,phone\n${rows.join('\n')}\n`, { file: 'x.csv', region: 'UA' }), {
    by,
  });
  expect((await db.rows(sql`select from client where removed_at is null`)).length).toBe(50);
});

test('a wrong import goes with the history the machine gave it; what a person chose or wrote keeps its client', async () => {
  await truncate();
  const number = (n: number) => `+3805012360${String(n).padStart(2, '0')}`;
  const calls: string[] = [];
  for (let n = 0; n < 5; n += 1)
    calls.push(
      await addContact(db, {
        ownerId: anna,
        clientId: null,
        address: number(n),
        state: n === 3 ? 'draft' : 'completed',
      }),
    );
  const rows = Array.from({ length: 5 }, (_, n) => `Firm ${n},Person ${n},${number(n)}`);
  const read = readClients(`name,person,phone\n${rows.join('\n')}\n`, { file: 'x.csv', region: 'UA' });
  await importClients(db, read, { by });
  const [set] = await db.rows<{ id: string }>(sql`select id::text from change_set where kind = 'import'`);
  const lookAgain = async () => {
    for (const { id } of await db.rows<{ id: string }>(
      sql`delete from outbox where job = 'rematch' returning ref as id`,
    ))
      await lookBack(db, id, {
        region: 'UA',
        regionOf: () => null,
        extensions: /^\d{3}$/,
        own: { numbers: [], domains: [] },
      });
  };
  await lookAgain();
  const linked = () =>
    db.rows<{ name: string | null }>(sql`
      select cl.name from contact c left join client cl on cl.id = c.client_id order by c.outside_norm`);
  expect((await linked()).map(({ name }) => name)).toEqual(['Firm 0', 'Firm 1', 'Firm 2', 'Firm 3', 'Firm 4']);
  await db.rows(sql`update contact set client_by_hand = true where id = ${calls[2]}`);
  const { left, conflicts } = await lookAtRollBack(db, { setId: set?.id ?? '' });
  expect([left, conflicts[0]?.uses]).toEqual([1, { contacts: 1, things: 0, edits: 0 }]);
  await undo(set?.id ?? '');
  await lookAgain();
  expect((await linked()).map(({ name }) => name)).toEqual([null, null, 'Firm 2', null, null]);
  expect(await db.rows(sql`select name from client where removed_at is null`)).toEqual([{ name: 'Firm 2' }]);
});

test('a person who has a namesake since is not brought back, and everything else is', async () => {
  await truncate();
  const given = await makeSetOf(async (tx, own) => {
    const clientId = (await createClient(tx, own, { name: 'Acme' })) ?? '';
    await createPerson(tx, own, { clientId, name: 'Ivan' });
  });
  const gone = await undo(given);
  await undo(gone.setId ?? '');
  const [person] = await db.rows<{ id: string; clientId: string }>(sql`select id, client_id as "clientId" from person`);
  const renamed = await makeSetOf(async (tx, own) => {
    await editPeople(tx, own, [{ id: person?.id ?? '', values: { name: 'Ivan the Great' } }]);
    await editClients(tx, own, [{ id: person?.clientId ?? '', values: { note: 'x' } }]);
  });
  await makeSetOf(
    async (tx, own) => void (await createPerson(tx, own, { clientId: person?.clientId ?? '', name: 'Ivan' })),
  );
  const done = await undo(renamed);
  expect(done.conflicts.map(({ reason, row }) => [reason, row.field])).toEqual([['taken', 'name']]);
  expect(await db.rows(sql`select note from client`)).toEqual([{ note: null }]);
});

test('a merge is undone to the letter; what came after it stays where it came', async () => {
  await truncate();
  const ids: Record<string, string> = {};
  await makeSetOf(async (tx, own) => {
    for (const name of ['A', 'B']) {
      const clientId =
        (await createClient(tx, own, { name, class: name, note: name === 'B' ? 'old friend' : null })) ?? '';
      ids[name] = clientId;
      await createPoint(tx, own, { kind: 'phone', raw: '+380441112233', owner: { clientId } }, null);
      for (const who of ['Иван Петров', `only at ${name}`]) {
        const personId = await createPerson(tx, own, { clientId, name: name === 'B' ? who.toUpperCase() : who });
        ids[`${who} ${name}`] = personId;
        await createPoint(tx, own, { kind: 'email', raw: `${name}@c.example`, owner: { personId, clientId } }, null);
        await createPoint(tx, own, { kind: 'email', raw: 'both@c.example', owner: { personId, clientId } }, null);
      }
    }
  });
  const { A = '', B = '' } = ids;
  for (let i = 0; i < 20; i += 1)
    await addContact(db, { ownerId: anna, clientId: B, personId: ids['Иван Петров B'] ?? null });
  await addContact(db, { ownerId: anna, clientId: A });
  const before = await snapshot(db);
  const merged = await mergeClients(db, { kept: A, gone: B, choices: { class: 'gone' } }, by);
  if (merged.kind !== 'merged') throw new Error(merged.why);
  expect(merged.contacts).toBe(20);
  const after = await snapshot(db);
  expect(await db.rows(sql`select name, class, note from client where merged_into is null`)).toEqual([
    { name: 'A', class: 'B', note: 'old friend' },
  ]);
  expect(
    await db.rows(sql`select distinct client_id = ${A} as his, person_id = ${ids['Иван Петров A']} as ivan
                             from contact where person_id is not null`),
  ).toEqual([{ his: true, ivan: true }]);
  for (const [kept, gone] of [
    [A, B],
    [B, A],
    [A, A],
  ] as const)
    expect((await mergeClients(db, { kept, gone, choices: {} }, by)).kind).toBe('refused');
  const later = await addContact(db, { ownerId: anna, clientId: B }); // matched while it was being merged: it follows
  expect(await db.rows(sql`select client_id as id from contact where id = ${later}`)).toEqual([{ id: A }]);
  const undone = await undo(merged.setId);
  expect(undone.conflicts).toEqual([]);
  const now = new Map(await snapshot(db));
  expect(now.get(`contact ${later}`)).toMatchObject({ client: A });
  now.delete(`contact ${later}`);
  expect(now).toEqual(before);
  const between = await addContact(db, { ownerId: anna, clientId: B });
  await undo(undone.setId ?? '');
  expect(await db.rows(sql`select client_id as id from contact where id = ${between}`)).toEqual([{ id: A }]);
  const again = new Map(await snapshot(db));
  for (const id of [later, between]) again.delete(`contact ${id}`);
  expect(again).toEqual(after);
});

test('whatever two clients have, their merge is undone and made again exactly', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(op(...makes, ...edits), { minLength: 10, maxLength: 30 }),
      fc.array(fc.tuple(fc.nat(30), fc.boolean()), { maxLength: 8 }),
      fc.nat(30),
      async (given, contacts, n) => {
        await truncate();
        // Two clients with the same words for their people and numbers: much is there twice.
        await makeSet([{ do: 'client', a: 0, b: 0, word: 'one' }, { do: 'client', a: 1, b: 0, word: 'two' }, ...given]);
        const clients = await db.rows<{ id: string }>(sql`select id from client order by id`);
        const people = await db.rows<{ id: string; clientId: string }>(
          sql`select id, client_id as "clientId" from person order by id`,
        );
        const [gone = '', kept = ''] = [n, n + 1].map((i) => clients[i % clients.length]?.id);
        for (const [i, named] of contacts) {
          const person = named ? people[i % Math.max(people.length, 1)] : undefined;
          const clientId = person?.clientId ?? clients[i % clients.length]?.id ?? null;
          await addContact(db, { ownerId: anna, clientId, personId: person?.id ?? null });
        }
        const before = await snapshot(db);
        const merged = await mergeClients(db, { kept, gone, choices: {} }, by);
        if (merged.kind !== 'merged') throw new Error(merged.why);
        const after = await snapshot(db);
        const left = await db.rows(sql`
          select from contact where client_id = ${gone}
          union all select from contact_point where client_id = ${gone} and since < until
          union all select from person where client_id = ${gone} and removed_at is null`);
        expect(left).toEqual([]);
        const undone = await undo(merged.setId);
        expect(undone.conflicts).toEqual([]);
        expect(await snapshot(db)).toEqual(before);
        await undo(undone.setId ?? '');
        expect(await snapshot(db)).toEqual(after);
      },
    ),
    { numRuns: 40 },
  );
});

test('two merges of the same two clients at once: one is made', async () => {
  await truncate();
  const [a, b] = ['x', 'y'].map((name) => name);
  const ids: string[] = [];
  await makeSetOf(async (tx, own) => {
    for (const name of [a, b]) ids.push((await createClient(tx, own, { name: name ?? '' })) ?? '');
  });
  const [x = '', y = ''] = ids;
  const both = await Promise.all([
    mergeClients(db, { kept: x, gone: y, choices: {} }, by),
    mergeClients(db, { kept: y, gone: x, choices: {} }, by),
  ]);
  expect(both.map(({ kind }) => kind).sort()).toEqual(['merged', 'refused']);
});

async function makeSetOf(work: (tx: Db, set: Parameters<typeof createClient>[1]) => Promise<void>): Promise<string> {
  return db.transaction(async (tx) => {
    const set = await openChangeSet(tx, { kind: 'edit', ...by, label: null });
    await work(tx, set);
    return set.id;
  });
}
