import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Benchmark, Result } from './bench.ts';
import { openBusyOffice } from './busy-office.ts';

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
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  const now = megabytes('VmRSS');
  return {
    what: `memory of the daemon (RSS), ${when}`,
    measured: `${now.toFixed(0)} MB`,
    goal: '≤ 150 MB',
    met: now <= 150,
    remark: `highest so far ${megabytes('VmHWM').toFixed(0)} MB`,
  };
}
