import { Worker } from 'node:worker_threads';
import type { MailRead } from './mail-read.ts';
import { readDegraded } from './read.ts';

export interface MailReaderOptions {
  /** Mails read at the same time; each thread costs some 30 MB. */
  readonly threads: number;
  /** A mail that takes longer is given up: its thread is ended, its header is what remains. Milliseconds. */
  readonly deadlineMs: number;
  /** Memory of a thread; one that needs more ends, alone. Default 512. */
  readonly memoryMb?: number;
  /** In place of our own thread, for tests. */
  readonly script?: URL;
}

/** How much is read of a mail. */
export interface How {
  /** See `briefly`: less to hand over between threads. Default: everything. */
  readonly brief: boolean;
  /** See `ReadMailOptions`. */
  readonly documents: 'all' | 'of-faxes';
}

export interface MailReader {
  /**
   * Never rejects for what the bytes are: what hangs, or eats all memory, comes back degraded, with the reason in `notes`.
   * @throws Error when the reader is closed
   */
  read(bytes: Uint8Array, how?: Partial<How>): Promise<MailRead>;
  /** Ends the threads; readings under way come back degraded. */
  close(): Promise<void>;
}

interface Job {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly how: How;
  readonly settle: (read: MailRead) => void;
}

interface Thread {
  readonly worker: Worker;
  job: Job | null;
  timer: NodeJS.Timeout | null;
}

/** Reads mails in worker threads, so that no mail stops the daemon's other work, or another mail (DESIGN §9). */
export function openMailReader(options: MailReaderOptions): MailReader {
  const idle: Thread[] = [];
  const all = new Set<Thread>();
  const waiting: Job[] = [];
  let nextId = 1;
  let isClosed = false;

  const start = (): Thread => {
    const thread: Thread = { worker: startWorker(options), job: null, timer: null };
    all.add(thread);
    thread.worker.on(
      'message',
      (answer: { readonly id: number; readonly read?: MailRead; readonly error?: string }) => {
        if (thread.job === null || answer.id !== thread.job.id) return;
        const { job } = thread;
        release(thread);
        job.settle(answer.read ?? readDegraded(job.bytes, `the reader failed: ${answer.error ?? 'no answer'}`));
      },
    );
    thread.worker.on('error', (error) =>
      give(thread, `the reader failed: ${error instanceof Error ? error.message : String(error)}`),
    );
    thread.worker.on('exit', () => give(thread, 'the reader ended'));
    thread.worker.unref();
    return thread;
  };
  const release = (thread: Thread): void => {
    if (thread.timer !== null) clearTimeout(thread.timer);
    thread.job = null;
    thread.timer = null;
    thread.worker.unref();
    if (all.has(thread)) idle.push(thread);
    next();
  };
  /** The thread is lost; its mail is not. */
  const give = (thread: Thread, why: string): void => {
    if (!all.delete(thread)) return;
    const at = idle.indexOf(thread);
    if (at >= 0) idle.splice(at, 1);
    if (thread.timer !== null) clearTimeout(thread.timer);
    const { job } = thread;
    thread.job = null;
    void thread.worker.terminate();
    if (job !== null) job.settle(readDegraded(job.bytes, why));
    next();
  };
  const next = (): void => {
    while (waiting.length > 0 && !isClosed && (idle.length > 0 || all.size < options.threads)) {
      const job = waiting.shift();
      if (job === undefined) return;
      const thread = idle.pop() ?? start();
      thread.job = job;
      thread.worker.ref();
      thread.timer = setTimeout(
        () => give(thread, `reading took longer than ${options.deadlineMs} ms`),
        options.deadlineMs,
      );
      thread.worker.postMessage({ id: job.id, bytes: job.bytes, how: job.how });
    }
  };
  return {
    read: (bytes, { brief = false, documents = 'all' } = {}) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new Error('the mail reader is closed'));
        waiting.push({ id: nextId++, bytes, how: { brief, documents }, settle: resolve });
        next();
      }),
    close: async () => {
      isClosed = true;
      for (const job of waiting.splice(0)) job.settle(readDegraded(job.bytes, 'the reader was closed'));
      const threads = [...all];
      for (const thread of threads) give(thread, 'the reader was closed');
      await Promise.all(threads.map(({ worker }) => worker.terminate()));
    },
  };
}

function startWorker({ memoryMb = 512, script }: MailReaderOptions): Worker {
  const resourceLimits = { maxOldGenerationSizeMb: memoryMb };
  if (script !== undefined) return new Worker(script, { resourceLimits });
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL('./worker.js', import.meta.url), { resourceLimits });
  // From the sources (tests, tools) a thread has no loader for TypeScript yet: it gets one before its script.
  const source = new URL('./worker.ts', import.meta.url).href;
  const code = `import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(source)})));`;
  return new Worker(code, { eval: true, resourceLimits });
}
