import { imap } from '../../connectors/imap/connector.ts';
import type { MailOfficeOptions } from '../../src/mail/index.ts';
import type { Db } from '../../src/store/index.ts';
import { startSession } from '../kit/session.ts';
import { makeMailbox } from '../mailbox/make-mailbox.ts';
import { startDovecot } from '../peers/dovecot/index.ts';
import { atLeast, type Benchmark, compareEach, type Result, require, scale, scaled, secondsPerUnit } from './bench.ts';
import { type BenchDatabase, startBenchDatabase } from './bench-database.ts';
import { checkContacts, configOf, fillBox, type GeneratedBox, officeOfWorld, untilCaughtUp } from './generated-box.ts';
import { fetchAndParse } from './mail-by-hand.ts';
import { type Mirrors, openMirrors } from './mbsync.ts';
import { cpuSecondsWithChildren } from './process-figures.ts';

const rounds = scale < 1 ? 2 : 5;
const connector = 'box';

/** A mailbox nobody has read yet → its contacts in PostgreSQL, against who only parses it and who only copies it. */
export const mailCatchup: Benchmark = async () => {
  const [dovecot, database] = await Promise.all([startDovecot(), startBenchDatabase()]);
  const mirrors = openMirrors();
  try {
    const { mails, world } = makeMailbox({ n: scaled(10_000), seed: 1 });
    const some = fillBox(dovecot, 'some', mails.slice(0, scaled(2000)));
    const whole = fillBox(dovecot, 'whole', mails);
    const bench = { database, mirrors, office: officeOfWorld(world) };
    return [...(await inRounds(bench, some)), ...(await once(bench, whole))];
  } finally {
    if (typeof mirrors !== 'string') mirrors.remove();
    await database.stop();
    await dovecot.stop();
  }
};

interface Bench {
  readonly database: BenchDatabase;
  readonly mirrors: Mirrors | string;
  readonly office: MailOfficeOptions;
}

async function inRounds(bench: Bench, box: GeneratedBox): Promise<Result[]> {
  const ready: Db[] = [];
  for (let round = 0; round <= rounds; round++) ready.push(await bench.database.fresh());
  const used: Db[] = [];
  const ours = async () => {
    const db = ready.pop();
    if (db === undefined) throw new Error('no more tables');
    used.push(db);
    await catchUp(db, box, bench.office);
    return box.mails;
  };
  const [byHand, mirrored] = await compareEach(ours, othersOf(bench, box), rounds);
  for (const db of used) await checkContacts(db, box);
  if (byHand === undefined) throw new Error('nothing was compared');
  const speeds = (theirs: number) => `${speedOf(box, byHand.oursSeconds)} against ${speedOf(box, theirs)}`;
  const what = `mailbox → contacts, ${box.mails} mails a round`;
  return [
    atLeast(`${what}, ÷ imapflow + simpleParser, nothing stored`, 1.5, byHand, speeds(byHand.theirsSeconds)),
    mirrored === undefined
      ? notMeasured(what, bench)
      : atLeast(`${what}, ÷ mbsync`, 1, mirrored, speeds(mirrored.theirsSeconds)),
  ];
}

/** The whole box, each way one time. */
async function once(bench: Bench, box: GeneratedBox): Promise<Result[]> {
  const db = await bench.database.fresh();
  const before = { own: ownCpuSeconds(), postgres: cpuSecondsWithChildren(bench.database.postmasterPid) };
  const ours = await secondsPerUnit(async () => {
    await catchUp(db, box, bench.office);
    return box.mails;
  });
  const own = ownCpuSeconds() - before.own;
  const postgres = cpuSecondsWithChildren(bench.database.postmasterPid) - before.postgres;
  await checkContacts(db, box);
  const cpu = `processor time ${own.toFixed(1)} s here, ${postgres.toFixed(1)} s in PostgreSQL`;
  const results: Result[] = [];
  for (const [i, other] of othersOf(bench, box).entries()) {
    const begin = ownCpuSeconds();
    const theirs = await secondsPerUnit(other);
    const theirCpu = i === 0 ? `, theirs ${(ownCpuSeconds() - begin).toFixed(1)} s` : '';
    const ratio = theirs / ours;
    const goal = i === 0 ? 1.5 : 1;
    results.push({
      what: `the same, ${box.mails} mails at once, ÷ ${i === 0 ? 'imapflow + simpleParser' : 'mbsync'}`,
      measured: `${ratio.toFixed(2)}×`,
      goal: `≥ ${goal}×`,
      met: ratio >= goal,
      remark: `${speedOf(box, ours)} against ${speedOf(box, theirs)}; ${cpu}${theirCpu}`,
    });
  }
  return results;
}

async function catchUp(db: Db, box: GeneratedBox, mail: MailOfficeOptions): Promise<void> {
  const session = await startSession(db, imap, configOf(box, 'all'), { name: connector, mail });
  await untilCaughtUp(db, connector, session.ended);
  await session.stop();
}

/** The loop by hand, then mbsync where it is. */
function othersOf({ mirrors }: Bench, box: GeneratedBox): (() => Promise<number>)[] {
  const checked = (name: string, work: () => Promise<number>) => async () => {
    const mails = await work();
    require(mails === box.mails, `${name}: ${mails} mails of ${box.mails}`);
    return mails;
  };
  return [
    checked('by hand', () => fetchAndParse(box)),
    ...(typeof mirrors === 'string' ? [] : [checked('mbsync', () => mirrors.mirror(box))]),
  ];
}

function notMeasured(what: string, { mirrors }: Bench): Result {
  return {
    what: `${what}, ÷ mbsync`,
    measured: 'nothing',
    goal: 'not measured',
    met: true,
    remark: typeof mirrors === 'string' ? mirrors : '',
  };
}

function speedOf({ mails, bytes }: GeneratedBox, secondsPerMail: number): string {
  const perSecond = 1 / secondsPerMail;
  return `${Math.round(perSecond)} mails/s (${((perSecond * bytes) / mails / 1e6).toFixed(0)} MB/s)`;
}

/** Of all threads. */
function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
