import { expect, test } from 'vitest';
import { numbersIn } from './in-text.ts';

test.each<[string, string, string | null, readonly string[]]>([
  [
    'a signature',
    'С уважением,\nИван Петров\nтел.: +38 (044) 123-45-67, моб. 067 123 45 67',
    'UA',
    ['+380441234567', '+380671234567'],
  ],
  ['a number at home', 'Перезвоните мне: 8 (495) 100-01-01', 'RU', ['+74951000101']],
  ['the same twice', '044 123-45-67 или 044/123-45-67', 'UA', ['+380441234567']],
  ['a number in a sentence', 'Call 0044 20 7946 0123.', 'UA', ['+442079460123']],
  ['no country known', 'Call 044 123-45-67 or +380671234567', null, ['+380671234567']],
  ['a date and a time', '01.02.2026 10:00, 2026-02-01 10:00', 'UA', []],
  [
    'an invoice, a sum, an account',
    'Счёт 0441234567/26 на 1 044 123,45 UAH, IBAN UA21 3223 1300 0002 6007 2335 6600 1',
    'UA',
    [],
  ],
  ['a bare count', '441234567 units', 'UA', []],
  ['part of a longer number', '12304412345678901', 'UA', []],
  ['an address of a mailbox', '0441234567@fax.example', 'UA', []],
  ['nothing', '', 'UA', []],
])('%s', (_story, text, region, expected) => {
  expect(numbersIn(text, region)).toEqual(expected);
});

test('ten are enough, and a long text takes no time', () => {
  const many = Array.from({ length: 40 }, (_, i) => `+38044123450${i}`.slice(0, 13)).join('\n');
  expect(numbersIn(many, 'UA').length).toBeLessThanOrEqual(10);
  const start = process.cpuUsage();
  for (const unit of ['(', '0 ', '8(', '+1 ', '0441234567 ']) numbersIn(unit.repeat(200_000), 'UA');
  expect(process.cpuUsage(start).user).toBeLessThan(500_000);
});
