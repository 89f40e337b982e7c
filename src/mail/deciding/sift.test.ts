import { describe, expect, test } from 'vitest';
import { type MailRules, mailOffice, readHeadOnly, readMail, siftMail, siftRead } from '../index.ts';
import { type Eml, eml } from '../reading/eml.fixture.ts';

const office = mailOffice({
  domains: ['ours.example'],
  people: ['olga@ours.example'],
  mailboxes: ['crm@ours.example'],
});
const rules: MailRules = {
  scope: 'known',
  mailbox: 'olga@ours.example',
  exclude: ['private.example', 'doctor@clinic.example'],
  isJournal: false,
  isFaxMailbox: false,
  faxProfiles: null,
  authHosts: [],
};
const known = (...addresses: string[]) => ({ kind: 'if-known', addresses });
const skip = (because: string) => ({ kind: 'skip', because });
const look = { kind: 'look-inside' };
const keep = { kind: 'keep' };
const all = { scope: 'all' } as const;
const letopis = '<letopis.abcdefghijk@ours.example>';

describe('by the header alone', () => {
  test.each<[string, Eml, Partial<MailRules>, object]>([
    ['a client in a personal mailbox', {}, {}, known('anna@client.example')],
    ['anybody in a shared one', {}, all, keep],
    [
      'our own mail to a client',
      { from: 'olga@ours.example', to: 'anna@client.example' },
      {},
      known('anna@client.example'),
    ],
    ['several clients', { headers: ['Cc: b@b.example'] }, {}, known('anna@client.example', 'b@b.example')],
    ['among ourselves', { from: 'olga@ours.example', to: 'petr@ours.example' }, all, skip('internal')],
    ['passed on to a watched mailbox', { from: 'olga@ours.example', to: 'crm@ours.example' }, all, look],
    [
      'a fax of our own gateway',
      { from: 'fax@ours.example', to: 'olga@ours.example', subject: 'Fax received from "A"' },
      all,
      look,
    ],
    [
      'anything in a fax mailbox, where a number is excluded',
      { from: 'fax@ours.example', to: 'petr@ours.example' },
      { isFaxMailbox: true, ...all, exclude: ['+380441234567'] },
      look,
    ],
    [
      'anything in a fax mailbox',
      { from: 'fax@ours.example', to: 'petr@ours.example' },
      { isFaxMailbox: true, ...all },
      keep,
    ],
    ['a fax service in a personal mailbox', { subject: 'eFax from 123 - 1 page(s)' }, {}, look],
    ['an excluded domain', { from: 'a@mail.private.example' }, all, skip('excluded')],
    ['an excluded address among others', { headers: ['Cc: doctor@clinic.example'] }, all, skip('excluded')],
    ['another of that domain', { from: 'nurse@clinic.example' }, {}, known('nurse@clinic.example')],
    [
      'our prompt',
      { from: 'letopis@ours.example', messageId: letopis, headers: ['Auto-Submitted: auto-generated'] },
      all,
      skip('own'),
    ],
    [
      'an answer to it',
      { from: 'olga@ours.example', to: 'letopis@ours.example', headers: [`In-Reply-To: ${letopis}`] },
      {},
      keep,
    ],
    [
      'an out-of-office to it',
      {
        from: 'olga@ours.example',
        to: 'letopis@ours.example',
        headers: [`In-Reply-To: ${letopis}`, 'Auto-Submitted: auto-replied'],
      },
      all,
      skip('own'),
    ],
    ['a bounce, of what only its body tells', { from: 'mailer-daemon@ours.example' }, all, look],
    ['a newsletter', { headers: ['Precedence: bulk', 'List-Unsubscribe: <mailto:x@y>'] }, all, keep],
    ['a journal report', { headers: ['X-MS-Journal-Report:'], from: 'ms@ours.example' }, {}, look],
    [
      'any mail of a journaling mailbox',
      { from: 'olga@ours.example', to: 'petr@ours.example' },
      { isJournal: true },
      look,
    ],
    ['nobody named', { from: '', to: '' }, {}, skip('stranger')],
  ])('%s', (_story, mail, more, expected) => {
    expect(siftMail(readHeadOnly(eml(mail)).head, office, { ...rules, ...more })).toEqual(expected);
  });
});

const forward = (original: string) =>
  `---------- Forwarded message ---------\nFrom: Ivan <${original}>\nSubject: x\n\nhello`;
const toCrm = (text: string): Eml => ({ from: 'olga@ours.example', to: 'crm@ours.example', subject: 'Fwd: x', text });
const journaled = (sender: string, recipient: string) =>
  Buffer.from(
    `From: journal@ours.example\r\nX-MS-Journal-Report:\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nSender: ${sender}\r\nRecipient: ${recipient}\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nFrom: ${sender}\r\nTo: ${recipient}\r\nSubject: x\r\n\r\nhello\r\n--b--\r\n`,
  );

describe('with its body read', () => {
  test.each<[string, Buffer, Partial<MailRules>, object]>([
    ['a client’s mail passed on', eml(toCrm(forward('ivan@client.example'))), all, keep],
    ['… of an excluded one', eml(toCrm(forward('x@private.example'))), all, skip('excluded')],
    ['words to a watched mailbox', eml(toCrm('note')), all, skip('internal')],
    [
      'journaled, with a client',
      journaled('olga@ours.example', 'ivan@client.example'),
      { isJournal: true },
      known('ivan@client.example'),
    ],
    [
      'journaled, among ourselves',
      journaled('olga@ours.example', 'petr@ours.example'),
      { isJournal: true, ...all },
      skip('internal'),
    ],
    [
      'journaled, with an excluded one',
      journaled('x@private.example', 'olga@ours.example'),
      { isJournal: true, ...all },
      skip('excluded'),
    ],
    ['no mail at all', Buffer.from('\0'), all, keep],
  ])('%s', async (_story, bytes, more, expected) => {
    expect(siftRead(await readMail(bytes), office, { ...rules, ...more })).toEqual(expected);
  });
});
