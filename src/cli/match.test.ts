import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { testServer } from '../../test/kit/postgres.ts';
import { silentLog } from '../ops/log.ts';
import { openStore } from '../store/base/pool.ts';
import type { Io } from './base/command.ts';
import { runCommandLine } from './index.ts';

const folder = await mkdtemp(join(tmpdir(), 'letopis-match-'));
const server = await testServer();
const name = `match_${process.pid}`;
beforeAll(async () => {
  const admin = await openStore({ url: server.url, log: silentLog });
  await admin.db.rows({ text: `create database ${name}`, values: [] });
  await admin.close();
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  await writeFile(
    join(folder, 'letopis.yml'),
    `office: { country: UA, timezone: Europe/Kyiv }\ndatabase: ${url.href}\nown: { numbers: ["+380440001000"] }\n`,
  );
  await writeFile(join(folder, 'people.csv'), 'name,extension,email\nАнна,101,anna@r.example\n');
  await writeFile(
    join(folder, 'clients.csv'),
    'name;person;phone;responsible\nРомашка;Иван;8 (044) 123-45-67;101\nАкме;;044 765-43-21;\nЗорг;;044 765-43-21;Никто\n;;0441111111;\n',
  );
  await writeFile(join(folder, 'broken.csv'), 'name,phone\nA,0441111112\nB,"0441111113\n');
});
afterAll(async () => {
  if (server.shared) {
    const admin = await openStore({ url: server.url, log: silentLog });
    await admin.db.rows({ text: `drop database ${name}`, values: [] });
    await admin.close();
  }
  await server.stop();
  await rm(folder, { recursive: true });
});

async function letopis(...args: string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const io: Io = {
    out: (text) => out.push(text),
    err: (text) => err.push(text),
    stdin: process.stdin,
    isTTY: false,
    env: {},
    cwd: folder,
  };
  const code = await runCommandLine(args, io);
  return { code, out, err };
}
const json = async (...args: string[]) =>
  (await letopis(...args, '--json')).out.map((line): unknown => JSON.parse(line));

describe('match --normalize-only', () => {
  const nobody = { verdict: null, candidates: [] };
  test('numbers and addresses, in order, without configuration or database', async () => {
    expect(
      await json(
        'match',
        '--normalize-only',
        '--region',
        'ua',
        '8 (044) 123-45-67 доб. 12',
        'Anna@R.Example',
        'anonymous',
        '0441234567; 0501234567',
      ),
    ).toEqual([
      {
        address: '8 (044) 123-45-67 доб. 12',
        normalized: '+380441234567',
        extension: '12',
        all: [{ number: '+380441234567', extension: '12' }],
        reason: null,
        ...nobody,
      },
      { address: 'Anna@R.Example', normalized: 'anna@r.example', extension: null, all: [], reason: null, ...nobody },
      {
        address: 'anonymous',
        normalized: null,
        extension: null,
        all: [],
        reason: 'the number was withheld or is unknown',
        ...nobody,
      },
      {
        address: '0441234567; 0501234567',
        normalized: '+380441234567',
        extension: null,
        all: [
          { number: '+380441234567', extension: null },
          { number: '+380501234567', extension: null },
        ],
        reason: null,
        ...nobody,
      },
    ]);
  });

  test('the region: the option, else the office, else none', async () => {
    const read = async (...args: string[]) => (await letopis('match', '--normalize-only', '0441234567', ...args)).out;
    expect(await read('--config', 'letopis.yml')).toEqual(['0441234567: +380441234567']);
    expect(await read('--config', 'letopis.yml', '--region', 'GB')).toEqual([
      '0441234567: no address (no numbering plan has such a number)',
    ]);
    expect(await read()).toEqual([
      '0441234567: no address (the country is not known: write it with + and the country code, or name the region)',
    ]);
  });

  test.each([
    [64, ['match']],
    [64, ['match', '1', '--region', 'ZZ', '--normalize-only']],
    [64, ['match', '--frobnicate']],
    [78, ['match', '1']],
    [78, ['match', '1', '--normalize-only', '--config', 'nothing.yml']],
    [64, ['import']],
    [64, ['import', 'history']],
    [64, ['import', 'clients', '--source', 'x', 'file.csv']],
    [64, ['import', 'clients']],
    [78, ['import', 'clients', 'clients.csv']],
  ])('exit code %i: %j', async (code, args) => {
    const answer = await letopis(...args);
    expect(answer).toMatchObject({ code, out: [] });
    expect(answer.err.join()).not.toBe('');
  });
});

test('people and clients come in, and are matched', async () => {
  const config = ['--config', 'letopis.yml'];
  expect(await letopis('import', 'people', 'people.csv', ...config)).toEqual({
    code: 0,
    out: ['people: 1 created, 0 changed, 0 unchanged, 0 rejected'],
    err: [],
  });
  expect(await letopis('import', 'clients', 'clients.csv', '--dry-run', ...config)).toMatchObject({
    code: 0,
    out: ['clients: 3 created, 0 changed, 0 unchanged, 2 rejected (dry run, nothing was changed)'],
  });
  expect(await letopis('import', 'clients', 'clients.csv', ...config)).toEqual({
    code: 0,
    out: ['clients: 3 created, 0 changed, 0 unchanged, 2 rejected'],
    err: [
      'clients.csv:4 responsible: no employee of this name, e-mail or extension, found "Никто"',
      'clients.csv:5: no name, found "0441111111"',
    ],
  });
  expect(await json('import', 'clients', 'clients.csv', ...config)).toMatchObject([
    { kind: 'clients', dryRun: false, created: 0, changed: 0, unchanged: 3 },
  ]);
  const broken = await letopis('import', 'clients', 'broken.csv', ...config);
  expect(broken).toMatchObject({ code: 1, out: [] });
  expect(broken.err.join()).toMatch(
    /broken\.csv:3: a quote is opened here and not closed; 1 before it would be imported/,
  );

  expect(
    await json(
      'match',
      '+380 44 123 45 67',
      '0447654321',
      '0449999999',
      '0440001000',
      'anna@r.example',
      'нет',
      ...config,
    ),
  ).toMatchObject([
    {
      normalized: '+380441234567',
      verdict: 'client',
      candidates: [{ client: 'Ромашка', person: 'Иван', strength: 'strong', reason: 'the number of Иван (Ромашка)' }],
    },
    { verdict: 'ambiguous', candidates: [{ client: 'Акме' }, { client: 'Зорг' }] },
    { verdict: 'stranger', candidates: [], reason: null },
    { verdict: 'stranger', candidates: [], reason: 'an address of our own' },
    { verdict: 'stranger', candidates: [], reason: 'an address of our own' },
    { normalized: null, verdict: 'stranger', candidates: [] },
  ]);
  expect((await letopis('match', '0441234567', ...config)).out).toEqual([
    '0441234567: +380441234567: client\n  Иван, Ромашка (strong): the number of Иван (Ромашка)',
  ]);
});

test('contacts of past years are matched in the days of the office', async () => {
  const url = new URL(server.url);
  url.pathname = `/${name}`;
  const store = await openStore({ url: url.href, log: silentLog });
  await store.db.rows({ text: "update person set until = '2020-01-01' where name = 'Иван'", values: [] });
  await store.db.rows({ text: "update employee set is_duty = true where key = 'anna@r.example'", values: [] });
  await store.close();
  // Half past midnight in Kyiv, when he had left, is the day before in UTC.
  const rows = ['date;time;phone', '31.12.2019;23:30;8 (044) 123-45-67', '01.01.2020;00:30;8 (044) 123-45-67'];
  await writeFile(join(folder, 'past.csv'), `${rows.join('\n')}\n`);
  expect(await json('import', 'history', 'past.csv', '--config', 'letopis.yml')).toMatchObject([
    { created: 2, byAddress: 1, strangers: 1 },
  ]);
});

test('a database that does not answer: exit code 69', async () => {
  await writeFile(
    join(folder, 'dead.yml'),
    'office: { country: UA, timezone: Europe/Kyiv }\ndatabase: postgres://x:y@127.0.0.1:1/z\n',
  );
  expect(await letopis('match', '1', '--config', 'dead.yml')).toMatchObject({ code: 69, out: [] });
});

describe('reasons for nobody', () => {
  test('a gateway, an address somebody said is no client’s, one that is never captured', async () => {
    const url = new URL(server.url);
    url.pathname = `/${name}`;
    const store = await openStore({ url: url.href, log: silentLog });
    await store.db.rows({
      text: `insert into contact_point (kind, address, raw, not_client, never_capture) values
        ('phone', '+380445550001', '', true, false), ('phone', '+380445550002', '', false, true)`,
      values: [],
    });
    await store.db.rows({
      text: `insert into contact_point (kind, address, raw, gateway, client_id)
             select 'email', 'fax@gate.example', '', true, id from client limit 1`,
      values: [],
    });
    await store.close();
    const told = await json('match', '044 555 00 01', '0445550002', 'fax@gate.example', '--config', 'letopis.yml');
    expect(
      told.map((one) => one as { reason: string; verdict: string }).map(({ verdict, reason }) => [verdict, reason]),
    ).toEqual([
      ['stranger', 'somebody said that this is no client'],
      ['stranger', 'never captured: somebody said so'],
      ['stranger', 'the address of a gateway: a machine’s, never a client’s'],
    ]);
  });
});
