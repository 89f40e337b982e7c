import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { testMails } from '../../../test/kit/mails.ts';
import { testStore } from '../../../test/kit/postgres.ts';
import { makeMailbox } from '../../../test/mailbox/make-mailbox.ts';
import { ourDomain } from '../../../test/mailbox/world.ts';
import type { IncomingMail } from '../../connector/index.ts';
import type { MailRules } from '../../mail/index.ts';
import { type Eml, eml } from '../../mail/reading/eml.fixture.ts';
import type { Query } from '../../store/base/db.ts';
import { type Db, sql } from '../../store/index.ts';

const store = await testStore();
const { db } = store;
const source = { connector: 'sales', region: 'UA', lease: null };
const arrivedAt = new Date('2026-11-17T09:00:00Z');
const mails = testMails(db);
afterAll(() => mails.close());

beforeEach(async () => {
  await db.rows({
    text: 'truncate employee, capture, contact, outbox, connector_position, mail, mail_thread, quarantine cascade',
    values: [],
  });
  await db.rows(sql`insert into employee (key, name, is_duty) values ('duty', 'Duty', true)`);
});

const unruled: MailRules = {
  scope: 'all',
  mailbox: null,
  exclude: [],
  isJournal: false,
  isFaxMailbox: false,
  faxProfiles: null,
  authHosts: [],
};

let uid = 0;
function incoming(bytes: Uint8Array, more: Partial<IncomingMail> = {}): IncomingMail {
  uid += 1;
  return {
    identity: `imap:sales:INBOX:1:${uid}`,
    bytes,
    sizeBytes: bytes.byteLength,
    cut: null,
    arrivedAt,
    folder: 'INBOX',
    asks: true,
    isSure: true,
    ...more,
  };
}
const take = async (...given: readonly (Eml | IncomingMail)[]) => {
  const answers = await mails.keep(
    source,
    given.map((one) => ('identity' in one ? one : incoming(eml(one)))),
    null,
  );
  await mails.idle();
  return answers;
};
interface Row {
  readonly channel: string;
  readonly direction: string;
  readonly subject: string;
  readonly outside: string | null;
  readonly thread: string | null;
  readonly captures: number;
}
const contacts = () =>
  db.rows<Row>(sql`
    select channel, direction, facts #>> '{details,mail,subject}' as subject, outside_norm as outside, thread,
           (select count(*)::int from contact_capture where contact_id = contact.id) as captures
      from contact where merged_into is null order by started_at, id`);
const verdicts = () =>
  db.rows<{ verdict: string; kept: boolean }>(sql`
    select verdict, raw is not null or file is not null as kept from mail order by arrived_at, id`);

test('a mail becomes a contact: who, when, what he wrote', async () => {
  expect(await take({ subject: 'Заказ', text: 'Пришлите счёт.', files: [{ name: 'a.txt', type: 'text/x' }] })).toEqual([
    'stored',
  ]);
  const [row] = await db.rows<{ facts: { details: { mail: object } } }>(sql`select facts from contact`);
  expect(row?.facts).toMatchObject({
    channel: 'email',
    direction: 'inbound',
    occurredAt: '2026-11-17T08:15:30.000Z',
    outside: { kind: 'email', value: 'anna@client.example' },
    outsideName: 'Анна',
    employees: [{ kind: 'email', value: 'olga@ours.example' }],
    details: {
      mail: {
        subject: 'Заказ',
        text: 'Пришлите счёт.',
        files: [{ name: 'a.txt' }],
        automatic: null,
        fullness: 'whole',
      },
    },
  });
  expect(await verdicts()).toEqual([{ verdict: 'contact', kept: true }]);
  expect(await db.rows(sql`select job from outbox`)).toEqual([{ job: 'decide' }]);
});

test('delivered twice by the mailbox, it is kept once', async () => {
  const mail = incoming(eml({}));
  expect(await take(mail)).toEqual(['stored']);
  expect(await take(mail)).toEqual(['duplicate']);
  expect(await contacts()).toHaveLength(1);
});

describe('one mail, one contact', () => {
  const mail: Eml = { subject: 'Заказ', text: 'Десять штук, пожалуйста.' };
  test.each<[string, Eml, Eml, number]>([
    ['a copy in another mailbox', mail, { ...mail, headers: ['Delivered-To: sales@ours.example'] }, 1],
    ['a list put a footer under it', mail, { ...mail, text: `${mail.text}\n\n--\nlist` }, 1],
    ['a list put a tag into the subject', mail, { ...mail, subject: '[opt] Заказ' }, 1],
    ['another mail', mail, { ...mail, messageId: '<2@client.example>' }, 2],
    ['another mail under the same Message-ID', mail, { ...mail, subject: 'Счёт', text: 'Оплатили сегодня.' }, 2],
    ['without a Message-ID, the same', { ...mail, messageId: null }, { ...mail, messageId: null }, 1],
    ['without a Message-ID, another one', { ...mail, messageId: null }, { ...mail, messageId: null, text: 'Два.' }, 2],
    [
      'a Message-ID of a megabyte',
      { ...mail, messageId: `<${'x'.repeat(1e6)}@a>` },
      { ...mail, messageId: `<${'x'.repeat(1e6)}@a>` },
      1,
    ],
  ])('%s', async (_story, one, other, expected) => {
    await take(one);
    await take(other);
    await take(one, other);
    const found = await contacts();
    expect(found).toHaveLength(expected);
    expect(found.reduce((sum, { captures }) => sum + captures, 0)).toBe(4);
  });
  test.each<[string, Eml, Eml, number]>([
    ['a copy', mail, mail, 1],
    ['another mail under the same Message-ID', mail, { ...mail, subject: 'Счёт', text: 'Оплатили сегодня.' }, 2],
  ])('in one batch: %s', async (_story, one, other, expected) => {
    await take(one, other, one);
    expect(await contacts()).toHaveLength(expected);
  });
});

test('a thread is one, in whatever order its mails come', async () => {
  const mail = (n: number, ...references: number[]): Eml => ({
    messageId: `<${n}@a>`,
    text: `words ${n}`,
    headers: references.length === 0 ? [] : [`References: ${references.map((r) => `<${r}@a>`).join(' ')}`],
  });
  await take(mail(3, 1, 2));
  await take(mail(4, 3), mail(1));
  await take(mail(2, 1));
  await take(mail(9));
  const threads = (await contacts()).map(({ thread }) => thread);
  expect(threads).toHaveLength(5);
  expect(new Set(threads).size).toBe(2);
});

test('batches overtake nothing: copies and replies find what is on its way into the database', async () => {
  const conversations = 120;
  const waiting = Array.from({ length: conversations }, (_, i) => {
    const mail = (n: number, ...references: number[]): Eml => ({
      messageId: `<${i}.${n}@a>`,
      text: `words ${i} ${n}`,
      headers: references.map((r) => `References: <${i}.${r}@a>`),
    });
    // Who answers names only what he answers to: that it is the same conversation must be known of the mail before.
    const [asked, answered, closed] = [mail(1), mail(2, 1), mail(3, 2)];
    return [asked, asked, answered, closed, closed, asked];
  });
  const total = waiting.flat().length;
  const box: Eml[] = [];
  for (const pick of fc.sample(fc.nat(conversations - 1), { numRuns: 20_000, seed: 11 })) {
    const next = waiting[pick]?.shift();
    if (next !== undefined) box.push(next);
  }
  expect(box).toHaveLength(total);
  // Far more than one batch, kept as fast as there is room for them; what is stored stays under way for long.
  const isStoring = ({ text }: Query) => text.includes('insert into capture');
  const slow: Db = {
    ...db,
    async rows(query) {
      if (isStoring(query)) await pause(150);
      return db.rows(query);
    },
  };
  const own = testMails(slow);
  for (let at = 0; at < total; at += 60) {
    const some = box.slice(at, at + 60).map((mail) => incoming(eml(mail)));
    await own.keep(source, some, null);
  }
  await own.idle();
  await own.close();
  const found = await contacts();
  expect(found).toHaveLength(conversations * 3);
  expect(found.reduce((sum, { captures }) => sum + captures, 0)).toBe(total);
  expect(new Set(found.map(({ thread }) => thread)).size).toBe(conversations);
  const [together] = await db.rows<{ n: number }>(sql`
    select count(*)::int as n
      from (select split_part(facts #>> '{details,mail,messageId}', '.', 1) as conversation from contact
             group by 1 having count(distinct thread) = 1 and count(*) = 3) as whole`);
  expect(together?.n).toBe(conversations);
});

test('a program’s mail stands in the history; ours do not, and their bytes are erased', async () => {
  await take(
    { headers: ['Auto-Submitted: auto-replied'], subject: 'Автоответ', messageId: '<a@x>' },
    { from: 'olga@ours.example', to: 'petr@ours.example', messageId: '<b@x>' },
    {
      from: 'letopis@ours.example',
      messageId: '<letopis.abcdefghijk@ours.example>',
      headers: ['Auto-Submitted: auto-generated'],
    },
  );
  expect(await contacts()).toMatchObject([{ subject: 'Автоответ' }]);
  expect(new Set((await verdicts()).map(({ verdict, kept }) => `${verdict} ${kept}`))).toEqual(
    new Set(['automatic true', 'internal false', 'own false']),
  );
});

test('what cannot be read is kept, told, and the next one is read', async () => {
  await take(incoming(Buffer.from('\x00\x01 no mail at all')), { text: 'next' });
  expect(await contacts()).toMatchObject([{ subject: 'Заказ' }]);
  expect(await db.rows(sql`select fault from quarantine`)).toEqual([{ fault: 'mail.unreadable' }]);
  expect(await verdicts()).toContainEqual({ verdict: 'unreadable', kept: true });
});

test('an answer to a prompt of which nothing is known is not lost: a person has to look at it', async () => {
  const headers = ['In-Reply-To: <letopis.abcdefghijk@ours.example>'];
  await take({ from: 'olga@ours.example', to: 'letopis@ours.example', text: 'Agreed on ten.', headers });
  expect(await contacts()).toEqual([]);
  expect(await db.rows(sql`select fault, facts ->> 'why' as why from quarantine`)).toEqual([
    { fault: 'mail.reply_unclear', why: 'answer to our prompt: unknown prompt' },
  ]);
  expect(await verdicts()).toEqual([{ verdict: 'reply', kept: true }]);
});

test('what only the body tells is read before anything is kept', async () => {
  const forward = '---------- Forwarded message ---------\nFrom: Ivan <ivan@client.example>\nSubject: x\n\nhello';
  const unsure = { isSure: false };
  const internal = incoming(eml({ from: 'olga@ours.example', to: 'petr@ours.example', text: 'lunch?' }), unsure);
  const passedOn = {
    from: 'olga@ours.example',
    to: 'crm@ours.example',
    subject: 'Fwd: x',
    text: forward,
    messageId: '<f@x>',
  };
  expect(await take(internal, incoming(eml(passedOn), unsure))).toEqual(['dropped', 'stored']);
  expect(await contacts()).toMatchObject([{ outside: 'ivan@client.example', direction: 'inbound' }]);
  expect(await verdicts()).toHaveLength(1);
});

test('large mails stand in files, and are read from there', async () => {
  const big = eml({
    text: 'см. вложение',
    files: [{ name: 'plan.pdf', type: 'application/pdf', content: Buffer.alloc(2e6, 'x') }],
  });
  async function* inPieces() {
    for (let at = 0; at < big.length; at += 65_536) yield big.subarray(at, at + 65_536);
  }
  await take(incoming(big, { bytes: inPieces() }));
  expect(await db.rows(sql`select raw is null as "noRow", length(file) as n, verdict from mail`)).toEqual([
    { noRow: true, n: 64, verdict: 'contact' },
  ]);
  const [row] = await db.rows<{ facts: object }>(sql`select facts from contact`);
  expect(row?.facts).toMatchObject({ details: { mail: { files: [{ name: 'plan.pdf', sizeBytes: 2_000_000 }] } } });
});

test('a fax sent again is the same fax for a day', async () => {
  const fax = (id: string, date: string, content = 'II*\0aaaaaaa'): Eml => ({
    from: 'HylaFAX Agent <fax@ours.example>',
    to: 'fax@ours.example',
    subject: 'Fax received from "ACME"',
    messageId: id,
    text: '          Sender: ACME\n           Pages: 1\n        Received: 2026:11:17 10:00:00\n         CallID1: +380441234567\n',
    files: [{ name: 'fax000000042.tif', type: 'image/tiff', content: Buffer.from(content) }],
    headers: [`Date: ${date}`],
  });
  const at = (hours: number) => new Date(Date.UTC(2026, 10, 17, 10) + hours * 3_600_000);
  const send = (id: string, hours: number, content?: string) =>
    take(
      incoming(
        Buffer.from(
          eml(fax(id, at(hours).toUTCString(), content))
            .toString()
            .replace(/^Date: Tue, 17 Nov 2026 10:15:30 \+0200\r\n/m, ''),
        ),
        { arrivedAt: at(hours) },
      ),
    );
  await send('<1@f>', 0);
  await send('<2@f>', 20);
  expect(await contacts()).toMatchObject([{ channel: 'fax', outside: '+380441234567', captures: 2 }]);
  await send('<3@f>', 47);
  await send('<4@f>', 48, 'II*\0bbbbbbb');
  expect(await contacts()).toHaveLength(3);
});

test('killed between keeping and reading: whoever sweeps reads them', async () => {
  const dying = testMails(db);
  await dying.close(); // reads nothing any more
  await dying.keep(source, [incoming(eml({}))], '{"a":1}');
  expect(await contacts()).toEqual([]);
  await db.rows(sql`update mail set claimed_until = null`);
  const next = testMails(db);
  next.sweep();
  for (let i = 0; i < 100 && (await contacts()).length === 0; i++)
    await new Promise((resolve) => setTimeout(resolve, 50));
  await next.close();
  expect(await contacts()).toHaveLength(1);
  expect(await db.rows(sql`select position from connector_position`)).toEqual([{ position: '{"a":1}' }]);
});

test('who lost the lease keeps nothing', async () => {
  const late = { ...source, lease: { connector: 'sales', holder: 'old', epoch: 7 } };
  await expect(mails.keep(late, [incoming(eml({}))], 'x')).rejects.toMatchObject({ code: 'intake.lease_lost' });
  expect(await verdicts()).toEqual([]);
});

test('what a look back brought as past is new to its mailbox: somebody is asked after all', async () => {
  const mail = incoming(eml({}), { asks: false });
  await take(mail);
  expect(await db.rows(sql`select asks from contact`)).toEqual([{ asks: false }]);
  expect(await take({ ...mail, asks: true })).toEqual(['duplicate']);
  expect(await db.rows(sql`select asks from contact`)).toEqual([{ asks: true }]);
  expect(await db.rows(sql`select job from outbox order by id`)).toEqual([{ job: 'decide-past' }, { job: 'decide' }]);
  await take({ ...mail, asks: true });
  expect(await db.rows(sql`select job from outbox`)).toHaveLength(2);
});

test('of a large mail that must not be stored nothing is on the disk', async () => {
  const rules = {
    scope: 'known',
    mailbox: null,
    exclude: [],
    isJournal: true,
    isFaxMailbox: false,
    faxProfiles: null,
    authHosts: [],
  } as const;
  const own = testMails(db, { rules: { sales: rules } });
  const inner = eml({
    from: 'olga@ours.example',
    to: 'petr@ours.example',
    files: [{ name: 'x', type: 'image/png', content: Buffer.alloc(2e6) }],
  });
  const report = Buffer.concat([
    Buffer.from(
      'From: journal@ours.example\r\nX-MS-Journal-Report:\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSender: olga@ours.example\r\nRecipient: petr@ours.example\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\n',
    ),
    inner,
    Buffer.from('\r\n--b--\r\n'),
  ]);
  const bytes = async function* () {
    yield report;
  };
  expect(await own.keep(source, [incoming(report, { bytes: bytes(), isSure: false })], null)).toEqual(['dropped']);
  await own.close();
  expect(await verdicts()).toEqual([]);
  expect(existsSync(own.filesFolder)).toBe(false);
});

test('a journal report that is not our own server’s is a mail like any other', async () => {
  const fake = (from: string) =>
    Buffer.from(
      `From: ${from}\r\nTo: olga@ours.example\r\nSubject: report\r\nMessage-ID: <${from}>\r\nX-MS-Journal-Report:\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSender: director@client.example\r\nRecipient: olga@ours.example\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nAuthentication-Results: mx.ours.example; dmarc=pass\r\nFrom: director@client.example\r\nTo: olga@ours.example\r\nSubject: inner\r\n\r\npay at once\r\n--b--\r\n`,
    );
  await take(incoming(fake('evil@attacker.example'), { isSure: false }));
  expect(await contacts()).toMatchObject([{ outside: 'evil@attacker.example', subject: 'report' }]);
  await take(incoming(fake('exchange@ours.example'), { isSure: false }));
  const [, unwrapped] = await db.rows<{ outside: string; authenticity: string }>(sql`
    select outside, facts #>> '{details,mail,authenticity}' as authenticity from contact order by created_at, id`);
  expect(unwrapped).toEqual({ outside: 'director@client.example', authenticity: 'unknown' });
});

test('who is excluded only by the body is not stored either', async () => {
  const rules = {
    scope: 'all',
    mailbox: null,
    exclude: ['private.example'],
    isJournal: false,
    isFaxMailbox: false,
    faxProfiles: null,
    authHosts: [],
  } as const;
  const own = testMails(db, { rules: { sales: rules } });
  const text = '---------- Forwarded message ---------\nFrom: Ivan <ivan@private.example>\nSubject: x\n\nhello';
  await own.keep(source, [incoming(eml({ subject: 'Fwd: x', text }))], null);
  await own.idle();
  await own.close();
  expect(await contacts()).toEqual([]);
  expect(await verdicts()).toEqual([{ verdict: 'excluded', kept: false }]);
});

describe('a generated mailbox', () => {
  test.each([1, 7])('seed %i: as many contacts as there were, each of the right kind', async (seed) => {
    const { mails: box, world } = makeMailbox({ n: 400, seed, medianBytes: 3000 });
    const people = world.employees.map(({ email }) => email);
    const office = { domains: [ourDomain], people, mailboxes: [world.captureBox, world.faxBox], region: 'UA' };
    const own = testMails(db, { office });
    for (let at = 0; at < box.length; at += 50) {
      const some = box.slice(at, at + 50).map(({ raw, truth }) => incoming(raw, { arrivedAt: new Date(truth.date) }));
      await own.keep(source, some, null);
    }
    await own.idle();
    await own.close();
    const found = await db.rows<{ id: string; channel: string; direction: string }>(sql`
      select facts #>> '{details,mail,messageId}' as id, channel, direction from contact
       where merged_into is null and facts #>> '{details,mail,automatic}' is null order by 1`);
    const expected = box
      .filter(({ truth }) => truth.capture)
      .map(({ truth }) => ({
        id: truth.messageId,
        channel: truth.fax === null ? 'email' : 'fax',
        direction: truth.direction === 'in' ? 'inbound' : 'outbound',
      }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));
    expect([...found].sort((a, b) => (a.id < b.id ? -1 : 1))).toEqual(expected);
  });
});

test('whatever the bytes are: kept, read, and nothing is left over', { timeout: 60_000 }, async () => {
  const odd = fc.constantFrom(
    '\0',
    '\ud800',
    'Ж',
    '=?koi8-r?B?zM',
    '=?utf-7?Q?+AG?=',
    '\r\n',
    'Date: 1 Jan 20226',
    '\x80\xff',
    '<',
    ';;',
  );
  const words = fc.array(fc.oneof(odd, fc.string({ maxLength: 20 })), { maxLength: 6 }).map((some) => some.join(' '));
  const field = fc.constantFrom(
    'From',
    'To',
    'Subject',
    'Message-ID',
    'Date',
    'References',
    'Content-Type',
    'Return-Path',
    'Auto-Submitted',
  );
  const header = fc
    .array(fc.tuple(field, words), { maxLength: 12 })
    .map((all) => all.map(([name, text]) => `${name}: ${text}`).join('\r\n'));
  const built = fc.tuple(header, words).map(([head, body]) => Buffer.from(`${head}\r\n\r\n${body}`, 'utf8'));
  const damaged = fc.tuple(fc.nat(2000), fc.integer({ min: 0, max: 255 })).map(([at, byte]) => {
    const bytes = Buffer.from(
      eml({ html: '<p>x</p>', text: 'x', files: [{ name: 'a.pdf', type: 'application/pdf' }] }),
    );
    bytes[at % bytes.length] = byte;
    return bytes;
  });
  const bytes = fc.oneof(
    built,
    damaged,
    fc.uint8Array({ maxLength: 400 }).map((some) => Buffer.from(some)),
  );
  let given = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(bytes, { minLength: 1, maxLength: 20 }), async (all) => {
      given += all.length;
      expect(await take(...all.map((one) => incoming(one)))).toEqual(all.map(() => 'stored'));
      const [row] = await db.rows<{ read: number; rows: number; sightings: number }>(sql`
        select count(*) filter (where read_at is not null)::int as read, count(*)::int as rows,
               (select count(*)::int from contact_capture) as sightings from mail`);
      const found = await verdicts();
      const contactsOf = found.filter(({ verdict }) => verdict === 'contact' || verdict === 'automatic').length;
      expect(row).toEqual({ read: given, rows: given, sightings: contactsOf });
      expect(found.filter(({ verdict }) => verdict === 'unstored')).toEqual([]);
    }),
    { numRuns: 40 },
  );
});

describe('flagged "never capture" in the directory', () => {
  const never = (kind: string, address: string) =>
    db.rows(sql`insert into contact_point (kind, address, raw, never_capture) values (${kind}, ${address}, '', true)`);
  const empty = async () => {
    const [row] = await db.rows<{ n: number }>(sql`
      select (select count(*) from mail where raw is not null or file is not null)::int + (select count(*) from capture)::int as n`);
    return row?.n === 0;
  };
  // The list is a second old at most; each of these opens an intake of its own, which asks at once.
  const taken = async (mail: Partial<IncomingMail>, bytes: Eml, rules = {}) => {
    const fresh = testMails(db, rules);
    try {
      const answers = await fresh.keep(source, [incoming(eml(bytes), mail)], null);
      await fresh.idle();
      return answers;
    } finally {
      await fresh.close();
    }
  };
  beforeEach(async () => {
    await db.rows({ text: 'truncate contact_point cascade', values: [] });
  });

  test.each<[string, string, string, Eml]>([
    ['his mailbox', 'email', 'anna@client.example', {}],
    ['his domain, and what stands below it', 'domain', 'client.example', { from: 'a@kyiv.client.example' }],
    ['he is one of several', 'email', 'boss@b.example', { headers: ['Cc: Boss <boss@b.example>'] }],
    ['we wrote to him', 'email', 'x@y.example', { from: 'olga@ours.example', to: 'x@y.example' }],
  ])('%s: not stored, though its header was not looked at before', async (_story, kind, address, mail) => {
    await never(kind, address);
    expect(await taken({ isSure: false }, mail)).toEqual(['dropped']);
    expect(await db.rows(sql`select 1 from mail`)).toEqual([]);
    // What was kept a moment before it was said is forgotten when it is read.
    expect(await taken({}, mail)).toEqual(['stored']);
    expect([await empty(), (await verdicts())[0]?.verdict]).toEqual([true, 'excluded']);
  });

  test('a fax of his: only what is in it tells the number', async () => {
    await never('phone', '+380441234567');
    const fax: Eml = {
      from: 'fax@ours.example',
      to: 'crm@ours.example',
      subject: 'Fax received from +380441234567',
      text: 'Fax received from +380441234567, 2 pages',
      files: [{ name: 'fax.pdf', type: 'application/pdf' }],
    };
    const faxes = { ...unruled, isFaxMailbox: true };
    expect(await taken({ isSure: false }, fax, { rules: { sales: faxes } })).toEqual(['dropped']);
    expect(await db.rows(sql`select 1 from mail`)).toEqual([]);
    await db.rows({ text: 'truncate contact_point cascade', values: [] });
    expect(await taken({ isSure: false }, fax, { rules: { sales: faxes } })).toEqual(['stored']);
  });
});

test('numbers in a mail and its signature are hints, those in a quote are not', async () => {
  const text = `Перезвоните на 044 123-45-67.

-- 
Иван Петров
моб. +38 067 123 45 67

02.03.2026 10:00, Ольга пишет:
> звоните нам: 044 000-10-00`;
  await take({ text });
  const [row] = await db.rows(sql`select facts #> '{details,mail,numbers}' as numbers from contact`);
  expect(row).toEqual({ numbers: ['+380441234567', '+380671234567'] });
});

test('known are clients and their people, not whom somebody called no client, and nobody who is gone', async () => {
  await db.rows({ text: 'truncate client, person, contact_point cascade', values: [] });
  const [client, gone] = await db.rows<{ id: string }>(
    sql`insert into client (key, name, removed_at) values ('a', 'A', null), ('b', 'B', now()) returning id`,
  );
  await db.rows(sql`
    insert into contact_point (kind, address, raw, client_id, not_client, gateway) values
      ('email', 'a@a.example', '', ${client?.id}, false, false), ('domain', 'd.example', '', ${client?.id}, false, false),
      ('email', 'gate@a.example', '', ${client?.id}, false, true), ('email', 'b@b.example', '', ${gone?.id}, false, false),
      ('email', 'no@c.example', '', null, true, false)`);
  const asked = ['a@a.example', 'x@kyiv.d.example', 'gate@a.example', 'b@b.example', 'no@c.example', 'y@y.example'];
  expect([...(await mails.knows(asked))]).toEqual(['a@a.example', 'x@kyiv.d.example']);
});
