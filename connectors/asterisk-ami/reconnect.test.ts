import { readFileSync } from 'node:fs';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { Recording } from '../../src/calls/index.ts';
import { sql } from '../../src/store/index.ts';
import { messagesOf, sessionsOf } from '../../test/kit/ami-sessions.ts';
import { testStore } from '../../test/kit/postgres.ts';
import { type AmiScript, type ScriptedAmi, secret, startScriptedAmi, username } from '../../test/kit/scripted-ami.ts';
import { addDuty, contactsOf, eventually, fastClock, office, startSession, storedBy } from '../../test/kit/session.ts';
import { snapshotAt } from '../../test/kit/snapshot.ts';
import { Config } from './config.ts';
import { asteriskAmi } from './connector.ts';

const { db } = await testStore();
const stops: (() => Promise<unknown>)[] = [];
let stories = 0;

beforeAll(() => addDuty(db));
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

async function exchangeThat(script: AmiScript): Promise<ScriptedAmi> {
  const exchange = await startScriptedAmi(script);
  stops.push(exchange.stop);
  return exchange;
}

/** Each session of one connector is a new one: what it knows it has from the journal. */
function connectorOf(exchange: { readonly port: number }, startAt: Date, clock = fastClock(10, startAt)) {
  const name = `pbx-${++stories}`;
  const config = Config.parse({ host: '127.0.0.1', port: exchange.port, username, secret });
  return {
    name,
    async session() {
      const session = await startSession(db, asteriskAmi, config, { name, clock });
      stops.push(session.stop);
      await session.listening;
      return session;
    },
    contacts: () => contactsOf(db, name),
    journaled: async () => (await storedBy(db, name)).journal,
    /** The one contact, as soon as it is what is expected. */
    becomes: async (expected: object) => {
      await eventually('the contact', async () => {
        const [one, ...others] = await contactsOf(db, name);
        return others.length === 0 && one?.outcome === Object.entries(expected).find(([key]) => key === 'outcome')?.[1];
      }).catch(() => {});
      expect(await contactsOf(db, name)).toMatchObject([expected]);
    },
  };
}

const bytesOf = (name: string) => readFileSync(new URL(`../../test/recordings/22/${name}.crm.ami`, import.meta.url));
const timeOf = (message: string) => new Date(Number(/^Timestamp: (.*)$/m.exec(message)?.[1] ?? 0) * 1000);

function assembled(bytes: Buffer) {
  const recording = new Recording({ ...office, charset: 'windows-1251' });
  recording.push(bytes);
  return recording.end().filter(({ direction }) => direction !== 'internal');
}

describe.each([
  ['the network is cut', 'cut'],
  ['the daemon is killed', 'kill'],
] as const)('%s in mid-call', (_story, how) => {
  test.each([
    'inbound-answered',
    'ring-group',
    'queue-answered',
    'attended-transfer-sip-replaces',
    'blonde-transfer-by-code',
    'park-retrieved-by-another',
    'conference-two-clients',
    'click-to-call',
  ])('%s is the record of no cut', async (name) => {
    const bytes = bytesOf(name);
    const whole = assembled(bytes);
    for (const part of [0.25, 0.5, 0.75]) {
      const cut = quietCut(bytes, Math.floor(bytes.length * part));
      const sessions = [...sessionsOf(cut.before), ...sessionsOf(cut.after)];
      const exchange = await exchangeThat({
        channels: (login) => sessions[login]?.channels ?? [],
        onListed: (line, login) => line.say(sessions[login]?.rest ?? ''),
      });
      const running = fastClock(10, cut.at);
      let isRunning = false; // a list of channels carries no time: as it is asked for, it must be that of the cut
      const clock = { ...running, now: () => (isRunning ? running.now() : cut.at) };
      const pbx = connectorOf(exchange, cut.at, clock);
      const before = await pbx.session();
      await eventually('the journal', async () => (await pbx.journaled()) >= cut.relevant);
      if (how === 'kill') before.kill();
      exchange.cut();
      if (how === 'cut') expect(await before.ended).toMatchObject({ code: 'ami.connection_lost', remedy: 'retry' });
      const after = await pbx.session();
      await new Promise((resolve) => setTimeout(resolve, 50));
      isRunning = true;
      await eventually('the contacts', async () => (await pbx.contacts()).length === whole.length).catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 150)); // nothing more comes
      expect(await pbx.contacts(), `cut at ${part}`).toEqual(whole);
      await after.stop();
    }
  });
});

/** The next place from `at` on where an honest second login can be made. */
function quietCut(bytes: Buffer, at: number) {
  for (let place = at; ; place += 50) {
    const cut = snapshotAt(bytes, place);
    if (!cut.isQuiet) continue;
    const text = bytes.toString('latin1', 0, place);
    const times = [...text.matchAll(/^Timestamp: .*$/gm)];
    return {
      before: Buffer.from(cut.before),
      after: Buffer.from(cut.after),
      at: timeOf(times.at(-1)?.[0] ?? ''),
      /** So many messages at least are about the call. */
      relevant: text.match(/^Event: (?:Newchannel|DialBegin|DialEnd|BridgeEnter|Hangup)\r$/gm)?.length ?? 0,
    };
  }
}

describe('away while the call goes on', () => {
  const messages = messagesOf('inbound-answered');
  const talking = messages.findIndex((message) => message.startsWith('Event: BridgeEnter')) + 2;
  const text = (part: readonly string[]) => part.map((message) => `${message}\r\n\r\n`).join('');
  const soFar = text(messages.slice(0, talking));
  const startAt = timeOf(messages[talking - 1] ?? '');
  const open = sessionsOf(
    Buffer.concat([
      Buffer.from('Asterisk Call Manager/11.0.0\r\n'),
      Buffer.from(snapshotAt(Buffer.from(`${soFar}Event: X\r\n\r\n`), soFar.length + 5).after),
    ]),
  ).at(-1)?.channels;

  async function until(script: Omit<AmiScript, 'onListed'>) {
    const exchange = await exchangeThat({ ...script, onListed: (line, login) => login === 0 && line.say(soFar) });
    const pbx = connectorOf(exchange, startAt);
    const session = await pbx.session();
    await eventually('the journal', async () => (await pbx.journaled()) > 5);
    exchange.cut();
    await session.ended;
    return { exchange, pbx };
  }

  test('it ended meanwhile: interrupted, once, and the time away is a gap', async () => {
    const { pbx } = await until({});
    await new Promise((resolve) => setTimeout(resolve, 200)); // two seconds
    await pbx.session();
    await pbx.becomes({ outcome: 'interrupted', caller: '79031112233', answeredBy: '101' });
    const gaps = await db.rows<{ seconds: number; reason: string }>(sql`
      select extract(epoch from until - since)::float as seconds, reason from gap where connector = ${pbx.name}`);
    expect(gaps).toEqual([{ seconds: expect.any(Number), reason: 'ami.not_connected' }]);
    expect(gaps[0]?.seconds).toBeGreaterThan(1.9);
    expect(gaps[0]?.seconds).toBeLessThan(13);
  });

  test('it was still open once, and ended during the second absence: interrupted', async () => {
    expect(open?.length).toBe(2);
    const { exchange, pbx } = await until({ channels: (login) => (login === 1 ? (open ?? []) : []) });
    const second = await pbx.session();
    exchange.cut();
    await second.ended;
    await pbx.session();
    await pbx.becomes({ outcome: 'interrupted', caller: '79031112233', answeredBy: '101' });
  });

  test('nobody may say what is open: interrupted now, corrected by its own end', async () => {
    const denied: string[] = [];
    const exchange = await exchangeThat({
      denied,
      onListed: (line) => line.say(soFar),
    });
    const pbx = connectorOf(exchange, startAt);
    const session = await pbx.session();
    await eventually('the journal', async () => (await pbx.journaled()) > 5);
    denied.push('CoreShowChannels');
    exchange.cut();
    await session.ended;
    await pbx.session();
    await pbx.becomes({ outcome: 'interrupted', caller: '79031112233' });
    exchange.say(text(messages.slice(talking)));
    await pbx.becomes({ outcome: 'answered', caller: '79031112233', talkSeconds: 3 });
  });

  test('one that began meanwhile is taken up from the list of channels', async () => {
    const exchange = await exchangeThat({
      channels: () => open ?? [],
      onListed: (line) => line.say(text(messages.slice(talking))),
    });
    const pbx = connectorOf(exchange, startAt);
    await pbx.session();
    await pbx.becomes({ outcome: 'answered', caller: '79031112233', answeredBy: '101' });
  });

  test('what is finished leaves nothing in the journal', async () => {
    const exchange = await exchangeThat({ onListed: (line) => line.say(text(messages)) });
    const pbx = connectorOf(exchange, startAt);
    await pbx.session();
    await pbx.becomes({ outcome: 'answered', talkSeconds: 3 });
    await eventually('an empty journal', async () => (await pbx.journaled()) === 0);
  });
});
