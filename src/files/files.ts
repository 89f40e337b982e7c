import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../core/fault.ts';

export interface StoredFile {
  /** sha256 of the bytes, hexadecimal: what is stored twice stands once. */
  readonly name: string;
  readonly sizeBytes: number;
}

/** What is too large for a row of the database: a folder whose files are named by their content. */
export interface Files {
  /**
   * Resolves when the bytes are on the disk (fsync, then its name): a row may name the file from then on.
   * @throws Fault files.unavailable (retry): the disk is full or broken; nothing is left of it. What `bytes` throws
   */
  put(bytes: AsyncIterable<Uint8Array>): Promise<StoredFile>;
  /** Nothing happens when there is no such file. @throws Fault files.unavailable (retry) */
  remove(name: string): Promise<void>;
  /** Null when there is no such file. @throws Fault files.unavailable (retry) */
  read(name: string): Promise<AsyncIterable<Uint8Array> | null>;
  /** Names of the files that have not been written to since then. @throws Fault files.unavailable (retry) */
  oldFiles(before: Date): AsyncIterable<string>;
  /**
   * Removes a file unless the same bytes were put again since then. @returns whether it is gone
   * @throws Fault files.unavailable (retry)
   */
  removeOld(name: string, before: Date): Promise<boolean>;
  /** Removes what was begun before then and never ended: its writer is gone. @returns how many */
  dropDrafts(before: Date): Promise<number>;
}

/** @param folder made when the first file comes @param newId names files while they are written */
export function openFiles(folder: string, newId: () => string): Files {
  return {
    async put(bytes) {
      const draft = join(folder, 'tmp', newId());
      try {
        await asFault(() => mkdir(join(folder, 'tmp'), { recursive: true, mode: 0o700 }));
        const { name, sizeBytes } = await write(draft, bytes);
        const place = join(folder, name.slice(0, 2));
        await asFault(async () => {
          await mkdir(place, { recursive: true, mode: 0o700 });
          await rename(draft, join(place, name));
          await syncFolder(place);
        });
        return { name, sizeBytes };
      } catch (error) {
        await rm(draft, { force: true }).catch(() => {}); // a disk that is broken keeps it
        throw error;
      }
    },
    async remove(name) {
      if (/^[0-9a-f]{64}$/.test(name)) await asFault(() => rm(join(folder, name.slice(0, 2), name), { force: true }));
    },
    async read(name) {
      if (!/^[0-9a-f]{64}$/.test(name)) return null;
      const path = join(folder, name.slice(0, 2), name);
      const found = await stat(path).catch((error: unknown) => {
        if (codeOf(error) === 'ENOENT') return null;
        throw unavailable(error);
      });
      return found === null ? null : createReadStream(path);
    },
    async *oldFiles(before) {
      for (const inner of await namesIn(folder)) {
        if (!/^[0-9a-f]{2}$/.test(inner)) continue;
        for (const name of await namesIn(join(folder, inner)))
          if (/^[0-9a-f]{64}$/.test(name) && (await isOlder(join(folder, inner, name), before))) yield name;
      }
    },
    removeOld(name, before) {
      const place = join(folder, name.slice(0, 2), name);
      const aside = join(folder, 'tmp', newId());
      // Put aside before it is looked at: what is put meanwhile is a file of its own, what was put before is young.
      return asFault(async () => {
        await mkdir(join(folder, 'tmp'), { recursive: true, mode: 0o700 });
        await rename(place, aside);
        const isOld = await isOlder(aside, before);
        await (isOld ? rm(aside) : rename(aside, place));
        return isOld;
      });
    },
    async dropDrafts(before) {
      let dropped = 0;
      for (const name of await namesIn(join(folder, 'tmp'))) {
        const draft = join(folder, 'tmp', name);
        if (!(await isOlder(draft, before))) continue;
        await asFault(() => rm(draft, { force: true }));
        dropped += 1;
      }
      return dropped;
    },
  };
}

/** None when there is no such folder. */
async function namesIn(folder: string): Promise<readonly string[]> {
  return asFault(() =>
    readdir(folder).catch((error: unknown) => {
      if (codeOf(error) === 'ENOENT') return [];
      throw error;
    }),
  );
}

/** False for what is gone meanwhile. */
async function isOlder(path: string, before: Date): Promise<boolean> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() === true && found.mtime < before;
}

async function write(path: string, bytes: AsyncIterable<Uint8Array>): Promise<StoredFile> {
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const file = await asFault(() => open(path, 'wx', 0o600));
  try {
    for await (const chunk of bytes) {
      hash.update(chunk);
      sizeBytes += chunk.byteLength;
      await asFault(() => file.writeFile(chunk));
    }
    await asFault(() => file.sync());
  } finally {
    await file.close();
  }
  return { name: hash.digest('hex'), sizeBytes };
}

/** A name is on the disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function asFault<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw unavailable(error);
  }
}

function unavailable(error: unknown): Fault {
  return new Fault('files.unavailable', 'retry', { code: codeOf(error), cure: 'free the disk under `files`' }, error);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
