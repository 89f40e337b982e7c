import { crc32, deflateRawSync } from 'node:zlib';

/** A mail made to hurt. */
export interface Bomb {
  readonly name: string;
  readonly bytes: Buffer;
}

/** Every kind that made other readers hang, cut or give up. @param round makes them other mails than those of another round */
export function makeBombs(round: number): readonly Bomb[] {
  return Object.entries(kinds).map(([name, body], i) => {
    const head = [
      'From: Client <client@outside.example>',
      'To: sales@ours.example',
      'Date: Mon, 02 Mar 2026 10:00:00 +0200',
      `Message-ID: <bomb-${i}.${round}@outside.example>`,
      'MIME-Version: 1.0',
    ].join('\r\n');
    return { name, bytes: Buffer.concat([Buffer.from(`${head}\r\n`), Buffer.from(body())]) };
  });
}

const times = (count: number, part: (i: number) => string) => Array.from({ length: count }, (_, i) => part(i)).join('');
const parts = (count: number, part: (i: number) => string) =>
  `Subject: parts\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n${times(count, (i) => `--b\r\n${part(i)}\r\n`)}--b--\r\n`;
const html = (body: string) => `Subject: html\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello</p>${body}\r\n`;
const attached = (name: string, content: string) =>
  parts(2, (i) =>
    i === 0
      ? 'Content-Type: text/plain\r\n\r\nSee the file.'
      : `Content-Type: application/octet-stream\r\nContent-Disposition: attachment; filename=${name}\r\nContent-Transfer-Encoding: base64\r\n\r\n${content}`,
  );
const charsets = ['x-unknown', 'utf-9', 'cp99999', 'iso-8859-99', '"', '=?utf-8?q?x?=', 'windows-1251\0', 'utf-7'];

const kinds: Readonly<Record<string, () => string>> = {
  '10,000 parts inside each other': () =>
    `Subject: deep\r\n${times(10_000, (i) => `Content-Type: multipart/mixed; boundary=b${i}\r\n\r\n--b${i}\r\n`)}Content-Type: text/plain\r\n\r\nHello\r\n`,
  '10,000 parts': () => parts(10_000, (i) => `Content-Type: text/plain\r\n\r\nline ${i}`),
  '1,000 attachments': () =>
    parts(1000, (i) => `Content-Disposition: attachment; filename=f${i}.txt\r\n\r\n${'x'.repeat(200)}`),
  '500 mails inside each other': () =>
    `Subject: mails\r\n${times(500, (i) => `Content-Type: message/rfc822\r\n\r\nFrom: a${i}@b.example\r\nSubject: ${i}\r\n`)}\r\nHello\r\n`,
  '100,000 headers': () => `${times(100_000, (i) => `X-H${i}: v\r\n`)}Subject: late\r\n\r\nHello\r\n`,
  'a header of 5 MB': () => `Subject: ${'x'.repeat(5_000_000)}\r\n\r\nHello\r\n`,
  '100,000 boxes of HTML inside each other': () => html(`${'<div>'.repeat(100_000)}deep`),
  '100,000 links': () => html(times(100_000, (i) => `<a href="https://a.example/${i}">${i}</a> `)),
  '1.4 MB of tables': () => html('<table><tr><td>x</td></tr></table>'.repeat(42_000)),
  'an attachment of 50 MB': () => attached('large.bin', `${`${'QUJD'.repeat(19)}\r\n`.repeat(670_000)}`),
  'a zip of 500 MB of zeros': () => attached('bomb.zip', base64(zipOfZeros(500_000_000))),
  'unknown charsets': () =>
    parts(charsets.length * 50, (i) => {
      const charset = charsets[i % charsets.length] ?? '';
      return `Content-Type: text/plain; charset=${charset}\r\nContent-Transfer-Encoding: 8bit\r\n\r\nПривет =?${charset}?b?0J/RgNC40LLQtdGC?= ${'б'.repeat(2000)}`;
    }),
};

function base64(bytes: Buffer): string {
  return bytes.toString('base64').replace(/.{76}/g, '$&\r\n');
}

/** An archive of one file, as APPNOTE.TXT 4.3 has it. */
function zipOfZeros(sizeBytes: number): Buffer {
  const zeros = Buffer.alloc(sizeBytes);
  const packed = deflateRawSync(zeros, { level: 1 });
  const name = Buffer.from('zeros.bin');
  const common = Buffer.alloc(26); // version, flags, method, time, date, crc, sizes, lengths of name and extra
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(8, 4);
  common.writeUInt32LE(crc32(zeros), 10);
  common.writeUInt32LE(packed.length, 14);
  common.writeUInt32LE(sizeBytes, 18);
  common.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, name, packed]);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\0', 'latin1'), common, Buffer.alloc(14), name]);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, central, end]);
}
