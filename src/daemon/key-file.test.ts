import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { randomBytes } from '../ops/chance.ts';
import { readKey } from './key-file.ts';

const folder = await mkdtemp(join(tmpdir(), 'letopis-key-'));
afterAll(() => rm(folder, { recursive: true }));

test('made once, read by all that start together, and by nobody else of the machine', async () => {
  const dataDir = join(folder, 'new');
  const keys = await Promise.all(Array.from({ length: 8 }, () => readKey(dataDir, randomBytes)));
  expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
  const modes = await Promise.all([dataDir, join(dataDir, 'letopis.key')].map((file) => stat(file)));
  expect(modes.map(({ mode }) => mode & 0o777)).toEqual([0o700, 0o600]);
});

test('another process has opened it and not written yet: its key counts', async () => {
  const file = join(folder, 'letopis.key');
  await writeFile(file, '');
  const reading = readKey(folder, randomBytes);
  await pause(120);
  await writeFile(file, `${'ab'.repeat(32)}\n`);
  expect(Buffer.from(await reading).toString('hex')).toBe('ab'.repeat(32));
});

test('a damaged one is told, not used', async () => {
  await writeFile(join(folder, 'letopis.key'), 'abcd\n');
  await expect(readKey(folder, randomBytes)).rejects.toMatchObject({ code: 'daemon.key_unusable' });
});
