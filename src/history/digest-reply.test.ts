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
const id = '<letopis.digest@ours.example>';
const ids = [newId(), newId(), newId(), newId()];
const people = { anna: '', boris: '' };

beforeEach(async () => {
  await db.rows({ text: 'truncate employee, contact, outbox, contact_identity cascade', values: [] });
  for (const name of ['anna', 'boris'] as const) {
    const [row] = await db.rows<{ id: string }>(
      sql`insert into employee (key, name, email) values (${name}, ${name}, ${`${name}@ours.example`}) returning id`,
    );
    people[name] = row?.id ?? '';
  }
  const [digest] = await db.rows<{ id: string }>(sql`
    insert into digest (employee_id, message_id, more, created_at) values (${people.anna}, ${id}, 0, now()) returning id`);
  // The last one found no place in the mail: it has no number.
  for (const [n, contact] of ids.entries()) {
    await db.rows(sql`
      insert into contact (id, channel, direction, started_at, ended_at, connector, facts, owner_id)
      values (${contact}, 'call', 'inbound', now(), now(), 'pbx', '{}', ${people.anna})`);
    await db.rows(sql`
      insert into prompt (contact_id, employee_id, token_hash, message_id, digest_id, number, expires_at)
      values (${contact}, ${people.anna}, ${Buffer.from([n])}, ${`<letopis.${n}@ours.example>`}, ${digest?.id},
              ${n === 3 ? null : n + 1}, now() + interval '14 days')`);
  }
});

const mailId = newId();
const reply = (text: string, more: Partial<ReplyToPrompt> = {}) =>
  takeReply(deps, {
    promptIds: [id],
    identity: `mail:${text}`,
    mailId,
    from: 'Anna@ours.example',
    text,
    authenticity: 'unknown',
    ...more,
  });
const gists = async () => {
  const rows = await db.rows<{ id: string; gist: string | null }>(sql`select id, gist from contact`);
  return ids.map((one) => rows.find((row) => row.id === one)?.gist ?? null);
};
const toldBack = () =>
  db.rows<{ because: string; number: number | null; text: string }>(sql`
    select u.* from outbox o join digest_answer a on a.id = o.ref
     cross join lateral jsonb_to_recordset(a.unplaced) as u (because text, number int, text text)
     where o.job = 'prompt' order by o.id`);

test('each draft gets the words behind its number, in whatever order; nobody is told anything', async () => {
  expect(await reply('3) не дозвонился\n1) Просит счёт\nна сорок штук')).toBe('taken');
  expect(await gists()).toEqual(['Просит счёт\nна сорок штук', null, 'не дозвонился', null]);
  expect(await toldBack()).toEqual([]);
  expect(await db.rows(sql`select state, completed_by as by from contact where gist is not null`)).toEqual([
    { state: 'completed', by: people.anna },
    { state: 'completed', by: people.anna },
  ]);
  expect(await db.rows(sql`select distinct via, author_id as author from change`)).toEqual([
    { via: 'mail', author: people.anna },
  ]);
});

test('what can be placed is placed, the rest is told back once', async () => {
  expect(await reply('Добрый день!\n1. Просит счёт\n7. мимо\n2. a\n2. b\n4. без номера в письме')).toBe(
    'taken in part',
  );
  expect(await gists()).toEqual(['Просит счёт', null, null, null]);
  expect(await toldBack()).toEqual([
    { because: 'no-number', number: null, text: 'Добрый день!' },
    { because: 'unknown-number', number: 7, text: 'мимо' },
    { because: 'twice', number: 2, text: 'a' },
    { because: 'twice', number: 2, text: 'b' },
    { because: 'unknown-number', number: 4, text: 'без номера в письме' },
  ]);
});

test('without a number nothing is guessed', async () => {
  expect(await reply('Просит счёт')).toBe('taken in part');
  expect(await gists()).toEqual([null, null, null, null]);
  expect(await toldBack()).toEqual([{ because: 'no-number', number: null, text: 'Просит счёт' }]);
});

test('read again it is what it was; a copy from another mailbox is nothing', async () => {
  await reply('1. Просит счёт\n9. мимо');
  await db.rows(sql`update contact set gist = 'Десять штук.', version = version + 1 where id = ${ids[0]}`);
  expect(await reply('1. Просит счёт\n9. мимо')).toBe('taken in part');
  expect(await reply('1. Просит счёт\n9. мимо', { mailId: newId() })).toBe('nothing new');
  expect(await gists()).toEqual(['Десять штук.', null, null, null]);
  expect(await toldBack()).toHaveLength(1);
});

test('two copies at once: one is taken', async () => {
  const both = ['1. a\n2. b\n3. c', '3. c\n2. b\n1. a'].map((text) =>
    reply(text, { identity: 'same', mailId: newId() }),
  );
  expect((await Promise.all(both)).sort()).toEqual(['nothing new', 'taken']);
  const others = ['1. d\n2. e\n3. f', '3. g\n2. h\n1. i'].map((text) => reply(text, { mailId: newId() }));
  expect(await Promise.all(others)).toEqual(['taken', 'taken']);
  expect((await gists()).slice(0, 3).map((gist) => gist?.split('\n').length)).toEqual([3, 3, 3]);
});

test('a draft that was completed meanwhile keeps what stands there: his words come behind it, as to a prompt of one', async () => {
  await db.rows(sql`update contact set state = 'completed', gist = 'Счёт выслан.', version = 2 where id = ${ids[0]}`);
  expect(await reply('1. Ждёт доставку')).toBe('taken');
  expect(await gists()).toEqual(['Счёт выслан.\nЖдёт доставку', null, null, null]);
});

test('given away, expired: what was said of it is told back; joined: it goes to the one that took it over', async () => {
  await db.rows(sql`update contact set owner_id = ${people.boris} where id = ${ids[0]}`);
  await db.rows(sql`update prompt set revoked_at = now() where contact_id = ${ids[0]}`);
  await db.rows(sql`update prompt set expires_at = now() - interval '1 hour' where contact_id = ${ids[1]}`);
  await db.rows(sql`update contact set merged_into = ${ids[3]} where id = ${ids[2]}`);
  expect(await reply('1. a\n2. b\n3. c')).toBe('taken in part');
  expect(await gists()).toEqual([null, null, null, 'c']);
  expect((await toldBack()).sort((a, b) => (a.number ?? 0) - (b.number ?? 0))).toEqual([
    { because: 'closed', number: 1, text: 'a' },
    { because: 'closed', number: 2, text: 'b' },
  ]);
});

test('given away while its link stands open: it is another’s now', async () => {
  await db.rows(sql`update contact set owner_id = ${people.boris} where id = ${ids[0]}`);
  expect(await reply('1. a')).toBe('taken in part');
  expect(await toldBack()).toEqual([{ because: 'closed', number: 1, text: 'a' }]);
});

test('the mail that tells it can be answered in turn', async () => {
  await reply('без номера');
  await db.rows(sql`update digest_answer set message_id = '<letopis.told@ours.example>'`);
  expect(await reply('2. теперь с номером', { promptIds: ['<letopis.told@ours.example>'] })).toBe('taken');
  expect(await gists()).toEqual([null, 'теперь с номером', null, null]);
});

test.each<[string, Partial<ReplyToPrompt>, string]>([
  ['somebody else', { from: 'boris@ours.example' }, 'not his'],
  ['found forged by our own server', { authenticity: 'claimed' }, 'not proven'],
  ['another Message-ID', { promptIds: ['<letopis.xyz@ours.example>'] }, 'unknown prompt'],
  ['nothing but quotes', { text: '  ' }, 'nothing new'],
])('%s: nothing is written, nobody is told', async (_story, more, expected) => {
  expect(await reply('1. a', more)).toBe(expected);
  expect(await gists()).toEqual([null, null, null, null]);
  expect(await toldBack()).toEqual([]);
});

test('who left, and digests from before drafts had numbers: as a prompt nobody knows', async () => {
  await db.rows(sql`update prompt set number = null`);
  expect(await reply('1. a')).toBe('unknown prompt');
  await db.rows(sql`update prompt set number = 1 where contact_id = ${ids[0]}`);
  await db.rows(sql`update employee set active = false`);
  expect(await reply('1. a')).toBe('unknown prompt');
});
