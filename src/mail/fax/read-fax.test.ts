import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { decideMail, mailOffice, readMail } from '../index.ts';
import { type Eml, eml } from '../reading/eml.fixture.ts';
import { compileProfile } from './profile.ts';

const office = mailOffice({ domains: ['ours.example'], region: 'UA', ownNumbers: ['+380440001000'] });
const verdictOf = async (mail: Eml, where = office) => decideMail(await readMail(eml(mail)), where);

describe('the samples', () => {
  const folder = new URL('../../../test/fixtures/fax/', import.meta.url);
  const Expected = z.record(
    z.string(),
    z.object({
      isFax: z.boolean(),
      direction: z.enum(['in', 'out']).nullable(),
      status: z.enum(['received', 'failed', 'sent']).nullable(),
      document: z.string().nullable(),
      from: z.string().nullish(),
      to: z.string().optional(),
      extension: z.string().optional(),
      tsid: z.string().optional(),
      name: z.string().optional(),
      pages: z.number().optional(),
      error: z.string().optional(),
    }),
  );
  const expected = Expected.parse(JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8')));

  test('each has its truth', () => {
    const samples = readdirSync(folder).filter((name) => name.endsWith('.eml'));
    expect(samples.sort()).toEqual(Object.keys(expected).sort());
  });

  test.each(Object.entries(expected))('%s', async (file, truth) => {
    const mail = await readMail(readFileSync(new URL(file, folder)));
    const verdict = decideMail(mail, mailOffice({ domains: ['ourfirm.example'], region: 'RU' }));
    if (!truth.isFax) return expect(verdict).toMatchObject({ fax: null, channel: 'email', verdict: 'contact' });
    const isOut = truth.direction === 'out';
    expect(verdict.direction).toBe(isOut ? 'outbound' : 'inbound');
    expect(verdict.verdict).toBe(truth.status === 'failed' ? 'automatic' : 'contact');
    expect(verdict.fax).toMatchObject({
      status: truth.status === 'sent' ? 'sent-report' : truth.status,
      number: isOut ? truth.to : truth.from,
      station: truth.tsid ?? null,
      pages: truth.pages ?? null,
      document: truth.document,
      to: isOut ? null : (truth.to ?? truth.extension ?? null),
      error: truth.error ?? null,
      ...(truth.name === undefined ? {} : { name: truth.name }),
    });
  });
});

const pdf = [{ name: 'fax.pdf', type: 'application/pdf' }];
const tif = [{ name: 'FAX0001.TIF', type: 'image/tiff' }];

test.each<[string, Eml, object]>([
  [
    'hylafax: several documents, an unspecified station',
    {
      from: 'HylaFAX Agent <fax@ours.example>',
      subject: 'Fax received from "<UNSPECIFIED>"',
      text: 'recvq/fax1.pdf (ftp://x:4559/recvq/fax1.pdf):\n          Sender: <UNSPECIFIED>\n           Pages: 12\n         CallID1: 0442223344\n         CallID2: <NONE>\n',
      files: [...tif, ...pdf],
    },
    { status: 'received', number: '+380442223344', station: null, name: null, pages: 12, document: 'FAX0001.TIF' },
  ],
  [
    'freepbx: nothing known about the caller',
    {
      from: 'fax@freepbx.example',
      subject: 'New fax received',
      text: 'Enclosed, please find a new fax\nReceived & processed: Tue\nVia: 100\n',
      files: tif,
    },
    { status: 'received', number: null, to: '100', pages: null, document: 'FAX0001.TIF' },
  ],
  [
    'freepbx: in Russian',
    {
      from: 'fax@freepbx.example',
      subject: 'Новый факс от: "ООО Вектор" <74952223344>',
      text: 'Новый факс от: "ООО Вектор" <74952223344>\n',
      files: pdf,
    },
    { status: 'received', number: '+74952223344', name: 'ООО Вектор' },
  ],
  [
    'freepbx: a fax that was not sent',
    {
      from: 'fax@freepbx.example',
      subject: 'Outgoing fax results',
      text: 'Sent to 0442223344\nStatus: FAILED (busy)\nAt: now\n',
    },
    { status: 'sent-report', succeeded: false, number: '+380442223344', pages: 0, error: 'busy' },
  ],
  [
    'fusionpbx: a link in place of the document',
    {
      from: 'PBX <noreply@pbx.example>',
      subject: 'FAX Received: Office 2026-11-17-10-15-30-380442223344',
      html: 'Fax Received<br>Name: 2026-11-17-10-15-30-380442223344<br>Extension: 9001<br>Messages: OK <a href="https://pbx.example/f">Download</a>',
    },
    { status: 'received', number: '+380442223344', to: '9001', document: null },
  ],
  [
    'fspbx',
    {
      from: 'noreply@pbx.example',
      subject: 'Получен факс для 101',
      text: 'От: 74952223344\nКому: 101\nСтраницы: 4\nПолучено: 17.11.2026',
      files: pdf,
    },
    { status: 'received', number: '+74952223344', to: '101', pages: 4 },
  ],
  [
    'efax: nobody known',
    {
      from: 'eFax <message@inbound.efax.example>',
      subject: 'eFax message from "unknown" - 1 page(s), Caller-ID: UNAVAILABLE',
      text: 'You have received a 1 page fax.',
      files: pdf,
    },
    { status: 'received', number: null, station: null, pages: 1 },
  ],
  [
    'efax: the old subject',
    { from: 'message@inbound.efax.example', subject: 'eFax from ACME CORP - 3 page(s)', text: '', files: pdf },
    { status: 'received', number: null, station: 'ACME CORP', pages: 3 },
  ],
  [
    'efax: corporate, number as station',
    {
      from: 'message@inbound.efax.example',
      subject: 'Corporate eFax message from "212-555-0142" - 7 page(s)',
      text: '',
      files: pdf,
    },
    { status: 'received', number: '+12125550142', station: '212-555-0142', pages: 7 },
  ],
  [
    'metrofax',
    {
      from: 'noreply@metrofax.example',
      subject: 'MetroFax message from "12125550142" - 2 page(s)',
      text: '',
      files: pdf,
    },
    { status: 'received', number: '+12125550142', pages: 2 },
  ],
  [
    'ringcentral: American number, no document',
    {
      from: 'RingCentral <notify@ringcentral.example>',
      subject: 'New Fax Message from (212) 555-0142 on 11/17/2026 10:15 AM',
      html: '<table><tr><td>From:</td><td>(212) 555-0142</td></tr><tr><td>Pages:</td><td>5</td></tr><tr><td>To:</td><td>Olga Orlova</td></tr></table>',
    },
    { status: 'received', number: '+12125550142', pages: 5, document: null, to: 'Olga Orlova', station: null },
  ],
  [
    'ringcentral: unknown',
    { from: 'notify@ringcentral.example', subject: 'New Fax Message from unknown', text: 'Pages: 2', files: pdf },
    { status: 'received', number: null, station: null, pages: 2 },
  ],
  [
    'rightfax',
    {
      from: 'RightFax <fax@ours.example>',
      subject: "A fax has arrived from remote ID '0442223344'.",
      text: '11/17/2026 10:15 AM Transmission Record\n  Received from remote ID: 0442223344\n  Inbound user ID OLGA, routing code 9001\n  Result: (0/352;0/0) Success\n  Page record: 1 - 3\n  Elapsed time: 00:58 on channel 2\n',
      files: tif,
    },
    { status: 'received', number: '+380442223344', station: '0442223344', pages: 3, to: '9001' },
  ],
  [
    '3cx',
    {
      from: '3CX Phone System <noreply@3cx.example>',
      subject: 'New Fax from +380442223344',
      text: 'You have received a new fax from +380442223344.\nPages: 2',
      files: pdf,
    },
    { status: 'received', number: '+380442223344', pages: 2 },
  ],
  [
    'innovaphone',
    {
      from: 'innovaphone Fax <fax@ours.example>',
      subject: 'Fax from 0442223344',
      text: 'CallerID: 0442223344\nremote-subscriber-id: +380 44 222 33 44\nPages: 3',
      files: tif,
    },
    { status: 'received', number: '+380442223344', pages: 3, station: '+380 44 222 33 44' },
  ],
  [
    'a script: pages in brackets',
    { from: 'asterisk@pbx.ours.example', subject: 'Incoming Fax from 0442223344 (3 pages)', text: '', files: pdf },
    { status: 'received', number: '+380442223344', pages: 3 },
  ],
  [
    'a script: pages behind a dash, a name',
    {
      from: 'fax@ours.example',
      subject: 'Incoming fax from VECTOR — 4 page(s)',
      text: 'Caller ID: 0442223344',
      files: pdf,
    },
    { status: 'received', number: '+380442223344', pages: 4 },
  ],
  [
    'a script in Russian',
    {
      from: 'АТС <asterisk@ours.example>',
      subject: 'Входящий факс с номера 8 (495) 222-33-44',
      text: 'Номер отправителя: +7 (495) 222-33-44\nКоличество страниц: 6\nНа номер: 0440001000',
      files: tif,
    },
    { status: 'received', number: '+74952223344', pages: 6, to: '+380440001000' },
  ],
  [
    'a script in Ukrainian: not received',
    {
      from: 'fax@ours.example',
      subject: 'Факс не отримано від 0442223344',
      text: 'Помилка: немає відповіді\nСторінок: 0',
    },
    { status: 'failed', number: '+380442223344', pages: 0, error: 'немає відповіді' },
  ],
  [
    'a script: our own number in the subject is not the sender’s',
    {
      from: 'fax@ours.example',
      subject: 'New fax to 0440001000',
      text: 'To: 0440001000\nFrom: 0442223344\nPages: 1',
      files: pdf,
    },
    { status: 'received', number: '+380442223344' },
  ],
  [
    'sent, told in Russian',
    {
      from: 'fax@ours.example',
      subject: 'Отчёт об отправке факса',
      text: 'Номер: 0442223344\nСтраниц: 2\nСтатус: отправлен',
      files: pdf,
    },
    { status: 'sent-report', succeeded: true, number: '+380442223344', pages: 2 },
  ],
])('%s', async (_story, mail, expected) => {
  const { fax, client, channel, direction } = await verdictOf(mail);
  expect(fax).toMatchObject(expected);
  const number = fax?.number ?? null;
  expect(client).toEqual(number === null ? null : { kind: 'phone', value: number });
  expect({ channel, direction }).toEqual({
    channel: 'fax',
    direction: fax?.status === 'sent-report' ? 'outbound' : 'inbound',
  });
});

test.each<[string, Eml]>([
  [
    'a person who writes about a fax',
    { subject: 'Наш факс и телефон', text: 'Факс: +380 44 222 33 44\nТелефон: +380 44 222 33 45' },
  ],
  [
    'a person who answers a gateway’s mail',
    { subject: 'Re: New fax from: "A" <0442223344>', text: 'Это не нам.', files: pdf },
  ],
  [
    'a person with a scan',
    { subject: 'Факс от 17.11.2026', text: 'Добрый день!\nВо вложении факс от Вектора.', files: pdf },
  ],
  ['a person who asks', { subject: 'New fax number?', text: 'Please send us your new fax number.' }],
  ['a person on paper', { subject: 'Факс получен', text: 'Спасибо, факс получили, вторая страница не читается.' }],
])('%s sends no fax', async (_story, mail) => {
  expect(await verdictOf(mail)).toMatchObject({
    fax: null,
    channel: 'email',
    verdict: 'contact',
    client: { kind: 'email' },
  });
});

describe('profiles of one’s own', () => {
  const own = compileProfile({
    name: 'gate',
    match: { from: '@gate\\.example', subject: '^FX (?<number>\\d+)/(?<pages>\\d+)' },
    labels: { name: ['Фирма'] },
  });
  const ours = mailOffice({ domains: ['ours.example'], region: 'UA', faxProfiles: [own] });

  test('read what they are told to', async () => {
    const verdict = await verdictOf(
      { from: 'x@gate.example', subject: 'fx 0442223344/7', text: 'Фирма: Вектор', files: tif },
      ours,
    );
    expect(verdict.fax).toEqual({
      status: 'received',
      number: '+380442223344',
      station: null,
      name: 'Вектор',
      pages: 7,
      document: 'FAX0001.TIF',
      to: null,
      error: null,
      succeeded: true,
      documentPages: null,
      profile: 'gate',
    });
  });

  test.each([
    [{ subject: '(?<nummer>x)' }, /profile x: unknown group nummer/],
    [{ subject: '(a' }, /profile x: .*\(a/],
    [{ subject: '(?=a)' }, /profile x/],
    [{}, /match is empty/],
  ])('%j is refused', (match, message) => {
    expect(() => compileProfile({ name: 'x', match })).toThrow(
      expect.objectContaining({
        code: 'fax.pattern',
        facts: expect.objectContaining({ message: expect.stringMatching(message) }),
      }),
    );
  });

  test('a pattern made to hurt takes linear time', async () => {
    const evil = compileProfile({ name: 'evil', match: { subject: '^(\\+?\\d+[\\s-]*)+$' } });
    const started = process.cpuUsage();
    await verdictOf({ subject: `${'1'.repeat(1900)}!` }, mailOffice({ domains: [], faxProfiles: [evil] }));
    expect(process.cpuUsage(started).user / 1000).toBeLessThan(1000);
  });
});
