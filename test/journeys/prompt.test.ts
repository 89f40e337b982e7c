import { expect, test } from 'vitest';
import { promptContact, renewLink } from '../../src/prompt/run.ts';
import { sql } from '../../src/store/base/db.ts';
import { addCall, addClient, addEmployee, openOffice } from './office.ts';

const office = await openOffice();
const { db, prompts, smtp } = office;
const anna = await addEmployee(db, { name: 'Анна', email: 'anna@office.example', language: 'ru' });
const acme = await addClient(db, { name: 'Ромашка\r\nBcc: everybody@example', person: 'Иван' });
const startedAt = new Date('2026-11-20T12:05:00Z');
const promptRows = (contactId: string) =>
  db.rows<Record<string, unknown>>(sql`
    select e.name, generation, sent_at is not null as sent, revoked_at is not null as revoked, attempts, last_error as error
      from prompt p join employee e on e.id = p.employee_id where contact_id = ${contactId} order by p.created_at, generation`);

test('one mail with one link, in the language and zone of the person, whatever the client is called', async () => {
  const id = await addCall(db, { ownerId: anna, clientId: acme.id, personId: acme.personId, startedAt });
  const link = await office.ask(id);
  const letter = smtp.letters.at(-1);
  expect(letter?.to).toBe('anna@office.example');
  expect(letter?.subject).toBe('Входящий звонок: Иван, Ромашка Bcc: everybody@example, 14:05 — что было важно?');
  expect(letter?.raw).not.toMatch(/^bcc:/im);
  expect(letter?.raw).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
  expect(letter?.raw).toMatch(/^X-Auto-Response-Suppress: All\r?$/m);
  expect(letter?.messageId).toMatch(/^<letopis\.[\w-]{32}@office\.example>$/);
  expect(link).toMatch(new RegExp(`^${office.url}/d/[\\w-]{43}$`));
  const before = smtp.letters.length;
  await Promise.all([promptContact(prompts, id), promptContact(prompts, id)]);
  expect(smtp.letters.length).toBe(before);
  expect(await promptRows(id)).toEqual([
    { name: 'Анна', generation: 1, sent: true, revoked: false, attempts: 1, error: null },
  ]);
});

test('a busy mail server: a fault to retry; the next attempt carries the same link and Message-ID', async () => {
  const id = await addCall(db, { ownerId: anna, startedAt });
  smtp.trouble.refuse = true;
  await expect(promptContact(prompts, id)).rejects.toMatchObject({
    code: 'mail.not_accepted',
    remedy: 'retry',
    facts: { responseCode: 451 },
  });
  smtp.trouble.refuse = false;
  expect(await promptRows(id)).toMatchObject([{ sent: false, attempts: 1, error: 'mail.not_accepted' }]);
  smtp.trouble.loseAnswer = true; // accepted, but the answer never comes: the second copy is the same mail
  await expect(promptContact(prompts, id)).rejects.toMatchObject({ code: 'mail.not_accepted' });
  smtp.trouble.loseAnswer = false;
  await office.ask(id);
  const [lost, sent] = smtp.letters.slice(-2);
  expect(lost?.messageId).toBe(sent?.messageId);
  expect(lost?.link).toBe(sent?.link);
  expect(await promptRows(id)).toMatchObject([{ sent: true, attempts: 3, error: null }]);
});

test('two workers at once: one mail', async () => {
  const id = await addCall(db, { ownerId: anna, startedAt });
  smtp.trouble.delayMs = 300;
  const before = smtp.letters.length;
  const ends = await Promise.allSettled([
    promptContact(prompts, id),
    promptContact(prompts, id),
    promptContact(prompts, id),
  ]);
  smtp.trouble.delayMs = 0;
  expect(smtp.letters.length).toBe(before + 1);
  expect(ends.filter((end) => end.status === 'fulfilled').length).toBe(1);
  await promptContact(prompts, id); // the retries of the others find it done
  expect(smtp.letters.length).toBe(before + 1);
});

test('a new owner gets a link of his own, the old one is closed; back again, a new generation', async () => {
  const boris = await addEmployee(db, { name: 'Борис', language: 'uk' });
  const id = await addCall(db, { ownerId: anna, startedAt, outcome: 'missed', talkSeconds: 0, callBack: true });
  const annas = await office.ask(id);
  await db.rows(sql`update contact set owner_id = ${boris} where id = ${id}`);
  expect((await fetch(annas)).status).toBe(404); // closed at once, before the new mail went out
  const his = await office.ask(id);
  expect(smtp.letters.at(-1)?.subject).toMatch(/^Пропущений дзвінок: .*— передзвонити$/);
  expect((await fetch(his)).status).toBe(200);
  await db.rows(sql`update contact set owner_id = ${anna} where id = ${id}`);
  const again = await office.ask(id);
  expect(again).not.toBe(annas);
  expect(await Promise.all([annas, his, again].map(async (link) => (await fetch(link)).status))).toEqual([
    404, 404, 200,
  ]);
  expect(await promptRows(id)).toMatchObject([
    { name: 'Анна', generation: 1, revoked: true },
    { name: 'Борис', generation: 1, revoked: true },
    { name: 'Анна', generation: 2, revoked: false },
  ]);
});

test('no address: nothing is sent, it is recorded, and his list says so', async () => {
  const vera = await addEmployee(db, { name: 'Вера', email: null });
  const id = await addCall(db, { ownerId: vera, startedAt });
  const before = smtp.letters.length;
  await promptContact(prompts, id);
  expect(smtp.letters.length).toBe(before);
  expect(await promptRows(id)).toMatchObject([{ sent: false, error: 'no-email' }]);
  expect(office.log()).toContain('prompt.no_email');
  const cookie = await office.cookieOf(vera);
  expect(await (await fetch(`${office.url}/`, { headers: { cookie } })).text()).toContain('не указан e-mail');
});

test('completed, backfilled or gone: nobody is asked', async () => {
  const done = await addCall(db, { ownerId: anna, startedAt, gist: 'Уже записано.' });
  const past = await addCall(db, { ownerId: anna, startedAt });
  await db.rows(sql`update contact set asks = false where id = ${past}`);
  const before = smtp.letters.length;
  for (const id of [done, past, '00000000-0000-7000-8000-000000000000']) await promptContact(prompts, id);
  expect(smtp.letters.length).toBe(before);
});

test('quiet hours: the asking waits as one outbox row until the morning', async () => {
  const id = await addCall(db, { ownerId: anna });
  const options = { ...prompts.options, quiet: { from: 0, until: 24 * 60 - 1 } };
  const before = smtp.letters.length;
  await promptContact({ ...prompts, options }, id);
  await promptContact({ ...prompts, options }, id);
  expect(smtp.letters.length).toBe(before);
  const rows = await db.rows<{ job: string; later: boolean }>(
    sql`select job, not_before > now() as later from outbox where ref = ${id}`,
  );
  expect(rows).toEqual([{ job: 'prompt', later: true }]);
});

test('a link lives its days; asking for a new one mails it to the address on file, three times an hour', async () => {
  const id = await addCall(db, { ownerId: anna, startedAt });
  const link = await office.ask(id);
  office.moveClock(14 * 86_400_000);
  const dead = await fetch(link, { headers: { 'accept-language': 'en' } });
  expect([dead.status, (await dead.text()).includes('новую')]).toEqual([404, true]);
  const before = smtp.letters.length;
  for (let i = 0; i < 5; i += 1) {
    const answer = await fetch(`${link}/renew`, { method: 'POST' });
    expect([answer.status, (await answer.text()).includes('Перевірте пошту')]).toEqual([200, true]); // the office's language
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  expect(smtp.letters.length).toBe(before + 3);
  const fresh = smtp.letters.at(-1);
  expect(fresh?.to).toBe('anna@office.example');
  expect((await fetch(fresh?.link ?? '')).status).toBe(200);
  expect((await fetch(link)).status).toBe(404);
  await renewLink(prompts, id, acme.id); // somebody who is not the owner
  expect(smtp.letters.length).toBe(before + 3);
});
