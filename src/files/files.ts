import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
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
  };
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
