import { afterAll, beforeAll, expect, test } from 'vitest';
import { connectors } from '../../../connectors/index.ts';
import { jitter, newId } from '../../../src/ops/chance.ts';
import { systemClock } from '../../../src/ops/clock.ts';
import { silentLog } from '../../../src/ops/log.ts';
import { createMetrics } from '../../../src/ops/metrics.ts';
import { connectorStates } from '../../../src/store/intake/connectors.ts';
import { createSupervisor } from '../../../src/supervisor/supervisor.ts';
import { noMails } from '../../kit/mails.ts';
import { describePeer } from '../../kit/peer.ts';
import { testStore } from '../../kit/postgres.ts';
import { differences, readTruth } from '../../kit/recordings.ts';
import { addDuty, contactsOf, eventually, office } from '../../kit/session.ts';
import { startTcpProxy, type TcpProxy } from '../../kit/tcp-proxy.ts';
import { type Exchange, record, type Scenario, type Suite, scenariosFor, startExchange } from './index.ts';
import { cuts } from './network-cuts.ts';

/** Scenarios that run one after the other on an exchange of their own; the lanes run side by side. */
interface Lane {
  readonly suite: Suite;
  readonly block: string;
  readonly names: readonly string[];
}

const first = [
  'inbound-answered',
  'queue-answered',
  'attended-transfer-sip-replaces',
  'blonde-transfer-by-code',
  'park-retrieved-by-another',
  'outbound-busy',
  'forward-302-to-colleague',
  'network-cut-while-talking',
];
const second = [
  'inbound-missed',
  'inbound-withheld-anonymous',
  'ring-group',
  'blind-transfer-sip-refer',
  'attended-transfer-by-code',
  'pickup-of-a-ringing-phone',
  'conference-client-and-two-employees',
  'click-to-call',
  'network-cut-over-the-answer',
  'restart-with-two-calls-open', // the last one: it ends the exchange
];
const lanes: readonly Lane[] = [
  { suite: 'sid', block: '127.0.60', names: first },
  { suite: 'sid', block: '127.0.61', names: second },
  { suite: 'bullseye', block: '127.0.62', names: first },
  { suite: 'bullseye', block: '127.0.63', names: second },
];

const store = testStore();

/** The real connector under the real supervisor into a real PostgreSQL, while real phones talk over two real Asterisks. */
describePeer('asterisk', 'live calls', (address) => {
  const results = new Map<string, Promise<string[]>>();
  const stops: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    if (address === '') return;
    const { db } = await store;
    await addDuty(db);
    const started = await Promise.all(lanes.map(startLane));
    stops.push(...started.map(({ stop }) => stop));
    const supervisor = createSupervisor({
      db,
      clock: systemClock,
      log: silentLog,
      newId,
      mails: noMails,
      jitter,
      metrics: createMetrics(),
      holder: 'live-test',
      registry: connectors,
      office,
      officeRegion: 'RU',
      kick: () => {},
      announce: () => {},
    });
    stops.unshift(() => supervisor.stop());
    const configured = started.map(({ name, exchange, proxy }) => ({
      name,
      kind: 'asterisk-ami',
      exchange: name,
      region: null,
      options: connectors['asterisk-ami'].config.parse({
        host: '127.0.0.1',
        port: proxy.port,
        username: 'crm',
        secret: exchange.secret,
      }),
    }));
    await supervisor.configure(configured, { office, officeRegion: 'RU' });
    await eventually('every connector to listen', async () => {
      const states = await connectorStates(db);
      return states.length === lanes.length && states.every(({ state }) => state === 'up');
    });
    for (const lane of started) playLane(lane, results);
  });

  afterAll(async () => {
    await Promise.all([...results.values()]);
    for (const stop of stops) await stop();
  });

  test.each(lanes.flatMap((lane) => lane.names.map((name) => [titleOf(lane, name)] as const)))('%s', async (title) => {
    expect(await results.get(title)).toEqual([]);
  });
});

interface StartedLane extends Lane {
  /** Of its connector. */
  readonly name: string;
  readonly exchange: Exchange;
  readonly proxy: TcpProxy;
  stop(): Promise<void>;
}

async function startLane(lane: Lane): Promise<StartedLane> {
  const exchange = await startExchange({ suite: lane.suite, block: lane.block });
  const proxy = await startTcpProxy({ host: exchange.address, port: exchange.amiPort });
  return {
    ...lane,
    name: `pbx-${lane.block}`,
    exchange,
    proxy,
    async stop() {
      await proxy.stop();
      await exchange.stop();
    },
  };
}

/** Plays the lane's scenarios in order; each one's result appears under its title at once, as a promise. */
function playLane(lane: StartedLane, results: Map<string, Promise<string[]>>): void {
  const all = [...scenariosFor(lane.suite), ...cuts(lane.proxy)];
  let before: Promise<unknown> = Promise.resolve();
  for (const name of lane.names) {
    const scenario = all.find((one) => one.name === name);
    const result = before.then(() =>
      scenario ? play(lane, scenario).catch((error: unknown) => [String(error)]) : [`no scenario ${name}`],
    );
    results.set(titleOf(lane, name), result);
    before = result;
  }
}

/** @returns where the contacts differ from what the phones measured, in words */
async function play({ name, exchange }: StartedLane, scenario: Scenario): Promise<string[]> {
  const { db } = await store;
  const since = new Date(Date.now() - 100);
  const { calls } = await record({ exchange, scenario });
  const truth = readTruth(calls).filter(({ direction }) => direction !== 'internal');
  const recorded = { name: scenario.name, stream: new URL('file:///live'), truth };
  const compare = async () => differences(recorded, await contactsOf(db, name, since));
  await eventually(`the contacts of ${scenario.name}`, async () => (await compare()).length === 0).catch(() => {});
  return compare();
}

function titleOf({ suite }: Lane, name: string): string {
  return `Asterisk ${suite === 'sid' ? 22 : 16}: ${name}`;
}
