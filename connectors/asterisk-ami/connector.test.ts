import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { messagesOf, retold } from '../../test/kit/ami-sessions.ts';
import { testStore } from '../../test/kit/postgres.ts';
import { type AmiScript, type ScriptedAmi, secret, startScriptedAmi, username } from '../../test/kit/scripted-ami.ts';
import { addDuty, contactsOf, eventually, fastClock, startSession } from '../../test/kit/session.ts';
import { Config } from './config.ts';
import { asteriskAmi } from './connector.ts';

const { db } = await testStore();
const stops: (() => Promise<unknown>)[] = [];
let stories = 0;

beforeAll(() => addDuty(db));
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function exchangeThat(script: AmiScript = {}): Promise<ScriptedAmi> {
  const exchange = await startScriptedAmi(script);
  stops.push(exchange.stop);
  return exchange;
}

/** A session of a connector of its own, ten times as fast as real time. */
async function listenTo(exchange: { readonly port: number }, options: Record<string, unknown> = {}) {
  const name = `pbx-${++stories}`;
  const config = Config.parse({ host: '127.0.0.1', port: exchange.port, username, secret, ...options });
  const session = await startSession(db, asteriskAmi, config, { name, clock: fastClock(10) });
  stops.push(session.stop);
  return { ...session, name };
}

/** One message at a time, so that every step is seen. */
async function sayInTime(exchange: ScriptedAmi, messages: readonly string[]): Promise<void> {
  for (const message of messages) {
    exchange.say(`${message}\r\n\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
}

const inbound = messagesOf('inbound-answered');
const answered = { direction: 'inbound', outcome: 'answered', caller: '79031112233', answeredBy: '101' };

describe('the login', () => {
  test('by MD5 never sends the secret, and nothing but questions is ever sent', async () => {
    const exchange = await exchangeThat();
    const session = await listenTo(exchange);
    await session.listening;
    await eventually('a life sign', () => exchange.actions.filter(({ Action }) => Action === 'Ping').length >= 2);
    exchange.say(retold(inbound, 1));
    await eventually('the contact', async () => (await contactsOf(db, session.name)).length === 1);
    expect(new Set(exchange.actions.map(({ Action }) => Action))).toEqual(
      new Set(['Challenge', 'Login', 'CoreShowChannels', 'Ping']),
    );
    expect(JSON.stringify(exchange.actions)).not.toContain(secret);
  });

  test('in plain, where there is no challenge', async () => {
    const exchange = await exchangeThat({ plainOnly: true });
    await (await listenTo(exchange, { auth: 'plain' })).listening;
    expect(exchange.actions[0]).toMatchObject({ Action: 'Login', Username: username, Secret: secret });
  });

  test.each([
    [
      'a wrong secret',
      {},
      { secret: 'letmein' },
      { code: 'ami.login_refused', remedy: 'reconfigure', facts: { username, message: 'Authentication failed' } },
    ],
    [
      'no challenge offered',
      { plainOnly: true },
      {},
      { code: 'ami.login_refused', remedy: 'reconfigure', facts: { cure: expect.stringContaining('auth: plain') } },
    ],
    [
      'a line break in a name: it would be another action',
      {},
      { auth: 'plain', username: 'letopis\r\nAction: Originate' },
      { code: 'ami.value_refused', remedy: 'reconfigure', facts: { field: 'Username' } },
    ],
    [
      'a web server',
      { greeting: 'HTTP/1.1 400 Bad Request\r\n\r\n' },
      {},
      { code: 'ami.not_an_exchange', remedy: 'retry', facts: { received: expect.stringContaining('HTTP/1.1') } },
    ],
    [
      'garbage that begins like an exchange',
      { greeting: Buffer.from('Asterisk Call\0\xff\xfe\x00\x01garbage', 'latin1') },
      {},
      { code: 'ami.not_an_exchange', remedy: 'retry' },
    ],
    [
      'silence from the start',
      { silentOn: ['Challenge'] },
      { timeoutSeconds: 1 },
      { code: 'ami.silent', remedy: 'retry', facts: { action: 'Challenge', seconds: 1 } },
    ],
    [
      'silence later on: the link is dead though nobody closed it',
      { silentOn: ['Ping'] },
      { timeoutSeconds: 1 },
      { code: 'ami.silent', remedy: 'retry', facts: { action: 'Ping', seconds: 1 } },
    ],
    ['a life sign denied', { denied: ['Ping'] }, {}, { code: 'ami.ping_refused', remedy: 'retry' }],
  ] as const)('%s', async (_story, script, options, fault) => {
    const exchange = await exchangeThat(script);
    const session = await listenTo(exchange, options);
    expect(await session.ended).toMatchObject(fault);
    expect(exchange.actions.map(({ Action }) => Action)).not.toContain('Originate');
  });

  test('nobody there', async () => {
    const { port, stop } = await startScriptedAmi();
    await stop();
    const facts = { port, code: 'ECONNREFUSED', cure: expect.stringContaining('enabled = yes') };
    expect(await (await listenTo({ port })).ended).toMatchObject({ code: 'ami.unreachable', remedy: 'retry', facts });
  });

  test('asked for TLS on a port that has none', async () => {
    const expected = {
      code: 'ami.tls_refused',
      remedy: 'reconfigure',
      facts: { cure: expect.stringContaining('5039') },
    };
    expect(await (await listenTo(await exchangeThat(), { tls: true })).ended).toMatchObject(expected);
  });

  test('a knock that nobody answers: given up after the timeout, or at once when stopped', async () => {
    const exchange = await exchangeThat({ greeting: '' });
    const session = await listenTo(exchange, { tls: true, timeoutSeconds: 1 });
    expect(await session.ended).toMatchObject({ code: 'ami.unreachable', remedy: 'retry' });
    const stopped = await listenTo(exchange, { tls: true });
    expect(await stopped.stop()).toBeLessThan(1000);
  });

  test('stopped in the middle of it, the connection is closed', async () => {
    const exchange = await exchangeThat({ silentOn: ['Challenge'] });
    const session = await listenTo(exchange);
    await eventually('the knock', () => exchange.actions.length === 1);
    await session.stop();
    await eventually('the end of the connection', () => exchange.open === 0);
  });
});

describe('the stream', () => {
  test('10 MB without an end drop the session and not the memory', async () => {
    const exchange = await exchangeThat();
    const session = await listenTo(exchange);
    await session.listening;
    for (let i = 0; i < 160; i++) exchange.say('x'.repeat(64 * 1024));
    expect(await session.ended).toMatchObject({ code: 'ami.message_too_long', remedy: 'retry' });
  });

  test('garbage between messages costs nobody his call', async () => {
    const exchange = await exchangeThat();
    const session = await listenTo(exchange);
    await session.listening;
    const garbage = '\0\xff\xfe: : :\r\n:\r\n\x1b[2J\r\n\r\nEvent\r\n\r\nEvent: \r\nUniqueid\r\n\r\n';
    exchange.say(garbage);
    for (const message of inbound) exchange.say(`${message}\r\n\r\n${garbage}`);
    await eventually('the contact', async () => (await contactsOf(db, session.name)).length === 1);
    expect(await contactsOf(db, session.name)).toMatchObject([answered]);
  });

  test('without times of the exchange it counts by arrival, and says so once', async () => {
    const exchange = await exchangeThat();
    const session = await listenTo(exchange);
    await session.listening;
    const untimed = inbound.map((message) => message.replace(/^Timestamp: .*\r\n/m, ''));
    exchange.say(retold(untimed, 1));
    exchange.say(retold(untimed, 2));
    await eventually('both', async () => (await contactsOf(db, session.name)).length === 2);
    expect(session.logged.filter(({ msg }) => msg === 'ami.timestamps_missing')).toHaveLength(1);
  });

  test('the list of channels denied: warned, and it goes on', async () => {
    const exchange = await exchangeThat({ denied: ['CoreShowChannels'] });
    const session = await listenTo(exchange);
    await session.listening;
    exchange.say(retold(inbound, 1));
    await eventually('the contact', async () => (await contactsOf(db, session.name)).length === 1);
    expect(await contactsOf(db, session.name)).toMatchObject([answered]);
    expect(session.logged).toContainEqual(
      expect.objectContaining({ msg: 'ami.snapshot_denied', cure: expect.stringContaining('write = reporting') }),
    );
  });

  test('two clients of one conference are two contacts', async () => {
    const exchange = await exchangeThat();
    const session = await listenTo(exchange);
    await session.listening;
    exchange.say(retold(messagesOf('conference-two-clients'), 1));
    await eventually('both', async () => (await contactsOf(db, session.name)).length === 2);
  });
});

describe('what the live page hears', () => {
  test('a ring group: whose phones ring, the answer lets the others go, the end', async () => {
    const exchange = await exchangeThat();
    const session = await listenTo(exchange);
    await session.listening;
    await sayInTime(exchange, messagesOf('ring-group'));
    const steps = () => session.announced.map(({ rings, answeredBy }) => [rings.join('+'), answeredBy]);
    await eventually('the end', () => steps().at(-1)?.join() === ',');
    expect(new Set(session.announced.map(({ call }) => call)).size).toBe(1);
    expect(new Set(session.announced.map(({ outside }) => outside?.value))).toEqual(new Set(['79031112233']));
    expect(steps()).toMatchInlineSnapshot(`
      [
        [
          "101",
          null,
        ],
        [
          "101+102",
          null,
        ],
        [
          "101+102+103",
          null,
        ],
        [
          "101+102",
          null,
        ],
        [
          "101",
          null,
        ],
        [
          "",
          null,
        ],
        [
          "",
          "102",
        ],
        [
          "",
          null,
        ],
      ]
    `);
  });

  test('a caller who asked to be hidden is nobody, though the exchange knows his number', async () => {
    const exchange = await exchangeThat();
    const session = await listenTo(exchange);
    await session.listening;
    await sayInTime(exchange, messagesOf('inbound-withheld-pai-privacy'));
    await eventually('the contact', async () => (await contactsOf(db, session.name)).length === 1);
    expect(session.announced.map(({ rings, answeredBy }) => [rings.join('+'), answeredBy])).toContainEqual([
      '101',
      null,
    ]);
    expect(session.announced.filter(({ outside, outsideName }) => outside !== null || outsideName !== null)).toEqual(
      [],
    );
    expect(await contactsOf(db, session.name)).toMatchObject([{ withheld: true }]);
  });

  test('colleagues among themselves are not announced', async () => {
    const exchange = await exchangeThat();
    const session = await listenTo(exchange);
    await session.listening;
    await sayInTime(exchange, messagesOf('internal'));
    expect(session.announced).toEqual([]);
    await sayInTime(exchange, inbound);
    expect(new Set(session.announced.map(({ call }) => call))).toEqual(new Set(['1795332801.40']));
  });

  test('a call that is joined to another one leaves its own place', async () => {
    const exchange = await exchangeThat();
    const session = await listenTo(exchange);
    await session.listening;
    const talking = inbound.slice(0, inbound.findLastIndex((message) => message.startsWith('Event: BridgeEnter')) + 1);
    const [one, two] = [1, 2].map((n) => retold(talking, n).split('\r\n\r\n').slice(0, -1));
    const bridge = /^BridgeUniqueid: (.*)$/m.exec(one?.at(-1) ?? '')?.[0] ?? '';
    await sayInTime(exchange, [...(one ?? []), ...(two ?? [])]);
    const places = () => [...new Map(session.announced.map((one) => [one.call, one.answeredBy]))];
    await eventually('both to talk', () => places().filter(([, answeredBy]) => answeredBy === '101').length === 2);
    exchange.say(`${two?.at(-1)?.replace(/^BridgeUniqueid: .*$/m, bridge)}\r\n\r\n`);
    await eventually('one to leave', () => places().some(([, answeredBy]) => answeredBy === null));
    expect(
      places()
        .map(([, answeredBy]) => answeredBy)
        .sort(),
    ).toEqual(['101', null]);
  });
});
