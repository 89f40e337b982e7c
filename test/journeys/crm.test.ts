import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type SimulatedExchange, startSimulatedExchange } from '../../src/demo/exchange.ts';
import { startReceiver } from '../../src/notify/receiver.fixture.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { formsIn, submit } from '../kit/forms.ts';
import { type MailServer, startMailServer } from '../kit/mail-server.ts';
import { amiSecret, makeOfficeFolder, type OfficeFolder } from '../kit/office-folder.ts';
import { endAllPrograms, type Program, startProgram } from '../kit/program.ts';

const recordings = join(import.meta.dirname, '../../src/demo/recordings');
const secret = `whsec_${randomBytes(32).toString('base64')}`;
/** The numbers of the recordings as those of this office; the caller is nobody's in clients.csv. */
const newcomer = { '4951000101': '380440001000', '4951000200': '380440001000', '79031112233': '380507778899' };
const stranger = { ...newcomer, '79031112233': '380931234567' };

let folder: OfficeFolder;
let smtp: MailServer;
let exchange: SimulatedExchange;
let daemon: Program;
let url = '';
let token = '';
const receiver = await startReceiver(secret);
afterAll(() => receiver.close());

beforeEach(async () => {
  folder = makeOfficeFolder();
  smtp = await startMailServer();
  const options = { username: 'letopis', secret: amiSecret, recordings, speed: 8, clock: systemClock };
  exchange = await startSimulatedExchange({ ...options, chance: randomBytes });
  receiver.received.length = 0;
  receiver.state.answer = () => 204;
});
afterEach(async () => {
  if (daemon?.ended === null) await daemon.end();
  await Promise.all([exchange.stop(), smtp.close()]);
  folder.remove();
});
afterAll(endAllPrograms);

async function open(): Promise<void> {
  const target = `{ name: crm, url: "${receiver.url}", secret: "${secret}", timeoutSeconds: 1 }`;
  folder.write({
    smtp: smtp.url,
    trunks: [{ name: 'office-pbx', port: exchange.port }],
    more: `crm:\n  webhooks:\n    - ${target}\n`,
  });
  await start();
  token = (await letopis('token', 'add', 'crm', '--scope', 'clients:write,contacts:read,clients:read')).out[0] ?? '';
}

async function start(): Promise<void> {
  daemon = startProgram(['run', '--config', folder.file]);
  url = (await daemon.line(/^listening on (\S+)$/))[1] ?? '';
  await daemon.logged('ami.session_opened');
}

/** A command beside the daemon. */
async function letopis(...args: readonly string[]): Promise<Program> {
  const program = startProgram([...args, '--config', folder.file]);
  expect(await program.untilEnd()).toBe(0);
  return program;
}

async function api(method: string, path: string, body?: unknown) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answer.json();
}

/** Opens the link of the last mail and writes the gist, as a browser without scripts would. */
async function complete(gist: string): Promise<void> {
  const link = smtp.mails.at(-1)?.links[0] ?? '';
  const [form] = formsIn(await (await fetch(link)).text());
  if (!form) throw new Error('the page has no form');
  expect((await submit(link, form, { gist })).status).toBe(303);
}

const types = () => receiver.received.map(({ type }) => type);

test('the CRM makes a client, he calls, the talk is written down, the CRM hears of it and reads it', async () => {
  await open();
  const client = await api('POST', '/clients', {
    name: 'Новий Клієнт',
    points: [{ kind: 'phone', address: '050 777-88-99' }],
  });
  await exchange.play('inbound-answered', { replace: newcomer });
  await expect.poll(() => smtp.mails.length, { timeout: 10_000 }).toBe(1);
  expect(smtp.mails[0]?.subject).toContain('Новий Клієнт');
  await complete('Хочет сто столов.');
  await expect.poll(types, { timeout: 5000 }).toEqual(['contact.completed']);
  const [event] = receiver.received;
  expect(event?.data).toMatchObject({
    contact: { clientId: client.id, state: 'completed', channel: 'call' },
    changed: expect.arrayContaining(['gist', 'state']),
    by: { via: 'link', employeeId: expect.any(String) },
  });
  expect(event?.body).not.toContain('столов'); // what was written is read where the reader may
  const contact = await api('GET', `/contacts/${event?.data.contact?.id}`);
  expect(contact).toMatchObject({ clientId: client.id, gist: 'Хочет сто столов.', address: '+380507778899' });

  await exchange.play('inbound-answered', { replace: stranger });
  await expect.poll(types, { timeout: 10_000 }).toEqual(['contact.completed', 'stranger.appeared']);
  const unknown = await api('GET', `/contacts/${receiver.received[1]?.data.contact?.id}`);
  expect(unknown).toMatchObject({ verdict: 'stranger', address: '+380931234567', clientId: null });
  const list = await letopis('webhooks', 'list');
  expect(list.out[0]).toMatch(/^crm: works; last success \S+; waiting 0, given up 0$/);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain('webhooks_sent_total{target="crm",result="accepted"} 2');
  expect(metrics).toContain('api_answers_total{token="crm",status="2xx"} 3');
}, 60_000);

test('kill -9 while the CRM thinks: after the restart it hears of it again, with the same id', async () => {
  await open();
  receiver.state.answer = () => 'silence';
  await exchange.play('inbound-answered', { replace: stranger });
  await expect.poll(types, { timeout: 10_000 }).toEqual(['stranger.appeared']);
  await daemon.end('SIGKILL');
  receiver.state.answer = () => 204;
  await start();
  await expect.poll(() => receiver.accepted(), { timeout: 40_000, interval: 100 }).toHaveLength(1);
  expect(new Set(receiver.received.map(({ id }) => id)).size).toBe(1);
  const shown = await letopis('webhooks', 'show', '--json');
  expect(JSON.parse(shown.out[0] ?? '')).toMatchObject({ target: 'crm', state: 'accepted', type: 'stranger.appeared' });
  const [id] = receiver.accepted();
  await letopis('webhooks', 'replay', 'crm', '--event', id ?? '');
  await expect.poll(() => receiver.received.filter(({ accepted }) => accepted).length, { timeout: 5000 }).toBe(2);
}, 90_000);
