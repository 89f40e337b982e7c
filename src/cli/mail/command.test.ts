import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Io } from '../base/command.ts';
import { runCommandLine } from '../index.ts';

const folder = await mkdtemp(join(tmpdir(), 'letopis-mail-'));
const sample = (name: string) => new URL(`../../../test/fixtures/fax/${name}`, import.meta.url);
const mail = (from: string, to: string, subject: string, text: string, more = '') =>
  `From: ${from}\r\nTo: ${to}\r\nSubject: ${subject}\r\nDate: Tue, 17 Nov 2026 10:15:30 +0200\r\nMessage-ID: <${subject}@x.example>\r\n${more}Content-Type: text/plain; charset=utf-8\r\n\r\n${text}\r\n`;

beforeAll(async () => {
  await copyFile(sample('real-hylafax-1.eml'), join(folder, 'fax.eml'));
  await writeFile(
    join(folder, 'in.eml'),
    mail('Anna <anna@client.example>', 'olga@ours.example', 'order', 'Счёт, пожалуйста.\r\n\r\nС уважением,\r\nАнна'),
  );
  await writeFile(
    join(folder, 'again.eml'),
    mail('Anna <anna@client.example>', 'olga@ours.example', 'order', 'Счёт, пожалуйста.'),
  );
  await writeFile(
    join(folder, 'answer.eml'),
    mail('olga@ours.example', 'anna@client.example', 'answer', 'Отправили.', 'In-Reply-To: <order@x.example>\r\n'),
  );
  const forward =
    'См.\r\n\r\n---------- Forwarded message ---------\r\nFrom: Anna <anna@client.example>\r\nDate: Tue\r\nSubject: order\r\nTo: olga@ours.example\r\n\r\nСчёт, пожалуйста.';
  await writeFile(join(folder, 'forward.eml'), mail('olga@ours.example', 'history@ours.example', 'Fwd', forward));
  await writeFile(join(folder, 'noise.eml'), Buffer.from([0, 1, 2, 3, 255, 254]));
  await writeFile(join(folder, 'people.csv'), 'name,email\nOlga,olga@ours.example\n');
  await writeFile(
    join(folder, 'letopis.yml'),
    'office: { country: RU, timezone: Europe/Moscow }\nown: { domains: [ours.example] }\npeople: people.csv\n',
  );
});
beforeAll(async () => {
  await writeFile(
    join(folder, 'own.eml'),
    mail('scanner@ours.example', 'fax@ours.example', 'Вхідне 77', 'Абонент: 8 (495) 123-45-67\r\nАркушів: 4'),
  );
  const profile = `{ name: own, match: { subject: "^Вхідне" }, labels: { number: [Абонент], pages: [Аркушів] } }`;
  const faxes = `{ name: faxes, kind: fax-mail, host: h, user: fax@ours.example, auth: { password: x }, profiles: [${profile}] }`;
  await writeFile(
    join(folder, 'faxes.yml'),
    `office: { country: RU, timezone: Europe/Moscow }\nown: { domains: [ours.example] }\nconnectors:\n  - ${faxes}\n`,
  );
});
afterAll(() => rm(folder, { recursive: true }));

async function letopis(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdin: process.stdin,
    isTTY: false,
    env: {},
    cwd: folder,
  };
  const code = await runCommandLine(['mail', ...args], io);
  return { code, out, err };
}
const json = async (...args: string[]) =>
  (await letopis(...args, '--json')).out.map((line): unknown => JSON.parse(line));

test('one document per file, in order, with the fields of the contract', async () => {
  const { code, out, err } = await letopis(
    'fax.eml',
    'nothing.eml',
    'in.eml',
    'again.eml',
    'answer.eml',
    'noise.eml',
    '--json',
    '--config',
    'letopis.yml',
  );
  expect(code).toBe(1);
  expect(err.join()).toMatch(/nothing\.eml/);
  const [fax, missing, inbound, again, answer, noise] = out.map((line): unknown => JSON.parse(line));
  expect(fax).toMatchObject({
    file: 'fax.eml',
    verdict: 'contact',
    channel: 'fax',
    direction: 'inbound',
    client: { kind: 'phone', value: '+74950001122' },
    employee: null,
    messageId: null,
    fax: {
      status: 'received',
      number: '+74950001122',
      station: 'ROMASHKA +7 495 0001122',
      name: 'ROMASHKA',
      pages: 3,
      document: 'fax000000042.tif',
      to: null,
      error: null,
    },
  });
  expect(missing).toEqual({
    file: 'nothing.eml',
    error: { code: 'mail.enoent', message: expect.stringContaining('nothing.eml') },
  });
  expect(inbound).toEqual({
    file: 'in.eml',
    verdict: 'contact',
    reason: 'written to us by anna@client.example',
    channel: 'email',
    direction: 'inbound',
    from: 'anna@client.example',
    to: 'olga@ours.example',
    client: { kind: 'email', value: 'anna@client.example' },
    employee: 'olga@ours.example',
    subject: 'order',
    messageId: '<order@x.example>',
    thread: '<order@x.example>',
    text: 'Счёт, пожалуйста.',
    attachments: [],
    fax: null,
    originalSender: null,
    authenticity: 'unknown',
  });
  expect(again).toMatchObject({ verdict: 'duplicate', reason: 'the same mail as in.eml' });
  expect(answer).toMatchObject({ verdict: 'contact', direction: 'outbound', thread: '<order@x.example>' });
  expect(noise).toMatchObject({ file: 'noise.eml', verdict: 'unreadable', direction: null, text: '' });
});

test('what is ours comes from the options or the configuration; with neither all is inbound', async () => {
  const forward = { originalSender: 'anna@client.example', text: 'См.\n\nСчёт, пожалуйста.' };
  expect(await json('forward.eml', '--own-domain', 'ours.example', '--mailbox', 'History@ours.example')).toMatchObject([
    { ...forward, verdict: 'contact', direction: 'inbound', client: { value: 'anna@client.example' } },
  ]);
  expect(await json('forward.eml', '--own-domain', 'ours.example', '--mailbox', 'sales@ours.example')).toMatchObject([
    { ...forward, verdict: 'internal', client: null },
  ]);
  expect(await json('answer.eml', '--own-domain', 'ours.example')).toMatchObject([{ direction: 'outbound' }]);
  const bare = await letopis('answer.eml', '--json');
  expect(bare.code).toBe(0);
  expect(bare.out.map((line): unknown => JSON.parse(line))).toMatchObject([
    { direction: 'inbound', client: { value: 'olga@ours.example' } },
  ]);
  expect(bare.err.join()).toMatch(/--own-domain/);
});

test('in words', async () => {
  const { out, code } = await letopis('in.eml', 'fax.eml', '--config', 'letopis.yml');
  expect(code).toBe(0);
  expect(out[0]).toBe(
    'in.eml: contact: written to us by anna@client.example\n  inbound email: anna@client.example → olga@ours.example\n  order\n  client anna@client.example; our olga@ours.example\n  Счёт, пожалуйста.',
  );
  expect(out[1]).toMatch(
    /^fax\.eml: contact: fax from \+74950001122 \(hylafax\)\n.*\n.*\n {2}client \+74950001122; 3 pages; fax000000042\.tif/,
  );
});

test.each([
  [64, []],
  [64, ['in.eml', '--own-domain', 'not a domain']],
  [64, ['in.eml', '--own']],
  [78, ['in.eml', '--config', 'nothing.yml']],
])('exit code %i: %j', async (code, args) => {
  expect(await letopis(...args)).toMatchObject({ code, out: [] });
});

test('a profile of the configuration is tried out on a sample', async () => {
  const [found] = await json('own.eml', '--config', 'faxes.yml', '--connector', 'faxes');
  expect(found).toMatchObject({
    verdict: 'contact',
    channel: 'fax',
    client: { kind: 'phone', value: '+74951234567' },
    fax: { status: 'received', number: '+74951234567', pages: 4 },
  });
  expect(await letopis('own.eml', '--config', 'faxes.yml', '--connector', 'fakes')).toMatchObject({
    code: 64,
    err: [expect.stringContaining('--connector fakes: no mailbox of this name, did you mean faxes')],
  });
});
