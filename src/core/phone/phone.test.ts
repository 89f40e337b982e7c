import fc from 'fast-check';
import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import { describe, expect, test } from 'vitest';
import { spellings } from './phone.fixture.ts';
import { normalizeAddress, readNumbers } from './phone.ts';

const read = (text: string, region: string | null) => {
  const { numbers, code } = readNumbers(text, region);
  return { numbers: numbers.map(({ e164, extension }) => (extension === null ? e164 : `${e164} ${extension}`)), code };
};

describe('numbers as people write them', () => {
  test('the fixture is large enough to mean something', () => {
    expect(spellings.length).toBeGreaterThanOrEqual(300);
    expect(new Set(spellings.map(([text, region]) => `${region} ${text}`)).size).toBe(spellings.length);
  });

  test.each(spellings)('%j in %s', (text, region, numbers, code) => {
    expect(read(text, region)).toEqual({ numbers, code });
  });

  test.each(spellings)('%j in %s: a reason in words exactly where there is a code', (text, region) => {
    const { code, reason } = readNumbers(text, region);
    expect(reason === null).toBe(code === null);
  });
});

const examples: readonly (readonly [CountryCode, string])[] = [
  ['UA', '+380441234567'],
  ['UA', '+380671234567'],
  ['RU', '+74951000101'],
  ['RU', '+79031112233'],
  ['KZ', '+77012223344'],
  ['BY', '+375291234567'],
  ['PL', '+48226281234'],
  ['DE', '+4930123456'],
  ['DE', '+4915123456789'],
  ['GB', '+442079460123'],
  ['US', '+12125550100'],
];
const formats = ['NATIONAL', 'INTERNATIONAL', 'E.164', 'RFC3966'] as const;

test('any form of a valid number, with any separators, is the same number', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...examples),
      fc.constantFrom(...formats),
      fc.constantFrom(' ', '-', '.', '\u00a0', ' - ', '\u2013', ''),
      fc.constantFrom(null, '7', '12', '345', '10101'),
      ([region, e164], format, gap, extension) => {
        const formatted = parsePhoneNumberFromString(e164)?.format(format) ?? '';
        const spelt =
          formatted.replace(/[ -]/g, gap) +
          (extension === null ? '' : format === 'RFC3966' ? `;ext=${extension}` : ` доб. ${extension}`);
        expect({ spelt, ...readNumbers(spelt, region) }).toEqual({
          spelt,
          numbers: [{ e164, extension }],
          code: null,
          reason: null,
        });
      },
    ),
    { numRuns: 2000 },
  );
});

test('with a plus or 00 the region does not matter', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...examples),
      fc.constantFrom('INTERNATIONAL', 'E.164', 'RFC3966'),
      fc.constantFrom('UA', 'RU', 'KZ', 'BY', 'PL', 'DE', 'GB', 'US', null),
      fc.boolean(),
      ([, e164], format, region, zeros) => {
        const formatted = parsePhoneNumberFromString(e164)?.format(format) ?? '';
        const spelt = zeros ? formatted.replace('+', '00') : formatted;
        expect({ spelt, ...readNumbers(spelt, region) }).toMatchObject({ spelt, numbers: [{ e164, extension: null }] });
      },
    ),
    { numRuns: 1000 },
  );
});

test('whatever the text: no exception, and what is a number is E.164', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom(...'0123456789+()-/.,;#*x доб<>@:=\n\ud800\u0000') }),
  );
  fc.assert(
    fc.property(text, fc.constantFrom('UA', 'RU', 'US', 'XX', '', null), (field, region) => {
      for (const { e164, extension } of readNumbers(field, region).numbers) {
        expect(e164).toMatch(/^\+[1-9]\d{6,14}$/);
        expect(extension ?? '0').toMatch(/^\d{1,7}$/);
      }
    }),
    { numRuns: 5000 },
  );
});

test.each(['0441234567,', '1', '(', ' ', 'доб. ', '+38', 'a', '1 ', '/1', '#1', ';ext=', '8(0xx'])(
  'a hundred thousand characters of %j take no time',
  (unit) => {
    for (const length of [999, 100_000]) {
      const text = unit.repeat(length).slice(0, length);
      const start = process.cpuUsage(); // the clock on the wall also tells what neighbours do
      readNumbers(text, 'UA');
      expect(process.cpuUsage(start).user).toBeLessThan(50_000);
    }
  },
);

test.each([
  [
    { kind: 'phone', value: '8 (044) 123-45-67 доб. 12' },
    { normalized: '+380441234567', extension: '12', reason: null },
  ],
  [
    { kind: 'fax', value: '044/1234567' },
    { normalized: '+380441234567', extension: null, reason: null },
  ],
  [
    { kind: 'email', value: 'Иван <Ivan@Mail.Example>' },
    { normalized: 'ivan@mail.example', extension: null, reason: null },
  ],
  [
    { kind: 'extension', value: '101' },
    { normalized: '101', extension: null, reason: null },
  ],
  [
    { kind: 'phone', value: 'anonymous' },
    { normalized: null, extension: null, reason: 'the number was withheld or is unknown' },
  ],
] as const)('the form in which %j is compared', (address, expected) => {
  expect(normalizeAddress(address, 'UA')).toEqual(expected);
});
