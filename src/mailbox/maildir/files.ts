import { createReadStream } from 'node:fs';
import { lstat, open, readdir, readFile, stat } from 'node:fs/promises';
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

/** What was renamed or deleted meanwhile is left out. */
export async function statFiles(folder: string, paths: readonly string[]): Promise<MailFile[]> {
  const files: MailFile[] = [];
  for (let at = 0; at < paths.length; at += statsAtOnce) {
    const some = paths.slice(at, at + statsAtOnce);
    files.push(...(await Promise.all(some.map((path) => statFile(folder, path)))).filter((file) => file !== null));
  }
  return files;
}

async function statFile(folder: string, path: string): Promise<MailFile | null> {
  const place = join(folder, path);
  // What cannot be followed (a link in a circle) is a file too: reading it tells what is wrong with it.
  const found = await stat(place)
    .catch(unlessGone)
    .catch(() => lstat(place).catch(unlessGone));
  if (found === null || found.isDirectory()) return null;
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
  if (file.sizeBytes <= longestHead) {
    const whole = await readFile(join(folder, file.path));
    return { head: { bytes: whole, isWhole: true }, whole };
  }
  const handle = await open(join(folder, file.path), 'r');
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(longestHead), 0, longestHead, 0);
    const bytes = buffer.subarray(0, bytesRead);
    return { head: { bytes, isWhole: /\r?\n\r?\n/.test(bytes.toString('latin1')) }, whole: null };
  } finally {
    await handle.close();
  }
}

export function readSmall(folder: string, file: MailFile): Promise<Buffer> {
  return readFile(join(folder, file.path));
}

/** A large mail piece by piece; its first `bytes` at most. The file is opened when the first piece is asked for. */
export async function* streamFile(folder: string, file: MailFile, bytes: number): AsyncGenerator<Uint8Array> {
  yield* createReadStream(join(folder, file.path), { highWaterMark: 256 * 1024, end: bytes - 1 });
}

export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
}
