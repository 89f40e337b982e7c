import { pino } from 'pino';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { noMails } from '../../test/kit/mails.ts';
import { testStore } from '../../test/kit/postgres.ts';
import { rigs, type WebhookRig } from '../../test/kit/rigs/index.ts';
import { addDuty, office, untilTakenIn } from '../../test/kit/session.ts';
import type { Ringing, WebhookReading, WebhookRequest } from '../connector/index.ts';
import { Fault } from '../core/fault.ts';
import { jitter, newId } from '../ops/chance.ts';
import { systemClock } from '../ops/clock.ts';
import { createMetrics } from '../ops/metrics.ts';
import { type Db, openStore, sql } from '../store/index.ts';
import { connectorStates } from '../store/intake/connectors.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

const store = await testStore();
const { db } = store;
const log = pino({ level: 'silent' });
const view = { office, officeRegion: 'UA' };
const webhookRigs = Object.entries(rigs).flatMap(([kind, rig]) =>
  rig.shape === 'webhook' ? [[kind, rig] as const] : [],
);

const opened: Webhooks[] = [];

beforeAll(() => addDuty(db));
afterEach(() => Promise.all(opened.splice(0).map((one) => one.stop())));

describe.each(webhookRigs)('%s', (kind, rig) => {
  const name = (story: string) => `${kind}-${story}`;

  test('delivered again, in one process or in two, it is stored once and answered alike', async () => {
    const [one, two] = [await serve(rig, name('twice')), await serve(rig, name('twice'))];
    for (const { deliver } of [one, one, two]) expect(await deliver(rig.request(1))).toBe('kept');
    await untilTakenIn(db);
    const again = await Promise.all([one, two, one].map(({ deliver }) => deliver(rig.request(2))));
    expect(again).toEqual(['kept', 'kept', 'kept']);
    expect(await one.deliver(rig.request(1))).toBe('kept');
    await untilTakenIn(db);
    expect(await stored(name('twice'))).toEqual({ captures: 2, contacts: 2 });
  });

  test('what is acknowledged becomes a contact, whoever serves the source by then', async () => {
    const { deliver, webhooks } = await serve(rig, name('acknowledged'));
    for (const n of [1, 2, 3]) await deliver(rig.request(n));
    await webhooks.stop();
    await serve(rig, name('afterwards'));
    await untilTakenIn(db);
    expect(await stored(name('acknowledged'))).toEqual({ captures: 3, contacts: 3 });
  });

  test('what cannot be stored is not acknowledged', async () => {
    const away = await openStore({ url: store.url, ...(store.schema ? { schema: store.schema } : {}), log });
    const { deliver } = await serve(rig, name('away'), away.db);
    await away.close();
    await expect(deliver(rig.request(1))).rejects.toMatchObject({ name: 'Fault', remedy: 'retry' });
  });

  test('a GET stores nothing', async () => {
    const { webhook } = await serve(rig, name('get'));
    expect(webhook.read({ ...rig.request(1), method: 'GET' })).toMatchObject({ captures: [], ringing: [] });
  });
});

test('shown as up while served, with the last refusal beside it, and as stopped afterwards', async () => {
  const [[, rig] = []] = webhookRigs;
  if (!rig) throw new Error('no rig');
  const { webhook, webhooks, deliver } = await serve(rig, 'shown');
  const state = async () => {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const row = (await connectorStates(db)).find(({ connector }) => connector === 'shown');
    return [row?.state, row?.fault];
  };
  expect(await state()).toEqual(['up', null]);
  webhook.refused(new Fault('rig.refused', 'reconfigure', {}));
  expect(await state()).toEqual(['up', 'rig.refused']);
  await deliver(rig.request(1));
  expect(await state()).toEqual(['up', null]);
  await webhooks.configure([], view);
  expect(webhooks.find('shown')).toBe('unknown');
  expect(await state()).toEqual(['stopped', null]);
  await webhooks.stop();
  expect(webhooks.find('shown')).toBeNull();
});

test('who rings is told when the request is taken, not before', async () => {
  const announced: Ringing[] = [];
  const [[, rig] = []] = webhookRigs;
  if (!rig) throw new Error('no rig');
  const { webhook } = await serve(rig, 'rings', db, (ringing) => announced.push(ringing));
  const ringing = { call: '1', outside: null, outsideName: null, ours: null, rings: ['101'], answeredBy: null };
  const answer = { status: 200, type: '', body: '', location: null };
  const reading: WebhookReading = {
    captures: [],
    ringing: [{ ...ringing, since: new Date(0) }],
    answer,
    isSpam: false,
  };
  expect(await webhook.take(reading)).toBe('nothing');
  expect(announced).toEqual(reading.ringing);
});

test('a process without pages serves none', async () => {
  const webhooks = createWebhooks({ ...depsOn(db), registry: {}, servesWebhooks: false });
  await webhooks.configure([], view);
  expect(webhooks.find('any')).toBeNull();
});

function depsOn(on: Db, announce: (ringing: Ringing) => void = () => {}) {
  const tools = { clock: systemClock, log, newId, mails: noMails, jitter, metrics: createMetrics(), holder: 'test' };
  const tell = (_connector: string, ringing: Ringing) => announce(ringing);
  return { db: on, ...tools, ...view, kick: () => {}, announce: tell };
}

async function serve(rig: WebhookRig, name: string, on: Db = db, announce?: (ringing: Ringing) => void) {
  const { kind } = rig.connector;
  const webhooks = createWebhooks({ ...depsOn(on, announce), registry: { [kind]: rig.connector } });
  opened.push(webhooks);
  await webhooks.configure([{ name, kind, exchange: name, region: null, options: rig.config }], view);
  const webhook = webhooks.find(name);
  if (webhook === null || webhook === 'unknown') throw new Error(`${name} is not served`);
  return { webhooks, webhook, deliver: (request: WebhookRequest) => webhook.take(webhook.read(request)) };
}

async function stored(connector: string) {
  const [row] = await db.rows<{ captures: number; contacts: number }>(sql`
    select (select count(*)::int from capture where connector = ${connector}) as captures,
           (select count(*)::int from contact where connector = ${connector} and merged_into is null) as contacts`);
  return row;
}
