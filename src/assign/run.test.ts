import { beforeEach, describe, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import { newId } from '../ops/chance.ts';
import { sql } from '../store/base/db.ts';
import { json } from '../store/base/safe.ts';
import { type AssignOffice, assignContact } from './run.ts';

const { db } = await testStore();
const due = new Date('2026-03-02T09:00:00Z');
const ids = { anna: newId(), boris: newId(), duty: newId(), acme: newId() };
const office: AssignOffice = {
  region: 'UA',
  regionOf: () => null,
  extensions: /^\d{3}$/,
  policy: 'last',
  defaultOwnerOf: () => null,
  dueAt: () => due,
};

beforeEach(async () => {
  await db.rows({
    text: 'truncate employee, client, contact_point, contact, outbox, prompt restart identity cascade',
    values: [],
  });
  await db.rows(sql`insert into employee (id, key, name, is_duty) values
    (${ids.anna}, 'anna', 'Anna', false), (${ids.boris}, 'boris', 'Boris', false), (${ids.duty}, 'duty', 'Duty', true)`);
  await db.rows(
    sql`insert into client (id, key, name, responsible_id) values (${ids.acme}, 'acme', 'Acme', ${ids.boris})`,
  );
  await db.rows(sql`insert into contact_point (kind, address, raw, employee_id) values
    ('extension', '101', '', ${ids.anna}), ('extension', '102', '', ${ids.boris}), ('phone', '+380501112233', '', ${ids.anna}),
    ('extension', '109', '', ${ids.anna}), ('extension', '109', '', ${ids.boris})`);
});

interface Given {
  readonly direction?: 'inbound' | 'outbound';
  readonly outcome?: string;
  readonly talks?: readonly (readonly [string, number])[];
  readonly employees?: readonly string[];
  readonly rang?: readonly string[];
  readonly voicemail?: string;
  readonly minute?: number;
  readonly norm?: string | null;
  readonly client?: string | null;
  readonly asks?: boolean;
}
async function call(given: Given = {}): Promise<string> {
  const {
    direction = 'inbound',
    outcome = 'answered',
    talks = [['101', 60]],
    employees = [],
    rang = [],
    voicemail = null,
    minute = 0,
    norm = '+380441234567',
    client = null,
    asks = true,
  } = given;
  const id = newId();
  const at = new Date(Date.UTC(2026, 2, 1, 10, minute));
  const facts = {
    employees: employees.map((value) => ({ kind: 'extension', value })),
    details: {
      call: {
        talks: talks.map(([who, seconds]) => ({ who, seconds })),
        lastTalkedTo: talks.at(-1)?.[0] ?? null,
        employees,
        rang,
        voicemail,
        talkSeconds: talks.reduce((sum, [, seconds]) => sum + seconds, 0),
      },
    },
  };
  await db.rows(sql`
    insert into contact (id, channel, direction, outcome, started_at, ended_at, outside_kind, outside, outside_norm, connector, facts, owner_id, client_id, asks)
    values (${id}, 'call', ${direction}, ${outcome}, ${at}, ${at}, 'phone', ${norm}, ${norm}, 'pbx', ${json(facts)}, ${ids.duty}, ${client}, ${asks})`);
  return id;
}
const missed: Given = { outcome: 'missed', talks: [] };
const stored = async (id: string) => {
  const [row] = await db.rows<Record<string, unknown>>(sql`
    select e.name as owner, c.state, c.call_back as "callBack", c.reached_by as "reachedBy", c.due_at as "dueAt", c.decided_at is not null as decided,
           (select count(*)::int from outbox o where o.ref = c.id and o.job = 'prompt') as prompts
      from contact c join employee e on e.id = c.owner_id where c.id = ${id}`);
  return row;
};
const decide = async (given: Given, part: Partial<AssignOffice> = {}) => {
  const id = await call(given);
  await assignContact(db, id, { ...office, ...part });
  return stored(id);
};
const asked = { state: 'draft', callBack: false, reachedBy: null, dueAt: due, decided: true, prompts: 1 };
const bare = { ...asked, state: 'bare', dueAt: null, prompts: 0 };

describe('the owner, and whether he is asked', () => {
  test.each<[string, Given, object]>([
    ['who talked', {}, { ...asked, owner: 'Anna' }],
    [
      'who talked last',
      {
        talks: [
          ['101', 60],
          ['102', 6],
        ],
      },
      { ...asked, owner: 'Boris' },
    ],
    ['answered on his mobile', { talks: [['0501112233', 60]] }, { ...asked, owner: 'Anna' }],
    [
      'an outside number talked last',
      {
        talks: [
          ['101', 60],
          ['0509999999', 60],
        ],
      },
      { ...asked, owner: 'Anna' },
    ],
    ['an extension of two', { talks: [['109', 60]] }, { ...asked, owner: 'Duty' }],
    [
      'an extension of two, the client’s responsible',
      { talks: [['109', 60]], client: ids.acme },
      { ...asked, owner: 'Boris' },
    ],
    [
      'we called',
      { direction: 'outbound', talks: [['0441234567', 60]], employees: ['101'] },
      { ...asked, owner: 'Anna' },
    ],
    [
      'we called in vain',
      { direction: 'outbound', outcome: 'no-answer', talks: [], employees: ['101'] },
      { ...bare, owner: 'Anna' },
    ],
    ['three seconds', { talks: [['101', 3]] }, { ...asked, owner: 'Anna' }],
    ['a backfill', { asks: false }, { ...bare, owner: 'Anna' }],
    ['missed', missed, { ...asked, callBack: true, owner: 'Duty' }],
    [
      'missed by the responsible’s client',
      { ...missed, client: ids.acme, rang: ['101'] },
      { ...asked, callBack: true, owner: 'Boris' },
    ],
    ['missed, one phone rang', { ...missed, rang: ['101'] }, { ...asked, callBack: true, owner: 'Anna' }],
    ['missed, a group rang', { ...missed, rang: ['101', '102'] }, { ...asked, callBack: true, owner: 'Duty' }],
    [
      'a message in his voicemail',
      { ...missed, outcome: 'voicemail', voicemail: '101' },
      { ...asked, callBack: true, owner: 'Anna' },
    ],
    ['missed and withheld', { ...missed, norm: null }, { ...bare, owner: 'Duty' }],
  ])('%s', async (_story, given, expected) => {
    expect(await decide(given)).toEqual(expected);
  });

  test('absent: his substitute', async () => {
    await db.rows(sql`update employee set substitute_id = ${ids.boris} where id = ${ids.anna}`);
    await db.rows(
      sql`insert into absence (employee_id, since, until) values (${ids.anna}, '2026-03-01', '2026-03-02')`,
    );
    expect(await decide({})).toMatchObject({ owner: 'Boris' });
  });

  test('the connector’s default owner, and another policy', async () => {
    expect(await decide({ talks: [['109', 60]] }, { defaultOwnerOf: () => ids.anna })).toMatchObject({ owner: 'Anna' });
    expect(
      await decide(
        {
          talks: [
            ['101', 60],
            ['102', 6],
          ],
        },
        { policy: 'first' },
      ),
    ).toMatchObject({ owner: 'Anna' });
  });

  test('an office with nobody says so', async () => {
    const id = await call();
    await db.rows(sql`update employee set is_duty = false`);
    await expect(assignContact(db, id, office)).rejects.toMatchObject({ code: 'directory.nobody' });
    expect(await stored(id)).toMatchObject({ decided: false, prompts: 0 });
  });
});

describe('missed calls close themselves', () => {
  const closed = { state: 'bare', callBack: false };
  test.each<[string, Given, Given]>([
    ['he called again', missed, { minute: 5 }],
    ['we called back', missed, { minute: 5, direction: 'outbound', employees: ['101'] }],
    [
      'his colleague was reached',
      { ...missed, client: ids.acme },
      { minute: 5, client: ids.acme, norm: '+380449999999' },
    ],
    ['broken off in mid-talk', missed, { minute: 5, outcome: 'interrupted' }],
    ['a talk of three seconds', missed, { minute: 5, talks: [['101', 3]] }],
  ])('%s, whichever is decided first', async (_story, first, later) => {
    for (const order of ['as it was', 'late'] as const) {
      await db.rows({ text: 'truncate contact, outbox cascade', values: [] });
      const before = await call(first);
      if (order === 'as it was') await assignContact(db, before, office);
      const after = await call(later);
      for (const id of [after, before]) await assignContact(db, id, office);
      expect(await stored(before)).toMatchObject({ ...closed, reachedBy: after, prompts: order === 'late' ? 0 : 1 });
      expect(await stored(after)).toMatchObject({ callBack: false, reachedBy: null });
    }
  });

  test('and decided at the same moment', async () => {
    for (let round = 0; round < 20; round += 1) {
      const norm = `+3804412340${String(round).padStart(2, '0')}`;
      const [before, after] = [await call({ ...missed, norm }), await call({ minute: 5, norm })];
      await Promise.all([before, after].map((id) => assignContact(db, id, office)));
      expect(await stored(before)).toMatchObject({ ...closed, reachedBy: after });
    }
  });

  test.each<[string, Given]>([
    ['an earlier talk', { minute: -5 }],
    ['our call in vain', { minute: 5, direction: 'outbound', outcome: 'no-answer', talks: [] }],
    ['a talk with somebody else', { minute: 5, norm: '+380449999999' }],
    ['another missed call', { ...missed, minute: 5 }],
  ])('not by %s', async (_story, other) => {
    const [first, second] = [await call(missed), await call(other)];
    await assignContact(db, first, office);
    await assignContact(db, second, office);
    expect(await stored(first)).toMatchObject({ state: 'draft', callBack: true, reachedBy: null });
  });

  test('a withheld caller closes nobody’s call', async () => {
    const [first, second] = [await call(missed), await call({ minute: 5, norm: null })];
    await assignContact(db, first, office);
    await assignContact(db, second, office);
    expect(await stored(first)).toMatchObject({ callBack: true });
  });

  test('what somebody wrote or types is kept', async () => {
    const [typed, completed] = [await call(missed), await call({ ...missed, minute: 1 })];
    await assignContact(db, typed, office);
    await assignContact(db, completed, office);
    await db.rows(sql`update contact set typing = 'calls tomo' where id = ${typed}`);
    await db.rows(sql`update contact set state = 'completed', gist = 'will call', version = 2 where id = ${completed}`);
    await assignContact(db, await call({ minute: 5 }), office);
    expect(await stored(typed)).toMatchObject({ state: 'draft', callBack: false });
    expect(await stored(completed)).toMatchObject({ state: 'completed', callBack: false });
  });
});

describe('decided again', () => {
  test('nothing changes and nobody is asked twice', async () => {
    const id = await call();
    await assignContact(db, id, office);
    const first = await stored(id);
    await assignContact(db, id, office);
    await Promise.all([1, 2, 3].map(() => assignContact(db, id, office)));
    expect(await stored(id)).toEqual(first);
    await db.rows(sql`update outbox set done_at = now()`);
    await assignContact(db, id, office);
    expect(await stored(id)).toEqual(first);
  });

  test('a late leg moves the draft only while nobody was asked', async () => {
    const [vain, long] = [await call({ direction: 'outbound', outcome: 'no-answer', talks: [] }), await call()];
    for (const id of [vain, long]) {
      await assignContact(db, id, office);
      await db.rows(
        sql`update contact set facts = ${json({ details: { call: { talks: [{ who: '102', seconds: 60 }], lastTalkedTo: '102', employees: [], rang: [], talkSeconds: 60 } } })}, outcome = 'answered' where id = ${id}`,
      );
      await assignContact(db, id, office);
    }
    expect(await stored(vain)).toEqual({ ...asked, owner: 'Boris' });
    expect(await stored(long)).toEqual({ ...asked, owner: 'Anna' });
  });

  test.each(['completed', 'dismissed', 'automatic'])('%s stays', async (state) => {
    const id = await call();
    await db.rows(sql`update contact set state = ${state}, gist = 'x' where id = ${id}`);
    await assignContact(db, id, office);
    expect(await stored(id)).toMatchObject({ state, prompts: 0, owner: 'Duty' });
  });

  test('a lapsed one is not opened', async () => {
    const id = await call();
    await assignContact(db, id, office);
    await db.rows(sql`update contact set state = 'bare' where id = ${id}`);
    await assignContact(db, id, office);
    expect(await stored(id)).toMatchObject({ state: 'bare', prompts: 1 });
  });
});

describe('mails of one thread', () => {
  const mail = async (
    minute: number,
    thread: string | null,
    more: { automatic?: string; direction?: string; from?: string } = {},
  ) => {
    const id = newId();
    const at = new Date(Date.UTC(2026, 2, 1, 10, minute));
    const facts = {
      employees: [],
      details: { channel: 'email', mail: { automatic: more.automatic ?? null, originalSender: null } },
    };
    await db.rows(sql`
      insert into contact (id, channel, direction, started_at, ended_at, outside_kind, outside, outside_norm, connector, facts, owner_id, thread)
      values (${id}, 'email', ${more.direction ?? 'inbound'}, ${at}, ${at}, 'email', ${more.from ?? 'a@b.example'}, ${more.from ?? 'a@b.example'}, 'sales', ${json(facts)}, ${ids.duty}, ${thread})`);
    await assignContact(db, id, office);
    return id;
  };
  const state = async (id: string) => {
    const [row] = await db.rows<{ state: string; joined: string | null; prompts: number }>(sql`
      select state, joined_to as joined,
             (select count(*)::int from outbox o where o.ref = contact.id and o.job = 'prompt') as prompts
        from contact where id = ${id}`);
    return row;
  };

  test('the next mail joins the open draft instead of asking again', async () => {
    const [first, next, other] = [await mail(1, 't'), await mail(2, 't'), await mail(3, 'u')];
    expect(await state(first)).toEqual({ state: 'draft', joined: null, prompts: 1 });
    expect(await state(next)).toEqual({ state: 'bare', joined: first, prompts: 0 });
    expect(await state(other)).toEqual({ state: 'draft', joined: null, prompts: 1 });
  });

  test('decided again both stay what they are', async () => {
    const [first, next] = [await mail(1, 't'), await mail(2, 't')];
    for (const id of [first, next, first]) await assignContact(db, id, office);
    expect([await state(first), await state(next)]).toMatchObject([
      { state: 'draft', prompts: 1 },
      { state: 'bare', joined: first, prompts: 0 },
    ]);
  });

  test('once the draft is completed, the next mail has one of its own', async () => {
    const first = await mail(1, 't');
    await db.rows(sql`update contact set state = 'completed', gist = 'x', version = 2 where id = ${first}`);
    expect(await state(await mail(2, 't'))).toEqual({ state: 'draft', joined: null, prompts: 1 });
  });

  test('what several clients answer to one circular are drafts of their own', async () => {
    const [first, other] = [await mail(1, 't'), await mail(2, 't', { from: 'c@d.example' })];
    expect([await state(first), await state(other)]).toMatchObject([
      { state: 'draft', joined: null },
      { state: 'draft', joined: null },
    ]);
  });

  test('a copy of a joined mail that comes when the draft is completed asks nobody', async () => {
    const [first, next] = [await mail(1, 't'), await mail(2, 't')];
    await db.rows(sql`update contact set state = 'completed', gist = 'x', version = 2 where id = ${first}`);
    await db.rows(sql`update contact set decided_at = null where id = ${next}`);
    await assignContact(db, next, office);
    expect(await state(next)).toEqual({ state: 'bare', joined: first, prompts: 0 });
  });

  test('nor does one of a mail for which the day had no place', async () => {
    const first = await mail(1, 't');
    await db.rows(sql`update contact set state = 'bare', capped_at = now() where id = ${first}`);
    await db.rows(sql`delete from outbox`);
    await assignContact(db, first, office);
    expect(await state(first)).toEqual({ state: 'bare', joined: null, prompts: 0 });
  });

  test('programs and we ourselves are never asked about', async () => {
    expect(await state(await mail(1, 't', { automatic: 'reply' }))).toEqual({
      state: 'automatic',
      joined: null,
      prompts: 0,
    });
    expect(await state(await mail(2, 't', { direction: 'outbound' }))).toEqual({
      state: 'bare',
      joined: null,
      prompts: 0,
    });
    expect(await state(await mail(3, 't'))).toMatchObject({ state: 'draft' });
  });

  test('decided at the same moment, one of them is asked about', async () => {
    const at = (n: number) => mail(n, 'same');
    const states = await Promise.all((await Promise.all([at(1), at(2), at(3), at(4)])).map(state));
    expect(states.filter((one) => one?.state === 'draft')).toHaveLength(1);
  });
});
