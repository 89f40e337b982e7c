import { readdirSync, readFileSync } from 'node:fs';

// What Linux tells of processes.

/** @returns megabytes */
export function memoryOf(pid: number): { readonly now: number; readonly highest: number } {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const megabytes = (field: string) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { now: megabytes('VmRSS'), highest: megabytes('VmHWM') };
}

/** Processor time of this process, all threads. @returns seconds */
export function ownCpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Processor time of a process and of all its children, those that have ended included. @returns seconds */
export function cpuSecondsWithChildren(pid: number): number {
  const own = statOf(pid);
  if (own === null) return 0;
  const children = readdirSync('/proc').flatMap((name) => {
    const child = /^\d+$/.test(name) ? statOf(Number(name)) : null;
    return child?.parent === pid ? [child.seconds] : [];
  });
  return own.seconds + own.endedChildrenSeconds + children.reduce((sum, seconds) => sum + seconds, 0);
}

const ticksPerSecond = 100;

function statOf(pid: number) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name in parentheses may hold anything; behind it: state, parent, … utime, stime, cutime, cstime.
    const fields = text
      .slice(text.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const seconds = (...at: readonly number[]) => at.reduce((sum, i) => sum + (fields[i] ?? 0), 0) / ticksPerSecond;
    return { parent: fields[1] ?? 0, seconds: seconds(11, 12), endedChildrenSeconds: seconds(13, 14) };
  } catch {
    return null; // it has ended
  }
}
