import { imap } from '../../connectors/imap/connector.ts';
import type { Mails } from '../../src/daemon/mails.ts';
import type { MailOfficeOptions } from '../../src/mail/index.ts';
import type { Db } from '../../src/store/index.ts';
import { testMails } from '../kit/mails.ts';
import { startSession } from '../kit/session.ts';
import { makeMailbox } from '../mailbox/make-mailbox.ts';
import { startDovecot } from '../peers/dovecot/index.ts';
import {
  atLeast,
  type Benchmark,
  type Comparison,
  compareEach,
  type Result,
  require,
  scale,
  scaled,
  secondsPerUnit,
  type Way,
} from './bench.ts';
import { type BenchDatabase, startBenchDatabase } from './bench-database.ts';
import { checkContacts, configOf, fillBox, type GeneratedBox, officeOfWorld, untilCaughtUp } from './generated-box.ts';
import { fetchAndParse } from './mail-by-hand.ts';
import { type Mirrors, openMirrors } from './mbsync.ts';
import { cpuSecondsWithChildren, ownCpuSeconds } from './process-figures.ts';

const rounds = scale < 1 ? 2 : 5;
const perRound = scaled(2000);
const atOnce = scaled(10_000);
const goals = { 'imapflow + simpleParser, nothing stored': 1.5, mbsync: 1 } as const;

/** A mailbox nobody has read yet → its contacts in PostgreSQL, against who only parses it and who only copies it. */
export const mailCatchup: Benchmark = async () => {
  const [dovecot, database] = await Promise.all([startDovecot(), startBenchDatabase()]);
  const mirrors = openMirrors();
  try {
    const { mails, world } = makeMailbox({ n: Math.max(perRound * (rounds + 1), atOnce), seed: 1 });
    const boxes = Array.from({ length: rounds + 1 }, (_, round) =>
      fillBox(dovecot, `round${round}`, mails.slice(round * perRound, (round + 1) * perRound)),
    );
    const whole = fillBox(dovecot, 'whole', mails.slice(0, atOnce));
    const bench = { database, mirrors, office: officeOfWorld(world) };
    return [...(await inRounds(bench, boxes)), ...(await once(bench, whole))];
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

/** One intake takes a mailbox after the other, as a daemon that runs already: its threads have started, as the loop by hand has. */
async function inRounds(bench: Bench, boxes: readonly GeneratedBox[]): Promise<Result[]> {
  const db = await bench.database.fresh();
  const mails = testMails(db, { office: bench.office });
  const ours = inTurn(boxes, (box) => catchUp(db, box, bench.office, mails));
  const comparisons = await compareEach(
    ours,
    othersOf(bench).map((other) => inTurn(boxes, other)),
    rounds,
  );
  await mails.close();
  await checkContacts(db, { contacts: boxes.flatMap(({ contacts }) => contacts) });
  const bytes = boxes.reduce((sum, box) => sum + box.bytes, 0) / boxes.length;
  return tell(`mailbox → contacts, ${perRound} mails a round`, bench, comparisons, (what, goal, comparison) =>
    atLeast(what, goal, comparison, speedsOf({ mails: perRound, bytes }, comparison)),
  );
}

/** The whole box, each way one time; ours begins with its threads not started. */
async function once(bench: Bench, box: GeneratedBox): Promise<Result[]> {
  const db = await bench.database.fresh();
  const before = { own: ownCpuSeconds(), postgres: cpuSecondsWithChildren(bench.database.postmasterPid) };
  const oursSeconds = await secondsPerUnit(() => catchUp(db, box, bench.office));
  const own = (ownCpuSeconds() - before.own).toFixed(1);
  const postgres = (cpuSecondsWithChildren(bench.database.postmasterPid) - before.postgres).toFixed(1);
  await checkContacts(db, box);
  const others: Comparison[] = [];
  const cpu: string[] = [];
  for (const other of othersOf(bench)) {
    const begin = ownCpuSeconds();
    const theirsSeconds = await secondsPerUnit(() => other(box));
    cpu.push((ownCpuSeconds() - begin).toFixed(1));
    const ratio = theirsSeconds / oursSeconds;
    others.push({ ratio, lowest: ratio, highest: ratio, oursSeconds, theirsSeconds });
  }
  return tell(`the same, ${box.mails} mails at once`, bench, others, (what, goal, comparison) => ({
    what,
    measured: `${comparison.ratio.toFixed(2)}×`,
    goal: `≥ ${goal}×`,
    met: comparison.ratio >= goal,
    remark: `${speedsOf(box, comparison)}; processor time ${own} s here, ${postgres} s in PostgreSQL, imapflow + simpleParser ${cpu[0]} s`,
  }));
}

/** @returns mails, all of them read and stored */
async function catchUp(db: Db, box: GeneratedBox, mail: MailOfficeOptions, mails?: Mails): Promise<number> {
  const name = box.user;
  const session = await startSession(db, imap, configOf(box, 'all'), { name, mail, ...(mails ? { mails } : {}) });
  await untilCaughtUp(db, name, session.ended);
  await session.stop();
  return box.mails;
}

/** The loop by hand, then mbsync where it is. */
function othersOf({ mirrors }: Bench): ((box: GeneratedBox) => Promise<number>)[] {
  const checked = (name: string, work: (box: GeneratedBox) => Promise<number>) => async (box: GeneratedBox) => {
    const mails = await work(box);
    require(mails === box.mails, `${name}: ${mails} mails of ${box.mails}`);
    return mails;
  };
  return [
    checked('by hand', fetchAndParse),
    ...(typeof mirrors === 'string' ? [] : [checked('mbsync', (box) => mirrors.mirror(box))]),
  ];
}

/** Each round has a mailbox of its own. */
function inTurn(boxes: readonly GeneratedBox[], work: (box: GeneratedBox) => Promise<number>): Way {
  const left = [...boxes];
  return async () => {
    const box = left.shift();
    if (box === undefined) throw new Error('no more mailboxes');
    return work(box);
  };
}

/** A result for each of the others; one that is not here is told as not measured. */
function tell(
  what: string,
  { mirrors }: Bench,
  comparisons: readonly Comparison[],
  one: (what: string, goal: number, comparison: Comparison) => Result,
): Result[] {
  return Object.entries(goals).map(([whom, goal], i): Result => {
    const comparison = comparisons[i];
    if (comparison !== undefined) return one(`${what}, ÷ ${whom}`, goal, comparison);
    const remark = typeof mirrors === 'string' ? mirrors : '';
    return { what: `${what}, ÷ ${whom}`, measured: 'nothing', goal: 'not measured', met: true, remark };
  });
}

function speedsOf(
  box: Pick<GeneratedBox, 'mails' | 'bytes'>,
  { oursSeconds, theirsSeconds }: Pick<Comparison, 'oursSeconds' | 'theirsSeconds'>,
): string {
  const speed = (seconds: number) =>
    `${Math.round(1 / seconds)} mails/s (${(box.bytes / box.mails / seconds / 1e6).toFixed(0)} MB/s)`;
  return `${speed(oursSeconds)} against ${speed(theirsSeconds)}`;
}
