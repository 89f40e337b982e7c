import { afterAll, beforeEach, expect, test } from 'vitest';
import type { Config } from '../connectors/imap/config.ts';
import type { IncomingMail, Session } from '../src/connector/index.ts';
import { sweepRows } from '../src/intake/mails/sweep-rows.ts';
import type { MailOfficeOptions } from '../src/mail/index.ts';
import { type Eml, eml } from '../src/mail/reading/eml.fixture.ts';
import { mayAsk, meetFolder } from '../src/mailbox/imap/position.ts';
import { Keeping } from '../src/mailbox/kept.fixture.ts';
import { newId } from '../src/ops/chance.ts';
import { systemClock } from '../src/ops/clock.ts';
import { sql } from '../src/store/index.ts';
import { listenTo, serverThat, stopAfterEach } from './kit/imap-session.ts';
import { testMails } from './kit/mails.ts';
import { testStore } from './kit/postgres.ts';
import { eventually, fastClock } from './kit/session.ts';

// Rows of mails that were none of our business go after ninety days. Whatever makes a mailbox deliver such a mail once more
// (here the worst: its position is lost, everything is new to it) nobody is asked, and nothing stands in the history twice.

stopAfterEach();
const { db } = await testStore();
const never = new AbortController().signal;
const then = new Date(Date.now() - 100 * 86_400_000);
const promptId = '<letopis.abcdefghijk@ours.example>';
const contactId = newId();
const opened: { close(): Promise<void> }[] = [];
afterAll(async () => {
  for (const one of opened) await one.close();
});

beforeEach(async () => {
  await db.rows({
    text: 'truncate employee, client, contact_point, capture, contact, contact_identity, outbox, mail, mail_thread, quarantine cascade',
    values: [],
  });
  const [olga] = await db.rows<{ id: string }>(sql`
    insert into employee (key, name, email, is_duty) values ('olga', 'Olga', 'olga@ours.example', true) returning id`);
  await db.rows(sql`
    insert into contact (id, channel, direction, started_at, ended_at, connector, facts, owner_id)
    values (${contactId}, 'call', 'inbound', now(), now(), 'pbx', '{}', ${olga?.id})`);
  await db.rows(sql`
    insert into prompt (contact_id, employee_id, token_hash, message_id, expires_at)
    values (${contactId}, ${olga?.id}, '\\x01', ${promptId}, now() + interval '14 days')`);
});

const internal: Eml = { from: 'olga@ours.example', to: 'petr@ours.example', text: 'lunch?', messageId: '<lunch@x>' };
const reply: Eml = {
  from: 'olga@ours.example',
  to: 'letopis@ours.example',
  text: 'Agreed on ten.',
  messageId: '<answer@x>',
  headers: [`In-Reply-To: ${promptId}`],
};
const autoReply: Eml = { headers: ['Auto-Submitted: auto-replied'], subject: 'Out of office', messageId: '<away@x>' };

interface Counts {
  readonly prompts: number;
  readonly captures: number;
  readonly quarantined: number;
  readonly jobs: number;
}

/** Everything that a person could notice. */
async function history() {
  const contacts = await db.rows(sql`
    select id, asks, state, gist, version from contact where merged_into is null order by created_at, id`);
  const [counts] = await db.rows<Counts>(sql`
    select (select count(*)::int from prompt) as prompts, (select count(*)::int from capture) as captures,
           (select count(*)::int from quarantine) as quarantined, (select count(*)::int from outbox) as jobs`);
  return { contacts, counts };
}
const forgotten = () =>
  db.rows<{ verdict: string; asks: boolean }>(sql`
    select verdict, asks from mail where raw is null and file is null and read_at is not null order by verdict`);

interface Way {
  readonly office?: MailOfficeOptions;
  /** Its header alone would leave it out: it is given as if only its body had told what it is. */
  readonly isSifted?: boolean;
}

/** The mailbox gives what is there to somebody who never looked before. @returns what became of it */
async function firstLook(mail: Eml, at: Date, { office, isSifted = false }: Way): Promise<readonly string[]> {
  const mails = testMails(db, office === undefined ? {} : { office });
  opened.push(mails);
  const answers: string[] = [];
  const keep: Session<Config>['keep'] = async (some, position) => {
    const told = await mails.keep({ connector: 'sales', region: 'UA', lease: null }, some, position ?? null);
    answers.push(...told);
    return told;
  };
  if (isSifted) await keep([asTheMailboxGives(mail, at)]);
  else {
    const server = await serverThat();
    server.add(eml(mail).toString('latin1'), { at: then });
    const { stop } = listenTo(server, new Keeping(), {}, (session) => ({ ...session, clock: fastClock(10, at), keep }));
    await eventually('it', () => answers.length > 0);
    await stop();
  }
  await mails.idle();
  return answers;
}

function asTheMailboxGives(mail: Eml, at: Date): IncomingMail {
  const bytes = eml(mail);
  const told = { validity: '7', uidNext: 2, isExact: true, exists: 1, modseq: null };
  const { position } = meetFolder(undefined, told, at, null);
  return {
    identity: 'imap:sales:INBOX:7:1',
    bytes,
    sizeBytes: bytes.byteLength,
    cut: null,
    arrivedAt: then,
    folder: 'INBOX',
    asks: mayAsk(position, 1, then, at),
    isSure: true,
  };
}

/** Taken a hundred days ago, then swept. @returns what happens when it comes once more, today */
async function again(mail: Eml, way: Way = {}) {
  await firstLook(mail, then, { ...way, office: { domains: ['ours.example'], region: 'UA' } });
  const taken = await db.rows<{ verdict: string; asks: boolean }>(sql`select verdict, asks from mail`);
  await db.rows(sql`update mail set read_at = arrived_at`);
  await db.rows(sql`update prompt set expires_at = ${then}`); // none of ours can be answered after so long
  const before = await history();
  const swept = await sweepRows({ db, clock: systemClock }, never);
  expect(await history()).toEqual(before);
  const answers = await firstLook(mail, new Date(), way);
  return { taken, before, swept, answers };
}

test('a mail among ourselves is forgotten once more', async () => {
  const { taken, before, swept, answers } = await again(internal, { isSifted: true });
  expect({ taken, swept, answers }).toEqual({
    taken: [{ verdict: 'internal', asks: true }],
    swept: 1,
    answers: ['stored'],
  });
  expect(await forgotten()).toEqual([{ verdict: 'internal', asks: false }]);
  expect(await history()).toEqual(before);
});

test('a mail among ourselves, when one of the two is no colleague any more: nobody is asked', async () => {
  const office = { domains: [], people: ['olga@ours.example'], region: 'UA' } as const;
  const { before, swept } = await again(internal, { office, isSifted: true });
  expect(swept).toBe(1);
  const { contacts, counts } = await history();
  expect(contacts.slice(0, 1)).toEqual(before.contacts);
  expect(contacts.slice(1)).toMatchObject([{ asks: false }]);
  expect(counts).toEqual({ prompts: 1, captures: 1, quarantined: 0, jobs: 1 });
  expect(await db.rows(sql`select job from outbox`)).toEqual([{ job: 'decide-past' }]);
});

test('an answer to our prompt was the gist once, and is nothing new, though its link has expired', async () => {
  const { taken, before, swept } = await again(reply);
  expect({ taken, swept }).toEqual({ taken: [{ verdict: 'reply', asks: true }], swept: 1 });
  expect(before.contacts).toMatchObject([{ state: 'completed', gist: 'Agreed on ten.' }]);
  expect(await history()).toEqual(before);
  expect(await forgotten()).toEqual([{ verdict: 'reply', asks: false }]);
});

test('our own prompt is nobody’s contact', async () => {
  const own: Eml = { from: 'letopis@ours.example', messageId: promptId, headers: ['Auto-Submitted: auto-generated'] };
  const { before, swept } = await again(own, { isSifted: true });
  expect(swept).toBe(1);
  expect(await history()).toEqual(before);
});

test('a program’s answer to our prompt is nobody’s contact', async () => {
  const away: Eml = { ...reply, headers: [...(reply.headers ?? []), 'Auto-Submitted: auto-replied'] };
  const { taken, before, swept } = await again(away, { isSifted: true });
  expect({ taken, swept }).toEqual({ taken: [{ verdict: 'own', asks: true }], swept: 1 });
  expect(await history()).toEqual(before);
});

test.each<[string, string, Eml]>([
  ['a client’s auto-reply', 'automatic', autoReply],
  ['a client’s mail', 'contact', {}],
])('%s stands in the history: its row never goes, and it is no second one', async (_story, verdict, mail) => {
  const { taken, before, swept, answers } = await again(mail);
  expect({ taken, swept, answers }).toEqual({ taken: [{ verdict, asks: true }], swept: 0, answers: ['duplicate'] });
  expect(before.contacts).toHaveLength(2);
  expect(await history()).toEqual(before);
});
