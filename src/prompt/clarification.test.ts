import { expect, test } from 'vitest';
import { sql } from '../store/base/db.ts';
import { claimAnswer, digestByMessageId, keepUnplaced } from '../store/prompts/digest-answers.ts';
import { midday, promptOffice } from './office.fixture.ts';
import { promptContact } from './run.ts';

const office = await promptOffice();
const { db, deps, to, trouble, time } = office;

/** An employee with a digest of three drafts, and an answer to it of which two words found no place. */
async function answered(hasEmail = true) {
  const owner = await office.person();
  const ids = [
    await office.add({ owner }),
    await office.add({ owner, minute: 1 }),
    await office.add({ owner, minute: 2 }),
  ];
  await office.run({}, ids[0] ?? '');
  const [digest] = await db.rows<{ id: string; messageId: string }>(
    sql`select id, message_id as "messageId" from digest where employee_id = ${owner}`,
  );
  const identity = Buffer.from(owner);
  await claimAnswer(db, { digestId: digest?.id ?? '', identity, mailId: owner, at: midday });
  await keepUnplaced(db, identity, [{ because: 'unknown-number', number: 9, text: 'nine \0' }]);
  if (!hasEmail) await db.rows(sql`update employee set email = null where id = ${owner}`);
  const [job] = await db.rows<{ ref: string }>(
    sql`select o.ref from outbox o join digest_answer a on a.id = o.ref where o.job = 'prompt' order by o.id desc limit 1`,
  );
  return { owner, ids, digestId: digest?.id, answer: job?.ref ?? '', told: () => to(owner).slice(1) };
}

const stands = async (answer: string) => {
  const [row] = await db.rows<{ unplaced: unknown; sent: boolean; error: string | null }>(
    sql`select unplaced, sent_at is not null as sent, last_error as error from digest_answer where id = ${answer}`,
  );
  return row;
};

test('one mail, however often the job runs; it tells what waits by its numbers, and can be answered', async () => {
  const { ids, digestId, answer, told } = await answered();
  await db.rows(sql`update contact set state = 'completed', gist = 'Done.' where id = ${ids[1]}`);
  await Promise.allSettled([promptContact(deps, answer), promptContact(deps, answer)]);
  await promptContact(deps, answer);
  expect(told().map(({ subject }) => subject)).toEqual(['Not all of your answer could be written down']);
  const [mail] = told();
  expect(mail?.text).toContain('There is no number 9 in our mail.\n\n> nine \ufffd\n');
  expect(mail?.text.match(/^\d\. Incoming mail/gm)).toEqual(['1. Incoming mail', '3. Incoming mail']);
  expect(mail?.messageId).toMatch(/^<letopis\.[\w-]{32}@office\.example>$/);
  expect((await digestByMessageId(db, [mail?.messageId ?? '']))?.digestId).toBe(digestId);
  expect(await stands(answer)).toEqual({ unplaced: null, sent: true, error: null });
});

test('refused by the mail server, it goes out later under the same Message-ID', async () => {
  const { answer, told } = await answered();
  const tried: unknown[] = [];
  trouble.atSend = async ({ messageId }) => {
    tried.push(messageId);
    await office.refuse();
  };
  await expect(promptContact(deps, answer)).rejects.toMatchObject({ code: 'mail.not_accepted' });
  trouble.atSend = async () => {};
  expect(await stands(answer)).toMatchObject({ sent: false, error: 'mail.not_accepted' });
  await promptContact(deps, answer);
  expect(told().map(({ messageId }) => messageId)).toEqual(tried);
});

test('killed while sending: another takes it up when the claim is over', async () => {
  const { answer, told } = await answered();
  let began = () => {};
  const sending = new Promise<void>((resolve) => {
    began = resolve;
  });
  trouble.atSend = () => new Promise(() => began()); // never ends, as a process that died
  void promptContact(deps, answer);
  await sending;
  trouble.atSend = async () => {};
  await expect(promptContact(deps, answer)).rejects.toMatchObject({ code: 'prompt.in_hand' });
  time.now = new Date(midday.getTime() + 90_000);
  await promptContact(deps, answer);
  time.now = midday;
  expect(told()).toHaveLength(1);
});

test('nobody to write to: nothing is sent, and why stands there; who left is left alone', async () => {
  const { answer, owner, told } = await answered(false);
  await promptContact(deps, answer);
  expect(await stands(answer)).toMatchObject({ sent: false, error: 'no-email' });
  await db.rows(sql`update employee set active = false, email = 'x@office.example' where id = ${owner}`);
  await promptContact(deps, answer);
  expect(told()).toEqual([]);
});
