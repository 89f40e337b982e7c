import { parentPort } from 'node:worker_threads';
import { briefly, readMail } from './read.ts';

// One thread of `openMailReader`. A mail comes in, its reading goes out; a hang or a lack of memory ends this thread alone.
parentPort?.on('message', (request: { readonly id: number; readonly bytes: Uint8Array; readonly brief: boolean }) => {
  void readMail(request.bytes).then(
    (read) => parentPort?.postMessage({ id: request.id, read: request.brief ? briefly(read) : read }),
    (error: unknown) =>
      parentPort?.postMessage({ id: request.id, error: error instanceof Error ? error.message : String(error) }),
  );
});
