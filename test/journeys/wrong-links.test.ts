import { beforeEach, expect, test } from 'vitest';
import type { Candidate } from '../../src/core/contact/match.ts';
import { createClient, createPerson, createPoint, type PointDraft } from '../../src/directory/edit.ts';
import { matchAddress } from '../../src/match/run.ts';
import { sql } from '../../src/store/base/db.ts';
import { writeValues } from '../../src/store/directory/fields.ts';
import { openChangeSet } from '../../src/store/history/change-log.ts';
import { testStore } from '../kit/postgres.ts';

const { db } = await testStore();
const office = {
  region: 'UA',
  regionOf: () => null,
  extensions: /^\d{3}$/,
  own: { numbers: ['044 000-10-00'], domains: ['romashka.example'] },
  zone: 'Europe/Kyiv',
};

beforeEach(async () => {
  await db.rows({
    text: 'truncate employee, client, person, contact_point, contact, outbox, change, change_set restart identity cascade',
    values: [],
  });
  await db.rows(sql`insert into employee (key, name, is_duty) values ('d', 'D', true)`);
});

/** `Client` or `Client/Person`: his addresses, as people write them into a directory. */
type Points = Readonly<Record<string, readonly Omit<PointDraft, 'owner'>[]>>;
interface Came {
  readonly from: string;
  readonly kind?: 'email' | 'fax';
  readonly at?: string;
  readonly isClaimed?: boolean;
  readonly text?: string;
  /** Who it really was; null: nobody can know. */
  readonly truth: string | null;
  readonly verdict: 'client' | 'ambiguous' | 'stranger';
  readonly names?: readonly string[];
}
interface Directory {
  readonly points: Points;
  readonly gone?: Readonly<Record<string, 'removed' | { readonly since?: string; readonly until?: string }>>;
  readonly said?: readonly { readonly kind: string; readonly address: string; readonly notClient?: boolean }[];
  readonly came: readonly Came[];
}

const phone = (raw: string, more: object = {}) => ({ kind: 'phone' as const, raw, ...more });
const email = (raw: string, more: object = {}) => ({ kind: 'email' as const, raw, ...more });
const domain = (raw: string) => ({ kind: 'domain' as const, raw });

const directories: Readonly<Record<string, Directory>> = {
  'a business centre: one reception, three tenants': {
    points: {
      Альфа: [phone('044 200-00-00', { reception: true })],
      Бета: [phone('(044) 200 00 00', { shared: true })],
      Гамма: [phone('+38 044 2000000')],
      Дельта: [phone('044 200-00-01', { reception: true })],
    },
    came: [
      { from: '0442000000', truth: null, verdict: 'ambiguous', names: ['Альфа', 'Бета', 'Гамма'] },
      { from: '0442000001', truth: 'Дельта', verdict: 'client' },
    ],
  },
  'one tenant calls it shared, the other does not know': {
    points: { Альфа: [phone('044 200-00-00', { shared: true })], Бета: [phone('044 200-00-00')] },
    came: [{ from: '0442000000', truth: 'Альфа', verdict: 'ambiguous' }],
  },
  'the reception is listed with a secretary': {
    points: {
      'Альфа/Секретарь': [phone('044 200-00-00', { reception: true })],
      'Альфа/Директор': [phone('044 200-00-09')],
    },
    came: [
      { from: '0442000000', truth: 'Альфа', verdict: 'client', names: ['Альфа'] },
      { from: '0442000009', truth: 'Альфа/Директор', verdict: 'client' },
    ],
  },
  'the same number at three clients, one of them gone': {
    points: { Альфа: [phone('0671112233')], Бета: [phone('0671112233')], Гамма: [phone('0671112233')] },
    gone: { Гамма: 'removed' },
    came: [{ from: '+380671112233', truth: null, verdict: 'ambiguous', names: ['Альфа', 'Бета'] }],
  },
  'all but one are gone': {
    points: { Альфа: [phone('0671112233')], Бета: [phone('0671112233')] },
    gone: { Бета: 'removed' },
    came: [{ from: '0671112233', truth: 'Альфа', verdict: 'client' }],
  },
  'a number that moved': {
    points: { Бета: [phone('0671112233', { since: '2026-02-01T00:00:00+02:00' })] },
    came: [
      { from: '0671112233', at: '2026-01-31T21:59:59Z', truth: null, verdict: 'stranger' },
      { from: '0671112233', at: '2026-01-31T22:00:00Z', truth: 'Бета', verdict: 'client' },
    ],
  },
  'a man who changed his firm and kept his mobile': {
    points: { 'Альфа/Иван': [phone('0671112233')], 'Бета/Иван': [phone('0671112233')] },
    gone: { 'Альфа/Иван': { until: '2026-03-01' }, 'Бета/Иван': { since: '2026-03-10' } },
    came: [
      { from: '0671112233', at: '2026-02-28T20:00:00Z', truth: 'Альфа/Иван', verdict: 'client' },
      { from: '0671112233', at: '2026-03-05T10:00:00Z', truth: null, verdict: 'stranger' },
      { from: '0671112233', at: '2026-03-10T10:00:00Z', truth: 'Бета/Иван', verdict: 'client' },
    ],
  },
  'a family: one number, two private clients': {
    points: { 'Петренко Ольга': [phone('0501112233')], 'Петренко Иван': [phone('050 111-22-33')] },
    came: [{ from: '380501112233', truth: 'Петренко Иван', verdict: 'ambiguous' }],
  },
  'husband and wife at one client': {
    points: { 'Петренко/Ольга': [phone('0501112233')], 'Петренко/Иван': [phone('0501112233')] },
    came: [{ from: '0501112233', truth: 'Петренко', verdict: 'client', names: ['Петренко'] }],
  },
  'freemail: the domain says nothing, the mailbox everything': {
    points: { Альфа: [email('alfa.kyiv@gmail.com'), domain('gmail.com'), domain('ukr.net')] },
    came: [
      { from: 'alfa.kyiv@gmail.com', kind: 'email', truth: 'Альфа', verdict: 'client' },
      { from: 'beta.kyiv@gmail.com', kind: 'email', truth: 'Бета', verdict: 'stranger' },
      { from: 'x@ukr.net', kind: 'email', truth: null, verdict: 'stranger' },
      { from: 'alfa.kyiv@gmail.com.example', kind: 'email', truth: null, verdict: 'stranger' },
    ],
  },
  'a group: four companies, one domain': {
    points: {
      'Группа Сбыт': [domain('group.example')],
      'Группа Склад': [domain('group.example'), domain('sklad.group.example')],
      'Группа Сервис/Анна': [email('anna@group.example')],
    },
    came: [
      { from: 'new@group.example', kind: 'email', truth: 'Группа Сервис', verdict: 'ambiguous' },
      { from: 'anna@group.example', kind: 'email', truth: 'Группа Сервис/Анна', verdict: 'client' },
      {
        from: 'x@sklad.group.example',
        kind: 'email',
        truth: 'Группа Склад',
        verdict: 'ambiguous',
        names: ['Группа Склад', 'Группа Сбыт'],
      },
      { from: 'x@notgroup.example', kind: 'email', truth: null, verdict: 'stranger' },
    ],
  },
  'a name of a country’s registry as a domain': {
    points: { Альфа: [domain('com.ua')] },
    came: [{ from: 'x@beta.com.ua', kind: 'email', truth: 'Бета', verdict: 'stranger' }],
  },
  'our own addresses in the directory of clients': {
    points: { Альфа: [phone('044 000-10-00'), email('info@romashka.example'), domain('romashka.example')] },
    came: [
      { from: '0440001000', truth: null, verdict: 'stranger' },
      { from: 'info@romashka.example', kind: 'email', truth: null, verdict: 'stranger' },
      { from: 'x@kyiv.romashka.example', kind: 'email', truth: null, verdict: 'stranger' },
    ],
  },
  'the gateway of the faxes is listed as a client’s address': {
    points: {
      Альфа: [email('fax@gate.example', { gateway: true })],
      Бета: [email('fax@gate.example'), domain('gate.example')],
    },
    came: [{ from: 'fax@gate.example', kind: 'email', truth: null, verdict: 'stranger' }],
  },
  'somebody said: not a client': {
    points: { Альфа: [domain('alfa.example')], Бета: [phone('0671112233')] },
    said: [
      { kind: 'email', address: 'ads@alfa.example', notClient: true },
      { kind: 'domain', address: 'spam.example', notClient: true },
      { kind: 'phone', address: '+380671112233', notClient: true },
    ],
    came: [
      { from: 'ads@alfa.example', kind: 'email', truth: null, verdict: 'stranger' },
      { from: 'x@a.spam.example', kind: 'email', truth: null, verdict: 'stranger' },
      { from: '0671112233', truth: null, verdict: 'ambiguous', names: ['Бета'] },
    ],
  },
  'somebody writes in the name of a client': {
    points: { 'Альфа/Анна': [email('anna@alfa.example')], Бета: [phone('0671112233')] },
    came: [
      { from: 'anna@alfa.example', kind: 'email', isClaimed: true, truth: null, verdict: 'ambiguous' },
      { from: 'anna@alfa.example', kind: 'email', truth: 'Альфа/Анна', verdict: 'client' },
      {
        from: 'Anna@Alfa.Example',
        kind: 'email',
        text: 'звоните 067 111-22-33',
        truth: 'Альфа/Анна',
        verdict: 'client',
      },
    ],
  },
  'a number in a signature, in a note, on a fax station': {
    points: { Альфа: [phone('0671112233')], Бета: [domain('beta.example')] },
    came: [
      {
        from: 'x@agency.example',
        kind: 'email',
        text: 'Наш клиент Альфа: 067 111-22-33',
        truth: null,
        verdict: 'ambiguous',
      },
      {
        from: 'x@beta.example',
        kind: 'email',
        text: '067 111-22-33',
        truth: 'Бета',
        verdict: 'ambiguous',
        names: ['Бета', 'Альфа'],
      },
      { from: '0449998877', kind: 'fax', text: '+380 67 1112233 ALFA', truth: null, verdict: 'ambiguous' },
      { from: 'x@agency.example', kind: 'email', text: 'наш номер 044 000-10-00', truth: null, verdict: 'stranger' },
    ],
  },
  'numbers that look alike': {
    points: { Альфа: [phone('044 123-45-67')], Бета: [phone('+7 495 123-45-67')], Гамма: [phone('+48 22 123 45 67')] },
    came: [
      { from: '1234567', truth: null, verdict: 'stranger' },
      { from: '84951234567', truth: null, verdict: 'stranger' },
      { from: '101', truth: null, verdict: 'stranger' },
      { from: '0441234567', truth: 'Альфа', verdict: 'client' },
      { from: '9,0441234567', truth: 'Альфа', verdict: 'client' },
      { from: 'anonymous', truth: null, verdict: 'stranger' },
    ],
  },
};

async function fill({ points, gone = {}, said = [] }: Directory): Promise<void> {
  const set = await openChangeSet(db, { kind: 'edit', via: 'session', authorId: null, label: null });
  const clients = new Map<string, string>();
  const people = new Map<string, string>();
  for (const [owner, list] of Object.entries(points)) {
    const [client = '', person] = owner.split('/');
    const clientId = clients.get(client) ?? (await createClient(db, set, { name: client })) ?? '';
    clients.set(client, clientId);
    const personId = person === undefined ? null : await createPerson(db, set, { clientId, name: person });
    if (personId !== null) people.set(owner, personId);
    for (const one of list) {
      const made = await createPoint(
        db,
        set,
        { ...one, owner: personId === null ? { clientId } : { clientId, personId } },
        office.region,
      );
      expect(made.kind).toBe('made');
    }
  }
  for (const [owner, how] of Object.entries(gone)) {
    const values = how === 'removed' ? { removed: '2026-03-01T00:00:00Z' } : how;
    if (owner.includes('/')) await writeValues(db, 'person', [{ id: people.get(owner) ?? '', values }]);
    else
      await writeValues(db, 'client', [{ id: clients.get(owner) ?? '', values: { removed: '2026-03-01T00:00:00Z' } }]);
  }
  for (const { kind, address, notClient = false } of said)
    await db.rows(sql`
      insert into contact_point (kind, address, raw, not_client, never_capture)
      values (${kind}, ${address}, '', ${notClient}, ${!notClient})`);
}

const nameOf = ({ client, person }: Candidate) => (person === null ? client : `${client}/${person}`);

test.each(Object.entries(directories))('%s', async (_story, directory) => {
  await fill(directory);
  for (const {
    from,
    kind = 'phone',
    at = '2026-04-01T10:00:00Z',
    isClaimed = false,
    text,
    truth,
    ...expected
  } of directory.came) {
    const { match } = await matchAddress(db, { kind, value: from }, office, {
      region: 'UA',
      at: new Date(at),
      withheld: false,
      contactId: null,
      takenBy: [],
      isClaimed,
      ...(text === undefined ? {} : { text: { numbers: null, words: text } }),
    });
    const found = match.candidates.map(nameOf);
    // The one thing that must never be: somebody linked who was not he.
    if (match.verdict === 'client') expect([from, found[0]]).toEqual([from, truth]);
    expect([from, match.verdict]).toEqual([from, expected.verdict]);
    if (expected.names) expect([from, found]).toEqual([from, expected.names]);
    for (const { reason } of match.candidates) expect(reason).not.toBe('');
  }
});
