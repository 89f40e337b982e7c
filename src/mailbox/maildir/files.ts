import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Head } from '../choose.ts';
import { uniqueName } from './names.ts';
import type { MailFile } from './position.ts';

/** Of a header that is longer only this much is looked at; then the mail itself is. */
const longestHead = 64 * 1024;
/** Mails up to this size are held in memory; also what is taken of one that is too large. */
export const smallBytes = 1024 * 1024;
const statsAtOnce = 64;

/** Paths of everything that may be a mail; what is still being written lies in `tmp` and is not listed. */
export async function listNames(folder: string): Promise<string[]> {
  const both = await Promise.all(
    ['new', 'cur'].map(async (inner) => (await readdir(join(folder, inner))).map((name) => `${inner}/${name}`)),
  );
  return both.flat().filter((path) => path[4] !== '.');
}

/** What was renamed or deleted meanwhile is left out, and what is no file: `odd` hears of links, pipes and devices. */
export async function statFiles(
  folder: string,
  paths: readonly string[],
  odd: (path: string) => void,
): Promise<MailFile[]> {
  const files: MailFile[] = [];
  for (let at = 0; at < paths.length; at += statsAtOnce) {
    const some = paths.slice(at, at + statsAtOnce);
    files.push(...(await Promise.all(some.map((path) => statFile(folder, path, odd)))).filter((file) => file !== null));
  }
  return files;
}

async function statFile(folder: string, path: string, odd: (path: string) => void): Promise<MailFile | null> {
  // A link is not followed: it may lead to a file that is no mail and is not for everybody.
  const found = await lstat(join(folder, path)).catch(unlessGone);
  if (found === null || found.isDirectory()) return null;
  if (!found.isFile()) {
    odd(path);
    return null;
  }
  const { size: sizeBytes, mtimeMs, ctimeMs } = found;
  return { unique: uniqueName(path.slice(4)), path, sizeBytes, mtimeMs, ctimeMs };
}

function unlessGone(error: unknown): null {
  if (codeOf(error) === 'ENOENT') return null;
  throw error;
}

/** The header, and of a short mail the rest of it too, so that it is read once. */
export async function readHead(
  folder: string,
  file: MailFile,
): Promise<{ readonly head: Head; readonly whole: Buffer | null }> {
  const bytes = await readBeginning(folder, file, longestHead + 1);
  if (bytes.length <= longestHead) return { head: { bytes, isWhole: true }, whole: bytes };
  const head = bytes.subarray(0, longestHead);
  return { head: { bytes: head, isWhole: /\r?\n\r?\n/.test(head.toString('latin1')) }, whole: null };
}

/** Of a mail that is small by what its folder told; one that grew meanwhile is no more than `smallBytes`. */
export function readSmall(folder: string, file: MailFile): Promise<Buffer> {
  return readBeginning(folder, file, smallBytes);
}

/** A large mail piece by piece; its first `bytes` at most. The file is opened when the first piece is asked for. */
export async function* streamFile(folder: string, file: MailFile, bytes: number): AsyncGenerator<Uint8Array> {
  const handle = await openFile(folder, file);
  yield* handle.createReadStream({ highWaterMark: 256 * 1024, start: 0, end: bytes - 1 });
}

async function readBeginning(folder: string, file: MailFile, most: number): Promise<Buffer> {
  const handle = await openFile(folder, file);
  try {
    const room = Buffer.alloc(Math.min(most, (await handle.stat()).size));
    let length = 0;
    for (let isMore = true; isMore && length < room.length; ) {
      const { bytesRead } = await handle.read(room, length, room.length - length, length);
      isMore = bytesRead > 0;
      length += bytesRead;
    }
    return room.subarray(0, length);
  } finally {
    await handle.close();
  }
}

/** There is no such file any more, only something else under its name. */
class Replaced extends Error {
  readonly code = 'ENOENT';
}

/** Between the look at it and now a file may have become a link or a pipe: the first is not followed, no pipe is waited for. */
async function openFile(folder: string, file: MailFile): Promise<FileHandle> {
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const handle = await open(join(folder, file.path), O_RDONLY | O_NOFOLLOW | O_NONBLOCK).catch((error: unknown) => {
    throw ['ELOOP', 'EMLINK', 'ENXIO'].includes(codeOf(error)) ? new Replaced(file.path, { cause: error }) : error;
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new Replaced(file.path);
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
