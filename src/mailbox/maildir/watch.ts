import { type FSWatcher, watch } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../connector/index.ts';

/** Tells when something changes in the folders; a hint that may be missing: network file systems tell nothing. */
export interface Watching {
  /** Resolves at the next change (at once when there was one since the last call), after `ms`, or when the signal aborts. */
  changed(clock: Clock, ms: number, signal: AbortSignal): Promise<void>;
  close(): void;
}

/** @param failed told once when the system allows no more watching */
export function watchFolders(folders: readonly string[], failed: (error: unknown) => void): Watching {
  let isChanged = false;
  let tell = () => {};
  let isFailed = false;
  const fail = (error: unknown) => {
    if (!isFailed) failed(error);
    isFailed = true;
  };
  const onChange = () => {
    isChanged = true;
    tell();
  };
  const watchers = folders.flatMap((folder) =>
    ['new', 'cur'].map((inner) => start(join(folder, inner), onChange, fail)),
  );
  return {
    async changed(clock, ms, signal) {
      const waiting = new AbortController();
      const stop = () => waiting.abort();
      signal.addEventListener('abort', stop, { once: true });
      await new Promise<void>((resolve) => {
        tell = resolve;
        if (isChanged || signal.aborted) resolve();
        clock.sleep(ms, waiting.signal).then(resolve, resolve);
      });
      waiting.abort();
      signal.removeEventListener('abort', stop);
      isChanged = false;
    },
    close() {
      for (const watcher of watchers) watcher?.close();
    },
  };
}

function start(path: string, onChange: () => void, fail: (error: unknown) => void): FSWatcher | null {
  try {
    const watcher = watch(path, { persistent: false }, onChange);
    watcher.on('error', fail);
    return watcher;
  } catch (error) {
    fail(error);
    return null;
  }
}
