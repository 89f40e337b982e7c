import { Worker, type WorkerOptions } from 'node:worker_threads';
import { Fault } from '../../core/fault.ts';
import type { ClientRow } from '../../directory/files/clients.ts';
import { batchSize, type Said } from '../writing/said.ts';
import { tooLarge } from './http.ts';
import { type Read, type ReadWish, whereOf } from './read.ts';

/** A source that has been read in a thread of its own; its clients come over in batches, in order. */
export interface Reading extends Omit<Read, 'rows'> {
  readonly count: number;
  /** Once. */
  batches(): AsyncIterable<readonly ClientRow[]>;
  close(): Promise<void>;
}

const memoryMb = 1536;
/** A source may need so many answers, each within its own time. */
const wholeTimes = 20;

/**
 * Reads a source off the main loop. Whatever it does (hang, eat memory), the daemon goes on: its thread is ended.
 *
 * @returns null when it says what is known already
 * @throws Fault as `readSource`; source.timed_out, source.too_large, source.bug
 */
export async function openReading(wish: ReadWish, signal?: AbortSignal): Promise<Reading | null> {
  const { source } = wish;
  const worker = startThread(new URL('./read-worker.ts', import.meta.url), {
    workerData: wish,
    resourceLimits: { maxOldGenerationSizeMb: memoryMb },
    stdout: true,
    stderr: true,
  });
  worker.stdout.resume();
  worker.stderr.resume();
  const hear = listenTo(worker, wish);
  const stop = () => void worker.terminate();
  signal?.addEventListener('abort', stop, { once: true });
  const close = async () => {
    signal?.removeEventListener('abort', stop);
    await worker.terminate();
  };
  try {
    const said = await within(hear(), source.timeoutMs * wholeTimes, wish);
    if (said.kind !== 'read') {
      await close();
      return null;
    }
    const { kind: _kind, ...read } = said;
    return {
      ...read,
      close,
      async *batches() {
        for (let done = 0; done < read.count; done += batchSize) {
          worker.postMessage('more');
          const next = await hear();
          if (next.kind !== 'rows') throw new Fault('source.bug', 'retry', { place: whereOf(source) });
          yield next.rows;
        }
      },
    };
  } catch (error) {
    await close();
    throw error;
  }
}

type Good = Exclude<Said, { kind: 'fault' }>;

/** One message after the other; the end of the thread is the answer to whoever waits, and to whoever asks later. */
function listenTo(worker: Worker, { source }: ReadWish): () => Promise<Good> {
  const said: Good[] = [];
  let broken: Error | null = null;
  let wake: (() => void) | null = null;
  const lose = (error: Error) => {
    broken ??= error;
    wake?.();
  };
  worker.on('message', (message: Said) => {
    if (message.kind === 'fault') {
      const cause = message.stack === null ? undefined : new Error(message.stack);
      return lose(new Fault(message.code, message.remedy, message.facts, cause));
    }
    said.push(message);
    wake?.();
  });
  worker.on('error', (error) => {
    const isFull = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
    lose(isFull ? tooLarge(whereOf(source), source.maxBytes) : new Fault('source.bug', 'retry', {}, error));
  });
  worker.on('exit', () => lose(new Fault('source.stopped', 'retry', { place: whereOf(source) })));
  return async () => {
    for (;;) {
      const next = said.shift();
      if (next !== undefined) return next;
      if (broken !== null) throw broken;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
}

async function within<T>(work: Promise<T>, ms: number, { source }: ReadWish): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    const cure = 'it gives its answer in too many slow pieces: larger pages, or more time with timeout:';
    const facts = { place: whereOf(source), while: 'reading', after: `${ms / 1000} s`, cure };
    timer = setTimeout(() => reject(new Fault('source.timed_out', 'retry', facts)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function startThread(script: URL, options: WorkerOptions): Worker {
  if (!script.pathname.endsWith('.ts')) return new Worker(script, options);
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(script.href.replace(/\.ts$/, '.js')), options);
  // From the sources (tests, tools) a thread has no loader for TypeScript yet: it gets one before its script.
  const code = `import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(script.href)})));`;
  return new Worker(code, { ...options, eval: true });
}
