import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { newId } from '../../src/ops/chance.ts';
import { revokeToken } from '../../src/store/access/tokens.ts';
import { sql } from '../../src/store/base/db.ts';
import { operations } from '../../src/web/api/operations.ts';
import { apiClient } from '../kit/api-client.ts';
import { addCall, addClient, addEmployee, openOffice } from './office.ts';

const office = await openOffice({ perMinute: 300 });
const { db, url } = office;
const anna = await addEmployee(db, { name: 'Анна', email: 'anna@office.example' });
await db.rows(sql`update employee set is_duty = true where id = ${anna}`);
const acme = await addClient(db, { name: 'Акме', phone: '+380671112233' });
const call = await addCall(db, { ownerId: anna, clientId: acme.id, gist: 'Тайна' });
const writer = [
  'clients:read',
  'clients:write',
  'contacts:read',
  'contacts:write',
  'webhooks:manage',
  'events:read',
] as const;
const fresh = () => apiClient(db, url, writer);

const raw = (path: string, init: RequestInit = {}) => fetch(`${url}/api/v1${path}`, { redirect: 'manual', ...init });
const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** Rows of everything an attacker might have changed. */
const standing = () =>
  db.rows(sql`
    select (select count(*)::int from client) as clients, (select count(*)::int from person) as people,
           (select count(*)::int from contact_point) as points, (select count(*)::int from contact) as contacts,
           (select count(*)::int from change) as changes, (select count(*)::int from event) as events`);
const before = await standing();
afterAll(async () => expect(await standing()).toEqual(before));

test('without a token, with a wrong, an expired, a revoked one: nothing, whatever the door', async () => {
  const { token, name } = await fresh();
  for (const { method, path } of operations) {
    const address = path.replace(/:\w+/g, newId());
    const answer = await raw(address, { method });
    expect([method, path, answer.status]).toEqual([method, path, 401]);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
  }
  const expired = await fresh();
  await db.rows(sql`update api_token set expires_at = now() - interval '1 second' where name = ${expired.name}`);
  await revokeToken(db, name, office.clock.now());
  for (const headers of [
    bearer(`${token.slice(0, -1)}A`),
    bearer(token),
    bearer(expired.token),
    { authorization: `Basic ${Buffer.from(`x:${token}`).toString('base64')}` },
    { authorization: token },
    { cookie: `letopis=${token}` },
  ])
    expect((await raw('/clients', { headers })).status).toBe(401);
  expect((await raw(`/clients?token=${token}`)).status).toBe(401);
});

test('the database holds no token, the log neither', async () => {
  const { token, call: ask } = await fresh();
  await ask('GET', '/clients');
  await ask('GET', '/clients', undefined, { authorization: `Bearer ${token}x` });
  const rows = await db.rows<{ text: string }>(sql`select api_token::text as text from api_token`);
  expect(rows.map(({ text }) => text).join()).not.toContain(token.slice(8, 40));
  expect(office.log()).not.toContain(token.slice(8, 40));
});

test('every door asks for its scope, and for no other', async () => {
  for (const { method, path, scope } of operations) {
    const others = writer.filter((one) => one !== scope);
    const { call: ask } = await apiClient(db, url, others);
    const answer = await ask(method, path.replace(/:\w+/g, newId()), method === 'GET' ? undefined : {});
    expect([path, answer.status, answer.body.detail]).toEqual([path, 403, expect.stringContaining(scope)]);
  }
});

test('wrong tokens are slowed down; who has a right one at the same address is not', async () => {
  const { call: ask } = await fresh();
  const statuses = [];
  for (let i = 0; i < 30; i += 1)
    statuses.push((await raw('/clients', { headers: bearer(`letopis_${'A'.repeat(42)}${i % 10}`) })).status);
  expect(statuses.at(-1)).toBe(429);
  expect((await ask('GET', '/clients')).status).toBe(200);
  office.moveClock(61_000);
});

test('a program that runs wild is stopped for a minute; others go on', async () => {
  const [wild, calm] = [await fresh(), await fresh()];
  const answers = await Promise.all(Array.from({ length: 310 }, () => wild.call('GET', '/employees')));
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(10);
  expect(answers.find(({ status }) => status === 429)?.headers.get('retry-after')).toBe('60');
  expect((await calm.call('GET', '/clients')).status).toBe(200);
  office.moveClock(61_000);
});

test.each([
  ['nobody’s id', 'GET', '/clients/00000000-0000-4000-8000-000000000000', 404],
  ['no id at all', 'GET', '/clients/1%27%20or%201=1', 404],
  ['a contact’s id at the clients', 'GET', `/clients/${call}`, 404],
  ['a client’s id at the people', 'PATCH', `/people/${acme.id}`, 404],
  ['NUL in a key', 'GET', '/clients/by-key/%00', 404],
  ['a key without end', 'GET', `/clients/by-key/${'k'.repeat(8000)}`, 404],
  ['an id without end', 'GET', `/clients/${'k'.repeat(8000)}`, 414],
  ['NUL in a name', 'GET', '/clients?name=%00', 422],
  ['NUL in a name, and more', 'GET', '/clients?name=a%00b', 200],
  ['NUL in an address', 'GET', '/points?address=%00@x.example', 200],
  ['NUL in a target', 'POST', '/webhooks/%00/enable', 404],
  ['a way up', 'GET', '/clients/..%2f..%2fmetrics', 404],
  ['a broken escape', 'GET', '/clients/%zz', 400],
  ['a limit too high', 'GET', '/clients?limit=100000', 422],
  ['a limit below', 'GET', '/clients?limit=-1', 422],
  ['an unknown filter', 'GET', '/clients?updatdSince=2026-01-01T00:00:00Z', 422],
  ['a filter twice', 'GET', '/clients?limit=1&limit=2', 422],
  ['the year 20226', 'GET', '/clients?updatedSince=20226-01-01T00:00:00Z', 422],
  ['another method', 'DELETE', `/clients/${acme.id}`, 405],
  ['a page of another site asks first', 'OPTIONS', '/clients', 405],
] as const)('%s', async (_story, method, path, status) => {
  const { call: ask } = await fresh();
  const answer = await ask(method, path, method === 'PATCH' ? {} : undefined, { origin: 'https://evil.example' });
  expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, null]);
  if (status !== 200)
    expect(answer.body).toMatchObject({ status, type: expect.stringMatching(/^urn:letopis:problem:/) });
});

const cursorOf = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
test.each([
  'x',
  cursorOf(null),
  cursorOf({ at: '2026-02-30T00:00:00.000000Z', id: newId() }),
  cursorOf({ at: '0000-01-01T00:00:00.000000Z', id: newId() }),
  cursorOf({ at: "2026-01-01T00:00:00.000000Z'; drop table client; --", id: newId() }),
  cursorOf({ at: '2026-01-01T00:00:00.000000Z', id: 'x' }),
  cursorOf({ at: '2026-01-01T00:00:00.000000Z', id: newId(), floor: 'infinity' }),
  cursorOf({ at: '2026-01-01T00:00:00.000000Z', id: newId(), more: 1 }),
])('a forged cursor (%s) is told, nothing else', async (cursor) => {
  const { call: ask } = await fresh();
  for (const path of ['/clients', '/contacts', '/points', '/people', '/events']) {
    const answer = await ask('GET', `${path}?cursor=${encodeURIComponent(cursor)}`);
    expect([path, answer.status, answer.body.errors?.[0]?.parameter]).toEqual([path, 422, 'cursor']);
  }
});

test.each<[string, string | Buffer, Record<string, string>, number]>([
  ['a prototype', '{"name":"x","__proto__":{"isAdmin":true}}', {}, 400],
  ['a constructor', '{"name":"x","people":[{"name":"y","constructor":{"prototype":{"a":1}}}]}', {}, 400],
  ['a hundred thousand brackets', '['.repeat(100_000), {}, 400],
  ['brackets that close', `${'['.repeat(50_000)}${']'.repeat(50_000)}`, {}, 400],
  ['no JSON', '{name: "x"}', {}, 400],
  ['a number', '5', {}, 422],
  ['nothing', '', {}, 400],
  ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]), {}, 400],
  ['too much', JSON.stringify({ name: 'x', note: 'я'.repeat(200_000) }), {}, 413],
  [
    'a thousand addresses',
    JSON.stringify({ name: 'x', points: Array(1000).fill({ kind: 'phone', address: '0671112233' }) }),
    {},
    422,
  ],
  ['a form', 'name=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
  ['packed', gzipSync('{"name":"x"}'), { 'content-encoding': 'gzip' }, 415],
  ['a name of nothing', '{"name":"\\u0000 \\n"}', {}, 422],
  ['a key with a line break', '{"name":"Q"}', { 'idempotency-key': 'a b' }, 422],
])('%s in the body', async (_story, body, headers, status) => {
  const { token } = await fresh();
  const answer = await raw('/clients', {
    method: 'POST',
    body: typeof body === 'string' ? body : new Uint8Array(body),
    headers: { ...bearer(token), 'content-type': 'application/json', ...headers },
  });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([
    status,
    'application/problem+json; charset=utf-8',
  ]);
  expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
});

test('no header of an answer is made of what was sent', async () => {
  const { token } = await fresh();
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(
    `GET /api/v1/clients/by-key/x%0d%0aset-cookie:%20a=b HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer ${token}\r\n` +
      'if-match: "x\\r\\nset-cookie: a=b"\r\n\r\n',
  );
  let text = '';
  socket.on('data', (chunk) => {
    text += chunk;
  });
  await once(socket, 'close');
  expect(text).toMatch(/^HTTP\/1\.1 404/);
  expect(text.split('\r\n\r\n')[0]).not.toMatch(/set-cookie/i);
});

test('anything at all in a body: an answer of ours, never a fault', async () => {
  const programs = await Promise.all(Array.from({ length: 8 }, fresh));
  let turn = 0;
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('/points', '/people', '/contacts'), fc.jsonValue(), async (path, value) => {
      const ask = programs[turn++ % 8]?.call;
      const answer = await ask?.('POST', path, { ...(typeof value === 'object' ? value : { value }), zzz: 1 });
      expect([400, 413, 422]).toContain(answer?.status);
    }),
    { numRuns: 300 },
  );
});

test('another program’s idempotency key answers nothing of it', async () => {
  const [one, two] = [await fresh(), await fresh()];
  const key = { 'idempotency-key': 'the-same' };
  await one.call('POST', '/webhooks/none/enable', undefined, key);
  const answer = await two.call('POST', '/webhooks/none/enable', undefined, key);
  expect([answer.status, answer.headers.get('idempotency-replayed')]).toEqual([404, null]);
});
