import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { loadConfig, readConfig } from './config.ts';

const kinds = {
  'asterisk-ami': z.strictObject({
    host: z.string().describe('PBX host name or address'),
    port: z.int().min(1).max(65_535).default(5038).describe('AMI TCP port'),
    tls: z.boolean().default(false).describe('encrypt'),
    username: z.string().describe('manager.conf section name'),
    secret: z.string().describe('manager.conf secret'),
  }),
  cdr: z.strictObject({
    csv: z.string().describe('Master.csv'),
    format: z.enum(['standard', 'uniqueid']).default('standard'),
  }),
};
const files: Readonly<Record<string, string>> = { '/etc/letopis/ami': 's3cret\n', '/run/empty': '\n' };
const readFile = (path: string) => {
  const text = files[path];
  if (text === undefined) throw Object.assign(new Error(path), { code: 'ENOENT' });
  return text;
};
const env = { AMI_SECRET: 'hush', AMI_PORT: '5039', EMPTY: '', TLS: 'true', WORD: 'abc' };
const read = (text: string) => readConfig(text, '/etc/letopis/letopis.yml', { env, kinds, readFile });

/** `line:column path: message` */
const errorsOf = (text: string) => {
  const answer = read(text);
  return answer.ok
    ? []
    : answer.errors.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);
};
const warningsOf = (text: string) =>
  read(text).warnings.map(({ line, column, path, message }) => `${line}:${column} ${path}: ${message}`);

const office = 'office: { timezone: Europe/Kyiv, country: UA }\n';
const ami = (keys: string) =>
  `${office}connectors:\n  - { name: pbx, kind: asterisk-ami, host: h, username: u, ${keys} }\n`;

describe('what is right is read', () => {
  test('the YAML of the design', () => {
    const answer = read(`
office:   { name: Ромашка, country: UA, timezone: Europe/Kyiv, language: uk,
            hours: { mon-thu: "09:00-13:00, 14:00-18:00", fri: "09:00-17:00", 2026-12-26: "10:00-14:00" }, holidays: [2026-12-25] }
database: postgres://letopis@db/letopis
queue:    redis://cache:6379
files:    s3://letopis/files
web:      { listen: "[::1]:0", publicUrl: "https://letopis.example/crm/", basePath: /crm/, trustProxy: 1 }
mail:     { smtp: "smtp://localhost:25", from: "Letopis <letopis@romashka.example>" }
own:      { domains: [Romashka.example], numbers: ["+380440001000"], extensions: '^\\d{3}$' }
people:   ./people.csv
clients:  { file: ../clients.csv, columns: { name: Назва } }
occasions: [Переговоры, Заказ]
service:
  - { receivedBefore: "14:00", dueBy: end of day, goal: 95% }
  - { receivedBefore: "24:00", dueBy: "next workday 11:00", goal: 95% }
  - { rest: 3 workdays, progressNotes: daily }
prompts:  { call: immediately, email: digest 16:30, fax: never, quiet: "20:00-08:00", remindAfter: [30m, 1h30m], escalateAfter: 1 workday }
connectors:
  - { name: office-pbx, kind: asterisk-ami, host: 10.0.0.5, username: letopis, secret: "\${file:ami}", port: "\${env:AMI_PORT}", tls: "\${env:TLS}", region: UA, defaultOwner: Олена }
  - { name: office-cdr, kind: cdr, exchange: office-pbx, csv: /var/log/x.csv }
`);
    if (!answer.ok) throw new Error(JSON.stringify(answer.errors));
    const { own, ...config } = answer.config;
    expect(answer.warnings).toEqual([]);
    expect(['101', '1010', 'a101'].map((text) => own.extensions.test(text))).toEqual([true, false, false]);
    expect(own).toMatchObject({ domains: ['romashka.example'], numbers: ['+380440001000'] });
    const split = [
      { from: 540, until: 780 },
      { from: 840, until: 1080 },
    ];
    expect(config).toEqual({
      file: '/etc/letopis/letopis.yml',
      crm: { perMinute: 600, webhooks: [] },
      dataDir: '/etc/letopis/data',
      office: {
        name: 'Ромашка',
        country: 'UA',
        timezone: 'Europe/Kyiv',
        language: 'uk',
        duty: null,
        calendar: {
          zone: 'Europe/Kyiv',
          week: [split, split, split, split, [{ from: 540, until: 1020 }], [], []],
          exceptions: new Map([
            ['2026-12-25', []],
            ['2026-12-26', [{ from: 600, until: 840 }]],
          ]),
        },
      },
      database: { kind: 'server', url: 'postgres://letopis@db/letopis' },
      queue: { kind: 'redis', url: 'redis://cache:6379' },
      files: { kind: 's3', url: 's3://letopis/files' },
      web: { host: '::1', port: 0, publicUrl: 'https://letopis.example', trustProxy: 1, basePath: '/crm' },
      mail: { smtp: 'smtp://localhost:25', from: 'Letopis <letopis@romashka.example>' },
      people: { file: '/etc/letopis/people.csv', columns: {} },
      ldap: null,
      clients: [
        {
          name: 'clients',
          reads: { kind: 'file', file: '/etc/clients.csv' },
          columns: { name: 'Назва' },
          key: null,
          everyMs: 900_000,
          timeoutMs: 60_000,
          maxBytes: 50_000_000,
          hold: { below: 0.7, fewer: 20 },
        },
      ],
      occasions: ['Переговоры', 'Заказ'],
      service: [
        { kind: 'cut-off', receivedBefore: 840, dueBy: { kind: 'day', workdays: 0, at: 'closing' }, goal: 0.95 },
        { kind: 'cut-off', receivedBefore: 1440, dueBy: { kind: 'day', workdays: 1, at: 660 }, goal: 0.95 },
        { kind: 'rest', within: { unit: 'workdays', workdays: 3 }, progressNotes: 'daily' },
      ],
      prompts: {
        call: { kind: 'immediately' },
        email: { kind: 'digest', at: 990 },
        fax: { kind: 'never' },
        web: { kind: 'immediately' },
        message: { kind: 'digest', at: 990 },
        quiet: { from: 1200, until: 480 },
        remindAfter: [
          { unit: 'minutes', minutes: 30 },
          { unit: 'minutes', minutes: 90 },
        ],
        escalateAfter: { unit: 'workdays', workdays: 1 },
        perDay: 12,
      },
      log: { level: 'info' },
      connectors: [
        {
          name: 'office-pbx',
          kind: 'asterisk-ami',
          exchange: 'office-pbx',
          region: 'UA',
          defaultOwner: 'Олена',
          options: { host: '10.0.0.5', username: 'letopis', secret: 's3cret', port: 5039, tls: true },
          position: { line: 19, column: 5 },
        },
        {
          name: 'office-cdr',
          kind: 'cdr',
          exchange: 'office-pbx',
          region: null,
          defaultOwner: null,
          options: { csv: '/var/log/x.csv', format: 'standard' },
          position: { line: 20, column: 5 },
        },
      ],
    });
  });

  test.each([
    ['${env:AMI_SECRET}', 'hush'],
    ['a ${env:AMI_SECRET} b ${env:WORD}', 'a hush b abc'],
    ['${env:NOPE:-else}', 'else'],
    ['${env:EMPTY:-else}', 'else'],
    ['${env:WORD:-else}', 'abc'],
    ['${env:NOPE:-}', ''],
    ['${env:WORD:?needed}', 'abc'],
    ['${file:/etc/letopis/ami}', 's3cret'],
    ['${file:ami}', 's3cret'],
    ['${file:nope:-else}', 'else'],
    ['$${env:WORD}', '${env:WORD}'],
    ['^\\d+${2}', '^\\d+${2}'],
  ])('%s is %j', (secret, expected) => {
    const answer = read(ami(`secret: '${secret}'`));
    expect(answer.ok && answer.config.connectors[0]?.options).toMatchObject({ secret: expected });
  });

  test('the environment is not looked up the prototype', () =>
    expect(errorsOf(ami('secret: "${env:constructor}"'))).toEqual([
      '3:68 connectors[0].secret: expected the environment variable constructor, it is not set',
    ]));

  test('only the sections a command needs: the passwords of others are not', () => {
    const text = `${office}database: "\${env:NOPE}"\nconnectors: [{ name: x, kind: nope }]\n`;
    const only = ['office', 'service'] as const;
    expect(readConfig(text, 'x.yml', { env, kinds: {}, readFile, only }).ok).toBe(true);
    expect(readConfig(`${text}servise: []\n`, 'x.yml', { env, kinds: {}, readFile, only })).toMatchObject({
      errors: [{ line: 4, column: 1, path: 'servise', message: 'expected a known key, did you mean service?' }],
    });
  });
});

describe('a bomb is refused, not swallowed', () => {
  test('aliases of aliases', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...[...'bcdefgh'].map((c, i) => {
        const of = 'abcdefgh'[i];
        return `${c}: &${c} [${Array.from({ length: 9 }, () => `*${of}`).join(',')}]`;
      }),
    ].join('\n');
    expect(errorsOf(bomb)).toContainEqual(expect.stringContaining('expected fewer values: more than 50000'));
  });
  test('a circle', () =>
    expect(errorsOf('office: &o { timezone: UTC, hours: *o }\n')).toContainEqual(
      expect.stringContaining('nested deeper than 32'),
    ));
  test('two megabytes', () =>
    expect(errorsOf(`# ${'x'.repeat(2_000_000)}`)).toEqual(['1:1 : expected a file of at most 1 MB']));
  test('__proto__', () => expect(errorsOf(`${office}__proto__: { x: 1 }\n`)).toHaveLength(1));
});

describe('what is probably not meant so is a warning', () => {
  const full = `${office}mail: { smtp: "smtp://localhost", from: a@b }\nweb: { publicUrl: "https://x.example" }\nconnectors:\n  - { name: c, kind: cdr, csv: x }\n`;
  test.each([
    ['all is well', full, []],
    [
      'a plain secret',
      `${full}  - { name: p, kind: asterisk-ami, host: h, username: u, secret: abc }\n`,
      ['6:66 connectors[1].secret: a secret in plain text, expected ${env:NAME} or ${file:PATH}'],
    ],
    [
      'a password in an address',
      `${full}database: "postgres://me:hush@db/x"\n`,
      ['6:11 database: a secret in plain text, expected ${env:NAME} or ${file:PATH}'],
    ],
    [
      'an exchange nobody shares',
      `${full}  - { name: p, kind: cdr, csv: y, exchange: kharkiv }\n`,
      ['6:45 connectors[1].exchange: no other connector has this exchange'],
    ],
    [
      'nothing to do',
      office,
      [
        '1:1 mail: not set, prompts cannot be sent',
        '1:1 web.publicUrl: not set, links in prompts open on this machine only',
        '1:1 connectors: none, nothing will be captured',
      ],
    ],
    [
      'a rule that never applies',
      `${full}service: [{ receivedBefore: "24:00", dueBy: end of day }, { receivedBefore: "14:00", dueBy: end of day }]\n`,
      ['6:59 service[1]: never applies: a rule before it already takes what arrives before 24:00'],
    ],
    [
      'a rule for the morning only',
      `${full}service: [{ receivedBefore: "14:00", dueBy: end of day }]\n`,
      [
        '6:11 service[0]: nothing is promised for what arrives after 14:00 or on a day off, expected a last rule with receivedBefore: "24:00"',
      ],
    ],
    [
      'a deadline when nobody is there',
      `${full}service: [{ receivedBefore: "24:00", dueBy: "next workday 08:00" }]\n`,
      ['6:11 service[0]: 08:00 lies outside the hours of mon (09:00-18:00)'],
    ],
  ])('%s', (_story, text, expected) => expect(warningsOf(text)).toEqual(expected));
});

describe('the file itself', () => {
  test('is not there', () =>
    expect(loadConfig('nope/letopis.yml', { env, kinds })).toEqual({
      ok: false,
      warnings: [],
      errors: [
        {
          level: 'error',
          file: 'nope/letopis.yml',
          line: 1,
          column: 1,
          path: '',
          message:
            'expected a configuration file, there is none: write one with `letopis init`, or name another with --config',
        },
      ],
    }));
  test('is a folder', () =>
    expect(loadConfig('src', { env, kinds })).toMatchObject({
      errors: [{ message: 'expected a readable file (EISDIR)' }],
    }));
});
