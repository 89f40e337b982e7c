import { imap } from '../../connectors/imap/connector.ts';
import { officeOf, readHeadOnly, siftMail } from '../../src/mail/index.ts';
import { type Db, sql } from '../../src/store/index.ts';
import { startSession } from '../kit/session.ts';
import { makeMailbox } from '../mailbox/make-mailbox.ts';
import { startDovecot } from '../peers/dovecot/index.ts';
import { type Benchmark, compare, type Result, require, scaled } from './bench.ts';
import { startBenchDatabase } from './bench-database.ts';
import { configOf, fillBox, type GeneratedBox, officeOfWorld, untilCaughtUp } from './generated-box.ts';
import { fetchHeaders } from './mail-by-hand.ts';

/** A personal mailbox in which nobody is known: how fast its headers are looked through and left where they are. */
export const mailHeads: Benchmark = async () => {
  const [dovecot, database] = await Promise.all([startDovecot(), startBenchDatabase()]);
  try {
    const { mails, world } = makeMailbox({ n: scaled(12_000), seed: 2, medianBytes: 2000 });
    const office = officeOfWorld(world);
    // What only the body tells (faxes, forwards) is fetched, whoever is known: it is not in this box.
    const config = configOf({ port: dovecot.port, user: 'heads' }, 'known');
    const judge = officeOf(office, config.rules);
    const told = mails.filter(({ raw }) =>
      ['if-known', 'skip'].includes(siftMail(readHeadOnly(raw).head, judge, config.rules).kind),
    );
    const box = fillBox(dovecot, 'heads', told);
    const db = await database.fresh();
    let round = 0;
    const ours = async () => {
      const name = `heads-${round++}`;
      const session = await startSession(db, imap, config, { name, mail: office });
      await untilCaughtUp(db, name, session.ended);
      await session.stop();
      return box.mails;
    };
    const theirs = async () => {
      const fetched = await fetchHeaders(box);
      require(fetched === box.mails, `by hand: ${fetched} headers of ${box.mails}`);
      return fetched;
    };
    const { ratio, oursSeconds, theirsSeconds } = await compare(ours, theirs, 5);
    await nothingKept(db);
    return [result(box, ratio, 1 / oursSeconds, 1 / theirsSeconds)];
  } finally {
    await database.stop();
    await dovecot.stop();
  }
};

function result({ mails }: GeneratedBox, ratio: number, perSecond: number, theirs: number): Result {
  return {
    what: 'headers of a mailbox in which nobody is known, all left where they are',
    measured: `${Math.round(perSecond)} a second`,
    goal: '≥ 5000 a second',
    met: perSecond >= 5000,
    remark: `${mails} mails a round, median of 5; imapflow alone, looking at nothing: ${Math.round(theirs)} (${ratio.toFixed(2)}×)`,
  };
}

async function nothingKept(db: Db): Promise<void> {
  const [row] = await db.rows<{ n: number }>(sql`select count(*)::int as n from mail`);
  require(row?.n === 0, `${row?.n} mails were kept`);
}
