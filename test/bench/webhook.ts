import { createWriteStream } from 'node:fs';
import { devNull } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import fastify from 'fastify';
import { connectors } from '../../connectors/index.ts';
import { openFiles } from '../../src/files/files.ts';
import { createLiveHub } from '../../src/live/run.ts';
import { openPagePainter } from '../../src/mail/index.ts';
import { rulesOf } from '../../src/mailbox/index.ts';
import { jitter, newId, randomBytes } from '../../src/ops/chance.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { createLog } from '../../src/ops/log.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { createMailer } from '../../src/prompt/mailer.ts';
import { type Db, sql } from '../../src/store/index.ts';
import { countPosted } from '../../src/store/intake/posted.ts';
import { createSupervisor } from '../../src/supervisor/supervisor.ts';
import { openKeptMails } from '../../src/web/contact/kept-mails.ts';
import { startWeb } from '../../src/web/http/server.ts';
import { noMails } from '../kit/mails.ts';
import { office } from '../kit/session.ts';
import { atLeast, type Benchmark, compare, median, require, scaled } from './bench.ts';
import { startBenchDatabase } from './bench-database.ts';
import { type LoadMaker, openLoad } from './load.ts';
import { cpuSecondsWithChildren, ownCpuSeconds } from './process-figures.ts';

const connections = 64;
const posts = scaled(20_000);
const secret = 'geheim';
const zone = 'Europe/Kyiv';
const headers = { 'content-type': 'application/json', authorization: `Bearer ${secret}` };
/** A finished call as a telephone exchange tells it, 0.9 KB. */
const body = JSON.stringify({
  event: 'end',
  id: 'call-__the_number__',
  from: '0671234567',
  to: '101',
  name: 'Client',
  startedAt: 1772442000,
  talkSeconds: 65,
  ringSeconds: 4,
  queue: 'sales',
  recording: 'https://pbx.example/recordings/2026/03/02/call.wav',
  more: 'x'.repeat(650),
});

/** Calls posted by an exchange and answered when they are on the disk, against a server that reads the body and answers. */
export const webhook: Benchmark = async () => {
  const database = await startBenchDatabase();
  const db = await database.fresh();
  const ours = await openHooks(db);
  const noOp = await openNoOp();
  const load = openLoad();
  const cpuSeconds = () => ({ own: ownCpuSeconds(), postgres: cpuSecondsWithChildren(database.postmasterPid) });
  const late = { ours: [] as number[], noOp: [] as number[] };
  const spent = { ours: 0, postgres: 0, noOp: 0 };
  let told = 0;
  const drained = { posts: 0, seconds: 0 };
  /** What is kept becomes contacts afterwards, and outside of the time of either. */
  const drain = async () => {
    const [waiting, begin] = [await countPosted(db), performance.now()];
    while ((await countPosted(db)) > 0) await pause(20);
    drained.posts += waiting;
    drained.seconds += (performance.now() - begin) / 1000;
  };
  try {
    const comparison = await compare(
      async () => {
        const before = cpuSeconds();
        told += posts;
        late.ours.push(await post(load, ours.port, '/hook/pbx', told));
        const after = cpuSeconds();
        spent.ours += after.own - before.own;
        spent.postgres += after.postgres - before.postgres;
        return posts;
      },
      async () => {
        const before = ownCpuSeconds();
        late.noOp.push(await post(load, noOp.port, '/', 0));
        spent.noOp += ownCpuSeconds() - before;
        return posts;
      },
      7,
      drain,
    );
    await drain();
    await checkStored(db, told);
    const perSecond = (seconds: number) => Math.round(1 / seconds);
    const each = (seconds: number) => `${((seconds * 1e6) / told).toFixed(0)} µs`;
    const cpu = `processor time of each ${each(spent.ours)} here and ${each(spent.postgres)} in PostgreSQL against ${each(spent.noOp)}`;
    const p99 = `p99 ${median(late.ours).toFixed(0)} ms against ${median(late.noOp).toFixed(0)} ms`;
    const speeds = `${perSecond(comparison.oursSeconds)} posts/s against ${perSecond(comparison.theirsSeconds)}`;
    const afterwards = `afterwards ${Math.round(drained.posts / drained.seconds)} of them become contacts a second`;
    const remark = `${speeds}; ${p99}; ${cpu}; ${afterwards}; ${connections} connections, ${Buffer.byteLength(body)} bytes each`;
    return [atLeast('calls posted and on the disk ÷ Fastify that does nothing', 0.4, comparison, remark)];
  } finally {
    load.close();
    await noOp.close();
    await ours.close();
    await database.stop();
  }
};

/** @returns the 99th percentile of milliseconds to the answer */
async function post(load: LoadMaker, port: number, path: string, first: number): Promise<number> {
  const report = await load.run({ port, path, headers, body, connections, posts, first });
  require(report.answered === posts && report.refused === 0, `${report.refused} of ${report.answered} were refused`);
  return report.p99Ms;
}

async function checkStored(db: Db, expected: number): Promise<void> {
  const [row] = await db.rows<{ contacts: number; captures: number; jobs: number }>(sql`
    select (select count(*)::int from contact) as contacts, (select count(*)::int from capture) as captures,
           (select count(*)::int from outbox) as jobs`);
  const told = [row?.contacts, row?.captures, row?.jobs];
  require(told.every((count) => count === expected), `${told.join(', ')} rows of ${expected}`);
}

/** The pages' server with an exchange that posts, as the daemon opens them; nobody decides about what comes in. */
async function openHooks(db: Db) {
  const clock = systemClock;
  const log = createLog({ level: 'info', pretty: false, destination: createWriteStream(devNull) });
  const metrics = createMetrics();
  const supervisor = createSupervisor({
    db,
    clock,
    log,
    metrics,
    newId,
    mails: noMails,
    jitter,
    holder: 'bench',
    registry: connectors,
    office,
    officeRegion: 'UA',
    kick: () => {},
    announce: () => {},
  });
  const options = connectors['pbx-webhook'].config.parse({ secret });
  const configured = { name: 'pbx', kind: 'pbx-webhook', exchange: 'pbx', region: null, options };
  await supervisor.configure([configured], { office, officeRegion: 'UA' });
  const from = 'Letopis <letopis@office.example>';
  const rules = rulesOf({
    scope: 'all',
    address: null,
    exclude: { addresses: [], domains: [] },
    journal: false,
    authHosts: [],
  });
  const kept = openKeptMails({ db, files: openFiles('/nowhere', newId), rulesOf: () => rules });
  const painter = openPagePainter();
  const web = await startWeb({
    counters: metrics,
    db,
    clock,
    log,
    randomBytes,
    key: randomBytes(32),
    listen: { host: '127.0.0.1', port: 0 },
    publicUrl: null,
    basePath: '',
    trustProxy: false,
    office: { name: 'Office', zone, language: 'uk' },
    live: createLiveHub({ db, clock, log, zone, lookup: () => Promise.reject(new Error('nobody rings')) }),
    mailer: createMailer({ smtp: 'smtp://127.0.0.1:9', from, timeoutMs: 1000 }),
    prompts: { when: {}, quiet: null, perDay: 1000, from, readsMail: true, linkDays: 14 },
    mails: kept,
    painter,
    status: async () => [],
    hooks: supervisor.webhooks.find,
  });
  return {
    port: Number(new URL(web.url).port),
    async close() {
      await web.close();
      await supervisor.stop();
      await Promise.all([kept.close(), painter.close()]);
    },
  };
}

async function openNoOp() {
  const app = fastify({ logger: false });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));
  app.post('/', async () => ({ status: 'ok' }));
  await app.listen({ host: '127.0.0.1', port: 0 });
  const address = app.server.address();
  return { port: typeof address === 'object' ? (address?.port ?? 0) : 0, close: () => app.close() };
}
