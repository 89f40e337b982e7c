import { describe, expect, test } from 'vitest';
import { kindsOf } from '../../src/cli/base/kinds.ts';
import { readConfig } from '../../src/config.ts';
import { Config } from './config.ts';
import { imap } from './connector.ts';

const kinds = kindsOf({ imap });

function errorsOf(options: string): string[] {
  const yaml = `office: { timezone: Europe/Kyiv, country: UA }\nconnectors:\n  - { name: sales, kind: imap, ${options} }\n`;
  const read = readConfig(yaml, '/etc/letopis.yml', { env: { PASSWORD: 'x' }, kinds });
  return read.ok ? [] : read.errors.map(({ path, message }) => `${path.slice('connectors[0].'.length)}: ${message}`);
}

const minimal = { host: 'imap.ours.example', user: 'Sales@Ours.example', auth: { password: 'x' } };
const base = 'host: h, user: u, auth: { password: "${env:PASSWORD}" }';
const oauth = (words: string) => `host: h, user: u@ours.example, auth: { oauth2: { clientId: id, ${words} } }`;

test('the design’s example is right, and what is not said has a meaning', () => {
  expect(errorsOf(`scope: all, ${base}, folders: [INBOX, Sent]`)).toEqual([]);
  expect(Config.parse(minimal)).toMatchObject({
    imap: { port: 993, tls: 'implicit', folders: ['INBOX'], history: 'all', poll: 60, largestMb: 50, insecure: false },
    rules: { scope: 'known', mailbox: 'sales@ours.example', exclude: [], isJournal: false, faxProfiles: null },
  });
});

test.each([
  [{ tls: 'starttls' }, { port: 143 }],
  [{ tls: 'none', port: 1143 }, { port: 1143 }],
  [{ history: 30 }, { history: { days: 30 } }],
  [{ history: '2026-01-01' }, { history: { since: new Date('2026-01-01') } }],
])('%j', (written, expected) => expect(Config.parse({ ...minimal, ...written }).imap).toMatchObject(expected));

test('exclusions are compared in their normal form', () => {
  const exclude = { addresses: ['Ivan <Ivan@Клиент.example>'], domains: ['@Private.Example'] };
  expect(Config.parse({ ...minimal, exclude }).rules.exclude).toEqual([
    'ivan@xn--e1affem4a.example',
    'private.example',
  ]);
});

test.each([
  ['no way to log in', 'host: h, user: u, auth: {}', 'auth: expected either password or oauth2, found a block of keys'],
  [
    'two ways',
    'host: h, user: u, auth: { password: "${env:PASSWORD}", oauth2: { clientId: x, preset: google, refreshToken: "${env:PASSWORD}" } }',
    'auth: expected either password or oauth2, found a block of keys',
  ],
  ['no folder', `${base}, folders: []`, 'folders: expected at least 1 item, found a list'],
  ['polling too often', `${base}, poll: 1`, 'poll: expected at least 5, found 1'],
  [
    'another history',
    `${base}, history: yesterday`,
    'history: expected all, none, a number of days or a day such as 2026-01-01, found "yesterday"',
  ],
  [
    'no address',
    `${base}, exclude: { addresses: [nobody] }`,
    'exclude.addresses[0]: expected a mail address such as sales@romashka.example, found "nobody"',
  ],
  [
    'STARTTLS misspelt',
    `${base}, tls: startls`,
    'tls: expected one of implicit, starttls, none, found "startls", did you mean starttls?',
  ],
  [
    'oauth2 of nobody',
    oauth('refreshToken: "${env:PASSWORD}"'),
    'auth.oauth2.tokenUrl: expected a tokenUrl, or a preset (google, microsoft), found nothing',
  ],
  [
    'microsoft without tenant',
    oauth('preset: microsoft, clientSecret: "${env:PASSWORD}"'),
    'auth.oauth2.tenant: expected the tenant: id or domain of the organisation, found nothing',
  ],
  [
    'google without a person',
    oauth('preset: google, clientSecret: "${env:PASSWORD}"'),
    'auth.oauth2.refreshToken: expected a refreshToken: Google gives applications no mailbox of their own, found nothing',
  ],
])('wrong: %s', (_story, options, expected) => expect(errorsOf(options)).toEqual([expected]));

describe('oauth2', () => {
  const login = (oauth2: Readonly<Record<string, unknown>>) =>
    Config.parse({ ...minimal, auth: { oauth2: { clientId: 'id', ...oauth2 } } }).imap.login;

  test('the application of a Microsoft tenant logs in as itself', () =>
    expect(login({ preset: 'microsoft', tenant: 'ours.example', clientSecret: 's' })).toEqual({
      kind: 'oauth2',
      oauth2: {
        tokenUrl: 'https://login.microsoftonline.com/ours.example/oauth2/v2.0/token',
        clientId: 'id',
        clientSecret: 's',
        refreshToken: null,
        scope: 'https://outlook.office365.com/.default',
      },
    }));

  test('a person at Google has agreed once', () =>
    expect(login({ preset: 'google', clientSecret: 's', refreshToken: 'r' })).toMatchObject({
      oauth2: { tokenUrl: 'https://oauth2.googleapis.com/token', refreshToken: 'r', scope: null },
    }));
});
