import { setTimeout as pause } from 'node:timers/promises';
import { atMost, type Benchmark, type Result } from './bench.ts';
import { openBusyOffice } from './busy-office.ts';
import { memoryOf } from './process-figures.ts';

/** Memory of the daemon with one exchange; the embedded PostgreSQL is a process of its own and not counted. */
export const rss: Benchmark = async () => {
  const office = await openBusyOffice();
  try {
    await pause(5000);
    const idle = result('idle', office.daemonPid);
    await office.playCalls(500, 100);
    return [idle, result('after 500 calls, 10 a second', office.daemonPid)];
  } finally {
    await office.close();
  }
};

function result(when: string, pid: number): Result {
  const { now, highest } = memoryOf(pid);
  return atMost(`memory of the daemon (RSS), ${when}`, 150, now, ' MB', `highest so far ${highest.toFixed(0)} MB`);
}
