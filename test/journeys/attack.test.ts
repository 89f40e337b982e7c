import { connect, type Socket } from 'node:net';
import { PassThrough } from 'node:stream';
import { SMTPServer } from 'smtp-server';
import { expect, test } from 'vitest';
import { createLog } from '../../src/ops/log.ts';
import { createMailer } from '../../src/prompt/mailer.ts';
import { sql } from '../../src/store/base/db.ts';
import { addCall, addClient, addEmployee, addOccasions, openOffice } from './office.ts';

const office = await openOffice({ requestTimeoutMs: 1500 });
const { db, url } = office;
const anna = await addEmployee(db, { name: 'Анна', email: 'anna@office.example', extension: '101' });
const boss = await addEmployee(db, { name: 'Шеф', role: 'supervisor', language: 'en' });
const { host, port, origin } = new URL(url);

const form = (fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  redirect: 'manual',
  body: new URLSearchParams(fields),
  headers,
});
const proofOf = (html: string) => /name="proof" value="([^"]+)"/.exec(html)?.[1] ?? '';

/** Bytes as no client library would send them; what came back until the server hung up, or `afterMs`. */
function send(request: string, afterMs = 5000): Promise<{ readonly answer: string; readonly hungUp: boolean }> {
  return new Promise((resolve) => {
    let answer = '';
    const socket: Socket = connect({ port: Number(port), host: '127.0.0.1', allowHalfOpen: true });
    const end = (hungUp: boolean) => {
      clearTimeout(timer);
      clearInterval(knocks);
      socket.destroy();
      resolve({ answer, hungUp });
    };
    const timer = setTimeout(() => end(false), afterMs);
    // Our side stays open for ever: whether the other is really gone shows when something is sent to it.
    let ended = false;
    socket.on('end', () => {
      ended = true;
    });
    const knocks = setInterval(() => ended && socket.write('x'), 50);
    socket.on('data', (chunk) => {
      answer += String(chunk);
    });
    socket.on('error', () => {});
    socket.on('close', () => end(true));
    socket.write(request);
  });
}

const handshake = (fields: Record<string, string> = {}) =>
  [
    'GET /live/socket HTTP/1.1',
    ...Object.entries({
      host,
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
      ...fields,
    }).map(([name, value]) => `${name}: ${value}`),
    '\r\n',
  ].join('\r\n');

test('whoever hangs up in the middle of a handshake takes nobody down', async () => {
  const cookie = `letopis=${'x'.repeat(43)}`; // looks like a session, so the database is asked while he leaves
  const thrown: unknown[] = [];
  const note = (error: unknown) => void thrown.push(error);
  const others = process.listeners('uncaughtException');
  process.removeAllListeners('uncaughtException').on('uncaughtException', note);
  for (let i = 0; i < 40; i += 1) {
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(handshake({ origin, cookie })));
      socket.on('error', () => {});
      socket.on('close', () => resolve());
      setTimeout(() => socket.resetAndDestroy(), i % 5);
    });
  }
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  process.removeAllListeners('uncaughtException');
  for (const other of others) process.on('uncaughtException', other);
  expect(thrown).toEqual([]);
});

test('a refused handshake holds no connection, even if the other side never closes its own', async () => {
  const { answer, hungUp } = await send(handshake());
  expect([answer.slice(0, 12), hungUp]).toEqual(['HTTP/1.1 403', true]);
});

test('an address that is none gets a page like every other, and is not repeated', async () => {
  for (const address of ['/%zz', '/d/%ff', '/sign-in/%c0%af', `/d/${'x'.repeat(200)}`]) {
    const { answer } = await send(`GET ${address} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    expect([address, answer.slice(0, 10)]).toEqual([address, 'HTTP/1.1 4']);
    expect(answer).toContain("content-security-policy: default-src 'none'");
    expect(answer).toContain('x-content-type-options: nosniff');
    expect(answer).not.toContain(address);
  }
});

test('a page elsewhere whose name was made to lead here reads no metrics', async () => {
  const ask = async (name: string) =>
    (await send(`GET /metrics HTTP/1.1\r\nhost: ${name}\r\nconnection: close\r\n\r\n`)).answer.slice(9, 12);
  expect(await Promise.all([host, `localhost:${port}`, `evil.example:${port}`].map(ask))).toEqual([
    '200',
    '200',
    '404',
  ]);
});

test('nobody is led elsewhere, by whatever name he calls us or path he takes', async () => {
  const paths = [
    '/',
    '//evil.example',
    '//evil.example/..',
    '/d/%2F%2Fevil.example',
    '/%5Cevil.example',
    '/d/..%2f..%2fetc',
  ];
  for (const path of paths) {
    const { answer } = await send(`GET ${path} HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n`);
    const [status, location] = [answer.slice(9, 12), /^location: (.*)$/im.exec(answer)?.[1]?.trim()];
    expect([path, status, location]).toEqual(path === '/' ? [path, '303', '/sign-in'] : [path, '404', undefined]);
    expect(answer).not.toMatch(/(?:href|action|src)="(?:\/\/|https?:|\/\\)/);
  }
});

test('no other method does the work of a form', async () => {
  const link = await office.ask(await addCall(db, { ownerId: anna }));
  for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
    expect([method, (await fetch(link, { method })).status]).toEqual([method, 404]);
  }
  const dressed = { 'x-http-method-override': 'POST', 'x-method-override': 'POST' };
  expect((await fetch(`${link}/undo?_method=POST`, { headers: dressed })).status).toBe(404);
});

test('a save is taken back by who made it, on the contact where it was made', async () => {
  const [hers, other] = [await addCall(db, { ownerId: anna }), await addCall(db, { ownerId: anna })];
  const cookie = await office.cookieOf(boss);
  const save = async (address: string, gist: string, headers: Record<string, string>) => {
    const html = await (await fetch(address, { headers })).text();
    const [, version = '', proof = ''] = /name="version" value="(\d+)".*?name="proof" value="([^"]+)"/.exec(html) ?? [];
    const answer = await fetch(address, form({ gist, version, proof }, headers));
    expect(answer.status).toBe(303);
    return new URL(answer.headers.get('location') ?? '', url).searchParams;
  };
  const gistOf = async (id: string) => (await db.rows(sql`select gist from contact where id = ${id}`))[0];
  const undo = (id: string, edit: string, proof: string) =>
    fetch(`${url}/contact/${id}/undo`, form({ edit, proof }, { cookie }));

  await save(await office.ask(hers), 'Слово Анны', {});
  const mine = await save(`${url}/contact/${other}`, 'Слово шефа', { cookie });
  expect((await undo(hers, mine.get('edit') ?? '', mine.get('proof') ?? '')).status).toBe(403);
  expect(await gistOf(hers)).toEqual({ gist: 'Слово Анны' });

  const same = await save(`${url}/contact/${hers}`, 'Слово Анны', { cookie });
  expect([...same.keys()]).toEqual([]); // nothing was saved, so nothing can be taken back
  expect((await undo(other, mine.get('edit') ?? '', mine.get('proof') ?? '')).status).toBe(303);
  expect(await gistOf(other)).toEqual({ gist: null });
});

test('a link reads no client by his number: only who is offered can be chosen', async () => {
  const secret = await addClient(db, { name: 'Секретный завод' });
  const id = await addCall(db, { ownerId: anna });
  const link = await office.ask(id);
  const proof = proofOf(await (await fetch(link)).text());
  const choose = (fields: Record<string, string>) =>
    fetch(link, form({ gist: 'Договорились', version: '1', client: secret.id, proof, ...fields }));
  const refused = await choose({});
  expect([refused.status, (await refused.text()).includes('Секретный')]).toEqual([422, false]);
  expect((await choose({ clientName: 'Ромашка' })).status).toBe(422);
  expect((await choose({ clientName: 'секретный' })).status).toBe(303); // found by his name and offered
  expect(await db.rows(sql`select client_id as id from contact where id = ${id}`)).toEqual([{ id: secret.id }]);
});

test('a mark in the address that no calendar knows shows the first page', async () => {
  const { id } = await addClient(db, { name: 'Ромашка' });
  const headers = { cookie: await office.cookieOf(anna) };
  for (const day of ['0000-01-01', '2026-02-30', '2026-13-01', '2026-01-01']) {
    const mark = new URLSearchParams({ at: `${day}T00:00:00.000000Z`, key: `h${'0'.repeat(19)}` });
    expect([day, (await fetch(`${url}/c/${id}?${mark}`, { headers })).status]).toEqual([day, 200]);
  }
});

const nasty = `<script>alert(1)</script>"'><img src=x onerror=alert(1)>\u202egpj.\u0000\u001b[2J`;

test('whatever comes from outside stays text on every page and in the mail', async () => {
  const client = await addClient(db, { name: nasty.replace('\0', ''), person: `${nasty.replace('\0', '')}2` });
  await addOccasions(db, [nasty.replace('\0', '')]);
  const cookie = await office.cookieOf(boss);
  const text = nasty.replace('\0', '');
  const known = { ownerId: boss, clientId: client.id, outsideName: text, queue: text };
  const ids = [
    await addCall(db, { ...known, gist: text, personId: client.personId }),
    await addCall(db, {
      ownerId: boss,
      outsideName: text,
      queue: text,
      candidates: [{ clientId: client.id, personId: null }],
    }),
    await addCall(db, known),
  ];
  await db.rows(sql`
    insert into gap (connector, since, until, reason) values (${text}, now() - interval '1 hour', now(), ${text})`);
  const link = await office.ask(ids[2] ?? '');
  const mail = office.smtp.letters.at(-1);
  const pages = [
    ...['/', `/clients?q=${encodeURIComponent('<script')}`, `/c/${client.id}`, '/live', '/status'],
    ...ids.flatMap((id) => [`/contact/${id}`, `/contact/${id}/done`]),
  ];
  const htmls = await Promise.all([
    ...pages.map(async (path) => (await fetch(url + path, { headers: { cookie } })).text()),
    fetch(link).then((answer) => answer.text()),
    fetch(`${url}/sign-in`, form({ email: nasty })).then((answer) => answer.text()),
    fetch(link, form({ gist: nasty, client: 'other', clientName: nasty, next: 'call', on: nasty, proof: nasty })).then(
      (answer) => answer.text(),
    ),
  ]);
  for (const [i, html] of htmls.entries()) {
    expect([
      pages[i] ?? i,
      html.match(/<script(?! type="module" src="\/assets\/[\w.-]+"><\/script>)|<img|\0/g),
    ]).toEqual([pages[i] ?? i, null]);
  }
  expect(mail?.subject).not.toMatch(/[\u0000-\u001f\u202e]/);
  expect(mail?.raw.split('Content-Type: text/html')[1]).not.toMatch(/<script|<img/);
});

test('a caller’s name brings no link into our mail: mail readers make one of anything like an address', async () => {
  for (const outsideName of [
    'Sign in: https://evil.example/d/x',
    'www.evil.example',
    'evil.example',
    'Иван Петрович',
  ]) {
    await office.ask(await addCall(db, { ownerId: boss, outsideName }));
    const mail = office.smtp.letters.at(-1);
    expect([outsideName, mail?.raw.includes('evil')]).toEqual([outsideName, false]);
    expect(mail?.subject).toContain(outsideName === 'Иван Петрович' ? outsideName : '+380 67 123-45-67');
  }
});

test('ten thousand characters of anything: told to be too long, kept on the page, nothing saved', async () => {
  const id = await addCall(db, { ownerId: anna });
  const link = await office.ask(id);
  const proof = proofOf(await (await fetch(link)).text());
  const gist = `${'\u0000\u202e\ud800я'.repeat(1000)}${'x'.repeat(6000)}`;
  const answer = await fetch(link, form({ gist, version: '1', proof }));
  expect(answer.status).toBe(422);
  expect(await answer.text()).toContain('я\u202e\ufffdя');
  const short = await fetch(link, form({ gist: gist.slice(0, 4000), version: '1', proof }));
  expect(short.status).toBe(303);
  const [row] = await db.rows<{ gist: string }>(sql`select gist from contact where id = ${id}`);
  expect(row?.gist).toBe('\u202e\ufffdя'.repeat(1000));
});

test('the address that a mail server refuses is in no log', async () => {
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onRcptTo: ({ address }, _session, done) => done(new Error(`<${address}> is not known here`)),
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  const mailer = createMailer({
    smtp: `smtp://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
    from: 'letopis@office.example',
  });
  const destination = new PassThrough();
  const log = createLog({ level: 'info', pretty: false, destination });
  const mail = { to: 'olena@private.example', subject: 'x', text: 'x', html: 'x' };
  await mailer.send(mail).catch((err: unknown) => log.warn({ err }, 'prompt.failed'));
  mailer.close();
  await new Promise<void>((resolve) => server.close(() => resolve()));
  const line = String(destination.read());
  expect(line).toContain('mail.not_accepted');
  expect(line).toContain('is not known here');
  expect(line).not.toContain('private.example');
});

test('who sends byte after byte is let go of, in the head as in the body', async () => {
  const head = `POST /sign-in HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/x-www-form-urlencoded\r\n`;
  const answers = await Promise.all([send(head, 4000), send(`${head}content-length: 100\r\n\r\nemail=`, 4000)]);
  expect(answers.map(({ answer, hungUp }) => [answer.slice(9, 12), hungUp])).toEqual([
    ['408', true],
    ['408', true],
  ]);
});
