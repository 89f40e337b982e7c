import { setTimeout as pause } from 'node:timers/promises';
import { makeMailbox } from '../mailbox/make-mailbox.ts';
import { startDovecot } from '../peers/dovecot/index.ts';
import { atMost, type Benchmark, require, scaled } from './bench.ts';
import { openMailOffice } from './mail-office.ts';
import { memoryOf } from './process-figures.ts';

/** V8 clears up after the start when it has been idle for half a minute; before that figures are chance. */
const settleMs = 60_000;

/** Two hundred people's mailboxes, each with a connection that waits for news: what each of them costs the daemon. */
export const mailIdle: Benchmark = async () => {
  const boxes = scaled(200);
  const none = await restOf(0);
  const all = await restOf(boxes);
  const more = all.megabytes - none.megabytes;
  const what = `${boxes} idle mailboxes`;
  return [
    atMost(
      `memory of the daemon (RSS) for ${what}`,
      80,
      more,
      ' MB',
      `${all.megabytes.toFixed(0)} MB, ${none.megabytes.toFixed(0)} MB with none; ${((more * 1024) / boxes).toFixed(0)} KB each; highest ${all.highest.toFixed(0)} MB`,
    ),
    atMost(`start → ${what} listened to`, 60, all.warmUpSeconds, ' s', `${all.lost} connections lost on the way`),
  ];
};

async function restOf(boxes: number) {
  const dovecot = await startDovecot();
  try {
    const users = Array.from({ length: boxes }, (_, i) => `u${i + 1}`);
    const { world } = makeMailbox({ n: 1, seed: 4 });
    const begin = performance.now();
    const office = await openMailOffice(world, dovecot.port, users);
    try {
      const { daemon } = office;
      const told = (msg: string) => daemon.log.filter((line) => line.msg === msg);
      const opened = () => new Set(told('imap.session_opened').map((line) => line['connector'])).size;
      for (; opened() < boxes; await pause(20))
        require(daemon.ended === null && performance.now() - begin < 180_000, `only ${opened()} mailboxes opened`);
      const warmUpSeconds = (performance.now() - begin) / 1000;
      await pause(settleMs);
      const { now, highest } = memoryOf(daemon.pid);
      return { warmUpSeconds, megabytes: now, highest, lost: told('connector.session_lost').length };
    } finally {
      await office.close();
    }
  } finally {
    await dovecot.stop();
  }
}
