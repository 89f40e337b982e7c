import { expect, test } from 'vitest';
import { hashOf } from '../core/token.ts';
import { sql } from '../store/base/db.ts';
import { day, midday, promptOffice } from './office.fixture.ts';

const office = await promptOffice();
const { db, add, run, states, to, trouble, time } = office;
/** Which contacts the links of a mail open, in the order of the mail. */
async function opened(text: string | undefined): Promise<string[]> {
  const tokens = [...(text ?? '').matchAll(/\/d\/([\w-]{43})$/gm)].map(([, token = '']) => token);
  const rows = await db.rows<{ id: string; hash: Buffer }>(sql`
    select contact_id as id, token_hash as hash from prompt where revoked_at is null`);
  return tokens.map((token) => rows.find(({ hash }) => hash.equals(hashOf(token)))?.id ?? 'nothing');
}
async function five(owner: string): Promise<string[]> {
  const ids: string[] = [];
  for (const minute of [4, 3, 2, 1, 0]) ids.unshift(await add({ owner, minute }));
  return ids;
}

test('all that waits goes out in one mail, oldest first, each with its own link; the other jobs find it done', async () => {
  const owner = await office.person();
  const ids = await five(owner);
  const call = await add({ owner, channel: 'call', callBack: true });
  for (const id of [...ids].reverse()) await run({}, id);
  expect(to(owner).map(({ subject }) => subject)).toEqual(['5 contacts — what mattered?']);
  expect(await opened(to(owner)[0]?.text)).toEqual(ids);
  expect(await states(...ids, call)).toEqual([...ids.map(() => 'draft 1'), 'draft 0']);
  const rows = await db.rows(sql`
    select count(*)::int as n, count(distinct digest_id)::int as digests, count(sent_at)::int as sent
      from prompt where employee_id = ${owner}`);
  expect(rows).toEqual([{ n: 5, digests: 1, sent: 5 }]);
  expect(await office.metrics.text()).toContain('prompts_sent_total{kind="digest"} 1');
});

const numbersOf = async (...ids: readonly string[]) => {
  const rows = await db.rows<{ id: string; number: number | null }>(
    sql`select contact_id as id, number from prompt where revoked_at is null`,
  );
  return ids.map((id) => rows.find((row) => row.id === id)?.number ?? null);
};

test('each draft has its number in the mail; it is stored before the mail goes, and kept whatever is left of them', async () => {
  const owner = await office.person();
  const ids = await five(owner);
  let stored: unknown[] = [];
  trouble.atSend = async () => {
    stored = await numbersOf(...ids);
    await office.refuse(); // or it had arrived, and only its answer was lost
  };
  await expect(run({}, ids[0] ?? '')).rejects.toMatchObject({ code: 'mail.not_accepted' });
  trouble.atSend = async () => {};
  expect(stored).toEqual([1, 2, 3, 4, 5]);
  await db.rows(sql`update contact set state = 'completed', gist = 'Done.' where id = any(${[ids[0], ids[3]]})`);
  await run({}, ids[1] ?? '');
  const [mail] = to(owner);
  expect(mail?.text.match(/^\d+\. Incoming mail · /gm)).toEqual([2, 3, 5].map((n) => `${n}. Incoming mail · `));
  expect(mail?.html.match(/>\d+\. Incoming mail · /g)).toEqual([2, 3, 5].map((n) => `>${n}. Incoming mail · `));
  expect(mail?.text).toContain('You can simply answer this mail');
  expect(await opened(mail?.text)).toEqual([ids[1], ids[2], ids[4]]);
});

test('where no mailbox is read, the mail does not ask to be answered', async () => {
  const owner = await office.person();
  const [first = ''] = await five(owner);
  await run({ readsMail: false }, first);
  expect(to(owner)[0]?.text).not.toContain('answer this mail');
});

test('all jobs at once, in several workers: one mail; who finds it taken looks again later and is no fault', async () => {
  const owner = await office.person();
  const ids = await five(owner);
  trouble.atSend = () => new Promise((resolve) => setTimeout(resolve, 100));
  await run({}, ...ids, ...ids);
  trouble.atSend = async () => {};
  expect(to(owner)).toHaveLength(1);
  time.now = new Date(midday.getTime() + 120_000);
  await run({}, ...ids);
  time.now = midday;
  expect(await opened(to(owner)[0]?.text)).toEqual(ids);
  expect(to(owner)).toHaveLength(1);
});

test('killed between making and sending: after its claim is over it goes out with all its drafts', async () => {
  const owner = await office.person();
  const ids = await five(owner);
  let began = () => {};
  const sending = new Promise<void>((resolve) => {
    began = resolve;
  });
  trouble.atSend = () => new Promise(() => began()); // never ends, as a process that died
  void run({}, ids[2] ?? '');
  await sending;
  trouble.atSend = async () => {};
  await run({}, ...ids);
  expect(to(owner)).toEqual([]);
  const after = new Date(midday.getTime() + 90_000);
  expect(await office.putOffTo(ids[0] ?? '')).toEqual([after.toISOString()]);
  time.now = after;
  await run({}, ids[0] ?? '');
  time.now = midday;
  expect(await opened(to(owner)[0]?.text)).toEqual(ids);
});

test('refused, then a new draft: the same digest under the same Message-ID, the new one waits for the next', async () => {
  const owner = await office.person();
  const ids = await five(owner);
  const tried: unknown[] = [];
  trouble.atSend = async (mail) => {
    tried.push([mail.messageId, mail.text]);
    await office.refuse();
  };
  await expect(run({}, ids[0] ?? '')).rejects.toMatchObject({ code: 'mail.not_accepted' });
  await expect(run({}, ids[3] ?? '')).rejects.toMatchObject({ code: 'mail.not_accepted' });
  trouble.atSend = async () => {};
  const late = await add({ owner, minute: 9 });
  await run({}, late);
  await run({}, ids[0] ?? '');
  expect(to(owner)).toHaveLength(1);
  expect([...tried, [to(owner)[0]?.messageId, to(owner)[0]?.text]]).toEqual([tried[0], tried[0], tried[0]]);
  expect(to(owner)[0]?.messageId).toMatch(/^<letopis\.[\w-]{32}@office\.example>$/);
  expect(await office.putOffTo(late)).toEqual(['2026-11-24T09:00:00.000Z']);
  const errors = await db.rows(sql`select attempts, last_error as error from digest where employee_id = ${owner}`);
  expect(errors).toEqual([{ attempts: 3, error: null }]);
});

test('completed, joined or given away meanwhile: left out; the one that is left is asked about as ever', async () => {
  const owner = await office.person();
  const boris = await office.person();
  const [done = '', joined = '', given = '', left = '', renewed = ''] = await five(owner);
  trouble.atSend = office.refuse;
  await expect(run({}, done)).rejects.toMatchObject({ code: 'mail.not_accepted' });
  trouble.atSend = async () => {};
  await db.rows(sql`update contact set state = 'completed', gist = 'Done.', version = 2 where id = ${done}`);
  await db.rows(sql`update contact set merged_into = ${left} where id = ${joined}`);
  await db.rows(sql`update contact set owner_id = ${boris} where id = ${given}`);
  await db.rows(sql`update prompt set revoked_at = now() where contact_id = ${renewed}`);
  await run({}, left);
  expect(to(owner).map(({ subject }) => subject)).toEqual([
    expect.stringMatching(/^Incoming mail: ivan@acme\.example, 10:03 — what mattered\?$/),
  ]);
  expect(await opened(to(owner)[0]?.text)).toEqual([left]);
  const [own] = await db.rows(sql`select message_id as "messageId" from prompt where contact_id = ${left}`);
  expect(to(owner)).toMatchObject([own ?? {}]); // an answer to it is about this one
  await run({}, done, joined, left);
  await db.rows(sql`update contact set state = 'draft', gist = null, version = 3 where id = ${done}`); // undone
  await run({}, done);
  expect(to(owner)).toHaveLength(1);
  await run({}, given);
  expect(to(boris)).toHaveLength(1);
});

test('a digest of one is the ordinary mail; nobody is left: no mail', async () => {
  const owner = await office.person();
  const id = await add({ owner });
  trouble.atSend = office.refuse;
  await expect(run({}, id)).rejects.toMatchObject({ code: 'mail.not_accepted' });
  trouble.atSend = async () => {};
  await run({}, id);
  const [prompt] = await db.rows<{ messageId: string }>(
    sql`select message_id as "messageId" from prompt where contact_id = ${id}`,
  );
  expect(to(owner)).toMatchObject(
    [{ subject: /^Incoming mail: .*what mattered/, messageId: prompt?.messageId }].map((mail) => ({
      ...mail,
      subject: expect.stringMatching(mail.subject),
    })),
  );
  const two = [await add({ owner, daysAgo: -1 }), await add({ owner, daysAgo: -1 })];
  time.now = new Date(midday.getTime() + 2 * day);
  trouble.atSend = office.refuse;
  await expect(run({}, two[0] ?? '')).rejects.toMatchObject({ code: 'mail.not_accepted' });
  trouble.atSend = async () => {};
  await db.rows(sql`update contact set merged_into = ${id} where id = any(${two})`);
  await run({}, ...two);
  time.now = midday;
  expect(to(owner)).toHaveLength(1);
});

test('what comes after the digest waits for the next; quiet hours hold for all of it', async () => {
  const owner = await office.person();
  const [first, second, today] = [
    await add({ owner }),
    await add({ owner }),
    await add({ owner, daysAgo: 0, minute: 90 }),
  ];
  const quiet = { quiet: { from: 11 * 60, until: 13 * 60 } };
  await run(quiet, first, second, today);
  expect(await Promise.all([first, second, today].map(office.putOffTo))).toEqual([
    ['2026-11-23T11:00:00.000Z'],
    ['2026-11-23T11:00:00.000Z'],
    ['2026-11-24T11:00:00.000Z'],
  ]);
  time.now = new Date('2026-11-23T11:00:00Z');
  await run(quiet, second);
  time.now = midday;
  expect(await opened(to(owner)[0]?.text)).toEqual([first, second]);
  expect(await states(today)).toEqual(['draft 0']);
});

test('sixty drafts: fifty links, the rest by name of the list, and in the digest of tomorrow', async () => {
  const owner = await office.person();
  const ids: string[] = [];
  for (let minute = 0; minute < 60; minute++) ids.push(await add({ owner, minute }));
  await run({}, ids[59] ?? '');
  const [mail] = to(owner);
  expect(mail?.subject).toBe('50 contacts — what mattered?');
  expect(await opened(mail?.text)).toEqual(ids.slice(0, 50));
  expect(mail?.text).toContain('\n\n10 more wait in “My drafts”.\nhttps://letopis.example/\n\n-- \n');
  expect(await office.putOffTo(ids[55] ?? '')).toEqual(['2026-11-24T09:00:00.000Z']);
  time.now = new Date(midday.getTime() + day);
  await run({}, ids[55] ?? '');
  time.now = midday;
  expect(await opened(to(owner)[1]?.text)).toEqual(ids.slice(50));
});

test('without an address nothing is sent, and each draft says why', async () => {
  const owner = await office.person(false);
  const ids = await five(owner);
  await run({}, ...ids);
  expect(await states(...ids)).toEqual(ids.map(() => 'draft 1'));
  const rows = await db.rows(
    sql`select distinct last_error as error, digest_id as digest from prompt where employee_id = ${owner}`,
  );
  expect(rows).toEqual([{ error: 'no-email', digest: null }]);
});
