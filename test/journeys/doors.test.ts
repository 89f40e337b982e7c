import { expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { sql } from '../../src/store/base/db.ts';
import type { Web } from '../../src/web/http/route.ts';
import { doorsOf } from '../../src/web/http/server.ts';
import { addCall, addClient, addEmployee, openOffice } from './office.ts';

const office = await openOffice({ basePath: '/letopis' });
const { db, url } = office;
const anna = await addEmployee(db, { name: 'Анна', email: 'anna@office.example', language: 'ru', extension: '101' });
const boris = await addEmployee(db, { name: 'Борис', extension: '102' });
const acme = await addClient(db, { name: 'Ромашка' });
const form = (fields: Record<string, string>, headers: Record<string, string> = {}): RequestInit => ({
  method: 'POST',
  redirect: 'manual',
  body: new URLSearchParams(fields),
  headers,
});
const proofOf = (html: string) => /name="proof" value="([^"]+)"/.exec(html)?.[1] ?? '';

test('who may come where: every route is on this list', () => {
  const web: Web = Object.assign(Object.create(null), { clock: office.clock });
  const doors = doorsOf(web).map(({ method, path, auth }) => `${auth} ${method} ${path}`);
  expect(doors.sort()).toEqual([
    'link GET /d/:token',
    'link GET /d/:token/done',
    'link GET /d/:token/files/:n',
    'link GET /d/:token/pages/:n.png',
    'link POST /d/:token',
    'link POST /d/:token/remember',
    'link POST /d/:token/renew',
    'link POST /d/:token/typing',
    'link POST /d/:token/undo',
    'loopback GET /metrics',
    'open GET /api/v1/openapi.json',
    'open GET /livez',
    'open GET /readyz',
    'open GET /sign-in',
    'open GET /sign-in/:token',
    'open POST /sign-in',
    'open POST /sign-in/:token',
    'oversight GET /status',
    'oversight POST /status/sources/:name',
    'session GET /',
    'session GET /c/:id',
    'session GET /c/:id/edit',
    'session GET /change/:id',
    'session GET /changes/:id',
    'session GET /clients',
    'session GET /contact/:id',
    'session GET /contact/:id/done',
    'session GET /contact/:id/files/:n',
    'session GET /contact/:id/html',
    'session GET /contact/:id/pages/:n.png',
    'session GET /live',
    'session GET /strangers',
    'session GET /strangers/one',
    'session POST /c/:id/edit',
    'session POST /c/:id/people',
    'session POST /c/:id/people/:person',
    'session POST /c/:id/people/:person/move',
    'session POST /c/:id/points',
    'session POST /c/:id/points/:point',
    'session POST /c/:id/remember',
    'session POST /change/:id',
    'session POST /changes/:id',
    'session POST /contact/:id',
    'session POST /contact/:id/remember',
    'session POST /contact/:id/typing',
    'session POST /contact/:id/undo',
    'session POST /sign-out',
    'session POST /strangers/attach',
    'session POST /strangers/create',
    'session POST /strangers/not-client',
    'source GET /hook/:name',
    'source GET /hook/:name/*',
    'source OPTIONS /hook/:name',
    'source OPTIONS /hook/:name/*',
    'source POST /hook/:name',
    'source POST /hook/:name/*',
    'supervisor GET /c/:id/merge',
    'supervisor GET /changes',
    'supervisor POST /c/:id/merge',
    'supervisor POST /strangers/never',
    'token DELETE /api/v1/points/:id',
    'token GET /api/v1/clients',
    'token GET /api/v1/clients/:id',
    'token GET /api/v1/clients/by-key/:key',
    'token GET /api/v1/contacts',
    'token GET /api/v1/contacts/:id',
    'token GET /api/v1/drafts',
    'token GET /api/v1/employees',
    'token GET /api/v1/events',
    'token GET /api/v1/occasions',
    'token GET /api/v1/people',
    'token GET /api/v1/people/:id',
    'token GET /api/v1/points',
    'token GET /api/v1/points/:id',
    'token GET /api/v1/webhooks',
    'token PATCH /api/v1/clients/:id',
    'token PATCH /api/v1/contacts/:id',
    'token PATCH /api/v1/people/:id',
    'token PATCH /api/v1/points/:id',
    'token POST /api/v1/clients',
    'token POST /api/v1/contacts',
    'token POST /api/v1/people',
    'token POST /api/v1/points',
    'token POST /api/v1/webhooks/:name/enable',
    'token POST /api/v1/webhooks/:name/replay',
    'token PUT /api/v1/clients/by-key/:key',
  ]);
});

test('every answer is shut: policy, no sniffing, no referrer, no store, no index', async () => {
  const link = await office.ask(await addCall(db, { ownerId: anna }));
  for (const address of [link, `${url}/sign-in`, `${url}/nowhere`, `${url}/livez`, `${link}x`]) {
    const { headers } = await fetch(address);
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/,
    );
    expect(headers.get('content-security-policy')).not.toContain('unsafe');
    const rest = ['x-content-type-options', 'referrer-policy', 'cache-control', 'x-robots-tag'].map((name) =>
      headers.get(name),
    );
    expect(rest).toEqual(['nosniff', 'no-referrer', 'no-store', 'noindex, nofollow']);
  }
});

test('a form is taken from our own page alone', async () => {
  const id = await addCall(db, { ownerId: anna });
  const link = await office.ask(id);
  const other = await (await fetch(await office.ask(await addCall(db, { ownerId: anna })))).text();
  const proof = proofOf(await (await fetch(link)).text());
  const gist = { gist: 'Записано', version: '1' };
  const tries: [string, RequestInit, number][] = [
    ['no proof', form(gist), 403],
    ['the proof of another draft', form({ ...gist, proof: proofOf(other) }), 403],
    ['another site', form({ ...gist, proof }, { origin: 'https://evil.example' }), 403],
    ['another site, modern browser', form({ ...gist, proof }, { 'sec-fetch-site': 'cross-site' }), 403],
    ['no form at all', { method: 'POST', body: '{"gist":"x"}', headers: { 'content-type': 'application/json' } }, 415],
    ['too much', form({ ...gist, proof, gist: 'я'.repeat(40_000) }), 413],
    ['nothing written', form({ proof, version: '1' }), 422],
  ];
  for (const [story, request, status] of tries)
    expect([story, (await fetch(link, request)).status]).toEqual([story, status]);
  const [row] = await db.rows(sql`select state, version, gist from contact where id = ${id}`);
  expect(row).toEqual({ state: 'draft', version: 1, gist: null });
  expect((await fetch(link, form({ ...gist, proof }, { origin: new URL(url).origin }))).status).toBe(303);
  expect((await fetch(link, form({ ...gist, proof }))).status).toBe(303); // pressed twice: the same
  const [count] = await db.rows(sql`select count(*)::int as n from change where entity_id = ${id} and field = 'gist'`);
  expect(count).toEqual({ n: 1 });
});

test('a link opens its one draft for its one employee; the history needs a session', async () => {
  const mine = await addCall(db, { ownerId: anna, clientId: acme.id });
  await addCall(db, { ownerId: anna, clientId: acme.id, gist: 'Тайный разговор' });
  const link = await office.ask(mine);
  expect(await (await fetch(link)).text()).not.toContain('Тайный разговор');
  for (const path of [`/c/${acme.id}`, '/', `/contact/${mine}`, '/live', '/status']) {
    const answer = await fetch(url + path, { redirect: 'manual' });
    expect([path, answer.status, answer.headers.get('location')]).toEqual([path, 303, '/letopis/sign-in']);
  }
  const [annas, his] = [await office.cookieOf(anna), await office.cookieOf(boris)];
  expect(await (await fetch(link, { headers: { cookie: annas } })).text()).toContain('Тайный разговор');
  expect(await (await fetch(link, { headers: { cookie: his } })).text()).not.toContain('Тайный разговор');
  expect((await fetch(`${url}/contact/${mine}`, { headers: { cookie: his } })).status).toBe(403);
  expect((await fetch(`${url}/status`, { headers: { cookie: his } })).status).toBe(403);
  expect((await fetch(`${url}/c/${acme.id}`, { headers: { cookie: his } })).status).toBe(200);
  await db.rows(sql`update employee set active = false where id = ${boris}`);
  expect((await fetch(`${url}/`, { headers: { cookie: his }, redirect: 'manual' })).status).toBe(303);
  await db.rows(sql`update employee set active = true where id = ${boris}`);
});

test('wrong tokens: always the same page; the eleventh in a minute is refused, a right one is not', async () => {
  const link = await office.ask(await addCall(db, { ownerId: anna }));
  office.moveClock(61_000); // whatever came before is forgotten
  const wrong = (i: number) => fetch(`${url}/d/${String(i).padStart(43, 'x')}`);
  const answers = [];
  for (let i = 0; i < 11; i += 1) answers.push(await wrong(i));
  expect(answers.map((answer) => answer.status)).toEqual([...Array.from({ length: 10 }, () => 404), 429]);
  const texts = await Promise.all(
    answers.slice(0, 2).map(async (answer) => (await answer.text()).replace(/x{30,}\d+/g, '')),
  );
  expect(texts[0]).toBe(texts[1]);
  expect((await fetch(link)).status).toBe(200);
  office.moveClock(61_000);
  expect((await wrong(99)).status).toBe(404);
});

test('signing in: one answer to everybody, a scanner burns nothing, the link works once, the cookie is shut', async () => {
  const ask = (email: string) => fetch(`${url}/sign-in`, form({ email }, { 'accept-language': 'en' }));
  const before = office.smtp.letters.length;
  const [known, unknown] = await Promise.all([ask('ANNA@office.example'), ask('nobody@office.example')]);
  expect([known.status, await known.text()]).toEqual([unknown.status, await unknown.text()]);
  await expect.poll(() => office.smtp.letters.length).toBe(before + 1);
  const letter = office.smtp.letters.at(-1);
  expect([letter?.to, letter?.subject]).toEqual(['anna@office.example', 'Вход в «Летопись»']);
  const link = letter?.link ?? '';
  for (let i = 0; i < 5; i += 1) {
    expect((await fetch(link)).status).toBe(200);
    await fetch(link, { method: 'HEAD' });
  }
  expect((await fetch(link, form({}, { 'sec-fetch-site': 'cross-site' }))).status).toBe(403);
  const entered = await fetch(link, form({}));
  expect([entered.status, entered.headers.get('location')]).toEqual([303, '/letopis/']);
  expect(entered.headers.get('set-cookie')).toMatch(
    /^letopis=[\w-]{43}; Path=\/; Max-Age=604800; HttpOnly; SameSite=Lax$/,
  );
  expect((await fetch(link, form({}))).status).toBe(404);
  expect((await ask('no address')).status).toBe(422);
  for (let i = 0; i < 5; i += 1) await ask('anna@office.example');
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(office.smtp.letters.length).toBe(before + 4); // three open ones at most: no mailbox is flooded through us
});

test('a session ends by signing out, after twelve idle hours, after seven days', async () => {
  const see = async (cookie: string) => (await fetch(`${url}/`, { headers: { cookie }, redirect: 'manual' })).status;
  const cookie = await office.cookieOf(anna);
  const proof = proofOf(await (await fetch(`${url}/`, { headers: { cookie } })).text());
  expect((await fetch(`${url}/sign-out`, form({}, { cookie }))).status).toBe(403);
  expect(await see(cookie)).toBe(200);
  expect((await fetch(`${url}/sign-out`, form({ proof }, { cookie }))).status).toBe(303);
  expect(await see(cookie)).toBe(303);
  const idle = await office.cookieOf(anna);
  office.moveClock(12 * 3_600_000 + 1000);
  expect(await see(idle)).toBe(303);
  const busy = await office.cookieOf(anna);
  for (let hours = 0; hours < 7 * 24 - 8; hours += 8) {
    office.moveClock(8 * 3_600_000);
    expect(await see(busy)).toBe(200);
  }
  office.moveClock(8 * 3_600_000);
  expect(await see(busy)).toBe(303);
});

test('live frames: our own page, signed in, and only one’s own calls', async () => {
  const socket = (headers: Record<string, string>) =>
    new Promise<string>((resolve) => {
      const page = new WebSocket(`${url.replace('http', 'ws')}/live/socket`, { headers });
      page.on('message', (data) => {
        resolve(String(data));
        page.close();
      });
      page.on('error', (error) => resolve(error.message));
    });
  const [annas, his] = [await office.cookieOf(anna), await office.cookieOf(boris)];
  const origin = new URL(url).origin;
  office.live.announce('pbx', {
    call: '7',
    outside: { kind: 'phone', value: '+380501112233' },
    outsideName: 'Тайный гость',
    ours: null,
    rings: ['101'],
    answeredBy: null,
    since: office.clock.now(),
  });
  await expect.poll(() => office.live.present(anna).length).toBe(1);
  expect(await socket({ cookie: annas })).toContain('403'); // no Origin
  expect(await socket({ cookie: annas, origin: 'https://evil.example' })).toContain('403');
  expect(await socket({ origin })).toContain('403');
  expect(await socket({ cookie: annas, origin })).toContain('Тайный гость');
  expect(await socket({ cookie: his, origin })).not.toContain('Тайный гость');
});

test('what machines ask', async () => {
  const answers = await Promise.all(['/livez', '/readyz', '/metrics'].map((path) => fetch(url + path)));
  expect(answers.map((answer) => answer.status)).toEqual([200, 200, 200]);
  expect(await answers[2]?.text()).toMatch(/^drafts_completed_total\{on_time="true"\} 1$/m);
  expect((await fetch(`${url}/metrics`, { headers: { 'x-forwarded-for': '8.8.8.8' } })).status).toBe(404);
});
