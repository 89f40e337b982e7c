import { expect, test } from 'vitest';
import { attachmentHeader, safeName } from './disposition.ts';

test.each([
  ['plain', 'plan.pdf', `attachment; filename="plan.pdf"; filename*=UTF-8''plan.pdf`],
  [
    'Cyrillic',
    'Смета №1.xlsx',
    `attachment; filename="_____ _1.xlsx"; filename*=UTF-8''%D0%A1%D0%BC%D0%B5%D1%82%D0%B0%20%E2%84%961.xlsx`,
  ],
  [
    'a header cannot be broken',
    'a"\r\nSet-Cookie: x=1',
    `attachment; filename="a Set-Cookie x=1"; filename*=UTF-8''a%20Set-Cookie%20x%3D1`,
  ],
  ['signs of the grammar', "it's (50%*)", `attachment; filename="it's (50_)"; filename*=UTF-8''it%27s%20%2850%25%29`],
])('%s', (_story, name, expected) => {
  expect(attachmentHeader(name)).toBe(expected);
});

test.each([
  ['folders', '../../etc/passwd', 'passwd'],
  ['folders of Windows', 'C:\\temp\\a.txt', 'a.txt'],
  ['a device', 'con.txt', '_con.txt'],
  ['a device alone', 'NUL', '_NUL'],
  ['like a device', 'contract.pdf', 'contract.pdf'],
  ['a name read backwards', 'invoice\u202efdp.exe', 'invoicefdp.exe'],
  ['NUL', 'a\u0000b.txt', 'ab.txt'],
  ['dots', '...', 'file'],
  ['nothing', '', 'file'],
  ['a dot in front', '.bashrc', 'bashrc'],
])('a name to save under: %s', (_story, name, expected) => {
  expect(safeName(name)).toBe(expected);
});

test('at most 255 bytes, with its ending', () => {
  const name = safeName(`${'Ж'.repeat(300)}.docx`);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
  expect(name).toMatch(/^Ж{120,}\.docx$/);
});

test.each([
  ['letters', `${'a'.repeat(400_000)}.pdf`, /^a{251}\.pdf$/],
  ['dots', `x${'. '.repeat(200_000)}x`, /^x[. ]+$/],
  ['two-unit signs', `${'😀'.repeat(200_000)}.pdf`, /^😀{62}\.pdf$/u],
])('a long name costs its length: %s', (_story, name, expected) => expect(safeName(name)).toMatch(expected));
