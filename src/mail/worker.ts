import { parentPort } from 'node:worker_threads';
import type { How } from './mail-reader.ts';
import { briefly, readMail } from './read.ts';

interface Request {
  readonly id: number;
  readonly bytes: Uint8Array;
  readonly how: How;
}

// One thread of `openMailReader`. A mail comes in, its reading goes out; a hang or a lack of memory ends this thread alone.
parentPort?.on('message', ({ id, bytes, how }: Request) => {
  void readMail(bytes, { documents: how.documents }).then(
    (read) => parentPort?.postMessage({ id, read: how.brief ? briefly(read) : read }),
    (error: unknown) => parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
  );
});
