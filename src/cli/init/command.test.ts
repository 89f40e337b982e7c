import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Io } from '../base/command.ts';
import { runCommandLine } from '../index.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'letopis-init-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

async function init(args: readonly string[], typed = '', env: Io['env'] = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const stdin = Readable.from([typed]);
  const io: Io = { out: (t) => out.push(t), err: (t) => err.push(t), stdin, isTTY: false, env, cwd: folder };
  return { code: await runCommandLine(['init', '--config', 'conf/letopis.yml', ...args], io), out, err };
}
const said = [
  '--yes',
  '--name',
  'Ромашка "А"',
  '--country',
  'UA',
  '--timezone',
  'Europe/Kyiv',
  '--person',
  'Олена',
  '--email',
  'o@r.example',
];

test('by options: the file is right, people.csv has its first person', async () => {
  const { code, out } = await init(said);
  expect([code, out]).toEqual([
    0,
    ['conf/letopis.yml is written', 'start the daemon with: letopis run --config conf/letopis.yml'],
  ]);
  expect(readFileSync(join(folder, 'conf/letopis.yml'), 'utf8')).toContain('name: "Ромашка \\"А\\""');
  expect(readFileSync(join(folder, 'conf/people.csv'), 'utf8').split('\n')[1]).toBe(
    '"Олена","","o@r.example",,supervisor,,,',
  );
});

test('by stdin: the secret goes to a file only its owner reads, and the exchange is tried', async () => {
  const typed = [
    'Ромашка',
    'UA',
    'Europe/Kyiv',
    'uk',
    'romashka.example',
    'Олена',
    'o@r.example',
    '101',
    '',
    '',
    '127.0.0.1',
    '',
    's3cret',
  ];
  const { code, err } = await init([], `${typed.join('\n')}\n`);
  expect([code, err.filter((line) => line.includes('let us in')).length]).toEqual([69, 1]); // nobody listens on AMI's port here
  const secret = join(folder, 'conf/secrets/ami');
  expect([readFileSync(secret, 'utf8'), statSync(secret).mode & 0o777]).toEqual(['s3cret\n', 0o600]);
  expect(readFileSync(join(folder, 'conf/letopis.yml'), 'utf8')).not.toContain('s3cret');
});

test('a password of the mail server goes to a file only its owner reads', async () => {
  const smtp = 'smtp://user:p%40ss@mail.r.example:587';
  expect(await init([...said, '--smtp', smtp])).toMatchObject({ code: 0 });
  const secret = join(folder, 'conf/secrets/smtp');
  expect([readFileSync(secret, 'utf8'), statSync(secret).mode & 0o777]).toEqual([`${smtp}\n`, 0o600]);
  const yaml = readFileSync(join(folder, 'conf/letopis.yml'), 'utf8');
  expect([yaml.includes('p%40ss'), yaml.includes('smtp: ${file:./secrets/smtp}')]).toEqual([false, true]);
});

test('what is there already stays, unless --force', async () => {
  await init(said);
  const file = join(folder, 'conf/letopis.yml');
  writeFileSync(file, 'mine');
  expect(await init(said)).toMatchObject({ code: 64, err: [expect.stringContaining('is there already')] });
  expect(readFileSync(file, 'utf8')).toBe('mine');
  expect((await init([...said, '--force'])).code).toBe(0);
});

test.each([
  [[...said, '--country', 'UA'], '--country is given twice'],
  [['--yes', '--name', 'x'], '--country: expected an answer (country, two letters)'],
  [
    ['--yes', '--name', 'x', '--country', 'Ukraine'],
    '--country: expected a country of two letters such as UA, found "Ukraine", did you mean UA?',
  ],
])('%j writes nothing', async (args, message) => {
  const { code, err } = await init(args);
  expect([code, err[0]?.split('\n')[0]]).toEqual([64, `letopis init: ${message}`]);
  expect(existsSync(join(folder, 'conf'))).toBe(false);
});
