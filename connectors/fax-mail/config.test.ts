import { expect, test } from 'vitest';
import { kindsOf } from '../../src/cli/base/kinds.ts';
import { readConfig } from '../../src/config.ts';
import { faxMail } from './connector.ts';

const kinds = kindsOf({ 'fax-mail': faxMail });

/** Errors of a connector written in flow style, as `column path: message`. */
function errorsOf(options: string): string[] {
  const yaml = `office: { timezone: Europe/Kyiv, country: UA }\nconnectors:\n  - { name: fax, kind: fax-mail, ${options} }\n`;
  const read = readConfig(yaml, '/etc/letopis.yml', { env: { PASSWORD: 'x' }, kinds });
  return read.ok ? [] : read.errors.map(({ line, path, message }) => `${line} ${path}: ${message}`);
}

const folder = 'path: /var/mail/fax/Maildir';

test.each([
  ['a maildir', folder],
  ['a mail server', 'host: h, user: fax@ours.example, auth: { password: "${env:PASSWORD}" }'],
  ['profiles by name', `${folder}, profiles: [hylafax, freepbx]`],
  [
    'a profile of its own beside them',
    `${folder}, profiles: [hylafax, { name: ours, match: { subject: "^Fax" }, find: { subject: ["(?<number>[0-9]+)"] } }]`,
  ],
])('right: %s', (_story, options) => expect(errorsOf(options)).toEqual([]));

test.each([
  [
    'nothing',
    'poll: 60',
    /^3 connectors\[0\]\.host: expected the mail server’s host, or the path of a maildir, found nothing$/,
  ],
  [
    'both',
    `${folder}, host: h`,
    /^3 connectors\[0\]\.host: expected either a path, or host, user and auth, found "h"$/,
  ],
  ['no user', 'host: h', /^3 connectors\[0\]\.user: expected the mailbox’s user/],
  ['no password', 'host: h, user: u, auth: {}', /^3 connectors\[0\]\.auth: expected either password or oauth2/],
  [
    'a name nobody has',
    `${folder}, profiles: [hylafaks]`,
    /^3 connectors\[0\]\.profiles\[0\]: expected the name of a profile \(.*hylafax.*\), or a profile, found "hylafaks", did you mean hylafax\?$/,
  ],
  [
    'a pattern that is none',
    `${folder}, profiles: [hylafax, { name: ours, match: { subject: "^Fax" }, find: { body: ["a", "(b"] } }]`,
    /^3 connectors\[0\]\.profiles\[1\]\.find\.body\[1\]: expected a pattern as RE2 knows them \(profile ours: .*\), found "\(b"$/,
  ],
  [
    'a group nobody knows',
    `${folder}, profiles: [{ name: ours, match: { from: "(?<sender>x)" } }]`,
    /^3 connectors\[0\]\.profiles\[0\]\.match\.from: .*unknown group sender/,
  ],
  [
    'nothing to match',
    `${folder}, profiles: [{ name: ours, match: {} }]`,
    /^3 connectors\[0\]\.profiles\[0\]\.match: expected from, subject, body or header, found/,
  ],
  [
    'a misspelt key of a profile',
    `${folder}, profiles: [{ name: ours, match: { from: x, subjekt: x } }]`,
    /^3 connectors\[0\]\.profiles\[0\]\.match\.subjekt: expected a known key/,
  ],
])('wrong: %s', (_story, options, expected) => {
  const errors = errorsOf(options);
  expect(errors).toEqual([expect.stringMatching(expected)]);
});

test('a fax mailbox takes everything, with its profiles in their order', () => {
  const config = faxMail.config.parse({
    path: '/var/mail/fax',
    profiles: [{ name: 'ours', match: { subject: 'x' } }, 'freepbx'],
  });
  const rules = faxMail.mail?.(config);
  expect(rules).toMatchObject({ scope: 'all', isFaxMailbox: true, isJournal: false, mailbox: null });
  expect(rules?.faxProfiles?.map(({ profile }) => profile.name)).toEqual(['ours', 'freepbx-sent', 'freepbx']);
  expect(faxMail.mail?.(faxMail.config.parse({ path: '/var/mail/fax' }))?.faxProfiles).toBeNull();
});
