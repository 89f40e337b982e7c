import { beforeEach, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import type { ReplyToPrompt } from '../core/contact/mail.ts';
import { newId } from '../ops/chance.ts';
import { systemClock } from '../ops/clock.ts';
import { sql } from '../store/index.ts';
import { takeReply } from './reply.ts';

const store = await testStore();
const { db } = store;
const deps = { db, clock: systemClock };
const id = '<letopis.abc@ours.example>';
const contactId = newId();

beforeEach(async () => {
  await db.rows({ text: 'truncate employee, contact cascade', values: [] });
  const [anna] = await db.rows<{ id: string }>(
    sql`insert into employee (key, name, email, is_duty) values ('anna', 'Anna', 'Anna@ours.example', true) returning id`,
  );
  await db.rows(
    sql`insert into contact_point (kind, address, raw, employee_id) values ('email', 'anna@home.example', '', ${anna?.id})`,
  );
  await db.rows(sql`
    insert into contact (id, channel, direction, started_at, ended_at, connector, facts, owner_id)
    values (${contactId}, 'call', 'inbound', now(), now(), 'pbx', '{}', ${anna?.id})`);
  await db.rows(sql`
    insert into prompt (contact_id, employee_id, token_hash, message_id, expires_at)
    values (${contactId}, ${anna?.id}, '\\x01', ${id}, now() + interval '14 days')`);
});

const reply = (more: Partial<ReplyToPrompt> = {}) =>
  takeReply(deps, {
    promptIds: [id],
    mailId: newId(),
    from: 'anna@ours.example',
    text: ' Договорились о поставке. ',
    authenticity: 'unknown',
    identity: `mail:${more.text ?? ''}`,
    ...more,
  });
const stands = () => db.rows(sql`select state, gist from contact`);

test('her words are the gist, and who wrote it by which way stands in the changes', async () => {
  expect(await reply()).toBe('taken');
  expect(await stands()).toEqual([{ state: 'completed', gist: 'Договорились о поставке.' }]);
  expect(await db.rows(sql`select distinct via, author_id is not null as known from change`)).toEqual([
    { via: 'mail', known: true },
  ]);
});

test('read twice, it is taken once; a second answer stands behind the first', async () => {
  await reply();
  expect(await reply()).toBe('nothing new');
  expect(await reply({ text: 'И прайс.', from: 'anna@home.example' })).toBe('taken');
  expect(await stands()).toEqual([{ state: 'completed', gist: 'Договорились о поставке.\nИ прайс.' }]);
});

test('a copy from another mailbox does not bring back what was edited since', async () => {
  await reply();
  await db.rows(sql`update contact set gist = 'Десять штук.', version = version + 1`);
  expect(await reply()).toBe('nothing new');
  expect(await stands()).toEqual([{ state: 'completed', gist: 'Десять штук.' }]);
});

test('an answer to a link that is closed or has expired is nobody’s', async () => {
  await db.rows(sql`update prompt set expires_at = now() - interval '1 hour'`);
  expect(await reply()).toBe('unknown prompt');
  await db.rows(sql`update prompt set expires_at = now() + interval '1 hour', revoked_at = now()`);
  expect(await reply()).toBe('unknown prompt');
});

test('what was taken once and comes again after its link has expired is nothing that a person has to look at', async () => {
  await reply();
  await db.rows(sql`update prompt set expires_at = now() - interval '1 hour'`);
  expect(await reply()).toBe('nothing new');
  expect(await reply({ text: 'И прайс.' })).toBe('unknown prompt');
});

test.each<[string, Partial<ReplyToPrompt>, string]>([
  ['somebody else', { from: 'eve@ours.example' }, 'not his'],
  ['found forged by our own server', { authenticity: 'claimed' }, 'not proven'],
  ['another Message-ID', { promptIds: ['<letopis.xyz@ours.example>'] }, 'unknown prompt'],
  ['nothing but quotes', { text: '  ' }, 'nothing new'],
])('%s: nothing is written', async (_story, more, expected) => {
  expect(await reply(more)).toBe(expected);
  expect(await stands()).toEqual([{ state: 'draft', gist: null }]);
});
