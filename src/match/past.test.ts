import { beforeEach, describe, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import { newId } from '../ops/chance.ts';
import { sql } from '../store/base/db.ts';
import { json } from '../store/base/safe.ts';
import { orderRematch, writeValues } from '../store/directory/fields.ts';
import { lookBack } from './past.ts';
import type { MatchOffice } from './question.ts';
import { matchContact } from './run.ts';

const { db } = await testStore();
const office: MatchOffice = {
  region: 'UA',
  regionOf: () => null,
  extensions: /^\d{3}$/,
  own: { numbers: [], domains: ['romashka.example'] },
  zone: 'Europe/Kyiv',
};
const ids = { anna: newId(), acme: newId(), zorg: newId(), ivan: newId() };

beforeEach(async () => {
  await db.rows({
    text: 'truncate employee, client, person, contact_point, contact, outbox, change, change_set restart identity cascade',
    values: [],
  });
  await db.rows(sql`insert into employee (id, key, name, is_duty) values (${ids.anna}, 'anna', 'Anna', true)`);
  await db.rows(sql`insert into client (id, key, name, responsible_id) values
    (${ids.acme}, 'acme', 'Acme', ${ids.anna}), (${ids.zorg}, 'zorg', 'Zorg', null)`);
  await db.rows(sql`insert into person (id, client_id, name) values (${ids.ivan}, ${ids.acme}, 'Ivan')`);
  await db.rows(
    sql`insert into contact_point (kind, address, raw, employee_id) values ('extension', '101', '', ${ids.anna})`,
  );
});

interface Given {
  readonly outside?: string;
  readonly kind?: 'phone' | 'email' | 'fax';
  readonly day?: string;
  readonly by?: string | null;
  readonly mail?: object;
  readonly state?: string;
}
const number = '+380441234567';

async function contact(given: Given = {}): Promise<string> {
  const { outside = number, kind = 'phone', day = '2026-03-01', by = null, mail, state = 'bare' } = given;
  const id = newId();
  const talks = by === null ? [] : [{ who: by, seconds: 10 }];
  const call = { talks, lastTalkedTo: by, employees: [], rang: [], voicemail: null, talkSeconds: 10, withheld: false };
  const facts = { employees: [], details: mail ? { mail } : { call } };
  const gist = state === 'completed' ? 'x' : null;
  await db.rows(sql`
    insert into contact (id, channel, direction, started_at, ended_at, outside_kind, outside, outside_norm, connector, facts,
                         owner_id, state, gist)
    values (${id}, 'call', 'inbound', ${`${day}T10:00:00Z`}, ${`${day}T10:00:00Z`}, ${kind}, ${outside}, ${outside}, 'pbx',
            ${json(facts)}, ${ids.anna}, ${state}, ${gist})`);
  await matchContact(db, id, office);
  return id;
}

type Owner = { readonly clientId: string } | { readonly personId: string } | object;
async function point(owner: Owner, more: Record<string, unknown> = {}): Promise<string> {
  const given = {
    kind: 'phone',
    address: number,
    since: '-infinity',
    until: 'infinity',
    notClient: false,
    ...more,
    ...owner,
  };
  const [row] = await db.rows<{ id: string }>(sql`
    insert into contact_point (kind, address, raw, client_id, person_id, since, until, shared, gateway, reception, not_client)
    select r.kind, r.address, '', r."clientId", r."personId", r.since, r.until, coalesce(r.shared, false),
           coalesce(r.gateway, false), coalesce(r.reception, false), r."notClient"
      from jsonb_to_record(${json(given)}::jsonb) as r(kind text, address text, "clientId" uuid, "personId" uuid,
           since timestamptz, until timestamptz, shared boolean, gateway boolean, reception boolean, "notClient" boolean)
    returning id`);
  return row?.id ?? '';
}

const clientOf = async (id: string) => {
  const [row] = await db.rows<{ client: string | null; person: string | null; verdict: string }>(sql`
    select cl.name as client, p.name as person, c.match ->> 'verdict' as verdict
      from contact c left join client cl on cl.id = c.client_id left join person p on p.id = c.person_id where c.id = ${id}`);
  return row && [row.client, row.person, row.verdict];
};
const sets = () =>
  db.rows<{ label: string; facts: Record<string, unknown>; rows: number }>(sql`
    select label, facts, (select count(*)::int from change where set_id = s.id) as rows from change_set s order by id`);
const changes = () =>
  db.rows(sql`select entity, entity_id as id, client_id as "clientId", field, old, new, via, author_id as author
                from change order by id`);
const jobs = () => db.rows<{ job: string; ref: string }>(sql`select job, ref from outbox order by id`);
/** What the live way says of each contact is what the look back said. */
const sameAsLive = async () => {
  const all = await db.rows<{ id: string }>(sql`select id from contact where match is not null`);
  const stored = () => db.rows(sql`select id, match, client_id, person_id, client_late from contact order by id`);
  const before = await stored();
  for (const { id } of all) await matchContact(db, id, office);
  expect(await stored()).toEqual(before);
};

describe('a number that became known', () => {
  test('gives its contacts their client, in one set that tells of it, and asks nobody', async () => {
    const [early, late, other] = [
      await contact({ day: '2026-01-01' }),
      await contact({ day: '2026-03-01' }),
      await contact({ outside: '+380449999999' }),
    ];
    const made = await point({ personId: ids.ivan }, { since: '2026-02-01T00:00:00Z' });
    expect(await lookBack(db, made, office)).toEqual({ address: number, looked: 2, changed: 1 });
    expect(await Promise.all([early, late, other].map(clientOf))).toEqual([
      [null, null, 'stranger'],
      ['Acme', 'Ivan', 'client'],
      [null, null, 'stranger'],
    ]);
    expect(await sets()).toEqual([
      {
        label: number,
        rows: 1,
        facts: {
          point: made,
          kind: 'phone',
          address: number,
          looked: 2,
          linked: 1,
          unlinked: 0,
          moved: 0,
          isThrough: true,
        },
      },
    ]);
    const now = { id: ids.acme, personId: ids.ivan, byHand: false };
    const change = { entity: 'contact', id: late, clientId: ids.acme, field: 'client', via: 'machine', author: null };
    expect(await changes()).toEqual([{ ...change, old: null, new: now }]);
    expect(await jobs()).toEqual([]);
    await sameAsLive();
  });

  test('a second look changes nothing and leaves no set', async () => {
    await contact();
    const made = await point({ clientId: ids.acme });
    await lookBack(db, made, office);
    expect(await lookBack(db, made, office)).toEqual({ address: number, looked: 1, changed: 0 });
    expect((await sets()).length).toBe(1);
  });

  test('an open draft is decided again, a contact never matched is left to its own job', async () => {
    const [draft, bare, undecided] = [await contact({ state: 'draft' }), await contact(), await contact()];
    await db.rows(sql`update contact set match = null where id = ${undecided}`);
    await lookBack(db, await point({ clientId: ids.acme }), office);
    expect(await Promise.all([draft, bare, undecided].map(clientOf))).toEqual([
      ['Acme', null, 'client'],
      ['Acme', null, 'client'],
      [null, null, null],
    ]);
    expect(await jobs()).toEqual([{ job: 'decide-past', ref: draft }]);
  });

  test('taken back: what it gave is taken away', async () => {
    const [one, done] = [await contact(), await contact({ state: 'completed' })];
    const made = await point({ clientId: ids.acme });
    await lookBack(db, made, office);
    expect(await Promise.all([one, done].map(clientOf))).toEqual([
      ['Acme', null, 'client'],
      ['Acme', null, 'client'],
    ]);
    await db.rows(sql`update contact_point set until = since where id = ${made}`);
    expect(await lookBack(db, made, office)).toMatchObject({ changed: 2 });
    expect(await Promise.all([one, done].map(clientOf))).toEqual([
      [null, null, 'stranger'],
      [null, null, 'stranger'],
    ]);
    expect((await sets()).at(-1)?.facts).toMatchObject({ linked: 0, unlinked: 2, moved: 0 });
  });

  test('what people chose or saw stays', async () => {
    const [chosen, none, seen] = [await contact(), await contact(), await contact({ state: 'completed' })];
    await db.rows(sql`update contact set client_id = ${ids.zorg}, client_by_hand = true where id = ${chosen}`);
    await db.rows(sql`update contact set client_by_hand = true where id = ${none}`);
    await db.rows(sql`update contact set client_id = ${ids.zorg} where id = ${seen}`);
    expect(await lookBack(db, await point({ clientId: ids.acme }), office)).toMatchObject({ looked: 3, changed: 0 });
    expect((await Promise.all([chosen, none, seen].map(clientOf))).map((one) => one?.[0])).toEqual([
      'Zorg',
      null,
      'Zorg',
    ]);
    expect(await sets()).toEqual([]);
  });

  test('several clients have it: the same answers as live, whoever took the call, whatever the moment', async () => {
    await point({ clientId: ids.acme });
    for (const day of ['2026-01-01', '2026-01-15', '2026-02-01', '2026-03-01'])
      for (const by of [null, '101']) await contact({ day, by });
    await contact({ outside: '+380440000001' });
    await lookBack(db, await point({ clientId: ids.zorg }, { since: '2026-01-10T00:00:00Z' }), office);
    const found = await db.rows(sql`
      select c.match ->> 'verdict' as verdict, coalesce(cl.name, '-') as client, count(*)::int as n
        from contact c left join client cl on cl.id = c.client_id group by 1, 2 order by 1, 2`);
    expect(found).toEqual([
      { verdict: 'ambiguous', client: '-', n: 3 },
      { verdict: 'client', client: 'Acme', n: 5 },
      { verdict: 'stranger', client: '-', n: 1 },
    ]);
    await sameAsLive();
  });

  test('somebody said that it is no client: open drafts are decided again', async () => {
    const draft = await contact({ state: 'draft' });
    await lookBack(db, await point({}, { notClient: true }), office);
    expect(await jobs()).toEqual([{ job: 'decide-past', ref: draft }]);
    const [row] = await db.rows(sql`select match from contact where id = ${draft}`);
    expect(row).toEqual({ match: { verdict: 'stranger', candidates: [], because: 'not_client' } });
    expect(await sets()).toEqual([]);
  });
});

describe('addresses of mail', () => {
  test('a domain takes in what stands below it, and no freemail', async () => {
    const mails = [
      'a@acme.example',
      'b@mail.kyiv.acme.example',
      'c@notacme.example',
      'd@acme.example.com',
      'e@acme-example',
    ];
    const made: string[] = [];
    for (const outside of mails) made.push(await contact({ outside, kind: 'email' }));
    const domain = await point({ clientId: ids.acme }, { kind: 'domain', address: 'acme.example' });
    expect(await lookBack(db, domain, office)).toMatchObject({ looked: 2, changed: 0 });
    expect((await Promise.all(made.map(clientOf))).map((one) => one?.[2])).toEqual([
      'ambiguous',
      'ambiguous',
      'stranger',
      'stranger',
      'stranger',
    ]);
    await sameAsLive();
  });

  test('a sender who is not proven is shown and not linked, a number in a text is a hint', async () => {
    const mail = { text: '', authenticity: 'unknown', numbers: [] };
    const claimed = await contact({
      outside: 'i@acme.example',
      kind: 'email',
      mail: { ...mail, authenticity: 'claimed' },
    });
    const stranger = await contact({ outside: 'x@y.example', kind: 'email', mail: { ...mail, numbers: [number] } });
    const known = await contact({ outside: 'i@acme.example', kind: 'email', mail: { ...mail, numbers: [number] } });
    await point({ clientId: ids.zorg });
    await lookBack(db, await point({ personId: ids.ivan }, { kind: 'email', address: 'i@acme.example' }), office);
    await lookBack(
      db,
      await point({}, { kind: 'email', address: 'x@y.example', notClient: true, until: '2020-01-01' }),
      office,
    );
    expect(await Promise.all([claimed, stranger, known].map(clientOf))).toEqual([
      [null, null, 'ambiguous'],
      [null, null, 'ambiguous'],
      ['Acme', 'Ivan', 'client'],
    ]);
    await sameAsLive();
  });
});

describe('who is gone', () => {
  test('a client that was merged or removed, a person who was removed or has left', async () => {
    await point({ personId: ids.ivan });
    const [early, late] = [await contact({ day: '2026-01-01' }), await contact({ day: '2026-03-01' })];
    const look = async () => {
      for (const { job, ref } of await jobs()) if (job === 'rematch') await lookBack(db, ref, office);
      await db.rows({ text: 'truncate outbox', values: [] });
      await sameAsLive();
      return (await Promise.all([early, late].map(clientOf))).map((one) => one?.[0]);
    };
    expect(await look()).toEqual(['Acme', 'Acme']);
    await writeValues(db, 'person', [{ id: ids.ivan, values: { until: '2026-02-01' } }]);
    expect(await look()).toEqual(['Acme', null]);
    await writeValues(db, 'person', [{ id: ids.ivan, values: { since: '2026-01-02', until: null } }]);
    expect(await look()).toEqual([null, 'Acme']);
    await writeValues(db, 'person', [{ id: ids.ivan, values: { since: null, removed: '2026-03-02T00:00:00Z' } }]);
    expect(await look()).toEqual([null, null]);
    await writeValues(db, 'person', [{ id: ids.ivan, values: { removed: null } }]);
    expect(await look()).toEqual(['Acme', 'Acme']);
    await writeValues(db, 'client', [{ id: ids.acme, values: { mergedInto: ids.zorg } }]);
    expect(await look()).toEqual([null, null]);
    await writeValues(db, 'client', [{ id: ids.acme, values: { mergedInto: null, removed: '2026-03-02T00:00:00Z' } }]);
    expect(await look()).toEqual([null, null]);
  });

  test('the day on which a person joined begins in the office', async () => {
    await point({ personId: ids.ivan });
    await db.rows(sql`update person set since = '2026-03-01' where id = ${ids.ivan}`);
    const at = async (time: string) => {
      const id = await contact();
      await db.rows(sql`update contact set started_at = ${time} where id = ${id}`);
      await matchContact(db, id, office);
      return (await clientOf(id))?.[0];
    };
    expect([await at('2026-02-28T21:59:59Z'), await at('2026-02-28T22:00:00Z')]).toEqual([null, 'Acme']);
  });
});

describe('large, broken off, in hand', () => {
  const many = async (count: number) => {
    const first = await contact();
    await db.rows(sql`
      insert into contact (id, channel, direction, started_at, ended_at, outside_kind, outside, outside_norm, connector, facts,
                           owner_id, state, match)
      select gen_random_uuid(), channel, direction, started_at, ended_at, outside_kind, outside, outside_norm, connector, facts,
             owner_id, state, match
        from contact, generate_series(2, ${count}) where id = ${first}`);
    return first;
  };

  test('goes on where it was broken off, in the same set', async () => {
    await many(1201);
    const made = await point({ clientId: ids.acme });
    const breaking = new AbortController();
    const counting = {
      ...db,
      transaction: <T>(work: Parameters<typeof db.transaction<T>>[0]) =>
        db.transaction<T>(work).finally(() => breaking.abort(new Error('the process ends'))),
    };
    await expect(lookBack(counting, made, office, breaking.signal)).rejects.toThrow('the process ends');
    expect((await sets())[0]).toMatchObject({ rows: 500, facts: { isThrough: false } });
    expect(await lookBack(db, made, office)).toEqual({ address: number, looked: 1201, changed: 701 });
    expect(await sets()).toEqual([
      expect.objectContaining({ rows: 1201, facts: expect.objectContaining({ linked: 1201, isThrough: true }) }),
    ]);
  });

  test('a contact that somebody has in hand holds up no other, and is not forgotten', async () => {
    const held = await many(3);
    const made = await point({ clientId: ids.acme });
    let looking: Promise<unknown> = Promise.resolve();
    await db.transaction(async (tx) => {
      await tx.rows(sql`select 1 from contact where id = ${held} for update`);
      looking = lookBack(db, made, office);
      for (;;) {
        const [row] = await tx.rows<{ n: number }>(
          sql`select count(*)::int as n from contact where client_id is not null`,
        );
        if (row?.n === 2) break;
      }
    });
    expect(await looking).toEqual({ address: number, looked: 3, changed: 3 });
  });
});

test('only points with contacts order a look back, domains also for those below them', async () => {
  await contact();
  await contact({ outside: 'a@mail.acme.example', kind: 'email' });
  const points = {
    known: await point({ clientId: ids.acme }),
    unknown: await point({ clientId: ids.acme }, { address: '+380440000009' }),
    domain: await point({ clientId: ids.acme }, { kind: 'domain', address: 'acme.example' }),
    other: await point({ clientId: ids.acme }, { kind: 'domain', address: 'cme.example' }),
  };
  await orderRematch(db, Object.values(points));
  expect((await jobs()).map(({ ref }) => ref).sort()).toEqual([points.known, points.domain].sort());
});

test('what a later telling changes of a contact stands in the change log, the first answer does not', async () => {
  const id = await contact();
  await point({ clientId: ids.acme });
  await matchContact(db, id, office);
  expect(await changes()).toMatchObject([{ id, old: null, new: { id: ids.acme, personId: null, byHand: false } }]);
  const fresh = await contact();
  expect([(await clientOf(fresh))?.[0], (await changes()).length]).toEqual(['Acme', 1]);
});
