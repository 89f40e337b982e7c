import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type SimulatedExchange, startSimulatedExchange } from '../../src/demo/exchange.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { type Store, sql } from '../../src/store/index.ts';
import { lookInto } from '../kit/look-into.ts';
import { type MailServer, startMailServer } from '../kit/mail-server.ts';
import { amiSecret, makeOfficeFolder, type OfficeFolder } from '../kit/office-folder.ts';
import { endAllPrograms, type Program, startProgram } from '../kit/program.ts';

const recordings = join(import.meta.dirname, '../../src/demo/recordings');
const acme = { '79031112233': '380442001010' };

let folder: OfficeFolder;
let smtp: MailServer;
let one: SimulatedExchange;
let two: SimulatedExchange;
let store: Store;
let daemon: Program;
let url = '';

const exchangeAt = () =>
  startSimulatedExchange({
    username: 'letopis',
    secret: amiSecret,
    recordings,
    speed: 10,
    clock: systemClock,
    chance: randomBytes,
  });
const states = async () =>
  Object.fromEntries(
    (await store.db.rows<{ connector: string; state: string }>(sql`select connector, state from connector_state`)).map(
      ({ connector, state }) => [connector, state],
    ),
  );

beforeEach(async () => {
  folder = makeOfficeFolder();
  [smtp, one, two] = await Promise.all([startMailServer(), exchangeAt(), exchangeAt()]);
  folder.write({ smtp: smtp.url, trunks: [{ name: 'first', port: one.port }] });
  daemon = startProgram(['run', '--config', folder.file]);
  url = (await daemon.line(/^listening on (\S+)$/))[1] ?? '';
  await daemon.logged('ami.session_opened');
  store = await lookInto(folder.dataDir);
});
afterEach(async () => {
  await store?.close();
  if (daemon?.ended === null) await daemon.end();
  await Promise.all([one.stop(), two.stop(), smtp.close()]);
  folder.remove();
});
afterAll(endAllPrograms);

/** Sends SIGHUP and waits for the answer. */
async function reload(answer: 'daemon.reloaded' | 'config.refused') {
  const from = daemon.log.length;
  daemon.signal('SIGHUP');
  return daemon.logged(answer, undefined, { from });
}

test('a broken YAML changes nothing and names the place; the right one is taken up', async () => {
  folder.writeRaw(
    'office: { name: Ромашка, timezone: Europe/Kyiv }\nconnectors:\n  - { name: x, knd: asterisk-ami }\n',
  );
  const refused = await reload('config.refused');
  expect(refused['finding']).toMatch(/letopis\.yml:3:\d+ /);
  folder.writeRaw('office: { name: [\n');
  expect((await reload('config.refused'))['finding']).toMatch(/letopis\.yml:\d+:\d+: /);
  await one.play('inbound-answered', { replace: acme });
  await expect.poll(() => smtp.mails.map(({ to }) => to), { timeout: 5000 }).toEqual(['olena.koval@romashka.example']);

  folder.writePeople(
    'name,extension,email\nОлена Коваль,101,olena.koval@romashka.example\nНова Людина,106,nova@romashka.example\n',
  );
  const trunks = [
    { name: 'first', port: one.port },
    { name: 'second', port: two.port },
  ];
  folder.write({ smtp: smtp.url, trunks });
  const from = daemon.log.length;
  await reload('daemon.reloaded');
  await daemon.logged('ami.session_opened', ({ connector }) => connector === 'second', { from });
  expect(
    daemon.log.slice(from).some(({ msg, connector }) => msg === 'ami.session_opened' && connector === 'first'),
  ).toBe(
    false, // what did not change was not disturbed
  );
  await two.play('inbound-answered', { replace: { ...acme, '101': '106' } });
  await expect
    .poll(() => smtp.mails.map(({ to }) => to), { timeout: 5000 })
    .toEqual(['olena.koval@romashka.example', 'nova@romashka.example']);
  expect(await states()).toEqual({ first: 'up', second: 'up' });

  folder.write({ smtp: smtp.url, trunks: trunks.slice(1) });
  await reload('daemon.reloaded');
  await expect.poll(states).toEqual({ first: 'stopped', second: 'up' });
  const gone = await one.play('inbound-missed', { replace: acme });
  expect(gone.writtenEvents).toBe(0);
});

test('a wrong secret: the connector rests, says what to do, and the others go on', async () => {
  const trunks = [
    { name: 'first', port: one.port },
    { name: 'second', port: two.port, secret: 'falsch' },
  ];
  folder.write({ smtp: smtp.url, trunks });
  await reload('daemon.reloaded');
  const ended = await daemon.logged('connector.session_ended', ({ connector }) => connector === 'second');
  expect(ended).toMatchObject({ level: 'error', err: { message: 'ami.login_refused', remedy: 'reconfigure' } });
  expect(JSON.stringify(ended)).toContain('manager.conf');
  expect(JSON.stringify(daemon.log)).not.toContain('falsch');
  await expect.poll(states).toEqual({ first: 'up', second: 'resting' });
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${url}/metrics`)).text()).toMatch(/connector_up\{connector="first"\} 1/);
  await one.play('inbound-answered', { replace: acme });
  await expect.poll(() => smtp.mails.length, { timeout: 5000 }).toBe(1);

  trunks[1] = { name: 'second', port: two.port, secret: amiSecret };
  folder.write({ smtp: smtp.url, trunks });
  await reload('daemon.reloaded'); // at once, not after the rest
  await expect.poll(states, { timeout: 5000 }).toEqual({ first: 'up', second: 'up' });
});

test('two reloads at once end with the last one; SIGTERM drains and ends with 0', async () => {
  const trunks = [{ name: 'second', port: two.port }];
  for (let i = 0; i < 5; i++) daemon.signal('SIGHUP');
  folder.write({ smtp: smtp.url, trunks });
  await reload('daemon.reloaded');
  await expect.poll(states, { timeout: 5000 }).toEqual({ first: 'stopped', second: 'up' });
  await two.play('inbound-answered', { replace: acme });
  expect(await daemon.end('SIGTERM', 10_000)).toBe(0);
  const messages = daemon.log.map(({ msg }) => msg);
  expect(messages.at(-1)).toBe('daemon.stopped');
  expect(messages).not.toContain('daemon.stop_failed');
});

test('a second daemon on the same data folder is refused, says why, and does not disturb the first', async () => {
  const second = startProgram(['run', '--config', folder.file]);
  expect(await second.untilEnd(15_000)).toBe(1);
  expect(second.said.join('\n')).toMatch(/store\.embedded_in_use.*another Letopis runs on this data folder/s);
  await one.play('inbound-answered', { replace: acme });
  await expect.poll(() => smtp.mails.length, { timeout: 5000 }).toBe(1);
});

test('a signal during the start: ends cleanly, nothing stays behind', async () => {
  expect(await daemon.end()).toBe(0);
  daemon = startProgram(['run', '--config', folder.file]);
  await daemon.logged('directory.seeded');
  daemon.signal('SIGHUP'); // must not end it
  expect(await daemon.end('SIGTERM')).toBe(0);
});
