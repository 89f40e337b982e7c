import type { Logger } from '../ops/log.ts';

/** Work that is looked for again and again. */
export interface Passes {
  /** There is work; many kicks while one pass runs make one more pass. */
  kick(): void;
  /** After the pass that runs, whose signal aborts. */
  stop(): Promise<void>;
}

const pollMs = 1000;

/** One pass at once, then on every kick and once a second, never two at a time. @param waits the log line of passes that fail */
export function startPasses(log: Logger, waits: string, pass: (signal: AbortSignal) => Promise<void>): Passes {
  const stopping = new AbortController();
  let kicked = true;
  let wake = () => {};
  let failures = 0;
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      kicked = false;
      try {
        await pass(stopping.signal);
        failures = 0;
      } catch (err) {
        failures += 1;
        // the database or the queue is away: captures go on or not without us, the rows wait; told once, not every second
        if (failures === 1 || failures % 60 === 0) log.warn({ err, failures }, waits);
        kicked = false;
      }
      if (!kicked && !stopping.signal.aborted) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, pollMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
    }
  })();
  return {
    kick() {
      kicked = true;
      wake();
    },
    async stop() {
      stopping.abort();
      wake();
      await loop;
    },
  };
}
