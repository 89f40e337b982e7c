import { setTimeout as pause } from 'node:timers/promises';
import { type Db, sql } from '../../src/store/index.ts';
import { makeMailbox } from '../mailbox/make-mailbox.ts';
import { startDovecot } from '../peers/dovecot/index.ts';
import { atMost, type Benchmark, scaled } from './bench.ts';
import { checkContacts, fillBox, untilCaughtUp } from './generated-box.ts';
import { openMailOffice } from './mail-office.ts';
import { memoryOf } from './process-figures.ts';

/** Memory of the daemon while it reads what was in a mailbox before: a larger mailbox must not mean a larger daemon. */
export const mailMemory: Benchmark = async () => {
  const few = await peakOf(scaled(1000));
  const many = await peakOf(scaled(20_000));
  const [small, large] = [few, many].map(({ mails, highest, seconds }) => {
    return `${mails} mails: ${highest.toFixed(0)} MB, all decided after ${seconds.toFixed(0)} s`;
  });
  return [
    atMost('highest memory of the daemon (RSS) while it catches up', 250, many.highest, ' MB', `${small}; ${large}`),
    atMost(`the same, ${many.mails} mails ÷ ${few.mails}`, 1.15, many.highest / few.highest, '×', `${small}; ${large}`),
  ];
};

async function peakOf(count: number) {
  const dovecot = await startDovecot();
  try {
    const { mails, world } = makeMailbox({ n: count, seed: 3, medianBytes: 6000 });
    const box = fillBox(dovecot, 'crm', mails);
    const begin = performance.now();
    const office = await openMailOffice(world, dovecot.port, ['crm']);
    try {
      await untilCaughtUp(office.db, 'crm');
      await untilDecided(office.db);
      const seconds = (performance.now() - begin) / 1000;
      await checkContacts(office.db, box);
      return { mails: count, seconds, highest: memoryOf(office.daemon.pid).highest };
    } finally {
      await office.close();
    }
  } finally {
    await dovecot.stop();
  }
}

async function untilDecided(db: Db): Promise<void> {
  for (;;) {
    const [row] = await db.rows<{ n: number }>(sql`
      select count(*)::int as n from contact where decided_at is null and merged_into is null`);
    if (row?.n === 0) return;
    await pause(200);
  }
}
