import { beforeEach, describe, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import { newId } from '../ops/chance.ts';
import { sql } from '../store/base/db.ts';
import { json } from '../store/base/safe.ts';
import { type MatchOffice, matchContact } from './run.ts';

const { db } = await testStore();
const office: MatchOffice = {
  region: 'UA',
  regionOf: (connector) => (connector === 'moscow' ? 'RU' : null),
  extensions: /^\d{3}$/,
  own: { numbers: ['044 000-10-00'], domains: ['romashka.example'] },
};

const ids = { anna: newId(), acme: newId(), zorg: newId(), moved: newId(), ivan: newId() };
beforeEach(async () => {
  await db.rows({
    text: 'truncate employee, client, person, contact_point, contact, outbox restart identity cascade',
    values: [],
  });
  await db.rows(sql`insert into employee (id, key, name, is_duty) values (${ids.anna}, 'anna', 'Anna', true)`);
  await db.rows(sql`insert into client (id, key, name, responsible_id) values
    (${ids.acme}, 'acme', 'Acme', ${ids.anna}), (${ids.zorg}, 'zorg', 'Zorg', null), (${ids.moved}, 'moved', 'Moved', null)`);
  await db.rows(sql`insert into person (id, client_id, name) values (${ids.ivan}, ${ids.acme}, 'Ivan')`);
  await db.rows(sql`insert into contact_point (kind, address, raw, client_id, person_id, employee_id, since, until, shared) values
    ('phone', '+380441234567', '', null, ${ids.ivan}, null, '-infinity', 'infinity', false),
    ('phone', '+380440000001', '', ${ids.acme}, null, null, '-infinity', 'infinity', false),
    ('phone', '+380440000001', '', ${ids.zorg}, null, null, '-infinity', 'infinity', false),
    ('phone', '+380440000002', '', ${ids.zorg}, null, null, '2026-02-01', 'infinity', false),
    ('phone', '+380440000002', '', ${ids.moved}, null, null, '-infinity', '2026-02-01', false),
    ('phone', '+380440000003', '', ${ids.zorg}, null, null, '-infinity', 'infinity', true),
    ('fax', '+380440000004', '', ${ids.zorg}, null, null, '-infinity', 'infinity', false),
    ('phone', '+74951000101', '', ${ids.zorg}, null, null, '-infinity', 'infinity', false),
    ('phone', '+380501112233', '', null, null, ${ids.anna}, '-infinity', 'infinity', false),
    ('phone', '+380501112233', '', ${ids.zorg}, null, null, '-infinity', 'infinity', false),
    ('extension', '101', '', null, null, ${ids.anna}, '-infinity', 'infinity', false),
    ('email', 'ivan@acme.example', '', null, ${ids.ivan}, null, '-infinity', 'infinity', false),
    ('domain', 'acme.example', '', ${ids.acme}, null, null, '-infinity', 'infinity', false),
    ('domain', 'gmail.com', '', ${ids.acme}, null, null, '-infinity', 'infinity', false)`);
});

interface Given {
  readonly outside?: string | null;
  readonly kind?: string;
  readonly connector?: string;
  readonly at?: string;
  readonly withheld?: boolean;
  readonly by?: string | null;
}
async function contact({
  outside = '0441234567',
  kind = 'phone',
  connector = 'pbx',
  at = '2026-03-01T10:00:00Z',
  withheld = false,
  by = null,
}: Given = {}) {
  const id = newId();
  const talks = by === null ? [] : [{ who: by, seconds: 10 }];
  const facts = {
    employees: [],
    details: { call: { talks, lastTalkedTo: by, employees: [], rang: [], voicemail: null, talkSeconds: 10, withheld } },
  };
  await db.rows(sql`
    insert into contact (id, channel, direction, outcome, started_at, ended_at, outside_kind, outside, connector, facts, owner_id)
    values (${id}, 'call', 'inbound', 'answered', ${at}, ${at}, ${outside === null ? null : kind}, ${outside}, ${connector}, ${json(facts)}, ${ids.anna})`);
  return id;
}
const stored = async (id: string) => {
  const [row] = await db.rows<Record<string, unknown>>(sql`
    select c.outside_norm as norm, c.match ->> 'verdict' as verdict, cl.name as client, p.name as person
      from contact c left join client cl on cl.id = c.client_id left join person p on p.id = c.person_id where c.id = ${id}`);
  return row && [row['norm'], row['verdict'], row['client'], row['person']];
};

describe('whose contact it was', () => {
  test.each<[string, Given, readonly (string | null)[]]>([
    ['a person', {}, ['+380441234567', 'client', 'Acme', 'Ivan']],
    ['another spelling', { outside: '8 (044) 123-45-67' }, ['+380441234567', 'client', 'Acme', 'Ivan']],
    [
      'the region of the trunk',
      { outside: '4951000101', connector: 'moscow' },
      ['+74951000101', 'client', 'Zorg', null],
    ],
    ['nobody', { outside: '0449999999' }, ['+380449999999', 'stranger', null, null]],
    ['two clients', { outside: '0440000001' }, ['+380440000001', 'ambiguous', null, null]],
    [
      'two clients, the responsible of one took it',
      { outside: '0440000001', by: '101' },
      ['+380440000001', 'client', 'Acme', null],
    ],
    ['taken on his mobile', { outside: '0440000001', by: '050 111-22-33' }, ['+380440000001', 'client', 'Acme', null]],
    [
      'moved: before',
      { outside: '0440000002', at: '2026-01-31T23:59:59Z' },
      ['+380440000002', 'client', 'Moved', null],
    ],
    ['moved: after', { outside: '0440000002', at: '2026-02-01T00:00:00Z' }, ['+380440000002', 'client', 'Zorg', null]],
    ['shared', { outside: '0440000003' }, ['+380440000003', 'ambiguous', null, null]],
    ['a call from the fax', { outside: '0440000004' }, ['+380440000004', 'client', 'Zorg', null]],
    ['withheld, though the exchange knows', { withheld: true }, [null, 'stranger', null, null]],
    ['unknown', { outside: null }, [null, 'stranger', null, null]],
    ['anonymous', { outside: 'anonymous' }, [null, 'stranger', null, null]],
    ['our own number', { outside: '+380440001000' }, ['+380440001000', 'stranger', null, null]],
    ['a mobile of ours, though a client has it', { outside: '0501112233' }, ['+380501112233', 'stranger', null, null]],
    ['a mailbox', { kind: 'email', outside: 'Ivan@Acme.Example' }, ['ivan@acme.example', 'client', 'Acme', 'Ivan']],
    [
      'an unknown mailbox of the company',
      { kind: 'email', outside: 'new@mail.acme.example' },
      ['new@mail.acme.example', 'ambiguous', null, null],
    ],
    ['freemail', { kind: 'email', outside: 'x@gmail.com' }, ['x@gmail.com', 'stranger', null, null]],
    [
      'a colleague’s mailbox',
      { kind: 'email', outside: 'boss@romashka.example' },
      ['boss@romashka.example', 'stranger', null, null],
    ],
    ['bytes of nobody', { outside: '\ufffd\n\u202e1' }, [null, 'stranger', null, null]],
  ])('%s', async (_story, given, expected) => {
    const id = await contact(given);
    await matchContact(db, id, office);
    expect(await stored(id)).toEqual(expected);
    await matchContact(db, id, office);
    expect(await stored(id)).toEqual(expected);
  });
});

describe('what people decided stands', () => {
  const set = (id: string, assignment: { text: string; values: unknown[] }) =>
    db.rows({ text: `update contact set ${assignment.text} where id = $1`, values: [id, ...assignment.values] });

  test('a client chosen by hand, also when it is none', async () => {
    const id = await contact();
    await set(id, { text: 'client_id = $2, client_by_hand = true', values: [ids.zorg] });
    await matchContact(db, id, office);
    expect((await stored(id))?.slice(1, 3)).toEqual(['client', 'Zorg']);
    await set(id, { text: 'client_id = null', values: [] });
    await matchContact(db, id, office);
    expect((await stored(id))?.slice(1, 3)).toEqual(['client', null]);
  });

  test('a completed contact keeps the client it was completed with, and may get one where none was', async () => {
    const [first, second] = [await contact(), await contact()];
    await set(first, { text: `client_id = $2, state = 'completed', gist = 'x'`, values: [ids.zorg] });
    await set(second, { text: `state = 'completed', gist = 'x'`, values: [] });
    await matchContact(db, first, office);
    await matchContact(db, second, office);
    expect([(await stored(first))?.[2], (await stored(second))?.[2]]).toEqual(['Zorg', 'Acme']);
  });
});

test('a contact that is gone, or part of another, is not decided', async () => {
  const [one, other] = [await contact(), await contact()];
  await db.rows(sql`update contact set merged_into = ${other} where id = ${one}`);
  expect([await matchContact(db, one, office), await matchContact(db, newId(), office)]).toEqual([null, null]);
});
