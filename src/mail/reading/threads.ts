import { parentPort, Worker, type WorkerOptions } from 'node:worker_threads';

export interface ThreadsOptions {
  /** The module a thread runs, `new URL('./worker.ts', import.meta.url)`; it calls `answerRequests`. */
  readonly script: URL;
  /** Requests worked on at the same time. */
  readonly threads: number;
  /** A request that takes longer is given up, its thread is ended. The start of the thread counts. Milliseconds. */
  readonly deadlineMs: number;
  /** JavaScript heap of a thread; one that needs more ends, alone. What lies outside the heap (buffers) is not counted. */
  readonly memoryMb: number;
  /**
   * Requests that are given to a working thread beforehand, so that it need not wait for this one between two. When the thread
   * is lost they go to another. Default 0.
   */
  readonly ahead?: number;
  /** A thread that had nothing to do for so long ends. Without it threads stay until `close`. Milliseconds. */
  readonly idleMs?: number;
  /** Requests that may wait, each with all its bytes, while every thread works; what comes beyond is turned away. Default: any number. */
  readonly mostWaiting?: number;
  /** Words for the reasons of a loss: who works ('reader'), at what ('reading'). */
  readonly worker: string;
  readonly work: string;
}

export type Outcome<Answer> =
  | { readonly kind: 'answered'; readonly answer: Answer }
  | { readonly kind: 'lost' | 'busy'; readonly why: string };

/**
 * Work in threads, so that no request stops the daemon's other work, or another request (DESIGN §9). Threads start when
 * first needed. Requests and answers are copied from one to the other.
 */
export class Threads<Request, Answer> {
  readonly #options: ThreadsOptions;
  readonly #idle: Thread<Request, Answer>[] = [];
  readonly #all = new Set<Thread<Request, Answer>>();
  readonly #waiting: Job<Request, Answer>[] = [];
  #nextId = 1;
  #isClosed = false;

  constructor(options: ThreadsOptions) {
    this.#options = options;
  }

  /**
   * Lost is what hangs, eats all memory or throws; busy: it was not looked at, for too many wait. The reason is a sentence for
   * people.
   *
   * @param isUrgent it goes before all that waits and is not
   * @throws Error when closed
   */
  async ask(request: Request, isUrgent = false): Promise<Outcome<Answer>> {
    if (this.#isClosed) throw new Error(`the ${this.#options.worker} is closed`);
    // Beyond the last thread everything waits: what waits is what no thread took.
    if (this.#waiting.length >= (this.#options.mostWaiting ?? Infinity)) return { kind: 'busy', why: tooMuch };
    return new Promise((settle) => {
      const later = isUrgent ? this.#waiting.findIndex((job) => !job.isUrgent) : -1;
      const job = { id: this.#nextId++, request, isUrgent, settle };
      this.#waiting.splice(later < 0 ? this.#waiting.length : later, 0, job);
      this.#next();
    });
  }

  /** Ends the threads; what is under way is lost. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const why = `the ${this.#options.worker} was closed`;
    for (const { settle } of this.#waiting.splice(0)) settle({ kind: 'lost', why });
    const threads = [...this.#all];
    for (const thread of threads) this.#giveUp(thread, why);
    await Promise.all(threads.map(({ worker }) => worker.terminate()));
  }

  #start(): Thread<Request, Answer> {
    const { worker: name } = this.#options;
    const thread: Thread<Request, Answer> = { worker: startWorker(this.#options), jobs: [], timer: null };
    this.#all.add(thread);
    thread.worker.on('message', ({ id, answer, error }: Message<Answer>) => {
      const [job] = thread.jobs;
      if (job === undefined || job.id !== id) return;
      // What threw in the middle of its work is not trusted with the next.
      if (answer === undefined) return this.#giveUp(thread, `the ${name} failed: ${error ?? 'no answer'}`);
      this.#release(thread);
      job.settle({ kind: 'answered', answer });
    });
    thread.worker.on('error', (error) => this.#giveUp(thread, `the ${name} failed: ${messageOf(error)}`));
    thread.worker.on('exit', () => this.#giveUp(thread, `the ${name} ended`));
    thread.worker.unref();
    return thread;
  }

  #next(): void {
    while (this.#waiting.length > 0 && !this.#isClosed) {
      const thread = this.#idle.pop() ?? (this.#all.size < this.#options.threads ? this.#start() : this.#withRoom());
      const job = thread && this.#waiting.shift();
      if (thread === undefined || job === undefined) return;
      thread.jobs.push(job);
      if (thread.jobs.length === 1) this.#watch(thread);
      thread.worker.postMessage({ id: job.id, request: job.request });
    }
  }

  /** A working thread that may be given more. */
  #withRoom(): Thread<Request, Answer> | undefined {
    const { ahead = 0 } = this.#options;
    if (ahead === 0) return undefined;
    const [least] = [...this.#all].sort((a, b) => a.jobs.length - b.jobs.length);
    return least !== undefined && least.jobs.length <= ahead ? least : undefined;
  }

  /** From now on the thread works at the first of its jobs. */
  #watch(thread: Thread<Request, Answer>): void {
    const { deadlineMs, work } = this.#options;
    if (thread.timer !== null) clearTimeout(thread.timer);
    thread.worker.ref();
    thread.timer = setTimeout(() => this.#giveUp(thread, `${work} took longer than ${deadlineMs} ms`), deadlineMs);
  }

  #release(thread: Thread<Request, Answer>): void {
    const { idleMs, worker: name } = this.#options;
    thread.jobs.shift();
    if (thread.jobs.length > 0) this.#watch(thread);
    else {
      if (thread.timer !== null) clearTimeout(thread.timer);
      thread.timer =
        idleMs === undefined ? null : setTimeout(() => this.#giveUp(thread, `the ${name} was idle`), idleMs).unref();
      thread.worker.unref();
      this.#idle.push(thread);
    }
    this.#next();
  }

  /** The thread is lost; who asked hears of it. What it had not begun goes to another. */
  #giveUp(thread: Thread<Request, Answer>, why: string): void {
    if (!this.#all.delete(thread)) return;
    const at = this.#idle.indexOf(thread);
    if (at >= 0) this.#idle.splice(at, 1);
    if (thread.timer !== null) clearTimeout(thread.timer);
    const [job, ...others] = thread.jobs.splice(0);
    void thread.worker.terminate();
    if (this.#isClosed) for (const { settle } of others) settle({ kind: 'lost', why });
    else this.#waiting.unshift(...others);
    job?.settle({ kind: 'lost', why });
    this.#next();
  }
}

const tooMuch = 'too much is being looked at right now';

interface Job<Request, Answer> {
  readonly id: number;
  readonly request: Request;
  readonly isUrgent: boolean;
  readonly settle: (outcome: Outcome<Answer>) => void;
}

interface Thread<Request, Answer> {
  readonly worker: Worker;
  /** It works at the first; the others are with it already. */
  readonly jobs: Job<Request, Answer>[];
  /** With a job its deadline, without one the end of its idleness. */
  timer: NodeJS.Timeout | null;
}

interface Message<Answer> {
  readonly id: number;
  readonly answer?: Answer;
  readonly error?: string;
}

/** The other end, for the script of a thread. What `work` rejects with is the reason of a loss, and the end of the thread. */
export function answerRequests<Request, Answer>(work: (request: Request) => Promise<Answer>): void {
  parentPort?.on('message', ({ id, request }: { readonly id: number; readonly request: Request }) => {
    void work(request).then(
      (answer) => parentPort?.postMessage({ id, answer }),
      (error: unknown) => parentPort?.postMessage({ id, error: messageOf(error) }),
    );
  });
}

/**
 * Of which two thirds are used, twice 2 MB. Otherwise it grew to 29 MB over 6,000 mails, and the thread's heap to 50 MB (measured).
 */
const youngMb = 6;

function startWorker({ script, memoryMb }: ThreadsOptions): Worker {
  // What a package prints in a thread is no line of our log: it is read and dropped.
  const resourceLimits = { maxOldGenerationSizeMb: memoryMb, maxYoungGenerationSizeMb: youngMb };
  const options = { resourceLimits, stdout: true, stderr: true };
  const worker = workerOf(script, options);
  worker.stdout.resume();
  worker.stderr.resume();
  return worker;
}

function workerOf(script: URL, options: WorkerOptions): Worker {
  if (!script.pathname.endsWith('.ts')) return new Worker(script, options);
  if (!import.meta.url.endsWith('.ts')) return new Worker(new URL(script.href.replace(/\.ts$/, '.js')), options);
  // From the sources (tests, tools) a thread has no loader for TypeScript yet: it gets one before its script.
  const code = `import('tsx/esm/api').then(({ register }) => (register(), import(${JSON.stringify(script.href)})));`;
  return new Worker(code, { ...options, eval: true });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
