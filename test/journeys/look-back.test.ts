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
const nova = { '79031112233': '380442009999' };

let folder: OfficeFolder;
let smtp: MailServer;
let exchange: SimulatedExchange;
let store: Store;
let daemon: Program;

beforeEach(async () => {
  folder = makeOfficeFolder();
  const chance = { recordings, speed: 10, clock: systemClock, chance: randomBytes };
  exchange = await startSimulatedExchange({ username: 'letopis', secret: amiSecret, ...chance });
  smtp = await startMailServer();
  folder.write({ smtp: smtp.url, trunks: [{ name: 'first', port: exchange.port }] });
  daemon = startProgram(['run', '--config', folder.file]);
  await daemon.logged('ami.session_opened');
  store = await lookInto(folder.dataDir);
});
afterEach(async () => {
  await store?.close();
  if (daemon?.ended === null) await daemon.end();
  await Promise.all([exchange.stop(), smtp.close()]);
  folder.remove();
});
afterAll(endAllPrograms);

const contacts = () =>
  store.db.rows<{ client: string | null; state: string; prompts: number }>(sql`
    select cl.name as client, c.state, (select count(*)::int from prompt p where p.contact_id = c.id) as prompts
      from contact c left join client cl on cl.id = c.client_id order by c.created_at`);
const patience = { timeout: 15_000, interval: 100 };

test('a number put into the directory names the caller of yesterday; nobody is asked again', async () => {
  await exchange.play('inbound-answered', { replace: nova });
  await expect.poll(() => smtp.mails.length, patience).toBe(1);
  expect(await contacts()).toEqual([{ client: null, state: 'draft', prompts: 1 }]);

  folder.writeClients('name;phone\nНова;044 200-99-99\n');
  daemon.signal('SIGHUP');
  await expect.poll(contacts, patience).toEqual([{ client: 'Нова', state: 'draft', prompts: 1 }]);
  const [set] = await store.db.rows(sql`select kind, via, label, facts from change_set where kind = 'rematch'`);
  expect(set).toMatchObject({ via: 'machine', label: '+380442009999' });
  await expect.poll(() => store.db.rows(sql`select 1 from outbox where done_at is null`), patience).toEqual([]);
  expect([smtp.mails.length, (await contacts())[0]?.prompts]).toEqual([1, 1]);
});

test('flagged "never capture" while the daemon runs: the next call leaves nothing', async () => {
  await exchange.play('inbound-answered', { replace: nova });
  await expect.poll(() => smtp.mails.length, patience).toBe(1);
  await store.db.rows(sql`
    insert into contact_point (kind, address, raw, never_capture) values ('phone', '+380442009999', '', true)`);
  await new Promise((resolve) => setTimeout(resolve, 1200));
  await exchange.play('inbound-answered', { replace: nova });
  await exchange.play('inbound-answered', { replace: { '79031112233': '380442008888' } });
  await expect.poll(() => smtp.mails.length, patience).toBe(2);
  const found = await store.db.rows(
    sql`select outside_norm as number, count(*)::int as n from contact group by 1 order by 1`,
  );
  expect(found).toEqual([
    { number: '+380442008888', n: 1 },
    { number: '+380442009999', n: 1 },
  ]);
  expect(await store.db.rows(sql`select count(*)::int as n from capture`)).toEqual([{ n: 2 }]);
});
