import { z } from 'zod';
import { languages } from '../core/language.ts';
import { readTime } from '../core/time/week.ts';
import { Clients } from './clients.ts';
import { Crm } from './crm.ts';
import {
  parseCountry,
  parseDay,
  parseDomain,
  parseDuration,
  parseListen,
  parseMailbox,
  parsePattern,
  parsePhone,
  parseQuiet,
  parseUrl,
  parseZone,
  Refused,
  text,
} from './fields.ts';
import { Hours } from './hours.ts';
import { Ldap } from './ldap.ts';
import { Service } from './service.ts';

// Every section of the YAML but `connectors`. The order is that of the printed example; the descriptions are its comments.
// `example` stands for `examples: [x]` on lists: zod drops `examples` where a list's items are transformed.

const word = (description: string, ...examples: string[]) =>
  z
    .string()
    .trim()
    .min(1)
    .meta({ description, ...(examples.length > 0 ? { examples } : {}) });

const Office = z.strictObject({
  name: word('how clients know the office; stands in mails and on pages', 'Ромашка').default('Letopis'),
  country: text(
    'two letters: telephone numbers without country code are read as of here',
    parseCountry,
    'UA',
  ).optional(),
  timezone: text('IANA name; all times of the rules are of this zone', parseZone, 'Europe/Kyiv'),
  language: z
    .enum(languages)
    .meta({ description: 'of pages and mails, unless a person has another', examples: ['uk'] })
    .default('en'),
  hours: Hours.prefault({ 'mon-fri': '09:00-18:00' }),
  holidays: z
    .array(text('a day off', parseDay))
    .meta({ description: 'days off beside the weekly ones', example: ['2026-12-25', '2027-01-01'] })
    .default([]),
  duty: word('name or address of the person who owns what nobody else does', 'Олена Коваль').optional(),
});

const Web = z.strictObject({
  listen: text('address and port of the pages', parseListen, '127.0.0.1:8080').prefault('127.0.0.1:8080'),
  publicUrl: text(
    'how people reach the pages: links in prompts begin with it',
    parseUrl('an address such as https://letopis.example', 'https:', 'http:'),
    'https://letopis.example',
  ).optional(),
  trustProxy: z
    .union([z.boolean(), z.int().min(1), z.string().min(1), z.array(z.string().min(1))])
    .describe('reverse proxies whose X-Forwarded-For is believed: true, how many, or their addresses')
    .default(false),
  basePath: text('path under which a reverse proxy serves the pages, such as /letopis', parseBasePath).prefault(''),
});

const Mail = z.strictObject({
  smtp: text(
    'server that takes the prompts',
    parseUrl('smtp://user:password@host:port or smtps://…', 'smtp:', 'smtps:'),
    '${env:SMTP_URL}',
  ),
  from: text('sender of the prompts', parseMailbox, 'Letopis <letopis@romashka.example>'),
});

const Own = z.strictObject({
  domains: z
    .array(text('a mail domain', parseDomain))
    .meta({ description: 'our mail domains', example: ['romashka.example'] })
    .default([]),
  numbers: z
    .array(text('a number', parsePhone))
    .meta({ description: 'our numbers', example: ['+380440001000'] })
    .default([]),
  extensions: text('numbers of this form are our phones', parsePattern, '^\\d{3}$').prefault('^\\d{2,5}$'),
});

export const personFields = [
  'name',
  'extension',
  'email',
  'mobile',
  'role',
  'substitute',
  'language',
  'zone',
  'department',
  'hours',
  'absent',
] as const;

function table(description: string, file: string, fields: readonly string[]) {
  const columns = z
    .strictObject(Object.fromEntries(fields.map((field) => [field, z.string().min(1).optional()])))
    .describe('our name of a column: its header in the file')
    .default({});
  return z
    .union([z.string().min(1), z.strictObject({ file: z.string().min(1).describe('path of the CSV file'), columns })])
    .meta({ description, examples: [file] });
}

const Prompts = z.strictObject({
  call: text(
    'when the gist of a call is asked: immediately, digest 16:30 (all in one mail; calls to return at once), never',
    parseTiming,
    'immediately',
  ).prefault('immediately'),
  email: text('the same for mail', parseTiming, 'digest 16:30').prefault('digest 16:30'),
  fax: text('the same for fax', parseTiming).prefault('immediately'),
  web: text('the same for requests from the web site', parseTiming).prefault('immediately'),
  message: text('the same for messages', parseTiming).prefault('digest 16:30'),
  quiet: text('nobody is asked in this time of his zone', parseQuiet, '20:00-08:00').optional(),
  remindAfter: z
    .array(text('a time span', parseDuration))
    .max(10)
    .meta({ description: 'reminders, each counted from the first prompt', example: ['30m', '4h'] })
    .prefault(['30m', '4h']),
  escalateAfter: text('then the supervisor is told', parseDuration, '1 workday').prefault('1 workday'),
  perDay: z
    .int()
    .min(0)
    .max(1000)
    .describe(
      'how often one person is asked a day at most: new clients, claims and long talks first; the rest is kept without gist. ' +
        'Calls to return do not count. 0: nobody is asked',
    )
    .default(12),
});

const Log = z.strictObject({
  level: z.enum(['debug', 'info', 'warn', 'error']).describe('the least that is written').default('info'),
});

export const File = z.strictObject({
  office: Office.describe('who we are and when we work'),
  dataDir: word('folder of the embedded database, the files and the key').default('./data'),
  database: text('embedded, or postgres://…', parseDatabase, 'embedded').prefault('embedded'),
  queue: text('database, or redis://…', parseQueue, 'database').prefault('database'),
  files: text('folder of evidence files; s3://bucket/path is understood, but cannot be had yet', parseFiles).optional(),
  web: Web.describe('the pages').prefault({}),
  mail: Mail.describe('how prompts are sent').optional(),
  own: Own.describe('what is ours: tells inside from outside').prefault({}),
  people: table('employees: a CSV file, or { file, columns }', './people.csv', personFields).optional(),
  ldap: Ldap.describe('people also from the company’s directory service').optional(),
  clients: Clients.optional(),
  occasions: z
    .array(word('an occasion').max(100))
    .meta({
      description: 'why people get in touch; the first stands first on the page',
      examples: [['Переговоры', 'Заказ', 'Претензия', 'Обучение']],
    })
    .superRefine(eachOnce)
    .default([]),
  service: Service.meta({
    example: [
      { receivedBefore: '14:00', dueBy: 'end of day', goal: '95%' },
      { receivedBefore: '24:00', dueBy: 'next workday 11:00', goal: '95%' },
      { rest: '3 workdays', progressNotes: 'daily' },
    ],
  }).optional(),
  prompts: Prompts.describe('when people are asked for the gist').prefault({}),
  crm: Crm.describe('the company’s CRM and other programs: the API and who is told').prefault({}),
  log: Log.describe('what is written down about the daemon itself').prefault({}),
  connectors: z.array(z.record(z.string(), z.unknown())).describe('the sources').default([]),
});

export type PromptTiming =
  | { readonly kind: 'immediately' }
  | { readonly kind: 'never' }
  /** `at`: minutes since midnight in the person's zone. */
  | { readonly kind: 'digest'; readonly at: number };

function parseTiming(written: string): PromptTiming | Refused {
  if (written === 'immediately' || written === 'never') return { kind: written };
  const at = readTime(/^digest\s+(\S+)$/.exec(written)?.[1] ?? '');
  return at === null || at === 1440
    ? new Refused('immediately, digest 16:30 or never', ['immediately', 'never', 'digest 16:30'])
    : { kind: 'digest', at };
}

export type Database = { readonly kind: 'embedded' } | { readonly kind: 'server'; readonly url: string };
function parseDatabase(written: string): Database | Refused {
  if (written === 'embedded') return { kind: 'embedded' };
  return URL.canParse(written) && /^postgres(ql)?:/.test(written)
    ? { kind: 'server', url: written }
    : new Refused('embedded or postgres://user:password@host/name', ['embedded']);
}

export type Queue = { readonly kind: 'database' } | { readonly kind: 'redis'; readonly url: string };
function parseQueue(written: string): Queue | Refused {
  if (written === 'database') return { kind: 'database' };
  return URL.canParse(written) && /^rediss?:/.test(written)
    ? { kind: 'redis', url: written }
    : new Refused('database or redis://host:6379', ['database']);
}

export type Files = { readonly kind: 'folder'; readonly path: string } | { readonly kind: 's3'; readonly url: string };
function parseFiles(written: string): Files | Refused {
  if (/^s3:\/\/[^/]+/.test(written)) return { kind: 's3', url: written };
  return written === '' || /^[a-z][a-z0-9+.-]+:\/\//i.test(written)
    ? new Refused('a folder such as ./data/files, or s3://bucket/path')
    : { kind: 'folder', path: written };
}

function parseBasePath(written: string): string | Refused {
  const path = written.replace(/\/+$/, '');
  return path === '' || /^(\/[\w.~-]+)+$/.test(path) ? path : new Refused('a path such as /letopis');
}

function eachOnce(names: readonly string[], context: z.core.$RefinementCtx<string[]>): void {
  names.forEach((name, index) => {
    const same = names.findIndex((other) => other.toLowerCase() === name.toLowerCase());
    if (same < index) context.addIssue({ code: 'custom', path: [index], message: 'each occasion once', input: name });
  });
}
