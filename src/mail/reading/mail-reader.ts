import type { How, MailToRead } from './how.ts';
import type { MailRead } from './mail-read.ts';
import { readDegraded } from './read.ts';
import { Threads } from './threads.ts';

export interface MailReaderOptions {
  /** Mails read at the same time; each thread costs some 30 MB. */
  readonly threads: number;
  /** A mail that takes longer is given up: its thread is ended, its header is what remains. Milliseconds. */
  readonly deadlineMs: number;
  /** Memory of a thread; one that needs more ends, alone. Default 512. */
  readonly memoryMb?: number;
  /** A thread that had nothing to do for so long ends. Without it threads stay until `close`. Milliseconds. */
  readonly idleMs?: number;
  /** In place of our own thread, for tests. */
  readonly script?: URL;
}

export interface MailReader {
  /**
   * Never rejects for what the bytes are: what hangs, or eats all memory, comes back degraded, with the reason in `notes`.
   *
   * @param isUrgent somebody can do nothing else until it is read: it goes before what only waits its turn
   * @throws Error when the reader is closed
   */
  read(bytes: Uint8Array, how?: Partial<How>, isUrgent?: boolean): Promise<MailRead>;
  /** Ends the threads; readings under way come back degraded. */
  close(): Promise<void>;
}

/** So many are handed to a thread beforehand: while it has work neither end waits for the other, nor wakes it. */
const ahead = 31;

/** Reads mails in worker threads, so that no mail stops the daemon's other work, or another mail (DESIGN §9). */
export function openMailReader(options: MailReaderOptions): MailReader {
  const { threads, deadlineMs, memoryMb = 512, idleMs, script } = options;
  const readers = new Threads<MailToRead, MailRead>({
    script: script ?? new URL('./worker.ts', import.meta.url),
    threads,
    ahead,
    deadlineMs,
    memoryMb,
    ...(idleMs === undefined ? {} : { idleMs }),
    worker: 'mail reader',
    work: 'reading',
  });
  return {
    read: async (bytes, { brief = false, documents = 'all', journal = 'any' } = {}, isUrgent = false) => {
      const outcome = await readers.ask({ bytes, how: { brief, documents, journal } }, isUrgent);
      return outcome.kind === 'answered' ? outcome.answer : readDegraded(bytes, outcome.why);
    },
    close: () => readers.close(),
  };
}
