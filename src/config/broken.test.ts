import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readConfig } from '../config.ts';

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

const office = 'office: { timezone: Europe/Kyiv, country: UA }\n';
const inOffice = (keys: string) => `office: { timezone: Europe/Kyiv, country: UA, ${keys} }\n`;
const ami = (keys: string) =>
  `${office}connectors:\n  - { name: pbx, kind: asterisk-ami, host: h, username: u, ${keys} }\n`;

describe('broken YAML is told with its place', () => {
  test.each([
    ['empty', '', ['1:1 office: expected a block of keys (who we are and when we work), found nothing']],
    [
      'only a comment',
      '# soon\n',
      ['1:1 office: expected a block of keys (who we are and when we work), found nothing'],
    ],
    ['a word', 'hello', ['1:1 : expected a block of keys, found "hello"']],
    ['a list', '- a\n', ['1:1 : expected a block of keys, found a list']],
    [
      'a bracket left open',
      'office: [1\n',
      ['2:1 : expected correct YAML: flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    [
      'a quote left open',
      'office: { name: "abc }\n',
      [
        '2:1 : expected correct YAML: missing closing "quote',
        '2:1 : expected correct YAML: flow map in block collection must be sufficiently indented and end with a }',
      ],
    ],
    [
      'a backslash in double quotes',
      `${office}own: { extensions: "^\\d{3}$" }\n`,
      [
        '2:22 : expected \\\\ for a backslash in double quotes, or single quotes around the text (invalid escape sequence \\d)',
      ],
    ],
    ['a tab', 'office:\n\ttimezone: UTC\n', ['2:1 : expected spaces for indentation, found a tab']],
    ['two documents', `${office}---\n${office}`, ['2:1 : expected one document, found a second one after ---']],
    ['a tag', `${office}files: !path x\n`, ['2:8 : expected no tags (!path)']],
    ['an alias to nothing', `${office}files: *x\n`, ['2:8 files: expected an anchor &x before this alias']],
    [
      'a key twice',
      `${office}files: a\nfiles: b\n`,
      ['3:1 files: expected each key once, it stands already in line 2'],
    ],
    [
      'a key twice, deep',
      'office:\n  timezone: UTC\n  country: UA\n  timezone: UTC\n',
      ['4:3 office.timezone: expected each key once, it stands already in line 2'],
    ],
    ['a list as key', `${office}? [a]\n: b\n`, ['1:1 : expected a word as key']],
    [
      'not indented enough',
      'office:\ntimezone: UTC\n',
      [
        '1:1 office: expected a block of keys (who we are and when we work), found nothing',
        '2:1 timezone: expected a known key, did you mean office.timezone?',
      ],
    ],
    [
      'no office',
      'files: ./x\n',
      ['1:1 office: expected a block of keys (who we are and when we work), found nothing'],
    ],
    [
      'no time zone',
      'office: { country: UA }\n',
      ['1:1 office.timezone: expected text (IANA name; all times of the rules are of this zone), found nothing'],
    ],
    [
      'an unknown section',
      `${office}conectors: []\n`,
      ['2:1 conectors: expected a known key, did you mean connectors?'],
    ],
    [
      'an unknown section nobody meant',
      `${office}xyzzy: 1\n`,
      [
        '2:1 xyzzy: expected one of the keys office, dataDir, database, queue, files, web, mail, own, people, ldap, clients, occasions, service, prompts, crm, log, connectors',
      ],
    ],
    [
      'a misspelt key that must be there',
      'office: { timezon: UTC, country: UA }\n',
      ['1:11 office.timezon: expected a known key, did you mean timezone?'],
    ],
    [
      'the wrong case',
      'office: { timezone: UTC, country: UA, Name: x }\n',
      ['1:39 office.Name: expected a known key, did you mean name?'],
    ],
    ['a number for a text', inOffice('name: 5'), ['1:53 office.name: expected text, found 5, did you mean "5"?']],
    [
      'a text for a list',
      inOffice('holidays: 2026-12-25'),
      ['1:57 office.holidays: expected a list, found "2026-12-25", did you mean ["2026-12-25"]?'],
    ],
    ['a list for a block', `${office}web: []\n`, ['2:6 web: expected a block of keys, found a list']],
    ['a text for a block', `${office}web: 8080\n`, ['2:6 web: expected a block of keys, found 8080']],
    [
      'an unknown zone',
      'office: { timezone: Europe/Kyev, country: UA }\n',
      [
        '1:21 office.timezone: expected a time zone such as Europe/Kyiv, found "Europe/Kyev", did you mean Europe/Kyiv?',
      ],
    ],
    [
      'a city as zone',
      'office: { timezone: Berlin, country: DE }\n',
      ['1:21 office.timezone: expected a time zone such as Europe/Kyiv, found "Berlin", did you mean Europe/Berlin?'],
    ],
    [
      'an offset as zone',
      'office: { timezone: "+02:00", country: UA }\n',
      ['1:21 office.timezone: expected a time zone such as Europe/Kyiv, found "+02:00"'],
    ],
    [
      'a country by name',
      'office: { timezone: UTC, country: Germany }\n',
      ['1:35 office.country: expected a country of two letters such as UA, found "Germany", did you mean DE?'],
    ],
    [
      'UK',
      'office: { timezone: UTC, country: UK }\n',
      ['1:35 office.country: expected a country of two letters such as UA, found "UK", did you mean GB?'],
    ],
    [
      'a country in small letters',
      'office: { timezone: UTC, country: ua }\n',
      ['1:35 office.country: expected a country of two letters such as UA, found "ua", did you mean UA?'],
    ],
    [
      'a language we do not speak',
      inOffice('language: de'),
      ['1:57 office.language: expected one of ru, uk, en, found "de"'],
    ],
    [
      'the country for the language',
      inOffice('language: ua'),
      ['1:57 office.language: expected one of ru, uk, en, found "ua", did you mean uk?'],
    ],
    [
      'a misspelt weekday',
      inOffice('hours: { mon-fru: "09:00-18:00" }'),
      [
        '1:65 office.hours.mon-fru: expected weekdays such as mon, mon-fri or sat, or a date, as key, found "09:00-18:00", did you mean mon-fri?',
      ],
    ],
    [
      'hours without minutes',
      inOffice('hours: { mon-fri: 9-18 }'),
      [
        '1:65 office.hours.mon-fri: expected hours such as 09:00-18:00, or 09:00-13:00, 14:00-18:00, or closed, found "9-18"',
      ],
    ],
    [
      'hours that run backwards',
      inOffice('hours: { mon: "18:00-09:00" }'),
      [
        '1:61 office.hours.mon: expected hours that end after they begin, at 24:00 at the latest (what comes after midnight belongs to the next day), found "18:00-09:00"',
      ],
    ],
    [
      'hours past 24:00',
      inOffice('hours: { mon: "09:00-25:00" }'),
      [
        '1:61 office.hours.mon: expected hours such as 09:00-18:00, or 09:00-13:00, 14:00-18:00, or closed, found "09:00-25:00"',
      ],
    ],
    [
      'spans that overlap',
      inOffice('hours: { mon: "09:00-13:00, 12:00-18:00" }'),
      ['1:61 office.hours.mon: expected spans that do not overlap, found "09:00-13:00, 12:00-18:00"'],
    ],
    [
      'a weekday twice',
      inOffice('hours: { mon-fri: "09:00-18:00", wed: "09:00-13:00" }'),
      ['1:85 office.hours.wed: expected each weekday once, wed is given twice, found "09:00-13:00"'],
    ],
    [
      'no working day',
      inOffice('hours: { mon: closed }'),
      [
        '1:54 office.hours: expected at least one working day, such as { mon-fri: "09:00-18:00" }, found a block of keys',
      ],
    ],
    [
      'a day that does not exist',
      inOffice('holidays: [2026-12-25, 2026-02-30]'),
      ['1:70 office.holidays[1]: expected a day of the calendar such as 2026-12-25, found "2026-02-30"'],
    ],
    [
      'a date the other way round',
      inOffice('holidays: [25.12.2026]'),
      ['1:58 office.holidays[0]: expected a day of the calendar such as 2026-12-25, found "25.12.2026"'],
    ],
    [
      'a database we do not know',
      `${office}database: mysql://x/y\n`,
      ['2:11 database: expected embedded or postgres://user:password@host/name, found "mysql://x/y"'],
    ],
    [
      'a misspelt word',
      `${office}database: embeded\n`,
      [
        '2:11 database: expected embedded or postgres://user:password@host/name, found "embeded", did you mean embedded?',
      ],
    ],
    [
      'a queue we do not know',
      `${office}queue: amqp://x\n`,
      ['2:8 queue: expected database or redis://host:6379, found "amqp://x"'],
    ],
    [
      'files we cannot reach',
      `${office}files: https://x/y\n`,
      ['2:8 files: expected a folder such as ./data/files, or s3://bucket/path, found "https://x/y"'],
    ],
    [
      'a port only',
      `${office}web: { listen: 8080 }\n`,
      ['2:16 web.listen: expected an address and port such as 127.0.0.1:8080, found 8080'],
    ],
    [
      'a port too high',
      `${office}web: { listen: "127.0.0.1:80800" }\n`,
      ['2:16 web.listen: expected an address and port such as 127.0.0.1:8080, found "127.0.0.1:80800"'],
    ],
    [
      'an address without scheme',
      `${office}web: { publicUrl: letopis.example }\n`,
      ['2:19 web.publicUrl: expected an address such as https://letopis.example, found "letopis.example"'],
    ],
    [
      'yes',
      `${office}connectors:\n  - { name: pbx, kind: asterisk-ami, host: h, username: u, secret: "\${env:AMI_SECRET}", tls: yes }\n`,
      ['3:94 connectors[0].tls: expected true or false, found "yes", did you mean true?'],
    ],
    [
      'mail without sender',
      `${office}mail: { smtp: "smtp://localhost" }\n`,
      ['2:1 mail.from: expected text (sender of the prompts), found nothing'],
    ],
    [
      'a sender without address',
      `${office}mail: { smtp: "smtp://localhost", from: Letopis }\n`,
      ['2:41 mail.from: expected a mail address such as Letopis <letopis@romashka.example>, found "Letopis"'],
    ],
    [
      'a look-ahead',
      `${office}own:\n  extensions: "^(?!9)\\\\d+$"\n`,
      [
        '3:15 own.extensions: expected a regular expression as RE2 knows them, without look-ahead and look-behind (invalid or unsupported Perl syntax: (?!), found "^(?!9)\\\\d+$"',
      ],
    ],
    [
      'a back-reference',
      `${office}own: { extensions: '(a)\\1' }\n`,
      [
        '2:20 own.extensions: expected a regular expression as RE2 knows them (invalid escape sequence: \\1), found "(a)\\\\1"',
      ],
    ],
    [
      'a bracket left open in a pattern',
      `${office}own: { extensions: "^(1" }\n`,
      ['2:20 own.extensions: expected a regular expression as RE2 knows them (missing closing ): ^(1), found "^(1"'],
    ],
    [
      'a number unquoted',
      `${office}own: { numbers: [+380440001000] }\n`,
      ['2:18 own.numbers[0]: expected text, found +380440001000, did you mean "+380440001000"?'],
    ],
    [
      'not a domain',
      `${office}own: { domains: [romashka] }\n`,
      ['2:18 own.domains[0]: expected a domain such as romashka.example, found "romashka"'],
    ],
    ['people in a list', `${office}people: [Olena]\n`, ['2:9 people: expected text or a block of keys, found a list']],
    [
      'a column nobody knows',
      `${office}people: { file: p.csv, columns: { nme: ФИО } }\n`,
      ['2:35 people.columns.nme: expected a known key, did you mean name?'],
    ],
    [
      'an occasion twice',
      `${office}occasions: [Заказ, заказ]\n`,
      ['2:20 occasions[1]: expected each occasion once, found "заказ"'],
    ],
    [
      'half a rule',
      `${office}service: [{ receivedBefore: "14:00" }]\n`,
      [
        '2:11 service[0]: expected { receivedBefore: "14:00", dueBy: end of day, goal: 95% } or { rest: 3 workdays, progressNotes: daily }, found a block of keys',
      ],
    ],
    [
      'a rule of both kinds',
      `${office}service: [{ receivedBefore: "14:00", dueBy: end of day, rest: 3 workdays }]\n`,
      [
        '2:11 service[0]: expected { receivedBefore: "14:00", dueBy: end of day, goal: 95% } or { rest: 3 workdays, progressNotes: daily }, found a block of keys',
      ],
    ],
    [
      'a due time nobody knows',
      `${office}service: [{ receivedBefore: "14:00", dueBy: end of dya }]\n`,
      [
        '2:45 service[0].dueBy: expected end of day, next workday 11:00, or 30m, 4h, 2d or 3 workdays, found "end of dya", did you mean end of day?',
      ],
    ],
    [
      'a time that does not exist',
      `${office}service: [{ receivedBefore: "14:60", dueBy: end of day }]\n`,
      ['2:29 service[0].receivedBefore: expected a time of day such as 14:00 (00:00 to 24:00), found "14:60"'],
    ],
    [
      'a goal without per cent',
      `${office}service: [{ receivedBefore: "14:00", dueBy: end of day, goal: 0.95 }]\n`,
      ['2:63 service[0].goal: expected a share such as 95% (more than 0%, at most 100%), found 0.95'],
    ],
    [
      'a misspelt choice',
      `${office}prompts: { call: imediately }\n`,
      ['2:18 prompts.call: expected immediately, digest 16:30 or never, found "imediately", did you mean immediately?'],
    ],
    [
      'a digest without time',
      `${office}prompts: { email: digest }\n`,
      ['2:19 prompts.email: expected immediately, digest 16:30 or never, found "digest", did you mean digest 16:30?'],
    ],
    [
      'a span without unit',
      `${office}prompts: { remindAfter: [30m, "4"], escalateAfter: 1 wokday }\n`,
      [
        '2:31 prompts.remindAfter[1]: expected a time span such as 30m, 4h, 2d or 3 workdays, found "4"',
        '2:52 prompts.escalateAfter: expected a time span such as 30m, 4h, 2d or 3 workdays, found "1 wokday"',
      ],
    ],
    [
      'quiet without end',
      `${office}prompts: { quiet: "20:00" }\n`,
      ['2:19 prompts.quiet: expected two times such as 20:00-08:00, found "20:00"'],
    ],
    ['too few', `${office}prompts: { perDay: -1 }\n`, ['2:20 prompts.perDay: expected at least 0, found -1']],
    [
      'half a person',
      `${office}prompts: { perDay: 1.5 }\n`,
      ['2:20 prompts.perDay: expected a whole number, found 1.5'],
    ],
    [
      'an unknown level',
      `${office}log: { level: warning }\n`,
      ['2:15 log.level: expected one of debug, info, warn, error, found "warning"'],
    ],
    [
      'a misspelt kind',
      `${office}connectors:\n  - { name: pbx, kind: asterisk_ami, host: h }\n`,
      [
        '3:24 connectors[0].kind: expected a kind of connector (asterisk-ami, cdr), found "asterisk_ami", did you mean asterisk-ami?',
      ],
    ],
    [
      'no kind',
      `${office}connectors:\n  - { name: pbx, host: h }\n`,
      ['3:5 connectors[0].kind: expected a kind of connector (asterisk-ami, cdr), found nothing'],
    ],
    [
      'an option of another kind',
      `${office}connectors:\n  - { name: c, kind: cdr, csv: x, host: h }\n`,
      ['3:35 connectors[0].host: expected one of the keys name, kind, exchange, region, defaultOwner, csv, format'],
    ],
    [
      'an option missing',
      `${office}connectors:\n  - name: pbx\n    kind: asterisk-ami\n    host: h\n    secret: \${env:AMI_SECRET}\n`,
      ['3:5 connectors[0].username: expected text (manager.conf section name), found nothing'],
    ],
    [
      'a choice of a kind',
      `${office}connectors:\n  - { name: c, kind: cdr, csv: x, format: standart }\n`,
      ['3:43 connectors[0].format: expected one of standard, uniqueid, found "standart", did you mean standard?'],
    ],
    [
      'a directory service without encryption',
      `${office}ldap: { url: ldap://dc1, startTls: false, bindDn: cn=l, password: "\${env:AMI_SECRET}", base: dc=x }\n`,
      [
        '2:36 ldap.startTls: expected an encrypted connection: startTls: true or ldaps://; else insecure: true, and everybody on the wire reads the password, found false',
      ],
    ],
    [
      'a directory service without scheme',
      `${office}ldap: { url: dc1.r.example, bindDn: cn=l, password: "\${env:AMI_SECRET}", base: dc=x, every: 2 workdays }\n`,
      [
        '2:14 ldap.url: expected ldaps://host or ldap://host[:port], found "dc1.r.example", did you mean ldaps://dc1.r.example?',
        '2:93 ldap.every: expected a time span from 1m to 1d, found "2 workdays"',
      ],
    ],
    [
      'a port quoted',
      ami('secret: "${env:AMI_SECRET}", port: "5038"'),
      ['3:95 connectors[0].port: expected a number, found "5038", did you mean 5038?'],
    ],
    [
      'a port out of range',
      ami('secret: "${env:AMI_SECRET}", port: 0'),
      ['3:95 connectors[0].port: expected at least 1, found 0'],
    ],
    [
      'a port from the environment that is none',
      ami('secret: "${env:AMI_SECRET}", port: "${env:WORD}"'),
      ['3:95 connectors[0].port: expected a number, found what ${env:WORD} stands for'],
    ],
    [
      'a name with spaces',
      `${office}connectors:\n  - { name: my pbx, kind: cdr, csv: x }\n`,
      [
        '3:13 connectors[0].name: expected a name of Latin letters, digits, . _ and - such as office-pbx, found "my pbx"',
      ],
    ],
    [
      'a name twice',
      `${office}connectors:\n  - { name: a, kind: cdr, csv: x }\n  - { name: A, kind: cdr, csv: y }\n`,
      ['4:13 connectors[1].name: expected a name of its own, connectors[0] has it already (line 3)'],
    ],
    [
      'a misspelt exchange',
      `${office}connectors:\n  - { name: office-pbx, kind: cdr, csv: x }\n  - { name: b, kind: cdr, csv: y, exchange: ofice-pbx }\n`,
      ['4:45 connectors[1].exchange: expected the name of an exchange, did you mean office-pbx?'],
    ],
    [
      'a connector that is a word',
      `${office}connectors: [pbx]\n`,
      ['2:14 connectors[0]: expected a block of keys, found "pbx"'],
    ],
    [
      'a region nobody knows',
      `${office}connectors:\n  - { name: c, kind: cdr, csv: x, region: XX }\n`,
      ['3:43 connectors[0].region: expected a country of two letters such as UA, found "XX"'],
    ],
    [
      'a variable not set',
      ami('secret: "${env:NOPE}"'),
      ['3:68 connectors[0].secret: expected the environment variable NOPE, it is not set'],
    ],
    [
      'a variable that is empty',
      ami('secret: "${env:EMPTY}"'),
      ['3:68 connectors[0].secret: expected the environment variable EMPTY, it is empty'],
    ],
    [
      'a variable with its own message',
      ami('secret: "${env:NOPE:?ask Olena for it}"'),
      ['3:68 connectors[0].secret: expected ${env:NOPE}: ask Olena for it'],
    ],
    [
      'a file that is not there',
      ami('secret: "${file:./nope}"'),
      ['3:68 connectors[0].secret: expected the readable file ./nope (ENOENT)'],
    ],
    [
      'a file that is empty',
      ami('secret: "${file:/run/empty}"'),
      ['3:68 connectors[0].secret: expected a secret in the file /run/empty, it is empty'],
    ],
    [
      'a shell variable',
      ami('secret: "${AMI_SECRET}"'),
      [
        '3:68 connectors[0].secret: expected ${env:NAME} or ${file:PATH}, found ${AMI_SECRET}, did you mean ${env:AMI_SECRET}?',
      ],
    ],
    [
      'a secret is not shown',
      `${office}connectors:\n  - { name: pbx, kind: asterisk-ami, host: h, username: u, secret: 123456 }\n`,
      ['3:68 connectors[0].secret: expected text, found a number'],
    ],
    [
      'a password in an address is not shown',
      `${office}database: "mysql://root:hush@x/y"\n`,
      ['2:11 database: expected embedded or postgres://user:password@host/name, found "mysql://root:…@x/y"'],
    ],
    [
      'five mistakes at once',
      'office:\n  timezone: Nowhere\n  country: UKR\n  languag: uk\nqueue: redys\nprompts: { call: sometimes }\n',
      [
        '2:13 office.timezone: expected a time zone such as Europe/Kyiv, found "Nowhere"',
        '3:12 office.country: expected a country of two letters such as UA, found "UKR", did you mean UA?',
        '4:3 office.languag: expected a known key, did you mean language?',
        '5:8 queue: expected database or redis://host:6379, found "redys"',
        '6:18 prompts.call: expected immediately, digest 16:30 or never, found "sometimes"',
      ],
    ],
  ])('%s', (_story, text, expected) => expect(errorsOf(text)).toEqual(expected));
});

describe('whatever is written', () => {
  const whole = `${office}web: { listen: "127.0.0.1:8080" } # pages
service: [{ receivedBefore: "24:00", dueBy: end of day }]
connectors:
  - name: pbx
    kind: asterisk-ami
    host: &h "x"
    username: *h
    secret: \${env:AMI_SECRET}
`;
  /** Never thrown, every error with a place inside the text. */
  const told = (text: string) => {
    const answer = read(text);
    const lines = text.split('\n').length;
    return (
      answer.ok ||
      (answer.errors.length > 0 && answer.errors.every((e) => e.line >= 1 && e.line <= lines && e.column >= 1))
    );
  };

  test('the text cut anywhere', () => {
    for (let length = 0; length <= whole.length; length++)
      expect(told(whole.slice(0, length)), whole.slice(0, length)).toBe(true);
  });
  test('a piece of it put elsewhere', () => {
    const place = fc.nat(whole.length);
    fc.assert(
      fc.property(place, place, place, (from, length, to) =>
        told(whole.slice(0, to) + whole.slice(from, from + (length % 40)) + whole.slice(to)),
      ),
      { numRuns: 300 },
    );
  });
  test('anything at all', () =>
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), told), { numRuns: 300 }));
  test('any value for any key', () => {
    const key = fc.constantFrom(
      'office',
      'web',
      'mail',
      'own',
      'people',
      'service',
      'prompts',
      'crm',
      'connectors',
      'occasions',
      'files',
    );
    fc.assert(
      fc.property(key, fc.jsonValue(), (name, value) =>
        told(`${name === 'office' ? '' : office}${name}: ${JSON.stringify(value)}\n`),
      ),
      { numRuns: 300 },
    );
  });
});
