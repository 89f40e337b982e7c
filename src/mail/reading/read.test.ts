import fc from 'fast-check';
import iconv from 'iconv-lite';
import { describe, expect, test } from 'vitest';
import { makeMailbox } from '../../../test/mailbox/make-mailbox.ts';
import { decideMail, mailOffice, openMailReader, readAttachment, readMail } from '../index.ts';
import { eml } from './eml.fixture.ts';

const office = mailOffice({ domains: ['ours.example'], region: 'UA' });
const greeting = 'Добрый день! Подтверждаем заказ, ждём отгрузку.';
const withBody = (headers: string, body: Uint8Array) =>
  Buffer.concat([
    Buffer.from(`From: a@b.example\nTo: x@ours.example\nSubject: s\nMessage-ID: <1@b>\n${headers}\n\n`),
    body,
  ]);

describe('charsets, labelled rightly, wrongly and not at all', () => {
  test.each([
    ['utf-8', 'utf-8'],
    ['koi8-r', 'koi8-r'],
    ['windows-1251', 'windows-1251'],
    ['cp1251', 'windows-1251'],
    ['"Windows-1251"', 'windows-1251'],
    ['iso-8859-5', 'iso-8859-5'],
    ['utf-7', 'utf-7'],
    ['utf-16le', 'utf-16le'],
    ['us-ascii', 'windows-1251'],
    ['us-ascii', 'koi8-r'],
    ['iso-8859-1', 'windows-1251'],
    ['windows-1251', 'utf-8'],
    ['koi8-r', 'utf-8'],
    ['utf-8', 'windows-1251'],
    ['utf-8', 'koi8-r'],
    ['koi8-r', 'windows-1251'],
    ['windows-1251', 'koi8-r'],
    ['x-unknown', 'utf-8'],
    ['no-such-charset', 'windows-1251'],
    ['default', 'ibm866'],
  ])('labelled %s, written in %s', async (label, charset) => {
    const encoded = iconv.encode(greeting, charset === 'ibm866' ? 'cp866' : charset);
    const { text } = await readMail(withBody(`Content-Type: text/plain; charset=${label}`, encoded));
    expect(text).toBe(greeting);
  });

  test.each([
    ['raw utf-8', Buffer.from('Заказ срочный')],
    ['raw windows-1251', iconv.encode('Заказ срочный', 'windows-1251')],
    ['raw koi8-r', iconv.encode('Заказ срочный', 'koi8-r')],
    ['a letter cut in two between words', Buffer.from('=?utf-8?B?0JfQsNC60LDQtyDRgdGA0L7R?= =?utf-8?B?h9C90YvQuQ==?=')],
    ['Q with blanks inside', Buffer.from('=?windows-1251?Q?=C7=E0=EA=E0=E7 =F1=F0=EE=F7=ED=FB=E9?=')],
    ['base64 without padding', Buffer.from('=?utf-8?b?0JfQsNC60LDQtyDRgdGA0L7Rh9C90YvQuQ?=')],
    ['a language', Buffer.from('=?utf-8*ru?B?0JfQsNC60LDQtyDRgdGA0L7Rh9C90YvQuQ==?=')],
  ])('subject: %s', async (_story, subject) => {
    const raw = Buffer.concat([Buffer.from('From: a@b.example\nSubject: '), subject, Buffer.from('\n\nx')]);
    expect((await readMail(raw)).head.subject).toBe('Заказ срочный');
  });
});

describe('addresses', () => {
  test.each([
    ['Иван <ivan@a.example>', [['ivan@a.example', 'Иван']]],
    [
      '"Petrenko, Ivan" <Ivan@A.example>, b@c.example',
      [
        ['ivan@a.example', 'Petrenko, Ivan'],
        ['b@c.example', null],
      ],
    ],
    [
      'Petrenko, Ivan <ivan@a.example>; b@c.example',
      [
        ['ivan@a.example', 'Petrenko, Ivan'],
        ['b@c.example', null],
      ],
    ],
    ['ivan@a.example (Ivan)', [['ivan@a.example', 'Ivan']]],
    ['"ivan@a.example" <ivan@a.example>', [['ivan@a.example', null]]],
    [
      'Team: a@b.example, c@d.example;',
      [
        ['a@b.example', null],
        ['c@d.example', null],
      ],
    ],
    ['undisclosed-recipients:;', []],
    ['=?utf-8?B?0JjQstCw0L0sINCf0ZHRgtGA?= <i@a.example>', [['i@a.example', 'Иван, Пётр']]],
    ['Иван <ivan@пошта.example>', [['ivan@xn--80a1acn3a.example', 'Иван']]],
  ])('%s', async (to, expected) => {
    const { head } = await readMail(Buffer.from(`From: x@y.example\nTo: ${to}\n\nx`));
    expect(head.to.map(({ email, name }) => [email, name])).toEqual(expected);
  });
});

describe('attachments', () => {
  test.each([
    ['../../etc/pas\0swd', 'passwd'],
    ['C:\\Users\\x\\счёт.pdf', 'счёт.pdf'],
    ['..', 'attachment-1.pdf'],
    ['invoice\u202Efdp.exe', 'invoicefdp.exe'],
    [`${'а'.repeat(400)}.xlsx`, `${'а'.repeat(175)}.xlsx`],
  ])('the name %j becomes %s', async (written, expected) => {
    const { attachments } = await readMail(eml({ files: [{ name: written, type: 'application/pdf' }] }));
    expect(attachments.map(({ name }) => name)).toEqual([expected]);
  });

  test('their bytes are there when asked for', async () => {
    const content = Buffer.from(Array.from({ length: 500 }, (_, i) => i % 256));
    const raw = eml({
      text: 'x',
      files: [
        { name: 'a.bin', type: 'x/y', content: Buffer.from('a') },
        { name: 'b.bin', type: 'x/y', content },
      ],
    });
    const { attachments } = await readMail(raw);
    expect(attachments.map(({ name, sizeBytes }) => [name, sizeBytes])).toEqual([
      ['a.bin', 1],
      ['b.bin', 500],
    ]);
    expect(readAttachment(raw, 1)?.equals(content)).toBe(true);
    expect(readAttachment(raw, 2)).toBeNull();
  });

  test('a picture of the HTML is none, winmail.dat is one', async () => {
    const raw = Buffer.from(
      'From: a@b.example\nContent-Type: multipart/mixed; boundary=m\n\n--m\nContent-Type: multipart/related; boundary=r\n\n--r\nContent-Type: text/html\n\n<p>x<img src="cid:1">\n--r\nContent-Type: image/png; name=logo.png\nContent-ID: <1>\n\nx\n--r--\n--m\nContent-Type: application/ms-tnef; name=winmail.dat\n\nx\n--m--\n',
    );
    expect((await readMail(raw)).attachments.map(({ name, isInline }) => [name, isInline])).toEqual([
      ['logo.png', true],
      ['winmail.dat', false],
    ]);
  });
});

/** The corpus of F28: what made other readers hang, cut, or give up. */
const many = (count: number, part: (i: number) => string) =>
  Buffer.from(
    `From: a@b.example\nTo: x@ours.example\nSubject: many\nMessage-ID: <m@b>\nContent-Type: multipart/mixed; boundary=b\n\n${Array.from({ length: count }, (_, i) => `--b\n${part(i)}\n`).join('')}--b--\n`,
  );
const nested = (depth: number) => {
  const open = Array.from(
    { length: depth },
    (_, i) => `Content-Type: multipart/mixed; boundary=b${i}\n\n--b${i}\n`,
  ).join('');
  return Buffer.from(`From: a@b.example\nSubject: deep\n${open}Content-Type: text/plain\n\n${greeting}\n`);
};

describe('mail made to hurt', () => {
  test('a thousand attachments and more: every one is seen', async () => {
    const read = await readMail(many(2500, (i) => `Content-Disposition: attachment; filename=f${i}.txt\n\nx`));
    expect(read.attachments).toHaveLength(2500);
    expect(read).toMatchObject({ fullness: 'whole' });
  });

  test('a thousand texts: not one is cut', async () => {
    const { fullText } = await readMail(many(1500, (i) => `Content-Type: text/plain\n\nline ${i}`));
    expect(fullText.match(/line \d+/g)).toHaveLength(1500);
  });

  test('more parts than are read: told', async () => {
    const read = await readMail(many(12_000, () => '\nx'));
    expect(read).toMatchObject({ fullness: 'partly', notes: ['more parts than are read'] });
  });

  test.each<[string, () => Buffer]>([
    ['10,000 multiparts inside each other', () => nested(10_000)],
    [
      '500 mails inside each other',
      () => Buffer.from(`From: a@b.example\nSubject: x\n${'Content-Type: message/rfc822\n\n'.repeat(500)}x`),
    ],
    [
      '100,000 headers',
      () =>
        Buffer.from(
          `From: a@b.example\n${Array.from({ length: 100_000 }, (_, i) => `X-H${i}: v`).join('\n')}\nSubject: late\n\nx`,
        ),
    ],
    ['a header of 5 MB', () => Buffer.from(`From: a@b.example\nSubject: ${'x'.repeat(5_000_000)}\n\nx`)],
    ['a folded header of 5 MB', () => Buffer.from(`From: a@b.example\nReferences: ${'<a@b>\n '.repeat(700_000)}\n\nx`)],
    ['a Message-ID of 1 MB', () => Buffer.from(`From: a@b.example\nMessage-ID: <${'x'.repeat(1_000_000)}@b>\n\nx`)],
    [
      '100,000 recipients',
      () =>
        Buffer.from(
          `From: a@b.example\nTo: ${Array.from({ length: 100_000 }, (_, i) => `a${i}@b.example`).join(', ')}\n\nx`,
        ),
    ],
    ['a quote that never ends', () => Buffer.from(`From: a@b.example\nTo: "${'a,'.repeat(200_000)}\n\nx`)],
    ['a million dashes', () => many(1, () => `\n${'--\n'.repeat(350_000)}`)],
    [
      'a boundary that is everywhere',
      () => Buffer.from(`From: a@b.example\nContent-Type: multipart/mixed; boundary=""\n\n${'--\n'.repeat(300_000)}`),
    ],
    [
      'HTML of 100,000 boxes',
      () => withBody('Content-Type: text/html', Buffer.from(`${'<div>'.repeat(100_000)}${greeting}`)),
    ],
    [
      'HTML of 50,000 tables',
      () => withBody('Content-Type: text/html', Buffer.from('<table><tr><td>x</td></tr></table>'.repeat(50_000))),
    ],
    [
      'an attachment of 50 MB',
      () =>
        many(
          1,
          () =>
            `Content-Disposition: attachment; filename=a.bin\nContent-Transfer-Encoding: base64\n\n${`${'QUJD'.repeat(19)}\n`.repeat(650_000)}`,
        ),
    ],
    [
      'parameters without end',
      () => Buffer.from(`From: a@b.example\nContent-Type: text/plain${'; a=b'.repeat(100_000)}\n\nx`),
    ],
    ['encoded words without end', () => Buffer.from(`From: a@b.example\nSubject: ${'=?utf-8?q?'.repeat(50_000)}\n\nx`)],
  ])(
    '%s',
    async (_story, make) => {
      const raw = make();
      const started = process.cpuUsage();
      const read = await readMail(raw);
      const verdict = decideMail(read, office);
      // processor time: the machine may be busy with other tests
      expect(process.cpuUsage(started).user / 1000).toBeLessThan(5000);
      expect(verdict.verdict).toBe('contact');
      expect(read.head.from?.email).toBe('a@b.example');
      expect((read.head.messageId ?? '').length).toBeLessThan(1000);
    },
    30_000,
  );

  test.each([
    ['no bytes', Buffer.alloc(0)],
    ['zeros', Buffer.alloc(10_000)],
    ['words', Buffer.from('what is this\nno mail at all\n')],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex')],
  ])('%s: unreadable, with the reason', async (_story, raw) => {
    const verdict = decideMail(await readMail(raw), office);
    expect(verdict).toMatchObject({ verdict: 'unreadable', direction: null });
    expect(verdict.reason).not.toBe('');
  });

  test('odd beginnings and line ends', async () => {
    const plain = 'From: a@b.example\nSubject: s\n\nx';
    for (const raw of [
      plain,
      `\ufeff${plain}`,
      `\r\n\n${plain}`,
      plain.replaceAll('\n', '\r'),
      `From a@b Tue Nov 17\n${plain}`,
      plain.replaceAll('\n', '\r\n'),
    ]) {
      expect(await readMail(Buffer.from(raw))).toMatchObject({ text: 'x', head: { subject: 's' } });
    }
  });

  test('dates nobody lives in are none', async () => {
    for (const date of ['Tue, 17 Nov 20226 10:00:00 +0000', 'yesterday', '']) {
      expect((await readMail(Buffer.from(`From: a@b.example\nDate: ${date}\n\nx`))).head.date).toBeNull();
    }
  });

  test('any bytes: never a throw, never a NUL or half a letter in what comes out', async () => {
    const { mails } = makeMailbox({ n: 40, seed: 9, medianBytes: 2000 });
    const damaged = fc
      .tuple(
        fc.constantFrom(...mails),
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 60 }),
        fc.nat(),
      )
      .map(([{ raw }, changes, cut]) => {
        const bytes = Buffer.from(raw.subarray(0, raw.length - (cut % raw.length)));
        for (const [at, value] of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        return bytes;
      });
    await fc.assert(
      fc.asyncProperty(fc.oneof(damaged, fc.uint8Array({ maxLength: 2000 })), async (bytes) => {
        const read = await readMail(bytes);
        const verdict = decideMail(read, office);
        const said = JSON.stringify([read, verdict]);
        expect(said).not.toMatch(/\\u0000|\\ud[89a-f]/i);
      }),
      { numRuns: 400 },
    );
  }, 60_000);
});

describe('worker threads', () => {
  test('read what the main thread reads', async () => {
    const reader = openMailReader({ threads: 2, deadlineMs: 10_000 });
    const { mails } = makeMailbox({ n: 30, seed: 4, medianBytes: 3000 });
    const read = await Promise.all(mails.map(({ raw }) => reader.read(raw)));
    expect(read).toEqual(await Promise.all(mails.map(({ raw }) => readMail(raw))));
    await reader.close();
    await expect(reader.read(Buffer.from('x'))).rejects.toThrow(/closed/);
  }, 30_000);

  test.each([
    ['hangs', 'for (;;);', /longer than 2000 ms/],
    ['dies', 'process.exit(3);', /ended/],
    ['throws', "throw new Error('oh');", /oh/],
  ])('a thread that %s costs its mail the body, nothing else', async (_story, code, why) => {
    const script = new URL(
      `data:text/javascript,${encodeURIComponent(`import { parentPort } from 'node:worker_threads'; parentPort.on('message', ({ id, request }) => { if (request.bytes.length > 100) { ${code} } parentPort.postMessage({ id, answer: 'fine' }); });`)}`,
    );
    // the start of a thread counts, and the machine may be busy
    const reader = openMailReader({ threads: 1, deadlineMs: 2000, script });
    const bad = reader.read(eml({ text: 'x'.repeat(200) }));
    const good = reader.read(Buffer.from('x'));
    expect(await bad).toMatchObject({ fullness: 'headers', head: { subject: 'Заказ' } });
    expect((await bad).notes.join()).toMatch(why);
    expect(await good).toBe('fine');
    await reader.close();
  });
});
