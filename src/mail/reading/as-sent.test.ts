import { expect, test } from 'vitest';
import { readAsSent, readAttached } from './as-sent.ts';
import { eml } from './eml.fixture.ts';
import { openMailOpener } from './mail-opener.ts';

const files = [
  { name: 'a.txt', type: 'text/plain', content: Buffer.from('first') },
  { name: 'b.bin', type: 'application/octet-stream', content: Buffer.alloc(5000, 7) },
];
const mail = eml({ text: 'Привет', html: '<p>Привет</p><script>x</script>', files });
const bytesOf = (index: number, bytes: Uint8Array = mail, isCut = false) => {
  const file = readAttached(bytes, index, isCut);
  return file.kind === 'file' ? Buffer.from(file.bytes) : file.kind;
};

test('a file by its place, byte for byte', () => {
  expect([0, 1, 2].map((index) => bytesOf(index))).toEqual([Buffer.from('first'), Buffer.alloc(5000, 7), 'none']);
});

test('of a mail that was cut, what is whole is there and what is not is not', () => {
  const part = mail.subarray(0, mail.length - 2000);
  expect([0, 1].map((index) => bytesOf(index, part, true))).toEqual([Buffer.from('first'), 'cut']);
  const alone = Buffer.from('From: a@a.example\r\nContent-Type: application/pdf; name="a.pdf"\r\n\r\n%PDF');
  expect(bytesOf(0, alone, true)).toBe('cut');
  expect(bytesOf(0, alone)).toEqual(Buffer.from('%PDF'));
});

test('as sent: the HTML cleaned, the whole text beside it', async () => {
  expect(await readAsSent(mail)).toEqual({ html: '<p>Привет</p>', text: 'Привет' });
  expect(await readAsSent(eml({ text: 'one\n> two\n-- \nAnna' }))).toEqual({
    html: null,
    text: 'one\n> two\n--\nAnna',
  });
});

test('pictures of the HTML stand in it; more than six megabytes of them do not', async () => {
  const part = (id: string, bytes: number) =>
    `--b\r\nContent-Type: image/png\r\nContent-ID: <${id}>\r\nContent-Transfer-Encoding: base64\r\n\r\n${Buffer.alloc(bytes, 1).toString('base64')}\r\n`;
  const raw = [
    'From: a@a.example\r\nContent-Type: multipart/related; boundary=b\r\n\r\n',
    '--b\r\nContent-Type: text/html\r\n\r\n<img src="cid:l%40a"><img src="cid:big"><img src="cid:huge" alt="huge">\r\n',
    ...[part('l@a', 3), part('big', 3_000_000), part('huge', 3_000_000)],
    '--b--\r\n',
  ].join('');
  const { html } = await readAsSent(Buffer.from(raw));
  expect(html?.slice(0, 48)).toBe('<img src="data:image/png;base64,AQEB" alt="" /><');
  expect(html?.match(/data:image/g)).toHaveLength(2);
  expect(html).toContain('<span>huge</span>');
});

test('in threads, which nothing in a mail can stop', async () => {
  const opener = openMailOpener({ threads: 1, deadlineMs: 5000 });
  const [file, sent] = await Promise.all([opener.attached(mail, 0, false), opener.asSent(mail)]);
  if (file === 'busy' || sent === 'busy') throw new Error('nobody else asks');
  expect(file?.kind === 'file' ? Buffer.from(file.bytes).toString() : file).toBe('first');
  expect(sent?.text).toBe('Привет');
  const slow = openMailOpener({ threads: 1, deadlineMs: 1 });
  expect(await slow.asSent(mail)).toBeNull();
  await Promise.all([opener.close(), slow.close()]);
});
