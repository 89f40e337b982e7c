import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** The built program; LETOPIS_TEST_PROGRAM names another build while one is developed. */
export const programFile =
  process.env['LETOPIS_TEST_PROGRAM'] ?? join(import.meta.dirname, '..', '..', 'dist/src/main.js');

export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string; readonly level: string };

/** `letopis …` in a process of its own. */
export interface Program {
  readonly pid: number;
  /** Lines of results. */
  readonly out: readonly string[];
  /** What the log said, as objects. */
  readonly log: readonly LogLine[];
  /** Lines on stderr that are no log lines. */
  readonly said: readonly string[];
  /** Code or signal of its end; null while it runs. */
  readonly ended: number | NodeJS.Signals | null;
  /** The first line of results that matches, waiting for it. */
  line(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  /** The first log line with this message (from the `from`th line on) that also passes `which`, waiting for it. */
  logged(msg: string, which?: (line: LogLine) => boolean, options?: Waiting): Promise<LogLine>;
  signal(name: NodeJS.Signals): void;
  /** Sends the signal (default SIGTERM) and waits for the end: the exit code or the signal that ended it. */
  end(name?: NodeJS.Signals, withinMs?: number): Promise<number | NodeJS.Signals>;
  /** Waits for an end that comes by itself. */
  untilEnd(withinMs?: number): Promise<number | NodeJS.Signals>;
}

interface Waiting {
  readonly from?: number;
  readonly withinMs?: number;
}

export interface ProgramOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Starts `letopis ...args`; whoever starts it ends it (`endAll` in a hook catches what a failed test left). */
export function startProgram(args: readonly string[], options: ProgramOptions = {}): Program {
  const child = spawn(process.execPath, [programFile, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: options.cwd ?? process.cwd(),
    env: { ...process.env, ...options.env },
  });
  running.add(child);
  const out: string[] = [];
  const log: LogLine[] = [];
  const said: string[] = [];
  lines(child.stdout, (line) => void out.push(line));
  lines(child.stderr, (line) => {
    const read = readLogLine(line);
    if (read) log.push(read);
    else said.push(line);
  });
  let ended: number | NodeJS.Signals | null = null;
  const exited = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      ended = code ?? signal ?? -1;
      resolve(ended);
    });
  });
  exited.catch(() => {});
  const told = () => [...out, ...said, ...log.map((line) => JSON.stringify(line))].slice(-30).join('\n');
  const wait = async <T>(what: string, look: () => T | undefined | null, withinMs: number): Promise<T> => {
    for (const since = performance.now(); ; await pause(5)) {
      const found = look();
      if (found !== undefined && found !== null) return found;
      if (ended !== null) throw new Error(`the program ended with ${ended} before ${what}; it said:\n${told()}`);
      if (performance.now() - since > withinMs) throw new Error(`${what} did not come; the program said:\n${told()}`);
    }
  };
  const untilEnd = async (withinMs = 15_000) => {
    const late = pause(withinMs, 'late' as const, { ref: false });
    const end = await Promise.race([exited, late]);
    if (end === 'late') throw new Error(`the program did not end within ${withinMs} ms; it said:\n${told()}`);
    return end;
  };
  return {
    pid: child.pid ?? 0,
    out,
    log,
    said,
    get ended() {
      return ended;
    },
    line: (pattern, withinMs = 20_000) => wait(String(pattern), () => firstMatch(out, pattern), withinMs),
    logged: (msg, which = () => true, { from = 0, withinMs = 20_000 } = {}) =>
      wait(`the log line ${msg}`, () => log.slice(from).find((line) => line.msg === msg && which(line)), withinMs),
    signal: (name) => void child.kill(name),
    async end(name = 'SIGTERM', withinMs) {
      child.kill(name);
      return untilEnd(withinMs);
    },
    untilEnd,
  };
}

const running = new Set<ChildProcess>();

/** Kills whatever a failed test left running. */
export async function endAllPrograms(): Promise<void> {
  for (const child of [...running]) {
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.kill('SIGKILL');
    await gone;
  }
}

function firstMatch(out: readonly string[], pattern: RegExp): RegExpExecArray | null {
  for (const line of out) {
    const found = pattern.exec(line);
    if (found) return found;
  }
  return null;
}

function lines(stream: NodeJS.ReadableStream | null, onLine: (line: string) => void): void {
  let rest = '';
  stream?.setEncoding('utf8');
  stream?.on('data', (text: string) => {
    const all = (rest + text).split('\n');
    rest = all.pop() ?? '';
    for (const line of all) onLine(line);
  });
  stream?.on('end', () => rest !== '' && onLine(rest));
}

function readLogLine(line: string): LogLine | null {
  try {
    const read: unknown = JSON.parse(line);
    if (typeof read !== 'object' || read === null || !('msg' in read) || !('level' in read)) return null;
    return { ...read, msg: String(read.msg), level: String(read.level) };
  } catch {
    return null;
  }
}
