import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type SimulatedExchange, startSimulatedExchange } from '../../src/demo/exchange.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { silentLog } from '../../src/ops/log.ts';
import { openStore, type Store, sql } from '../../src/store/index.ts';
import { freePort } from '../kit/free-port.ts';
import { type MailServer, startMailServer } from '../kit/mail-server.ts';
import { amiSecret, makeOfficeFolder, type OfficeFolder } from '../kit/office-folder.ts';
import { ownServer } from '../kit/postgres.ts';
import { endAllPrograms, type Program, startProgram } from '../kit/program.ts';

const recordings = join(import.meta.dirname, '../../src/demo/recordings');
const acme = { '79031112233': '380442001010' };

let folder: OfficeFolder;
let smtp: MailServer;
let exchange: SimulatedExchange;
let server: Awaited<ReturnType<typeof ownServer>>;
let store: Store;

beforeEach(async () => {
  folder = makeOfficeFolder();
  [smtp, server] = await Promise.all([startMailServer(), ownServer()]);
  exchange = await startSimulatedExchange({
    username: 'letopis',
    secret: amiSecret,
    recordings,
    speed: 8,
    clock: systemClock,
    chance: randomBytes,
  });
  store = await openStore({ url: server.url, maxConnections: 2, log: silentLog });
  const webPort = await freePort();
  folder.write({ smtp: smtp.url, trunks: [{ name: 'pbx', port: exchange.port }], database: server.url, webPort });
});
afterEach(async () => {
  await endAllPrograms();
  await store.close();
  await Promise.all([exchange.stop(), smtp.close(), server.stop()]);
  folder.remove();
});
afterAll(endAllPrograms);

const role = (...names: string[]): Program =>
  startProgram(['run', '--config', folder.file, ...names.flatMap((name) => ['--role', name])]);

test('three processes on one server: the call, the mail and the page go their way; one after the other may end', async () => {
  const [connectors, stages, web] = [role('connectors'), role('stages'), role('web')];
  const [, url] = await web.line(/^listening on (\S+)$/);
  await Promise.all([connectors.logged('ami.session_opened'), stages.logged('daemon.started')]);
  await exchange.play('inbound-answered', { replace: acme });
  await expect.poll(() => smtp.mails.length, { timeout: 10_000 }).toBe(1);
  const link = smtp.mails[0]?.links[0] ?? '';
  expect(link.startsWith(`${url}/d/`)).toBe(true); // written by a process that has no pages
  expect((await fetch(link)).status).toBe(200);
  expect([connectors.out, stages.out]).toEqual([[], []]);
  expect(await Promise.all([connectors, stages, web].map((one) => one.end()))).toEqual([0, 0, 0]);
});

test('the process with the connectors is killed while another waits: it takes over in seconds, nothing is recorded twice', async () => {
  const [first, stages] = [role('connectors'), role('stages')];
  await Promise.all([first.logged('ami.session_opened'), stages.logged('daemon.started')]);
  const second = role('connectors');
  await second.logged('connector.held_elsewhere');
  await exchange.play('inbound-answered', { replace: acme }); // in its grace when the kill comes
  const open = exchange.play('hold', { replace: acme, speed: 0.5 }); // open all the time
  await expect.poll(async () => (await store.db.rows(sql`select 1 from journal limit 200`)).length).toBeGreaterThan(20);
  await first.end('SIGKILL');
  const killedAt = performance.now();
  await second.logged('ami.session_opened', undefined, { withinMs: 20_000 });
  expect(performance.now() - killedAt).toBeLessThan(15_000); // the term of the lease is ten seconds
  await open;
  const contacts = () =>
    store.db.rows(sql`
      select outcome, state, (select count(*)::int from prompt where contact_id = contact.id) as prompts
        from contact where merged_into is null order by started_at`);
  const asked = { outcome: 'answered', state: 'draft', prompts: 1 };
  await expect.poll(contacts, { timeout: 10_000 }).toEqual([asked, asked]);
  await expect.poll(() => smtp.mails.length).toBe(2);
  const gaps = await store.db.rows(sql`select 1 from gap where connector = 'pbx'`);
  expect(gaps).toHaveLength(1);
  expect(await Promise.all([second, stages].map((one) => one.end()))).toEqual([0, 0]);
});

test('given back at the end, the lease is taken at once', async () => {
  const first = role('connectors');
  await first.logged('ami.session_opened');
  const second = role('connectors');
  await second.logged('connector.held_elsewhere');
  expect(await first.end()).toBe(0);
  await second.logged('ami.session_opened', undefined, { withinMs: 4000 });
  expect(await second.end()).toBe(0);
});
