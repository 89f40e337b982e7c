import type { AsSent, Attached, OpenRequest } from './as-sent.ts';
import { Threads } from './threads.ts';

export interface MailOpenerOptions {
  /** Mails opened at the same time; each thread costs some 30 MB. */
  readonly threads: number;
  /** A mail that takes longer is given up. Milliseconds. */
  readonly deadlineMs: number;
}

/**
 * Opens kept mails for people. Null: it took too long, or too much memory; what the bytes are makes nobody wait for ever.
 * `busy`: too many wait already.
 */
export interface MailOpener {
  asSent(bytes: Uint8Array): Promise<AsSent | 'busy' | null>;
  /** See `readAttached`. */
  attached(bytes: Uint8Array, index: number, isCut: boolean): Promise<Attached | 'busy' | null>;
  /** Ends the threads; what is being opened comes back null. */
  close(): Promise<void>;
}

/** People open one mail in a hundred: threads that nobody needs any more end. */
const idleMs = 60_000;
const memoryMb = 512;
/** Each waits with up to 50 MB. */
const mostWaiting = 16;

/** Threads of its own beside those that read what comes in: a person does not wait behind three hundred mails. */
export function openMailOpener({ threads, deadlineMs }: MailOpenerOptions): MailOpener {
  const openers = new Threads<OpenRequest, AsSent | Attached>({
    script: new URL('./opener-worker.ts', import.meta.url),
    threads,
    deadlineMs,
    memoryMb,
    idleMs,
    mostWaiting,
    worker: 'opener of mails',
    work: 'opening',
  });
  const ask = async (request: OpenRequest) => {
    const outcome = await openers.ask(request);
    if (outcome.kind === 'busy') return 'busy';
    return outcome.kind === 'answered' ? outcome.answer : null;
  };
  return {
    async asSent(bytes) {
      const answer = await ask({ kind: 'as-sent', bytes });
      return answer === 'busy' || (answer !== null && 'text' in answer) ? answer : null;
    },
    async attached(bytes, index, isCut) {
      const answer = await ask({ kind: 'attached', bytes, index, isCut });
      return answer === 'busy' || (answer !== null && 'kind' in answer) ? answer : null;
    },
    close: () => openers.close(),
  };
}
