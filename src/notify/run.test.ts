import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import fc from 'fast-check';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { testStore } from '../../test/kit/postgres.ts';
import { newId } from '../ops/chance.ts';
import { silentLog } from '../ops/log.ts';
import { enableTarget, syncTargets, targetsHealth } from '../store/events/targets.ts';
import { deliveries, forgetOld, replay } from '../store/events/webhooks.ts';
import { sql } from '../store/index.ts';
import { type Answer, type Received, startReceiver } from './receiver.fixture.ts';
import { deliverDue, layOut, type WebhookTarget } from './run.ts';

const store = await testStore();
const { db } = store;
const secret = `whsec_${randomBytes(32).toString('base64')}`;
const receiver = await startReceiver(secret);
afterAll(() => receiver.close());

let nowMs = Date.parse('2026-11-26T10:00:00Z');
// The receiver's library looks at the time of day: signatures must be of its own now.
const clock = { now: () => new Date(nowMs), monotonicMs: () => nowMs, sleep: async () => {} };
const deps = { db, clock, log: silentLog, jitter: (ms: number) => ms };
const crm: WebhookTarget = {
  name: 'crm',
  url: receiver.url,
  events: ['contact.completed', 'contact.changed'],
  secrets: [secret],
  timeoutSeconds: 1,
};
const going = { signal: new AbortController().signal, cut: new AbortController().signal };
const send = async (target = crm, ending = going) => {
  await layOut(deps);
  return deliverDue(deps, target, ending);
};

beforeEach(async () => {
  nowMs = Date.now();
  receiver.received.length = 0;
  receiver.refused.length = 0;
  receiver.state.answer = () => 204;
  await db.rows({ text: 'truncate event, webhook_delivery, webhook_turn, webhook_target cascade', values: [] });
  await syncTargets(db, [crm]);
});
afterEach(() => expect(receiver.refused).toEqual([]));

/** Something happened to a client; returns the event's id. */
async function happen(client: string, type = 'contact.changed', more: readonly string[] = []): Promise<string> {
  const [id, contact] = [newId(), newId()];
  const data = JSON.stringify({ contact: { id: contact, clientId: client }, changed: ['gist'] });
  await db.rows(sql`
    insert into event (id, at, type, contact_id, client_id, streams, data)
    values (${id}, ${clock.now()}, ${type}, ${contact}, ${client}, ${[contact, client, ...more]}::uuid[], ${data}::jsonb)`);
  return id;
}
/** Lets time go on until nothing waits or `days` are over, sending whatever comes due. */
async function letTimePass(days: number): Promise<void> {
  for (const end = nowMs + days * 86_400_000; nowMs < end; ) {
    await send();
    const [next] = await db.rows<{ at: Date | null }>(sql`
      select greatest(min(d.next_at), (select hold_until from webhook_target where name = 'crm')) as at
        from webhook_delivery d where d.state = 'waiting'`);
    if (!next?.at) return;
    nowMs = Math.max(nowMs + 1, next.at.getTime());
  }
}
const states = async () =>
  (await deliveries(db, { target: 'crm', eventId: null, state: null }, 1000)).map(({ state }) => state).reverse();
/** Signatures carry the time of the try, and a receiver refuses what is older than five minutes; this one has our clock. */
const withinOurTime = async <T>(work: () => Promise<T>): Promise<T> => {
  const real = Date.now;
  Date.now = () => nowMs;
  try {
    return await work();
  } finally {
    Date.now = real;
  }
};

test('what happened is told once, signed, with the event’s own id and time', async () => {
  const id = await happen(newId(), 'contact.completed');
  await happen(newId(), 'client.changed'); // nobody asked for those
  expect(await send()).toBe(1);
  expect(await send()).toBe(0);
  expect(receiver.received).toHaveLength(1);
  const [got] = receiver.received;
  expect(got).toMatchObject({ id, type: 'contact.completed', timestamp: clock.now().toISOString() });
  expect(got?.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'Letopis' });
});

test('while the secret changes both signatures stand there: who knows either believes it', async () => {
  const fresh = `whsec_${randomBytes(32).toString('base64')}`;
  await happen(newId());
  expect(await send({ ...crm, secrets: [fresh, secret] })).toBe(1);
  expect(receiver.received.map(({ accepted }) => accepted)).toEqual([true]);
});

test('down for a day: nothing is lost, the order of each client is kept, and no storm afterwards', async () => {
  await withinOurTime(async () => {
    const [a, b] = [newId(), newId()];
    const ids: string[] = [];
    const down = { ...crm, url: 'http://127.0.0.1:9/hook' };
    for (let hour = 0; hour < 24; hour += 1) {
      ids.push(await happen(hour % 2 === 0 ? a : b));
      await send(down);
      nowMs += 3_600_000;
    }
    const tries = await db.rows<{ n: number }>(sql`select sum(attempts)::int as n from webhook_delivery`);
    expect(tries[0]?.n).toBeLessThan(20); // of each client one event at a time asks whether it is back
    const [health] = await targetsHealth(db);
    expect(health).toMatchObject({ state: 'active', waiting: 24, givenUp: 0, lastError: expect.stringContaining('9') });
    expect(health?.failingSince?.getTime()).toBeLessThan(nowMs - 82_000_000);
    await letTimePass(3);
    expect(await states()).toEqual(ids.map(() => 'accepted'));
    const of = (client: string) => receiver.received.filter(({ body }) => body.includes(client)).map(({ id }) => id);
    expect(of(a)).toEqual(ids.filter((_, i) => i % 2 === 0));
    expect(of(b)).toEqual(ids.filter((_, i) => i % 2 === 1));
    expect((await targetsHealth(db))[0]).toMatchObject({ waiting: 0, failingSince: null, lastError: null });
  });
});

test('410: it is asked no more, what waits stays, and enabling it brings everything', async () => {
  const ids = [await happen(newId()), await happen(newId())];
  receiver.state.answer = () => ({ status: 410, body: 'moved away' });
  await send();
  nowMs += 86_400_000 * 4;
  expect(await send()).toBe(0);
  expect((await targetsHealth(db))[0]).toMatchObject({ state: 'gone', waiting: 2, lastError: '410: moved away' });
  await syncTargets(db, [crm]); // a restart with the same YAML changes nothing of it
  expect((await targetsHealth(db))[0]?.state).toBe('gone');
  receiver.state.answer = () => 204;
  await enableTarget(db, 'crm', clock.now());
  await withinOurTime(() => send());
  expect(receiver.accepted().sort()).toEqual(ids.sort());
});

test('after three days it is given up, told, and can be sent again; those behind it went on', async () => {
  await withinOurTime(async () => {
    const client = newId();
    const [poison, next] = [await happen(client), await happen(client)];
    receiver.state.answer = ({ id }) => (id === poison ? 500 : 204);
    await letTimePass(10);
    expect(await states()).toEqual(['given-up', 'accepted']);
    expect(receiver.received.filter(({ id }) => id === poison)).toHaveLength(10);
    expect((await targetsHealth(db))[0]).toMatchObject({ givenUp: 1, waiting: 0 });
    receiver.state.answer = () => 204;
    expect(await replay(db, 'crm', { givenUp: true }, clock.now())).toBe(1);
    await send();
    expect(receiver.accepted()).toEqual([next, poison]);
    expect(await states()).toEqual(['accepted', 'accepted']);
  });
});

test('429 with Retry-After: nothing at all is sent before', async () => {
  await withinOurTime(async () => {
    await happen(newId());
    receiver.state.answer = () => ({ status: 429, headers: { 'retry-after': '1800' } });
    await send();
    const other = await happen(newId());
    receiver.state.answer = () => 204;
    nowMs += 1_799_000;
    expect(await send()).toBe(0);
    nowMs += 2000;
    expect(await send()).toBe(2);
    expect(receiver.accepted()).toContain(other);
  });
});

test.each<[string, Answer, string]>([
  ['connection reset', 'reset', 'ECONNRESET'],
  ['no answer', 'silence', 'no answer within 1 s'],
  ['a redirect', { status: 307, headers: { location: 'http://169.254.169.254/' } }, '307, redirects are not followed'],
  ['a book for an answer', { status: 500, body: 'x'.repeat(5_000_000) }, '500: xxx'],
])('%s: tried again', async (_story, answer, error) => {
  const id = await happen(newId());
  receiver.state.answer = () => answer;
  await send();
  const [row] = await deliveries(db, { target: 'crm', eventId: id, state: null }, 1);
  expect(row).toMatchObject({ state: 'waiting', attempts: 1, lastError: expect.stringContaining(error) });
  expect(row?.lastError?.length).toBeLessThan(400);
  receiver.state.answer = () => 204;
  nowMs += 5000;
  expect(await send()).toBe(1);
  expect(receiver.accepted()).toEqual([id]);
});

test('an answer that never ends says enough with its first line', async () => {
  const endless = createServer((socket) => {
    socket.write('HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n');
    const timer = setInterval(() => socket.write('.'.repeat(200)), 5);
    socket.on('close', () => clearInterval(timer));
    socket.on('error', () => {});
  });
  await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
  const address = endless.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await happen(newId());
  expect(await send({ ...crm, url: `http://127.0.0.1:${port}/` })).toBe(1);
  expect(await states()).toEqual(['accepted']);
  await new Promise((resolve) => endless.close(resolve));
});

test('where clouds keep their credentials nobody is sent', async () => {
  for (const url of ['http://169.254.169.254/latest', 'http://[fe80::1]/', 'http://[::ffff:169.254.169.254]/']) {
    const id = await happen(newId());
    await db.rows(sql`update webhook_target set hold_until = null, failures = 0`);
    await send({ ...crm, url });
    const [row] = await deliveries(db, { target: 'crm', eventId: id, state: null }, 1);
    expect([url, row?.lastError]).toEqual([url, expect.stringContaining('link-local')]);
  }
});

test('whoever died while sending: after its claim ran out it goes again, with the same id', async () => {
  const id = await happen(newId());
  await layOut(deps);
  await db.rows(sql`update webhook_delivery set claimed_until = ${new Date(nowMs + 90_000)}`); // taken, then kill -9
  expect(await send()).toBe(0);
  nowMs += 91_000;
  expect(await send()).toBe(1);
  expect(receiver.accepted()).toEqual([id]);
});

test('the daemon ends while the target thinks: the try did not count, the next process has it at once', async () => {
  const id = await happen(newId());
  receiver.state.answer = () => 'silence';
  const cut = new AbortController();
  const sending = send(crm, { signal: going.signal, cut: cut.signal });
  await expect.poll(() => receiver.received.length).toBe(1);
  cut.abort();
  await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, 300))]);
  const [row] = await deliveries(db, { target: 'crm', eventId: id, state: null }, 1);
  expect(row).toMatchObject({ attempts: 0, state: 'waiting' });
});

test('four processes at once: each event goes once', async () => {
  const clients = Array.from({ length: 6 }, newId);
  const ids: string[] = [];
  for (let i = 0; i < 60; i += 1) ids.push(await happen(clients[i % 6] ?? ''));
  await layOut(deps);
  await Promise.all(Array.from({ length: 4 }, () => deliverDue(deps, crm, going)));
  await send();
  expect(receiver.received.map(({ id }) => id).sort()).toEqual([...ids].sort());
});

test('replay since a time: again, in order, with the same ids; a target added later gets the past too', async () => {
  const client = newId();
  await happen(client);
  nowMs += 60_000;
  const since = clock.now();
  const ids = [await happen(client), await happen(client)];
  await send();
  receiver.received.length = 0;
  expect(await replay(db, 'crm', { since }, clock.now())).toBe(2);
  await send();
  expect(receiver.received.map(({ id }) => id)).toEqual(ids);
  await syncTargets(db, [crm, { ...crm, name: 'second' }]);
  expect(await replay(db, 'second', { since }, clock.now())).toBe(2);
  receiver.received.length = 0;
  await send({ ...crm, name: 'second' });
  expect(receiver.received.map(({ id }) => id)).toEqual(ids);
});

test('events of a month ago are forgotten, waiting or not, with their turns', async () => {
  const client = newId();
  await happen(client);
  await layOut(deps);
  nowMs += 31 * 86_400_000;
  expect(await forgetOld(db, new Date(nowMs - 30 * 86_400_000), clock.now(), 100)).toBe(1);
  expect(await db.rows(sql`select 1 from webhook_turn`)).toEqual([]);
  await happen(client);
  expect(await withinOurTime(() => send())).toBe(1);
});

/** A client's or a contact's events, and those that tie two clients together; how the first tries of each end. */
const story = fc.array(
  fc.record({
    clients: fc.uniqueArray(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 2 }),
    ends: fc.array(
      fc.constantFrom<Answer>(500, 'reset', 404, { status: 503, headers: { 'retry-after': '700' } }, 302),
      {
        maxLength: 9,
      },
    ),
  }),
  { minLength: 1, maxLength: 12 },
);

test('whatever the target does: nothing is lost, and every client’s events are first accepted in their order', async () => {
  await withinOurTime(() =>
    fc.assert(
      fc.asyncProperty(story, async (events) => {
        await db.rows({ text: 'truncate event, webhook_delivery, webhook_turn cascade', values: [] });
        await db.rows(sql`update webhook_target set failures = 0, hold_until = null`);
        receiver.received.length = 0;
        const clients = Array.from({ length: 4 }, newId);
        const ends = new Map<string, Answer[]>();
        const known: { id: string; clients: readonly number[] }[] = [];
        receiver.state.answer = ({ id }: Received) => ends.get(id)?.shift() ?? 204;
        for (const event of events) {
          const [first = '', ...more] = event.clients.map((n) => clients[n] ?? '');
          const id = await happen(first, 'contact.changed', more);
          known.push({ id, clients: event.clients });
          ends.set(id, [...event.ends]);
        }
        await letTimePass(60);
        const accepted = receiver.accepted();
        expect([...accepted].sort()).toEqual(known.map(({ id }) => id).sort());
        for (const client of [0, 1, 2, 3]) {
          const own = known.filter((event) => event.clients.includes(client)).map(({ id }) => id);
          expect(accepted.filter((id) => own.includes(id))).toEqual(own);
        }
      }),
      { numRuns: 15 },
    ),
  );
}, 60_000);
