import fc from 'fast-check';
import { beforeEach, expect, test } from 'vitest';
import { assignContact } from '../../src/assign/run.ts';
import type { Capture } from '../../src/core/contact/capture.ts';
import { createPoint, editPoints } from '../../src/directory/edit.ts';
import { importClients } from '../../src/directory/files/import-clients.ts';
import { rollBack } from '../../src/directory/roll-back/run.ts';
import { completeContact } from '../../src/history/run.ts';
import { takeIn } from '../../src/intake/run.ts';
import { lookBack } from '../../src/match/past.ts';
import { matchContact } from '../../src/match/run.ts';
import { newId } from '../../src/ops/chance.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { sql } from '../../src/store/base/db.ts';
import { openChangeSet } from '../../src/store/history/change-log.ts';
import { testStore } from '../kit/postgres.ts';

const { db } = await testStore();
const matching = { region: 'UA', regionOf: () => null, extensions: /^\d{3}$/, own: { numbers: [], domains: [] } };
const assigning = { ...matching, policy: 'last' as const, defaultOwnerOf: () => null, dueAt: () => null };
const source = { connector: 'pbx', region: 'UA', lease: null };
const numbers = ['+380440000001', '+380440000002'] as const;
const names = ['Acme', 'Zorg', 'Nova'] as const;
const days = ['2026-01-01', '2026-02-01', '2026-03-01', '2026-04-01'] as const;
const duty = newId();
const clients = names.map(() => newId());

beforeEach(async () => {
  await reset();
});

async function reset(): Promise<void> {
  await db.rows({
    text: `truncate employee, client, person, contact_point, contact, capture, contact_capture, contact_identity, outbox,
           change, change_set, prompt restart identity cascade`,
    values: [],
  });
  await db.rows(
    sql`insert into employee (id, key, name, is_duty, role) values (${duty}, 'd', 'D', true, 'supervisor')`,
  );
  for (const [i, name] of names.entries())
    await db.rows(sql`insert into client (id, key, name) values (${clients[i]}, ${name.toLowerCase()}, ${name})`);
}

function call(n: number, revision: number, number: string): Capture {
  const at = new Date(`${days[n % days.length]}T10:00:00Z`);
  const talk = { who: '101', seconds: 30 + revision };
  return {
    identity: `call ${n}`,
    revision,
    links: [`call:pbx:${n}`],
    channel: 'call',
    direction: 'inbound',
    occurredAt: at,
    endedAt: at,
    outside: { kind: 'phone', value: number },
    outsideName: null,
    ours: null,
    employees: [],
    details: {
      channel: 'call',
      call: {
        direction: 'inbound',
        outcome: 'answered',
        caller: number,
        callerName: null,
        withheld: false,
        called: '101',
        startedAt: at,
        endedAt: at,
        ringSeconds: 1,
        talkSeconds: 30,
        answeredBy: '101',
        talks: [talk],
        lastTalkedTo: '101',
        employees: ['101'],
        rang: ['101'],
        transfers: [],
        queue: null,
        recording: null,
        voicemail: null,
        linkedIds: [String(n)],
      },
    },
    evidence: '',
    asks: true,
  };
}

/** What the daemon's workers do, until nothing is left to do. */
async function work(): Promise<void> {
  for (;;) {
    const jobs = await db.rows<{ id: number; job: string; ref: string }>(
      sql`delete from outbox where job in ('rematch', 'decide', 'decide-past') returning id, job, ref`,
    );
    if (jobs.length === 0) return;
    for (const { job, ref } of jobs) {
      if (job === 'rematch') await lookBack(db, ref, matching);
      else
        await db.transaction(async (tx) => {
          await matchContact(tx, ref, matching);
          await assignContact(tx, ref, assigning, { asks: job === 'decide' });
        });
    }
  }
}

type Step =
  | { readonly kind: 'call' | 'told again'; readonly n: number; readonly number: number }
  | {
      readonly kind: 'point';
      readonly client: number;
      readonly number: number;
      readonly day: number;
      readonly flag: 0 | 1 | 2;
    }
  | { readonly kind: 'end' | 'take back' | 'not a client'; readonly number: number; readonly day: number }
  | { readonly kind: 'import'; readonly client: number; readonly number: number }
  | { readonly kind: 'choose'; readonly n: number; readonly client: number | null }
  | { readonly kind: 'complete' | 'private'; readonly n: number }
  | { readonly kind: 'roll back' };

const small = (most: number) => fc.integer({ min: 0, max: most });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constantFrom('call', 'told again'), n: small(5), number: small(1) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('point'),
      client: small(2),
      number: small(1),
      day: small(3),
      flag: fc.constantFrom(0, 0, 0, 1, 2),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constantFrom('end', 'take back', 'not a client'),
      number: small(1),
      day: small(3),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('import'), client: small(2), number: small(1) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('choose'),
      n: small(5),
      client: fc.option(small(2)),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('complete', 'private'), n: small(5) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('roll back') }) },
) as fc.Arbitrary<Step>;

/** What people decided: by contact the client (null: none), and what they wrote. */
interface Decided {
  readonly clients: Map<string, string | null>;
  readonly written: Map<string, string>;
  revision: number;
}

async function contactOf(n: number): Promise<{ id: string; clientId: string | null; version: number } | null> {
  const [row] = await db.rows<{ id: string; clientId: string | null; version: number }>(sql`
    select c.id, c.client_id as "clientId", c.version from contact c
     where facts ->> 'identity' = ${`call ${n}`} and merged_into is null`);
  return row ?? null;
}

async function editAll(number: string, values: (since: string) => object): Promise<void> {
  const points = await db.rows<{ id: string; since: string }>(
    sql`select id, instant(since) as since from contact_point where address = ${number} and since < until`,
  );
  const set = await openChangeSet(db, { kind: 'edit', via: 'session', authorId: duty, label: null });
  await editPoints(
    db,
    set,
    points.map(({ id, since }) => ({ id, values: values(since) })),
  );
}

async function run(one: Step, decided: Decided): Promise<void> {
  switch (one.kind) {
    case 'call':
    case 'told again': {
      const known = await contactOf(one.n);
      decided.revision += 1;
      const [row] = known
        ? await db.rows<{ outside: string }>(sql`select outside from contact where id = ${known.id}`)
        : [];
      const number = row?.outside ?? numbers[one.number] ?? '';
      await takeIn({ db, newId }, source, [call(one.n, decided.revision, number)], null);
      return;
    }
    case 'point': {
      const set = await openChangeSet(db, { kind: 'edit', via: 'session', authorId: duty, label: null });
      const owner = { clientId: clients[one.client] ?? '' };
      const since = `${days[one.day]}T00:00:00Z`;
      const flags = [{}, { shared: true }, { reception: true }][one.flag];
      await createPoint(db, set, { kind: 'phone', raw: numbers[one.number] ?? '', owner, since, ...flags }, 'UA');
      return;
    }
    case 'end': {
      const until = `${days[one.day]}T00:00:00.000000Z`;
      return editAll(numbers[one.number] ?? '', (since) => ({
        until: since > until && since !== '-infinity' ? since : until,
      }));
    }
    case 'take back':
      return editAll(numbers[one.number] ?? '', (since) => ({ until: since }));
    case 'not a client':
      return editAll(numbers[one.number] ?? '', () => ({ notClient: true }));
    case 'import': {
      const address = numbers[one.number] ?? '';
      const name = names[one.client] ?? '';
      const points = [{ kind: 'phone' as const, address, raw: address, person: null }];
      const row = { line: 2, key: name.toLowerCase(), name, responsible: null, class: null, people: [], points };
      await importClients(db, { file: 'clients.csv', rows: [row], rejected: [], broken: null, notes: [] });
      return;
    }
    case 'choose':
    case 'complete':
    case 'private':
      return say(one, decided);
    case 'roll back':
      return rollBackLast(decided);
  }
}

async function say(one: Extract<Step, { n: number }>, decided: Decided): Promise<void> {
  const contact = await contactOf(one.n);
  if (contact === null) return;
  const chosen = one.kind === 'choose' ? (one.client === null ? null : (clients[one.client] ?? null)) : undefined;
  const gist = `said ${decided.revision} ${contact.version}`;
  const saved = await completeContact(
    { db, clock: systemClock },
    { employeeId: duty, role: 'supervisor', via: 'session' },
    contact.id,
    {
      gist,
      outcome: one.kind === 'private' ? 'private' : null,
      occasion: null,
      nextStep: null,
      client: chosen === undefined ? 'keep' : { id: chosen, personId: null },
      version: contact.version,
    },
  );
  expect(saved.kind).toBe('saved');
  decided.written.set(contact.id, gist);
  if (chosen !== undefined) {
    // To name the client that stands there already says nothing new: it is seen, as with "keep".
    if (chosen !== null || contact.clientId !== null) decided.clients.set(contact.id, chosen);
    else decided.clients.set(contact.id, null);
  } else if (contact.clientId !== null) decided.clients.set(contact.id, contact.clientId);
}

/** A person takes back what the machine did last: each client as it was, and so it stays. */
async function rollBackLast(decided: Decided): Promise<void> {
  const [last] = await db.rows<{ id: string }>(sql`
    select max(id)::text as id from change_set s
     where kind = 'rematch' and exists (select from change where set_id = s.id) having max(id) is not null`);
  if (last === undefined) return;
  const by = { authorId: duty, via: 'session' } as const;
  const { setId } = await rollBack(db, { source: { setId: last.id }, by, confirms: () => false });
  if (setId === null) return;
  const rows = await db.rows<{ contactId: string; clientId: string | null }>(sql`
    select entity_id as "contactId", new ->> 'id' as "clientId" from change where set_id = ${setId}::bigint`);
  for (const { contactId, clientId } of rows) decided.clients.set(contactId, clientId);
}

async function standsAs(decided: Decided): Promise<void> {
  const rows = await db.rows<{ id: string; clientId: string | null; gist: string | null }>(
    sql`select id, client_id as "clientId", gist from contact`,
  );
  const stored = new Map(rows.map((row) => [row.id, row]));
  for (const [id, clientId] of decided.clients) expect([id, stored.get(id)?.clientId]).toEqual([id, clientId]);
  for (const [id, gist] of decided.written) expect([id, stored.get(id)?.gist]).toEqual([id, gist]);
}

test('whatever the machine does and in whatever order, what people decided stands', { timeout: 180_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(step, fc.boolean()), { minLength: 5, maxLength: 30 }), async (steps) => {
      await reset();
      const decided: Decided = { clients: new Map(), written: new Map(), revision: 0 };
      for (let n = 0; n < 6; n++) await run({ kind: 'call', n, number: n % 2 }, decided);
      for (const [one, works] of steps) {
        await run(one, decided);
        await standsAs(decided);
        if (works) await work();
        await standsAs(decided);
      }
      await work();
      await standsAs(decided);
      // Nothing was asked twice, and nothing of the past anew: a prompt is ordered once a contact at most.
      const asked = await db.rows(sql`select ref from outbox where job = 'prompt' group by ref having count(*) > 1`);
      expect(asked).toEqual([]);
      // The end is the same whether the past was looked at or is decided anew: the machine contradicts itself nowhere.
      // (The order of a chooser may be older: who was there last is another since.)
      const all = () =>
        db.rows(sql`select id, match ->> 'verdict' as verdict, client_id, person_id from contact order by id`);
      const before = await all();
      for (const { id } of await db.rows<{ id: string }>(sql`select id from contact where match is not null`))
        await matchContact(db, id, matching);
      expect(await all()).toEqual(before);
    }),
    { numRuns: 40 },
  );
});

test('taken back by a person, the machine does not do it again', async () => {
  const decided: Decided = { clients: new Map(), written: new Map(), revision: 0 };
  await run({ kind: 'call', n: 0, number: 0 }, decided);
  await run({ kind: 'call', n: 2, number: 0 }, decided);
  await work();
  const before = await db.rows(sql`select id, client_id, person_id, state, owner_id from contact order by id`);
  await run({ kind: 'point', client: 0, number: 0, day: 0, flag: 0 }, decided);
  await work();
  expect((await contactOf(0))?.clientId).toBe(clients[0]);
  await run({ kind: 'roll back' }, decided);
  expect(await db.rows(sql`select id, client_id, person_id, state, owner_id from contact order by id`)).toEqual(before);
  await run({ kind: 'end', number: 0, day: 3 }, decided);
  await run({ kind: 'point', client: 0, number: 0, day: 1, flag: 0 }, decided);
  await work();
  expect(await db.rows(sql`select id, client_id, person_id, state, owner_id from contact order by id`)).toEqual(before);
});
