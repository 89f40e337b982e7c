import { describe, expect, test } from 'vitest';
import { decideMail, type MailOfficeOptions, MailsSeen, type MailVerdict, mailOffice, readMail } from '../index.ts';
import { type Eml, eml } from '../reading/eml.fixture.ts';

const office: MailOfficeOptions = {
  domains: ['ours.example'],
  mailboxes: ['sales@ours.example'],
  people: ['olga@ours.example', 'ivan@ours.example'],
  region: 'UA',
};
const judge = async (mail: Eml | Buffer, options: Partial<MailOfficeOptions> = {}): Promise<MailVerdict> =>
  decideMail(await readMail(Buffer.isBuffer(mail) ? mail : eml(mail)), mailOffice({ ...office, ...options }));
const person = 'Добрый день! Пришлите, пожалуйста, счёт за ноябрь.';

describe('who wrote to whom', () => {
  test.each<[string, Eml, Partial<MailVerdict>]>([
    [
      'a client to us',
      {},
      {
        verdict: 'contact',
        direction: 'inbound',
        client: { kind: 'email', value: 'anna@client.example' },
        employee: 'olga@ours.example',
      },
    ],
    [
      'one of us to a client',
      { from: 'Olga <olga@ours.example>', to: 'anna@client.example' },
      {
        verdict: 'contact',
        direction: 'outbound',
        client: { kind: 'email', value: 'anna@client.example' },
        employee: 'olga@ours.example',
      },
    ],
    [
      'among ourselves',
      { from: 'olga@ours.example', to: 'ivan@ours.example' },
      { verdict: 'internal', direction: 'internal', client: null },
    ],
    [
      'a department below our domain',
      { from: 'olga@ours.example', to: 'x@kyiv.ours.example' },
      { verdict: 'internal' },
    ],
    [
      'not ours, though it ends alike',
      { from: 'olga@ours.example', to: 'x@notours.example' },
      { verdict: 'contact', direction: 'outbound' },
    ],
    [
      'to a colleague and, in Cc, a client',
      { from: 'olga@ours.example', to: 'ivan@ours.example', headers: ['Cc: anna@client.example'] },
      { verdict: 'contact', direction: 'outbound', client: { kind: 'email', value: 'anna@client.example' } },
    ],
    [
      'to several of us',
      { to: 'sales@ours.example, olga@ours.example', headers: ['Cc: ivan@ours.example'] },
      { verdict: 'contact', employee: 'olga@ours.example', employees: ['olga@ours.example', 'ivan@ours.example'] },
    ],
    ['to a shared mailbox alone', { to: 'sales@ours.example' }, { verdict: 'contact', employee: null }],
    [
      'to none of our addresses: a list, a blind copy',
      { to: 'partners@client.example' },
      { verdict: 'contact', direction: 'inbound' },
    ],
    [
      'through our list, which put itself into From',
      {
        from: "'Anna' via Sales <sales@ours.example>",
        to: 'sales@ours.example',
        headers: ['X-Original-From: Anna <anna@client.example>', 'List-Id: <sales.ours.example>', 'Precedence: list'],
      },
      { verdict: 'contact', direction: 'inbound', from: 'anna@client.example' },
    ],
    [
      'from an employee’s private address',
      { from: 'olga.home@free.example', to: 'sales@ours.example' },
      { verdict: 'contact', direction: 'inbound' },
    ],
    [
      'to many who are not named',
      { from: 'olga@ours.example', to: 'undisclosed-recipients:;' },
      { verdict: 'contact', direction: 'outbound', client: null },
    ],
  ])('%s', async (_story, mail, expected) => {
    expect(await judge({ text: person, ...mail })).toMatchObject(expected);
  });
});

describe('programs and people', () => {
  test.each<[string, MailVerdict['automatic'], Eml]>([
    ['Auto-Submitted', 'reply', { headers: ['Auto-Submitted: auto-replied'] }],
    ['Auto-Submitted with a comment', 'notice', { headers: ['Auto-Submitted: auto-generated (cron)'] }],
    ['out of office in Russian', 'reply', { subject: 'Автоответ: Заказ' }],
    ['out of office in Ukrainian', 'reply', { subject: 'Автоматична відповідь: Замовлення' }],
    ['out of office in English', 'reply', { subject: 'Out of office: back on Monday' }],
    ['X-Autorespond', 'reply', { headers: ['X-Autorespond: vacation'] }],
    ['Precedence: auto_reply', 'reply', { headers: ['Precedence: auto_reply'] }],
    ['null return path', 'reply', { headers: ['Return-Path: <>'] }],
    ['a newsletter', 'bulk', { headers: ['Precedence: bulk', 'List-Unsubscribe: <mailto:x@l.example>'] }],
    [
      'one-click unsubscribing',
      'bulk',
      { headers: ['List-Unsubscribe: <https://l.example/u>', 'List-Unsubscribe-Post: List-Unsubscribe=One-Click'] },
    ],
    ['no-reply', 'notice', { from: 'Bank <no-reply@bank.example>' }],
    ['do_not_reply', 'notice', { from: 'do_not_reply@bank.example' }],
    ['mailer-daemon', 'bounce', { from: 'MAILER-DAEMON@mx.example', subject: 'Undelivered Mail' }],
  ])('%s: automatic', async (_story, automatic, mail) => {
    expect(await judge({ text: person, ...mail })).toMatchObject({ verdict: 'automatic', automatic });
  });

  test.each<[string, Eml]>([
    ['X-Auto-Response-Suppress alone', { headers: ['X-Auto-Response-Suppress: All'] }],
    ['Auto-Submitted: no', { headers: ['Auto-Submitted: no'] }],
    [
      'a person through his company’s list',
      {
        headers: [
          'List-Id: <team.client.example>',
          'List-Unsubscribe: <mailto:x@client.example>',
          'List-Post: <mailto:team@client.example>',
          'Precedence: list',
        ],
      },
    ],
    ['an answer to an automatic reply', { subject: 'Re: Автоответ: Заказ' }],
    ['a party', { subject: 'Out of office party invitation' }],
    ['a car dealer', { from: 'auto@client.example' }],
    ['asks for a read receipt', { headers: ['Disposition-Notification-To: anna@client.example'] }],
  ])('%s: a contact', async (_story, mail) => {
    expect(await judge({ text: person, ...mail })).toMatchObject({ verdict: 'contact' });
  });

  const parts = (type: string, ...inner: string[]) =>
    Buffer.from(
      `From: x@mx.example\nTo: olga@ours.example\nSubject: s\nMessage-ID: <r@x>\nContent-Type: ${type}; boundary=b\n\n${inner.map((one) => `--b\n${one}\n`).join('')}--b--\n`,
    );
  test.each([
    [
      'a delivery report',
      'bounce',
      parts(
        'multipart/report; report-type=delivery-status',
        '\nNot delivered',
        'Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@b.example\nAction: failed\nStatus: 5.1.1',
      ),
    ],
    [
      'a read receipt',
      'receipt',
      parts(
        'multipart/report; report-type=disposition-notification',
        '\nПрочитано',
        'Content-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; displayed',
      ),
    ],
    [
      'an answer to an invitation',
      'calendar',
      parts(
        'multipart/alternative',
        '\nAccepted',
        'Content-Type: text/calendar; method=REPLY\n\nBEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR',
      ),
    ],
    [
      'an invitation without a word',
      'calendar',
      parts(
        'multipart/alternative',
        '\nКогда: вторник\nГде: офис',
        'Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nSUMMARY:Встреча\nEND:VCALENDAR',
      ),
    ],
  ])('%s', async (_story, automatic, raw) => {
    expect(await judge(raw)).toMatchObject({ verdict: 'automatic', automatic });
  });

  test('an invitation somebody wrote a letter to is his letter', async () => {
    const raw = parts(
      'multipart/alternative',
      `Content-Type: text/plain; charset=utf-8\n\n${person}`,
      'Content-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nSUMMARY:Встреча\nEND:VCALENDAR',
    );
    expect(await judge(raw)).toMatchObject({ verdict: 'contact' });
  });
});

describe('our own prompts', () => {
  const id = '<letopis.AbCdEf0123456789AbCdEf0123456789@ours.example>';
  test.each<[string, MailVerdict['verdict'], Eml]>([
    [
      'comes to a watched mailbox',
      'own',
      { from: 'letopis@ours.example', headers: ['Auto-Submitted: auto-generated'], messageId: id },
    ],
    [
      'is answered by a program',
      'own',
      {
        from: 'olga@ours.example',
        to: 'letopis@ours.example',
        headers: ['Auto-Submitted: auto-replied', `In-Reply-To: ${id}`],
      },
    ],
    ['comes back', 'own', { from: 'MAILER-DAEMON@mx.example', text: `Undelivered.\nMessage-ID: ${id}` }],
    [
      'is answered by a person',
      'internal',
      {
        from: 'olga@ours.example',
        to: 'letopis@ours.example',
        headers: [`In-Reply-To: ${id}`],
        text: 'Договорились о поставке.',
      },
    ],
    [
      'is claimed by somebody else’s domain',
      'contact',
      { messageId: '<letopis.AbCdEf0123456789@client.example>', text: person },
    ],
  ])('%s: %s', async (_story, verdict, mail) => {
    expect(await judge(mail)).toMatchObject({ verdict });
  });
});

describe('forwards', () => {
  const text =
    'См. ниже.\n\n---------- Пересылаемое сообщение ---------\nОт: Анна <anna@client.example>\nДата: вт\nТема: Счёт\nКому: o@ours.example\n\nПришлите счёт за ноябрь.';
  const subject = 'Fwd: Счёт';
  test.each<[string, Eml, Partial<MailVerdict>]>([
    [
      'by an employee into a watched mailbox',
      { from: 'olga@ours.example', to: 'sales@ours.example' },
      {
        verdict: 'contact',
        direction: 'inbound',
        client: { kind: 'email', value: 'anna@client.example' },
        employee: 'olga@ours.example',
        originalSender: 'anna@client.example',
      },
    ],
    [
      'between colleagues',
      { from: 'olga@ours.example', to: 'ivan@ours.example' },
      { verdict: 'internal', client: null, originalSender: 'anna@client.example' },
    ],
    [
      'by an employee to a supplier',
      { from: 'olga@ours.example', to: 'x@supplier.example' },
      { verdict: 'contact', direction: 'outbound', client: { kind: 'email', value: 'x@supplier.example' } },
    ],
    [
      'by a client',
      { from: 'boss@partner.example', to: 'sales@ours.example' },
      { verdict: 'contact', client: { kind: 'email', value: 'boss@partner.example' }, originalSender: null },
    ],
  ])('%s', async (_story, mail, expected) => {
    expect(await judge({ subject, text, ...mail })).toMatchObject(expected);
  });

  test('as an attached mail', async () => {
    const inner = eml({ text: person, subject: 'Счёт' }).toString('latin1');
    const raw = Buffer.from(
      `From: olga@ours.example\nTo: sales@ours.example\nSubject: Fwd: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nсм.\n--b\nContent-Type: message/rfc822\n\n${inner}\n--b--\n`,
      'latin1',
    );
    expect(await judge(raw)).toMatchObject({ verdict: 'contact', originalSender: 'anna@client.example' });
  });
});

describe('is the sender’s address true?', () => {
  const by = (host: string, verdict: string) => [`Authentication-Results: ${host}; ${verdict}`];
  test.each<[string, MailVerdict['authenticity'], readonly string[]]>([
    ['nothing is said', 'unknown', []],
    ['our host: DMARC passed', 'confirmed', by('mx.ours.example', 'dmarc=pass header.from=client.example')],
    [
      'our host: DMARC failed',
      'claimed',
      by('mx.ours.example', 'spf=pass smtp.mailfrom=x@evil.example; dmarc=fail (p=none) header.from=client.example'),
    ],
    [
      'our host: DKIM of the same domain',
      'confirmed',
      by('mx.ours.example', 'dkim=pass header.d=client.example; dmarc=none'),
    ],
    ['our host: DKIM of another domain', 'unknown', by('mx.ours.example', 'dkim=pass header.d=evil.example')],
    ['another host says pass', 'unknown', by('mx.evil.example', 'dmarc=pass header.from=client.example')],
    [
      'a forged one below that of our host',
      'claimed',
      [...by('mx.ours.example', 'dmarc=fail'), ...by('mx.ours.example', 'dmarc=pass')],
    ],
    ['a host that is configured', 'confirmed', by('mx.google.example', 'dmarc=pass')],
  ])('%s: %s', async (_story, authenticity, headers) => {
    expect(await judge({ text: person, headers }, { authHosts: ['mx.google.example'] })).toMatchObject({
      authenticity,
    });
  });
});

describe('journal reports', () => {
  const journal = (inner: Buffer, envelope: string) =>
    Buffer.concat([
      Buffer.from(
        `From: journal@ours.example\nTo: archive@ours.example\nSubject: x\nX-MS-Journal-Report:\nContent-Type: multipart/mixed; boundary=j\n\n--j\nContent-Type: text/plain\n\n${envelope}\n--j\nContent-Type: message/rfc822\n\n`,
      ),
      inner,
      Buffer.from('\n--j--\n'),
    ]);
  test('the mail inside is judged, by the envelope’s names', async () => {
    const inner = eml({ to: 'undisclosed-recipients:;', text: person });
    const raw = journal(
      inner,
      'Sender: anna@client.example\nSubject: x\nMessage-Id: <1@client.example>\nBcc: ivan@ours.example\nTo: all@ours.example, Expanded: olga@ours.example',
    );
    expect(await judge(raw)).toMatchObject({
      verdict: 'contact',
      direction: 'inbound',
      from: 'anna@client.example',
      employees: ['ivan@ours.example', 'olga@ours.example'],
    });
  });
});

describe('copies', () => {
  const met = async (...mails: Eml[]) => {
    const seen = new MailsSeen<number>();
    const found: (number | null)[] = [];
    for (const [i, mail] of mails.entries()) found.push(seen.meet(await readMail(eml(mail)), i));
    return found;
  };
  test.each<[string, Eml[], (number | null)[]]>([
    [
      'the same in two mailboxes',
      [{ text: person }, { text: person, headers: ['Delivered-To: b@ours.example'] }],
      [null, 0],
    ],
    [
      'a footer and a tag of a list',
      [{ text: person }, { text: `${person}\n____\nlist footer`, subject: '[team] Заказ' }],
      [null, 0],
    ],
    [
      'a Message-ID that is used for another mail',
      [{ text: person }, { text: 'Совсем другое письмо о договоре поставки.', subject: 'Договор' }],
      [null, null],
    ],
    [
      'a Message-ID reused by another sender',
      [{ text: person }, { text: 'Другое.', from: 'x@y.example' }],
      [null, null],
    ],
    [
      'no Message-ID, the same',
      [
        { text: person, messageId: null },
        { text: person, messageId: null },
      ],
      [null, 0],
    ],
    [
      'no Message-ID, another text',
      [
        { text: person, messageId: null },
        { text: 'Другое.', messageId: null },
      ],
      [null, null],
    ],
  ])('%s', async (_story, mails, expected) => {
    expect(await met(...mails)).toEqual(expected);
  });
});
