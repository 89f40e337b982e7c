import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { systemClock } from '../ops/clock.ts';
import { type SimulatedExchange, startSimulatedExchange } from './exchange.ts';

const recordings = join(import.meta.dirname, 'recordings');
const started: SimulatedExchange[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((exchange) => exchange.stop()));
});

async function exchangeAt(speed: number): Promise<SimulatedExchange> {
  const options = { username: 'letopis', secret: 'geheim', recordings, speed, clock: systemClock, chance: randomBytes };
  const exchange = await startSimulatedExchange(options);
  started.push(exchange);
  return exchange;
}

/** A client that keeps everything it hears. */
async function client(port: number) {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  let heard = '';
  socket.on('data', (text: string) => {
    heard += text;
  });
  const closed = once(socket, 'close');
  const until = async (pattern: RegExp): Promise<string> => {
    for (let tries = 0; tries < 500; tries++) {
      if (pattern.test(heard)) return heard;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    throw new Error(`${pattern} was not heard in\n${heard}`);
  };
  const say = (...lines: readonly string[]) => socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  await until(/^Asterisk Call Manager\/11\.0\.0\r\n/);
  return { socket, say, until, closed, frames: () => heard.split('\r\n\r\n'), heard: () => heard };
}

async function loggedIn(port: number) {
  const one = await client(port);
  one.say('Action: Login', 'ActionID: L1', 'Username: letopis', 'Secret: geheim');
  await one.until(/Event: FullyBooted\r\n[\s\S]*\r\n\r\n/);
  return one;
}
const valuesOf = (text: string, key: RegExp) => new Set([...text.matchAll(key)].map(([, value]) => value ?? ''));

describe('logging in', () => {
  test('with the secret in plain', async () => {
    const { port } = await exchangeAt(50);
    const one = await client(port);
    one.say('action: login', 'ActionID: L1', 'Username: letopis', 'Secret: geheim');
    const heard = await one.until(/Fully Booted\r\n\r\n$/);
    expect(heard.replace(/\d+(?=\r\n(LastReload|Status))/g, '0')).toBe(
      [
        'Asterisk Call Manager/11.0.0',
        'Response: Success',
        'ActionID: L1',
        'Message: Authentication accepted',
        '',
        'Event: FullyBooted',
        'Privilege: system,all',
        'Uptime: 0',
        'LastReload: 0',
        'Status: Fully Booted',
        '',
        '',
      ].join('\r\n'),
    );
    one.socket.destroy();
  });

  test('by MD5, without events', async () => {
    const { port } = await exchangeAt(50);
    const one = await client(port);
    one.say('Action: Challenge', 'AuthType: MD5', 'ActionID: C1');
    const challenge = /Challenge: (\d+)/.exec(await one.until(/Challenge: \d+\r\n\r\n/))?.[1] ?? '';
    const key = createHash('md5').update(`${challenge}geheim`).digest('hex');
    one.say('Action: Login', 'AuthType: MD5', 'Username: letopis', `Key: ${key}`, 'Events: off');
    await one.until(/Response: Success\r\nMessage: Authentication accepted\r\n\r\n$/);
    one.socket.destroy();
  });

  test.each([
    ['a wrong secret', ['Username: letopis', 'Secret: geheimer']],
    ['another user', ['Username: admin', 'Secret: geheim']],
    ['a key without a challenge', ['Username: letopis', 'AuthType: MD5', 'Key: d41d8cd98f00b204e9800998ecf8427e']],
  ])('%s is refused, and the connection closed', async (_story, words) => {
    const { port } = await exchangeAt(50);
    const one = await client(port);
    one.say('Action: Login', 'ActionID: L1', ...words);
    await one.closed;
    expect(one.heard()).toBe(
      'Asterisk Call Manager/11.0.0\r\nResponse: Error\r\nActionID: L1\r\nMessage: Authentication failed\r\n\r\n',
    );
  });
});

test('who is not logged in may do nothing and hears nothing', async () => {
  const exchange = await exchangeAt(100);
  const one = await client(exchange.port);
  one.say('Action: Ping');
  await one.until(/Response: Error\r\nMessage: Permission denied\r\n\r\n$/);
  const call = await exchange.play('inbound-missed');
  expect(one.heard()).not.toContain('Event:');
  expect(call).toMatchObject({ state: 'over', toldEvents: 40, writtenEvents: 0, listed: false });
  one.socket.destroy();
});

test('answers to actions', async () => {
  const { port } = await exchangeAt(50);
  const one = await loggedIn(port);
  one.say('Action: Ping', 'ActionID: P1');
  await one.until(/Response: Success\r\nActionID: P1\r\nPing: Pong\r\nTimestamp: \d{10}\.\d{6}\r\n\r\n/);
  one.say('Action: CoreShowChannels', 'ActionID: S1');
  await one.until(
    /ActionID: S1\r\nEventList: start\r\n[\s\S]*ActionID: S1\r\nEventList: Complete\r\nListItems: 0\r\n\r\n/,
  );
  one.say('Action: Originate', 'ActionID: O1');
  await one.until(/Response: Error\r\nActionID: O1\r\nMessage: Permission denied\r\n\r\n/);
  one.say('Action: Nope', 'ActionID: O2');
  await one.until(/ActionID: O2\r\nMessage: Invalid\/unknown command: Nope\./);
  one.say('Action: Logoff');
  await one.closed;
  expect(one.heard()).toMatch(/Response: Goodbye\r\nMessage: Thanks for all the fish\.\r\n\r\n$/);
});

describe('playing', () => {
  test('one recording twice at once gives two conversations that share nothing', async () => {
    const exchange = await exchangeAt(50);
    const one = await loggedIn(exchange.port);
    const before = Date.now();
    const [first, second] = await Promise.all([exchange.play('queue-answered'), exchange.play('queue-answered')]);
    await one.until(/(?:Event: Hangup\r\n[\s\S]*){8}\r\n\r\n$/);
    expect(first.linkedIds).toHaveLength(1);
    expect(first.linkedIds).not.toEqual(second.linkedIds);
    const text = one.heard();
    expect(valuesOf(text, /^Linkedid: (.*)\r$/gm)).toEqual(new Set([...first.linkedIds, ...second.linkedIds]));
    expect(valuesOf(text, /^Uniqueid: (.*)\r$/gm).size).toBe(8);
    expect(valuesOf(text, /^Channel: (.*)\r$/gm).size).toBe(8);
    expect(valuesOf(text, /^BridgeUniqueid: (.*)\r$/gm).size).toBe(2);
    const times = [...valuesOf(text, /^Timestamp: (.*)\r$/gm)].map((time) => Number(time) * 1000);
    expect(Math.min(...times)).toBeGreaterThanOrEqual(before - 1);
    expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
    expect(exchange.ledger()).toEqual([first, second]);
    expect(first.writtenEvents).toBe(first.toldEvents);
    one.socket.destroy();
  });

  test('in the middle of a call its channels are listed, afterwards none', async () => {
    const exchange = await exchangeAt(10);
    const one = await loggedIn(exchange.port);
    const playing = exchange.play('inbound-answered', { replace: { '79031112233': '380671112233', '101': '204' } });
    await one.until(/Event: BridgeEnter[\s\S]*Event: BridgeEnter/);
    expect(exchange.openCalls()).toMatchObject([{ recording: 'inbound-answered', state: 'open' }]);
    one.say('Action: CoreShowChannels', 'ActionID: S1');
    const listed = /ActionID: S1\r\nEventList: Complete\r\nListItems: 2\r\n\r\n/;
    await one.until(listed);
    const items = one.frames().filter((frame) => frame.startsWith('Event: CoreShowChannel\r\n'));
    expect(
      items.map((item) =>
        item
          .replace(/\d{10}\.\d+|[0-9a-f-]{36}/g, '*')
          .replace(/-\w{8}\r/, '-#\r')
          .split('\r\n'),
      ),
    ).toEqual([
      [
        'Event: CoreShowChannel',
        'ActionID: S1',
        'Channel: PJSIP/trunk-#',
        'ChannelState: 6',
        'ChannelStateDesc: Up',
        'CallerIDNum: 380671112233',
        'CallerIDName: Ivan Sidorov',
        'ConnectedLineNum: 204',
        'ConnectedLineName: Anna Petrova',
        'Language: en',
        'AccountCode: ',
        'Context: from-trunk',
        'Exten: 4951000101',
        'Priority: 1',
        'Uniqueid: *',
        'Linkedid: *',
        'ChanVariable: CALLERID(pres)=allowed_not_screened',
        'ChanVariable: REC_FILE=',
        'ChanVariable: X_TAG=',
        'Application: Dial',
        'ApplicationData: PJSIP/204,20',
        'Duration: 00:00:00',
        'BridgeId: *',
      ],
      expect.arrayContaining(['Channel: PJSIP/204-#', 'Application: AppDial', 'ApplicationData: (Outgoing Line)']),
    ]);
    expect(await playing).toMatchObject({ listed: true, state: 'over' });
    one.say('Action: CoreShowChannels', 'ActionID: S2');
    await one.until(/ActionID: S2\r\nEventList: Complete\r\nListItems: 0\r\n\r\n/);
    one.socket.destroy();
  });

  test('keeps the timing of the recording, divided by the speed', async () => {
    const exchange = await exchangeAt(10);
    const started = performance.now();
    await exchange.play('inbound-missed'); // 3.39 s
    expect(performance.now() - started).toBeGreaterThan(335);
    expect(performance.now() - started).toBeLessThan(900);
  });

  test('a dropped client misses what is told meanwhile and may come back', async () => {
    const exchange = await exchangeAt(10);
    const one = await loggedIn(exchange.port);
    const playing = exchange.play('inbound-answered');
    await one.until(/Event: BridgeEnter/);
    exchange.drop();
    await one.closed;
    const two = await loggedIn(exchange.port);
    const call = await playing;
    await two.until(/Event: Hangup/);
    expect(call.writtenEvents).toBeGreaterThan(0);
    expect(call.state).toBe('over');
    expect(one.heard()).not.toContain('Event: Hangup');
    two.socket.destroy();
  });

  test('a client that turned events off hears none', async () => {
    const exchange = await exchangeAt(100);
    const one = await loggedIn(exchange.port);
    one.say('Action: Events', 'EventMask: cdr', 'ActionID: E1');
    await one.until(/ActionID: E1\r\nEvents: On/);
    await exchange.play('inbound-missed');
    await one.until(/Event: Cdr\r\n/);
    expect(valuesOf(one.heard(), /^Event: (.*)\r$/gm)).toEqual(new Set(['FullyBooted', 'Cdr']));
    one.socket.destroy();
  });

  test('stop breaks off what is played', async () => {
    const exchange = await exchangeAt(1);
    const playing = exchange.play('hold');
    await exchange.stop();
    expect(await playing).toMatchObject({ state: 'broken off' });
  });

  test('an unknown recording is named', async () => {
    const exchange = await exchangeAt(1);
    await expect(exchange.play('holidays')).rejects.toMatchObject({
      code: 'demo.recording_unreadable',
      facts: { path: join(recordings, 'holidays.ami') },
    });
    await expect(exchange.play('../hold')).rejects.toMatchObject({ code: 'demo.recording_unreadable' });
  });
});
