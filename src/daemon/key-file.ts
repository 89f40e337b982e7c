import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../core/fault.ts';
import type { Key } from '../core/token.ts';

/**
 * The key from which links and form proofs are derived: 32 random bytes in `dataDir/letopis.key`, made on the first start
 * and readable by nobody else. Processes of one office share the file; who loses it makes every open link void.
 *
 * @throws Fault daemon.key_unusable (reconfigure)
 */
export async function readKey(dataDir: string, randomBytes: (count: number) => Buffer): Promise<Key> {
  const path = join(dataDir, 'letopis.key');
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
    await write(path, randomBytes(32).toString('hex'));
    for (let attempt = 0; attempt < 20; attempt += 1) {
      const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'hex');
      if (key.length >= 32) return key;
      await pause(50); // the process that makes it may be between opening and writing
    }
    throw new Error('it has less than 32 bytes in hexadecimal');
  } catch (error) {
    const cure =
      'the folder must be writable on the first start; a damaged key file may be deleted: open links end then';
    throw new Fault('daemon.key_unusable', 'reconfigure', { path, cure }, error);
  }
}

/** Two processes may start at once: the file is made by one of them and read by both. */
async function write(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'wx', 0o600);
    await file.writeFile(`${text}\n`);
    await file.sync();
    await file.close();
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}
