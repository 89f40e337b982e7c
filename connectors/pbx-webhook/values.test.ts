import { expect, test } from 'vitest';
import { isHidden, readMoment, readSeconds } from './values.ts';

test.each([
  ['65', 65],
  ['65.44', 65.4],
  ['0', 0],
  ['01:05', 65],
  ['1:01:05', 3665],
  ['00:00:09.6', 9.6],
  ['-5', null],
  ['1e3', null],
  ['long', null],
  ['', null],
  ['999999999', null],
])('%s seconds', (text, expected) => expect(readSeconds(text)).toBe(expected));

test.each([
  ['1772442000', null, '2026-03-02T09:00:00.000Z'],
  ['1772442000.5', null, '2026-03-02T09:00:00.500Z'],
  ['1772442000123', null, '2026-03-02T09:00:00.123Z'],
  ['1772442000123456', null, '2026-03-02T09:00:00.123Z'],
  ['2026-03-02T09:00:00Z', 'Europe/Kyiv', '2026-03-02T09:00:00.000Z'],
  ['2026-03-02T11:00:00+02:00', null, '2026-03-02T09:00:00.000Z'],
  ['2026-03-02 11:00:00 +0200', null, '2026-03-02T09:00:00.000Z'],
  ['2026-03-02 11:00:00', 'Europe/Kyiv', '2026-03-02T09:00:00.000Z'],
  ['2026-07-02 11:00:00', 'Europe/Kyiv', '2026-07-02T08:00:00.000Z'],
  ['2026-03-02T11:00', 'Europe/Kyiv', '2026-03-02T09:00:00.000Z'],
  ['02.03.2026 11:00:00', 'Europe/Kyiv', '2026-03-02T09:00:00.000Z'],
  ['Mon, 02 Mar 2026 11:00:00 +0200', null, '2026-03-02T09:00:00.000Z'],
  ['2026-03-02 11:00:00', null, 'no-zone'],
  ['2026-03-02', 'Europe/Kyiv', null],
  ['11:00:00', 'Europe/Kyiv', null],
  ['2026-13-02 11:00:00', 'Europe/Kyiv', null],
  ['20226-03-02 11:00:00', 'Europe/Kyiv', null],
  ['0', null, null],
  ['now', null, null],
  ['', null, null],
])('%s in %s', (text, zone, expected) => {
  const read = readMoment(text, zone);
  expect(read instanceof Date ? read.toISOString() : read).toBe(expected);
});

test.each([
  ['anonymous', true],
  ['Restricted', true],
  ['', true],
  ['0', true],
  ['+', true],
  [null, true],
  ['0671234567', false],
  ['+380671234567', false],
  ['100', false],
])('%j hidden: %s', (number, expected) => expect(isHidden(number)).toBe(expected));
