import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeEach, expect, test } from 'vitest';
import { type SimulatedExchange, startSimulatedExchange } from '../../src/demo/exchange.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { type Store, sql } from '../../src/store/index.ts';
import { messagesOf } from '../kit/ami-sessions.ts';
import { lookInto } from '../kit/look-into.ts';
import { type MailServer, startMailServer } from '../kit/mail-server.ts';
import { amiSecret, makeOfficeFolder, type OfficeFolder } from '../kit/office-folder.ts';
import { endAllPrograms, type Program, programFile, startProgram } from '../kit/program.ts';
import { type AmiScript, type ScriptedAmi, secret, startScriptedAmi } from '../kit/scripted-ami.ts';

const recordings = join(import.meta.dirname, '../../src/demo/recordings');

let folder: OfficeFolder;
let smtp: MailServer;
let good: SimulatedExchange;
let bad: ScriptedAmi | null;
let store: Store;
let daemon: Program;

beforeEach(async () => {
  folder = makeOfficeFolder();
  bad = null;
  smtp = await startMailServer();
  const chance = randomBytes;
  const options = { username: 'letopis', secret: amiSecret, recordings, speed: 10, clock: systemClock, chance };
  good = await startSimulatedExchange(options);
});
afterEach(async () => {
  await store?.close();
  if (daemon?.ended === null) expect(await daemon.end()).toBe(0);
  await Promise.all([good.stop(), smtp.close(), bad?.stop()]);
  folder.remove();
});
afterAll(endAllPrograms);

/** A daemon with one healthy exchange and one that behaves as scripted. */
async function open(script: AmiScript, wrong = secret): Promise<ScriptedAmi> {
  bad = await startScriptedAmi(script);
  const trunks = [
    { name: 'good', port: good.port },
    { name: 'bad', port: bad.port, secret: wrong },
  ];
  folder.write({ smtp: smtp.url, trunks });
  daemon = startProgram(['run', '--config', folder.file]);
  await daemon.logged('ami.session_opened', ({ connector }) => connector === 'good');
  store = await lookInto(folder.dataDir);
  return bad;
}

/** What the log says of the loss, with place and cure. */
async function loss(): Promise<string> {
  const line = await daemon.logged('connector.session_lost', ({ connector }) => connector === 'bad');
  return JSON.stringify(line['err']);
}

/** The other exchange's calls are recorded all the same. */
async function goodGoesOn(): Promise<void> {
  const before = smtp.mails.length;
  await good.play('inbound-answered', { replace: { '79031112233': '380442001010' } });
  await expect.poll(() => smtp.mails.length, { timeout: 8000 }).toBe(before + 1);
  expect(daemon.ended).toBeNull();
}

test('something else than an exchange answers: told with host, port and what to check', async () => {
  const { port } = await open({ greeting: Buffer.concat([randomBytes(2000), Buffer.from('\r\n\r\n')]) });
  const told = await loss();
  expect(told).toContain('ami.not_an_exchange');
  expect(told).toContain(`"port":${port}`);
  expect(told).toContain('check host, port and tls');
  await goodGoesOn();
});

test('garbage in the middle of a session: read over, and the next call is recorded', async () => {
  const exchange = await open({});
  await daemon.logged('ami.session_opened', ({ connector }) => connector === 'bad');
  exchange.say(Buffer.concat([randomBytes(100_000), Buffer.from('\r\n\r\n')]));
  exchange.say('Event: Newchannel\r\nUniqueid\r\n: : :\r\nLinkedid: \r\n\r\n');
  exchange.say(`${messagesOf('inbound-answered').join('\r\n\r\n')}\r\n\r\n`);
  const recorded = () => store.db.rows(sql`select outcome from contact where connector = 'bad'`);
  await expect.poll(recorded, { timeout: 8000 }).toEqual([{ outcome: 'answered' }]);
  await goodGoesOn();
});

test('a line of 10 MB without an end drops the session, not the memory, and the connector comes back', async () => {
  const exchange = await open({});
  await daemon.logged('ami.session_opened', ({ connector }) => connector === 'bad');
  const from = daemon.log.length;
  exchange.say('Event: Newchannel\r\nCallerIDName: ');
  exchange.say(Buffer.alloc(10_000_000, 'x'));
  expect(await loss()).toContain('ami.message_too_long');
  await daemon.logged('ami.session_opened', ({ connector }) => connector === 'bad', { from });
  await goodGoesOn();
});

test('NUL, control characters and lone surrogates in a caller name: recorded, shown, asked about', async () => {
  const exchange = await open({});
  await daemon.logged('ami.session_opened', ({ connector }) => connector === 'bad');
  // a lone surrogate as three bytes of what is no UTF-8, as CESU encoders write it
  const name = Buffer.concat([Buffer.from('A\u0000B\u001b[31m '), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from(' C')]);
  const text = `${messagesOf('inbound-answered').join('\r\n\r\n')}\r\n\r\n`;
  exchange.say(text.replaceAll('Ivan Sidorov', name.toString('latin1')));
  const named = () =>
    store.db.rows<{ name: string; outcome: string }>(
      sql`select outside_name as name, outcome from contact where connector = 'bad'`,
    );
  await expect.poll(named, { timeout: 8000 }).toHaveLength(1);
  const [contact] = await named();
  expect(contact?.outcome).toBe('answered');
  expect(contact?.name).toMatch(/^A.*B.*C$/u);
  expect(contact?.name).not.toContain('\u0000');
  await expect.poll(() => smtp.mails.length, { timeout: 8000 }).toBe(1);
  const page = await fetch(smtp.mails[0]?.links[0] ?? '');
  expect(page.status).toBe(200);
  expect(await store.db.rows(sql`select 1 from quarantine`)).toEqual([]);
  await goodGoesOn();
});

test('a wrong password: the connector rests and says what to compare', async () => {
  await open({}, 'falsch');
  const line = await daemon.logged('connector.session_ended', ({ connector }) => connector === 'bad');
  const told = JSON.stringify(line['err']);
  expect(told).toContain('ami.login_refused');
  expect(told).toContain('manager.conf');
  expect(told).not.toContain('falsch');
  await goodGoesOn();
});

test('half a CSV: the line is named, the rest of the file counts, the daemon starts', async () => {
  appendFileSync(
    join(folder.folder, 'clients.csv'),
    '"Ромашка Плюс,Іван,+380 44 300 40 50\n,Без імені,+380 44 300 40 51',
  );
  await open({});
  const problem = await daemon.logged('source.failed');
  expect(problem.level).toBe('error');
  expect(JSON.stringify(problem['err'])).toMatch(
    /clients\.csv:8: a quote is opened here and not closed.*"cure":"close the quote/,
  );
  await goodGoesOn();
});

test('a call that was posted and cannot be stored: set aside, listed, and stored when it is told to try again', async () => {
  folder.write({ smtp: smtp.url, trunks: [], connectors: ['{ name: pbx, kind: pbx-webhook, secret: geheim }'] });
  daemon = startProgram(['run', '--config', folder.file]);
  const [, url] = await daemon.line(/^listening on (\S+?)\/?$/);
  store = await lookInto(folder.dataDir);
  await store.db.rows(sql`create function refuse() returns trigger language plpgsql as $$
    begin raise check_violation using message = 'the table has its own opinion'; end $$`);
  await store.db.rows(sql`
    create trigger refuse before insert on contact for each row when (new.outside like '%4') execute function refuse()`);
  const post = async (id: string, from: string) => {
    const call = { event: 'end', id, from, to: '101', startedAt: 1772442000, talkSeconds: 65 };
    const init = { method: 'POST', body: JSON.stringify(call), headers: { authorization: 'Bearer geheim' } };
    expect((await fetch(`${url}/hook/pbx`, init)).status).toBe(200);
  };
  await Promise.all([post('1', '0671234563'), post('2', '0671234564'), post('3', '0671234565')]);
  await expect.poll(outsides, { timeout: 8000 }).toEqual(['+380671234563', '+380671234565']);
  const [line = ''] = await letopis('quarantine', 'list', '--json');
  const entry = JSON.parse(line);
  expect(entry).toMatchObject({ connector: 'pbx', fault: 'post.not_stored' });
  expect((await letopis('quarantine', 'show', entry.id)).join('\n')).toContain('0671234564');
  const [retried] = await letopis('quarantine', 'retry', entry.id);
  expect(retried).toMatch(/^\d+: kept to be taken in again; the daemon does it within seconds, or sets it aside anew$/);
  await expect
    .poll(async () => (await letopis('quarantine', 'list')).join(), { timeout: 8000 })
    .toContain('not_stored');
  await store.db.rows(sql`drop trigger refuse on contact`);
  await letopis('quarantine', 'retry', '--all');
  await expect.poll(outsides, { timeout: 8000 }).toEqual(['+380671234563', '+380671234564', '+380671234565']);
  expect(await letopis('quarantine', 'list')).toEqual(['']);
});

async function outsides(): Promise<string[]> {
  const rows = await store.db.rows<{ outside: string }>(sql`select outside_norm as outside from contact order by 1`);
  return rows.map(({ outside }) => outside);
}

async function letopis(...args: string[]): Promise<string[]> {
  const { stdout } = await promisify(execFile)(process.execPath, [
    programFile,
    ...args.map(String),
    '--config',
    folder.file,
  ]);
  return stdout.trimEnd().split('\n');
}
