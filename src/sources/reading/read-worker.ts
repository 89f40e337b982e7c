import { parentPort, workerData } from 'node:worker_threads';
import { Fault } from '../../core/fault.ts';
import { batchSize, type Said } from '../writing/said.ts';
import { type ReadWish, readSource } from './read.ts';

// The thread of one `openReading`: reads the source, tells what it found, then hands over the clients batch by batch, each
// when it is asked for: a hundred thousand of them copied at once would stop the daemon as long as reading them here.

const port = parentPort;
if (port !== null) {
  const wish: ReadWish = workerData;
  const say = (said: Said) => port.postMessage(said);
  readSource(wish).then(
    (read) => {
      if (read === 'same') return say({ kind: 'same' });
      const { rows, ...told } = read;
      say({ kind: 'read', count: rows.length, ...told });
      let from = 0;
      port.on('message', () => {
        if (from >= rows.length) return say({ kind: 'end' });
        say({ kind: 'rows', rows: rows.slice(from, from + batchSize) });
        from += batchSize;
      });
    },
    (error: unknown) => say(faultOf(error)),
  );
}

function faultOf(error: unknown): Said {
  if (error instanceof Fault) {
    const facts: Readonly<Record<string, unknown>> = JSON.parse(JSON.stringify(error.facts));
    return { kind: 'fault', code: error.code, remedy: error.remedy, facts, stack: null };
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { kind: 'fault', code: 'source.bug', remedy: 'retry', facts: {}, stack };
}
