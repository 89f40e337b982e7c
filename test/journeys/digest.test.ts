import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { promptContact } from '../../src/prompt/run.ts';
import { sql } from '../../src/store/base/db.ts';
import { wordsOf } from '../kit/forms.ts';
import { lookInto } from '../kit/look-into.ts';
import { startMailServer } from '../kit/mail-server.ts';
import { makeOfficeFolder } from '../kit/office-folder.ts';
import { endAllPrograms, startProgram } from '../kit/program.ts';
import { addCall, addClient, addEmployee, openOffice } from './office.ts';

const office = await openOffice();
const { db } = office;
const folder = makeOfficeFolder();
const smtp = await startMailServer();
afterAll(async () => {
  await endAllPrograms();
  await smtp.close();
  folder.remove();
});

test('five forms of a web site before the digest: one mail with five links, each opens its own draft', async () => {
  const connectors = ['{ name: site, kind: web-form, token: key }'];
  const write = (web: string) => folder.write({ smtp: smtp.url, trunks: [], connectors, prompts: `{ web: ${web} }` });
  write('never');
  const daemon = startProgram(['run', '--config', folder.file]);
  const [, url = ''] = await daemon.line(/^listening on (\S+)$/);
  const digest = nextMinute(10_000);
  write(`digest ${digest.time}`);
  daemon.signal('SIGHUP');
  await daemon.logged('daemon.reloaded');
  const messages = ['первая', 'вторая', 'третья', 'четвёртая', 'пятая'];
  for (const [n, message] of messages.entries()) {
    const body = JSON.stringify({ phone: `067111220${n}`, name: 'Ганна', message: `Заявка ${message}` });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${url}/hook/site?token=key`, { method: 'POST', body, headers })).status).toBe(200);
  }
  const store = await lookInto(folder.dataDir);
  const waiting = () =>
    store.db.rows(sql`select 1 from outbox where job = 'prompt' and done_at is null and not_before = ${digest.at}`);
  await expect.poll(async () => (await waiting()).length, { timeout: 8000 }).toBe(5);
  expect(smtp.mails).toEqual([]);
  await expect.poll(() => smtp.mails.length, { timeout: 75_000, interval: 50 }).toBe(1);
  const [mail] = smtp.mails;
  expect([mail?.to, mail?.subject]).toEqual(['olena.koval@romashka.example', '5 контактів — що було важливо?']);
  expect(mail?.acceptedAt.getTime()).toBeGreaterThanOrEqual(digest.at.getTime());
  const pages = await Promise.all((mail?.links ?? []).map(async (link) => wordsOf(await (await fetch(link)).text())));
  expect(pages.map((page) => messages.filter((message) => page.includes(`Заявка ${message}`)))).toEqual(
    messages.map((message) => [message]),
  );
  await pause(1500); // the other four jobs
  expect(smtp.mails).toHaveLength(1);
  await store.close();
  expect(daemon.log.filter(({ level }) => level !== 'info')).toEqual([]);
}, 120_000);

test('the answer to a digest is lost: the second copy is the same mail, and its links are the same', async () => {
  const anna = await addEmployee(db, { name: 'Анна', language: 'uk' });
  const acme = await addClient(db, { name: 'Ромашка' });
  const calls = [
    await addCall(db, { ownerId: anna, startedAt: new Date('2026-11-20T12:05:00Z') }),
    await addCall(db, { ownerId: anna, clientId: acme.id, startedAt: new Date('2026-11-20T12:15:00Z') }),
  ];
  await db.rows(sql`update contact set created_at = created_at - interval '1 day'`);
  await db.rows(sql`insert into outbox (job, ref) select 'prompt', id from contact`);
  const options = { ...office.prompts.options, when: { call: { kind: 'digest', at: 0 } as const } };
  const ask = () => promptContact({ ...office.prompts, options }, calls[1] ?? '');
  office.smtp.trouble.loseAnswer = true;
  await expect(ask()).rejects.toMatchObject({ code: 'mail.not_accepted' });
  office.smtp.trouble.loseAnswer = false;
  await ask();
  const [lost, sent] = office.smtp.letters;
  expect([lost?.subject, lost?.messageId, lost?.links]).toEqual([sent?.subject, sent?.messageId, sent?.links]);
  expect(sent?.subject).toBe('2 контакти — що було важливо?');
  expect(sent?.raw).toMatch(/^Auto-Submitted: auto-generated\r?$/m);
  expect(sent?.links).toHaveLength(2);
  const pages = await Promise.all((sent?.links ?? []).map(async (link) => (await fetch(link)).text()));
  expect(pages.map((page) => page.includes('Ромашка'))).toEqual([false, true]);
});

/** The next full minute that is at least so far away, as people of the office (Kyiv) read it. */
function nextMinute(atLeastMs: number): { readonly at: Date; readonly time: string } {
  const at = new Date(Math.ceil((Date.now() + atLeastMs) / 60_000) * 60_000);
  return { at, time: at.toLocaleTimeString('en-GB', { timeZone: 'Europe/Kyiv', hour: '2-digit', minute: '2-digit' }) };
}
