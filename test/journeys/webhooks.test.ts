import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import fastify from 'fastify';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { connectors } from '../../connectors/index.ts';
import { fixtureRequest, fixtureSecret } from '../../connectors/pbx-webhook/requests.fixture.ts';
import type { Ringing } from '../../src/connector/index.ts';
import { jitter, newId } from '../../src/ops/chance.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { openStore, sql } from '../../src/store/index.ts';
import { connectorStates } from '../../src/store/intake/connectors.ts';
import { createSupervisor } from '../../src/supervisor/supervisor.ts';
import { type FindHook, serveHooks } from '../../src/web/http/hooks.ts';
import { noMails } from '../kit/mails.ts';
import { eventually, untilTakenIn } from '../kit/session.ts';
import { addClient, addEmployee, openOffice } from './office.ts';

let find: FindHook = () => null;
const office = await openOffice({ basePath: '/letopis', hooks: (name) => find(name) });
const { db, url } = office;
const lines: string[] = [];
const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
const announced: Ringing[] = [];
const metrics = createMetrics();
const deps = {
  db,
  clock: systemClock,
  log,
  metrics,
  newId,
  mails: noMails,
  jitter,
  holder: 'test',
  registry: connectors,
  office: { extensions: /^\d{2,5}$/, isColleague: () => false, mail: { domains: [] } },
  officeRegion: 'UA',
  kick: () => {},
  announce: (_connector: string, ringing: Ringing) => void announced.push(ringing),
};
const token = 'form-key-1';
const configured = (name: string, kind: keyof typeof connectors, options: unknown) => ({
  name,
  kind,
  exchange: name,
  region: null,
  options: connectors[kind].config.parse(options),
});
const list = [
  configured('zadarma', 'pbx-webhook', { preset: 'zadarma', secret: fixtureSecret, timezone: 'Europe/Kyiv' }),
  configured('mango', 'pbx-webhook', { preset: 'mango', secret: fixtureSecret }),
  configured('pbx', 'pbx-webhook', { secret: fixtureSecret }),
  configured('form', 'web-form', { token, origins: ['https://romashka.example'], perMinute: 10_000 }),
  configured('slow-form', 'web-form', { token, perMinute: 3, thanks: 'https://romashka.example/thanks' }),
];
const view = { office: deps.office, officeRegion: deps.officeRegion };
const supervisor = createSupervisor(deps);
let anna = '';

beforeAll(async () => {
  anna = await addEmployee(db, { name: 'Анна', email: 'anna@office.example', language: 'ru', extension: '101' });
  await db.rows(sql`update employee set is_duty = true where id = ${anna}`);
  expect((await post('pbx', '{}')).status).toBe(503); // not known yet which sources there are: come again
  await supervisor.configure(list, view);
  find = supervisor.webhooks.find;
});
afterAll(() => supervisor.stop());

const post = (name: string, body: RequestInit['body'], headers: Record<string, string> = {}, more: RequestInit = {}) =>
  fetch(`${url}/hook/${name}`, { method: 'POST', body: body ?? null, headers, redirect: 'manual', ...more });
const bearer = { authorization: `Bearer ${fixtureSecret}` };
const call = (id: string, more: object = {}) =>
  JSON.stringify({ event: 'end', id, from: '0671234567', to: '101', startedAt: 1772442000, talkSeconds: 65, ...more });
const replay = (name: string, source: string) => {
  const { body, headers, path, query } = fixtureRequest(name);
  const address = [source, ...(path === '' ? [] : [path])].join('/');
  const given = Object.entries(headers).flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]));
  return post(`${address}?${new URLSearchParams(query)}`, Buffer.from(body), Object.fromEntries(given));
};
async function contacts(connector: string) {
  await untilTakenIn(db);
  return db.rows<{ id: string; channel: string; outcome: string | null; outside: string | null; captures: number }>(sql`
    select c.id, c.channel, c.outcome, c.outside_norm as outside, count(k.*)::int as captures
      from contact c join contact_capture k on k.contact_id = c.id
     where c.connector = ${connector} and c.merged_into is null group by c.id order by c.started_at, c.created_at`);
}
async function quarantined(connector: string) {
  return db.rows<{ fault: string; raw: string }>(
    sql`select fault, raw from quarantine where connector = ${connector} order by id`,
  );
}

test('the whole call of an exchange: told while it rings, one contact, whatever comes twice and in which order', async () => {
  const story = [
    'zadarma-2-internal',
    'zadarma-4-end',
    'zadarma-3-answer',
    'zadarma-4-end',
    'zadarma-1-start',
    'zadarma-4-end',
  ];
  for (const name of story) {
    const answer = await replay(name, 'zadarma');
    expect([answer.status, await answer.text()]).toEqual([200, '{"status":"ok"}']);
  }
  expect(await contacts('zadarma')).toEqual([
    { id: expect.any(String), channel: 'call', outcome: 'answered', outside: '+380671234567', captures: 1 },
  ]);
  expect(announced.slice(0, 2).map(({ rings, outside }) => [rings, outside?.value])).toEqual([
    [['101'], '+380671234567'],
    [[], '+380671234567'],
  ]);
  const text = await metrics.text();
  expect(text).toContain('webhook_answers_total{connector="zadarma",answer="kept"} 3');
  expect(text).toContain('captures_duplicate_total{connector="zadarma"} 2');
  expect(text).toContain('captures_stored_total{connector="zadarma",channel="call"} 1');
});

test('events below the address, and a record after it', async () => {
  for (const name of ['mango-call-appeared', 'mango-summary-answered', 'mango-call-disconnected', 'mango-recording'])
    expect((await replay(name, 'mango')).status).toBe(200);
  expect(await contacts('mango')).toMatchObject([{ outcome: 'answered', outside: '+79031112233' }]);
});

test('the question that proves whose the address is', async () => {
  const answer = await fetch(`${url}/hook/zadarma?zd_echo=aB3<script>`);
  expect([answer.status, await answer.text(), answer.headers.get('content-type')]).toEqual([
    200,
    'aB3<script>',
    'text/plain; charset=utf-8',
  ]);
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect((await fetch(`${url}/hook/pbx`)).status).toBe(405);
});

test('a later word of the same call is a sighting of the same contact', async () => {
  await post('pbx', call('later', { talkSeconds: 5 }), bearer);
  await post('pbx', call('later', { recording: 'r.wav' }), bearer);
  await post('pbx', call('later', { talkSeconds: 5 }), bearer);
  const all = (await contacts('pbx')).filter(({ captures }) => captures === 2);
  expect(all).toHaveLength(1);
  const [row] = await db.rows<{ talk: number; recording: string }>(sql`
    select (facts #>> '{details,call,talkSeconds}')::int as talk, facts #>> '{details,call,recording}' as recording
      from contact where id = ${all[0]?.id}`);
  expect(row).toEqual({ talk: 65, recording: 'r.wav' });
});

test('three hundred at once, each sent twice: everybody is answered when it is stored, in few statements', async () => {
  const before = (await contacts('pbx')).length;
  const statements = () => lines.filter((line) => line.includes('captures.stored')).length;
  const already = statements();
  const answers = await Promise.all(
    Array.from({ length: 600 }, (_, i) => post('pbx', call(`crowd-${i % 300}`), bearer).then(({ status }) => status)),
  );
  expect(new Set(answers)).toEqual(new Set([200]));
  expect((await contacts('pbx')).length).toBe(before + 300);
  expect(statements() - already).toBeLessThan(250);
});

describe('not believed, not read', () => {
  test('a forged signature: 401, nothing kept, shown on the status page, and gone with the next good one', async () => {
    const before = [(await contacts('pbx')).length, (await quarantined('pbx')).length];
    for (const headers of [{}, { authorization: 'Bearer wrong' }]) {
      const answer = await post('pbx', call('forged'), headers);
      expect([answer.status, await answer.text()]).toEqual([401, 'this request does not prove where it comes from\n']);
    }
    expect([(await contacts('pbx')).length, (await quarantined('pbx')).length]).toEqual(before);
    const shown = async () => (await connectorStates(db)).find(({ connector }) => connector === 'pbx');
    await eventually('the fault', async () => (await shown())?.fault === 'pbx.signature_refused');
    expect(await shown()).toMatchObject({ state: 'up', facts: { cure: expect.any(String) } });
    await post('pbx', call('honest'), bearer);
    await eventually('its end', async () => (await shown())?.fault === null);
  });

  test('what cannot be read: 422, and it is kept for a person', async () => {
    const bodies = ['{"id": "c', '{"id":"1","talkSeconds":"long"}', 'p\0r\ud800ose'];
    const answers = await Promise.all(bodies.map((body) => post('pbx', body, bearer)));
    expect(answers.map(({ status }) => status)).toEqual([422, 422, 422]);
    const kept = await quarantined('pbx');
    expect(kept.map(({ fault }) => fault).sort()).toEqual([
      'pbx.body_unreadable',
      'pbx.body_unreadable',
      'pbx.seconds_unreadable',
    ]);
    expect(kept.map(({ raw }) => raw)).toContain('{"id":"1","talkSeconds":"long"}');
  });

  test.each([
    ['a body of more than a megabyte', 'x'.repeat(1024 * 1024 + 1), {}, 413],
    ['a packed one', gzipSync(call('zip')), { 'content-encoding': 'gzip' }, 415],
    ['one that says it is packed', call('zip'), { 'content-encoding': 'br' }, 415],
  ])('%s', async (_story, body, headers, status) => {
    expect((await post('pbx', body, { ...bearer, ...headers })).status).toBe(status);
  });

  test('a megabyte less a little is read', async () =>
    expect((await post('pbx', call('big', { note: 'x'.repeat(1_000_000) }), bearer)).status).toBe(200));

  test('no content type, and one that nobody knows', async () => {
    const body = Buffer.from(call('untyped'));
    expect((await post('pbx', body, bearer)).status).toBe(200);
    expect((await post('pbx', body, { ...bearer, 'content-type': 'x/y; charset="?"' })).status).toBe(200);
  });

  test('a name nobody has, another method', async () => {
    expect((await post('nobody', '{}')).status).toBe(404);
    expect((await post('__proto__', '{}')).status).toBe(404);
    expect((await fetch(`${url}/hook/pbx`, { method: 'PUT', body: 'x' })).status).toBe(404);
  });

  test('no token and no signature stands in the log', () => {
    const all = lines.join('') + office.log();
    expect(all).toContain('webhook.refused');
    expect(all).not.toContain(fixtureSecret);
    expect(all).not.toContain(token);
    expect(all).not.toContain('0671234567');
  });
});

describe('a form of a web site', () => {
  const send = (name: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    post(`${name}?token=${token}`, new URLSearchParams(fields).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    });
  const visitor = {
    name: 'Олена',
    phone: '067 765-43-21',
    message: 'Скільки коштує <b>доставка</b>?',
    page: '/prices',
  };

  test('sent twice from the allowed site: one contact, its words stand on the page of the draft', async () => {
    const origin = 'https://romashka.example';
    const answers = [await send('form', visitor, { origin }), await send('form', visitor, { origin })];
    expect(answers.map(({ status, headers }) => [status, headers.get('access-control-allow-origin')])).toEqual([
      [200, origin],
      [200, origin],
    ]);
    const [contact, ...others] = await contacts('form');
    expect(contact).toMatchObject({ channel: 'web', outside: '+380677654321', captures: 1 });
    expect(others).toEqual([]);
    const link = await office.ask(contact?.id ?? '');
    const page = await (await fetch(link)).text();
    expect(page).toContain('Скільки коштує &lt;b>доставка&lt;/b>?');
    expect(page).toContain('/prices');
    expect(page).toContain('Заявка с сайта');
    const client = await addClient(db, { name: 'Ромашка' });
    await db.rows(sql`update contact set client_id = ${client.id} where id = ${contact?.id}`);
    const history = await fetch(`${url}/c/${client.id}`, { headers: { cookie: await office.cookieOf(anna) } });
    expect(await history.text()).toContain('Скільки коштує &lt;b>доставка&lt;/b>?');
  });

  test('another site: 403, and a browser is told so before it sends', async () => {
    const before = (await contacts('form')).length;
    expect((await send('form', { ...visitor, message: 'x' }, { origin: 'https://evil.example' })).status).toBe(403);
    const ask = (origin: string) => fetch(`${url}/hook/form`, { method: 'OPTIONS', headers: { origin } });
    expect((await ask('https://evil.example')).status).toBe(403);
    const allowed = await ask('https://romashka.example');
    expect([allowed.status, allowed.headers.get('access-control-allow-methods')]).toEqual([204, 'POST']);
    expect((await contacts('form')).length).toBe(before);
  });

  test('the trap: 200, counted, nothing stored', async () => {
    const before = (await contacts('form')).length;
    expect((await send('form', { ...visitor, message: 'spam', website: 'x' })).status).toBe(200);
    expect((await contacts('form')).length).toBe(before);
    expect(await metrics.text()).toContain('webhook_answers_total{connector="form",answer="spam"} 1');
  });

  test('a plain form goes on to the page of thanks; the fourth of a minute has to wait', async () => {
    const answers = [];
    for (const message of ['a', 'b', 'c', 'd']) answers.push(await send('slow-form', { ...visitor, message }));
    expect(answers.map(({ status }) => status)).toEqual([303, 303, 303, 429]);
    expect(answers[0]?.headers.get('location')).toBe('https://romashka.example/thanks');
    expect(answers[3]?.headers.get('retry-after')).toBe('60');
    expect(await contacts('slow-form')).toHaveLength(3);
  });
});

test('the status page knows every source that calls us', async () => {
  const states = (await connectorStates(db)).map(({ connector, kind, state }) => `${connector} ${kind} ${state}`);
  expect(states).toEqual([
    'form web-form up',
    'mango pbx-webhook up',
    'pbx pbx-webhook up',
    'slow-form web-form up',
    'zadarma pbx-webhook up',
  ]);
});

describe('trouble behind and before', () => {
  test('the database away: 503 with Retry-After, nothing acknowledged; when it is back the same request is stored', async () => {
    const broken = await openStore({
      url: office.store.url,
      ...(office.store.schema ? { schema: office.store.schema } : {}),
      log,
    });
    const other = createSupervisor({ ...deps, db: broken.db });
    await other.configure(list, view);
    await broken.close();
    find = other.webhooks.find;
    const answers = await Promise.all([post('pbx', call('away'), bearer), post('pbx', '{"id":', bearer)]);
    expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
      [503, '10'],
      [503, '10'],
    ]);
    find = supervisor.webhooks.find;
    expect((await post('pbx', call('away'), bearer)).status).toBe(200);
    await other.stop();
  });

  test('a connector that breaks costs no call: what it was given is kept', async () => {
    const breaking = {
      ...connectors['pbx-webhook'],
      read: () => {
        throw new TypeError('a bug');
      },
    };
    const other = createSupervisor({ ...deps, registry: { ...connectors, 'pbx-webhook': breaking } });
    await other.configure(list, view);
    find = other.webhooks.find;
    expect((await post('mango', 'precious', bearer)).status).toBe(422);
    find = supervisor.webhooks.find;
    expect(await quarantined('mango')).toEqual([{ fault: 'webhook.bug', raw: 'precious' }]);
  });

  test('a source that drips a byte a second is let go of', async () => {
    const app = fastify();
    await serveHooks(app, '', { clock: systemClock, log, find: supervisor.webhooks.find, bodyTimeoutMs: 300 });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const address = app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const sockets = ['content-length: 1000', 'transfer-encoding: chunked'].map((length) => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => {}).write(`POST /hook/pbx HTTP/1.1\r\nhost: x\r\n${length}\r\n\r\n5\r\n{"id"\r\n`);
      return socket;
    });
    const dripping = setInterval(() => {
      for (const socket of sockets) if (socket.writable) socket.write('1\r\nx\r\n');
    }, 50);
    const since = performance.now();
    const heard = await Promise.all(
      sockets.map(async (socket) => {
        let text = '';
        socket.on('data', (chunk: Buffer) => {
          text += chunk;
        });
        await once(socket, 'close');
        return text.slice(0, 12);
      }),
    );
    clearInterval(dripping);
    expect(heard).toEqual(['HTTP/1.1 408', 'HTTP/1.1 408']);
    expect(performance.now() - since).toBeLessThan(2000);
    await app.close();
  });

  test('answered before the promised body came: the connection is let go of, and nothing else', async () => {
    const app = fastify();
    await serveHooks(app, '', { clock: systemClock, log, find: supervisor.webhooks.find, bodyTimeoutMs: 200 });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const address = app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const socket = connect(port, '127.0.0.1');
    let heard = '';
    socket
      .on('error', () => {})
      .on('data', (chunk: Buffer) => {
        heard += chunk;
      });
    socket.write('GET /hook/nobody HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n');
    await once(socket, 'close'); // a second answer would end the process here
    expect(heard.slice(0, 12)).toBe('HTTP/1.1 404');
    await app.close();
  });

  test('gone from the configuration: 404; stopped: come again', async () => {
    const other = createSupervisor(deps);
    await other.configure(list, view);
    await other.configure(
      list.filter(({ name }) => name !== 'pbx'),
      view,
    );
    find = other.webhooks.find;
    expect((await post('pbx', call('gone'), bearer)).status).toBe(404);
    await other.stop();
    expect((await post('mango', '', bearer)).status).toBe(503);
    find = supervisor.webhooks.find;
  });
});
