import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Environment, Io } from './base/command.ts';
import { commands, runCommandLine } from './index.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'letopis-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true }));
const put = (name: string, text: string) => writeFileSync(join(folder, name), text);

async function letopis(args: readonly string[], env: Environment = {}) {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (t) => out.push(t),
    err: (t) => err.push(t),
    stdin: process.stdin,
    isTTY: false,
    env,
    cwd: folder,
  };
  return { code: await runCommandLine(args, io), out, err };
}

describe('the frame', () => {
  test('every command tells what it is and how it is used', async () => {
    for (const [name, load] of Object.entries(commands)) {
      const { command } = await load();
      expect(command.summary, name).toMatch(/^[^A-Z].*[^.]$/);
      expect(command.usage.startsWith(`usage: letopis ${name}`), name).toBe(true);
      expect(await letopis([name, '--help'])).toEqual({ code: 0, out: [command.usage], err: [] });
    }
  });
  test('--help lists them all, on stdout', async () => {
    const { code, out, err } = await letopis(['--help']);
    expect([code, err]).toEqual([0, []]);
    for (const name of Object.keys(commands)) expect(out.join()).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(await letopis(['help'])).toEqual({ code, out, err });
  });
  test('nothing said is wrong usage', async () => {
    const { code, out } = await letopis([]);
    expect([code, out]).toEqual([64, []]);
  });
  test.each([
    [['chek'], 'letopis: unknown command chek, did you mean check?'],
    [['frobnicate'], 'letopis: unknown command frobnicate, see letopis --help'],
    [['--verison'], 'letopis: unknown option --verison, see letopis --help'],
    [['constructor'], 'letopis: unknown command constructor, see letopis --help'],
    [['check', '--jsn'], 'letopis check: unknown option --jsn, did you mean --json?'],
    [['check', '--config'], 'letopis check: --config needs a value'],
    [['check', '--config', 'a', '--config', 'b'], 'letopis check: --config is given twice'],
    [['check', '--json=yes'], 'letopis check: --json takes no value'],
    [['check', 'x.yml'], 'letopis check: unexpected x.yml, name the file with --config x.yml'],
    [['due'], 'letopis due: expected a TIME, such as 2026-11-22T13:59:00+02:00'],
    [['config'], 'letopis config: expected example, schema or openapi'],
  ])('%j is wrong usage', async (args, message) => {
    const { code, out, err } = await letopis(args);
    expect([code, out, err.join('\n').split('\n')[0]]).toEqual([64, [], message]);
  });
});

const office =
  'office: { timezone: Europe/Kyiv, country: UA, duty: Olena }\nmail: { smtp: "smtp://localhost", from: a@b }\nweb: { publicUrl: "https://x.example" }\n';
const ami =
  'connectors:\n  - { name: pbx, kind: asterisk-ami, host: 127.0.0.1, port: 1, username: u, secret: "${env:AMI}" }\n';

describe('check', () => {
  test('a good file: nothing to tell', async () => {
    put('people.csv', 'name,extension,substitute\nOlena,101,Andrii\nAndrii,102,\n');
    put('good.yml', `${office}people: people.csv\n${ami}`);
    expect(await letopis(['check', '--config', 'good.yml'], { AMI: 'x' })).toEqual({
      code: 0,
      out: [],
      err: ['good.yml: no errors'],
    });
  });
  test('a bucket, which cannot be had yet', async () => {
    put('people.csv', 'name,extension,substitute\nOlena,101,Andrii\nAndrii,102,\n');
    put('bucket.yml', `${office}people: people.csv\nfiles: s3://letopis/files\n${ami}`);
    const message = 'expected a folder such as ./data/files: s3:// cannot be had yet';
    const { code, out } = await letopis(['check', '--config', 'bucket.yml'], { AMI: 'x' });
    expect([code, out]).toEqual([78, [`bucket.yml:5:8 files: ${message}`]]);
  });
  test('a source that does not let us in', async () => {
    const { code, out } = await letopis(['check', '--config', 'good.yml', '--connect'], { AMI: 'x' });
    expect([code, out.length]).toEqual([69, 1]);
    expect(out[0]).toMatch(/^good\.yml:6:5 connectors\[0\]: expected pbx to let us in: ami\.\w+/);
  });
  test('errors as lines and as JSON, exit 78', async () => {
    put('bad.yml', 'office: { timezone: Europe/Kyev }\n');
    const message = 'expected a time zone such as Europe/Kyiv, found "Europe/Kyev", did you mean Europe/Kyiv?';
    expect(await letopis(['check', '--config', 'bad.yml'])).toEqual({
      code: 78,
      out: [`bad.yml:1:21 office.timezone: ${message}`],
      err: [],
    });
    const { code, out } = await letopis(['check', '--config', 'bad.yml', '--json']);
    expect([code, out.map((line): unknown => JSON.parse(line))]).toEqual([
      78,
      [{ level: 'error', file: 'bad.yml', line: 1, column: 21, path: 'office.timezone', message }],
    ]);
  });
  test.each([
    [
      'no such file',
      'nope.yml',
      'nope.yml:1:1: expected a configuration file, there is none: write one with `letopis init`, or name another with --config',
    ],
    [
      'no people',
      'none.yml',
      'none.yml:1:1 people: expected the file of the employees, such as ./people.csv, or ldap: every draft needs an owner, found nobody',
    ],
    [
      'a people file that is not there',
      'lost.yml',
      'lost.yml:4:9 people: expected the readable file lost.csv (ENOENT)',
    ],
    [
      'an office with nobody',
      'empty.yml',
      'empty.yml:4:9 people: expected at least one person in empty.csv: every draft needs an owner',
    ],
    [
      'a file without header',
      'headless.yml',
      'headless.csv:1:1: expected a column name in the first line, found Olena, 101',
    ],
    [
      'a duty nobody has',
      'duty.yml',
      'duty.yml:1:53 office.duty: expected the name, address or extension of a person in duty.csv, found "Olena", did you mean Olenna?',
    ],
    [
      'substitutes in a circle',
      'circle.yml',
      'circle.csv:3:1 substitute: the substitutes would run in a circle, found "Olena"',
    ],
    [
      'a substitute nobody knows',
      'unknown.yml',
      'unknown.csv:2:1 substitute: expected the name, address or extension of a person in unknown.csv, found "Andri", did you mean Andrii?',
    ],
    ['a row without name', 'nameless.yml', 'nameless.csv:3:1: no name'],
  ])('%s', async (_story, file, line) => {
    const name = file.replace('.yml', '');
    const people: Record<string, string> = {
      empty: 'name,extension\n',
      headless: 'Olena,101\n',
      duty: 'name\nOlenna\n',
      circle: 'name,substitute\nOlena,Andrii\nAndrii,Olena\n',
      unknown: 'name,substitute\nOlena,Andri\nAndrii,\n',
      nameless: 'name,extension\nOlena,101\n,102\n',
    };
    if (people[name] !== undefined) put(`${name}.csv`, people[name]);
    if (name !== 'nope') put(file, `${office}${name === 'none' ? '' : `people: ${name}.csv\n`}`);
    const { code, out } = await letopis(['check', '--config', file]);
    expect([code, out.filter((found) => !found.includes(': warning: '))]).toEqual([78, [line]]);
  });
});

describe('due', () => {
  test('answers in order; one that is unreadable does not stop the others', async () => {
    put('due.yml', `${office}database: "\${env:NOT_SET}"\n`);
    const times = ['2026-11-23T13:59:59+02:00', 'noon', '2026-11-23T14:00:00+02:00'];
    const { code, out, err } = await letopis(['due', ...times, '--json', '--config', 'due.yml']);
    expect([code, err.length]).toEqual([1, 1]);
    expect(out.map((line): unknown => JSON.parse(line))).toEqual([
      { receivedAt: times[0], dueAt: '2026-11-23T18:00:00+02:00', rule: 0 },
      { receivedAt: 'noon', error: { code: 'due.time_unreadable', message: expect.any(String) } },
      { receivedAt: times[2], dueAt: '2026-11-24T11:00:00+02:00', rule: 1 },
    ]);
  });
  test('a time without offset is wrong usage', async () => {
    const { code, err } = await letopis(['due', '2026-11-23T14:00', '--config', 'due.yml']);
    expect([code, err]).toEqual([
      64,
      ['letopis due: "2026-11-23T14:00" has no offset, write for example 2026-11-23T14:00:00+02:00'],
    ]);
  });
  test('a wrong configuration: its errors on stderr, exit 78', async () => {
    const { code, out, err } = await letopis(['due', '2026-11-23T14:00Z', '--config', 'bad.yml']);
    expect([code, out, err.length]).toEqual([78, [], 1]);
    expect(err[0]).toMatch(/^bad\.yml:1:21 office\.timezone: expected a time zone/);
  });
});

test('the program itself: exit code, streams, a reader that leaves early', () => {
  const root = join(import.meta.dirname, '../..');
  const run = (line: string) =>
    spawnSync('sh', ['-c', line], {
      cwd: root,
      encoding: 'utf8',
      env: { ...process.env, LETOPIS: 'node_modules/.bin/tsx src/main.ts' },
    });
  const version = run('$LETOPIS --version');
  expect([version.status, version.stdout, version.stderr]).toEqual([
    0,
    expect.stringMatching(/^letopis \d+\.\d+\.\d+\n$/),
    '',
  ]);
  const wrong = run('$LETOPIS chek');
  expect([wrong.status, wrong.stdout, wrong.stderr]).toEqual([
    64,
    '',
    'letopis: unknown command chek, did you mean check?\n',
  ]);
  expect(run('$LETOPIS config schema | head -c 10').stderr).toBe('');
}, 30_000);
