import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldsOf, openTiff } from '../tiff-directories.ts';
import { type Changes, encodeRows, endOfLine, toBytes } from './ccitt.fixture.ts';
import { type CcittCoding, decodeCcitt } from './ccitt.ts';
import { faxDocument } from './picture.fixture.ts';
import { headerOf } from './tiff-header.ts';

const codings: readonly CcittCoding[] = ['huffman', 'group3', 'group3-2d', 'group4'];

/** The rows drawn, changes at the right edge left out. */
function decode(bytes: Uint8Array, width: number, coding: CcittCoding, rows: number): number[][] {
  const drawn: number[][] = [];
  const told = decodeCcitt(bytes, width, coding, rows, (changes, count) => {
    drawn.push([...changes.subarray(0, count)].filter((column) => column < width));
  });
  expect(told).toBe(drawn.length);
  return drawn;
}

const width = 40;
const rows: readonly Changes[] = [[], [0, 5], [0, 6, 9, 12], [3, 4, 5, 6, 7, 8], [], [10, 40], [39], [1, 30]];
const shown = (all: readonly Changes[]) => all.map((row) => row.filter((column) => column < width));

test.each(codings)('%s: what was coded is read', (coding) => {
  expect(decode(toBytes(encodeRows(rows, width, coding)), width, coding, rows.length)).toEqual(shown(rows));
});

test('any rows in any coding', () => {
  const page = fc.integer({ min: 1, max: 6000 }).chain((wide) =>
    fc.record({
      wide: fc.constant(wide),
      coding: fc.constantFrom(...codings),
      rows: fc.array(
        fc.uniqueArray(fc.nat(wide - 1), { maxLength: 40 }).map((columns) => columns.sort((a, b) => a - b)),
        { minLength: 1, maxLength: 12 },
      ),
    }),
  );
  fc.assert(
    fc.property(page, ({ wide, coding, rows }) => {
      expect(decode(toBytes(encodeRows(rows, wide, coding)), wide, coding, rows.length)).toEqual(rows);
    }),
    { numRuns: 300 },
  );
});

test('every length of run, as libtiff codes it', () => {
  const bytes = faxDocument('runs.tif');
  const tiff = openTiff(bytes);
  if (tiff === null) throw new Error('no TIFF');
  const header = headerOf(tiff, fieldsOf(tiff, tiff.directories[0] ?? 0));
  const [strip] = header.strips;
  const lengths = Array.from({ length: 104 }, (_, i) => (i < 64 ? i : 64 * (i - 63)));
  expect(decode(bytes.subarray(strip?.offset), header.width, 'group3', header.height)).toEqual(
    lengths.map((length) => [length, 2 * length].filter((column) => length > 0 && column < 5120)),
  );
});

describe('damage', () => {
  /** The coded rows with the bits of row `i` spoiled: zeros, which no code begins with. */
  const spoiled = (coding: 'group3' | 'group3-2d', i: number): Buffer => {
    const lines = encodeRows(rows, width, coding).split(endOfLine);
    const tag = coding === 'group3' ? 0 : 1;
    lines[i + 1] = `${lines[i + 1]?.slice(0, tag)}0000000001`;
    return toBytes(lines.join(endOfLine));
  };

  test('group 3: a damaged row is the one before it', () => {
    expect(decode(spoiled('group3', 2), width, 'group3', 8)).toEqual(
      shown([...rows.slice(0, 2), [0, 5], ...rows.slice(3)]),
    );
  });
  test('a damaged first row is white', () => {
    expect(decode(spoiled('group3', 0), width, 'group3', 8)).toEqual(shown([[], ...rows.slice(1)]));
  });
  test('two dimensions: those that build on a damaged row are lost too, the next that stands alone is not', () => {
    const [first = [], second = []] = rows;
    expect(decode(spoiled('group3-2d', 2), width, 'group3-2d', 8)).toEqual(
      shown([first, second, second, second, ...rows.slice(4)]),
    );
  });
  test('a row that is too short does not swallow the next', () => {
    const bits = encodeRows(rows, width, 'group3').split(endOfLine);
    bits[3] = bits[3]?.slice(0, 6) ?? '';
    expect(decode(toBytes(bits.join(endOfLine)), width, 'group3', 8)).toEqual(
      shown([...rows.slice(0, 2), [0, 5], ...rows.slice(3)]),
    );
  });
  test('group 4: nothing follows it', () => {
    const bits = encodeRows(rows.slice(0, 3), width, 'group4').slice(0, -24);
    expect(decode(toBytes(`${bits}0000001111${'1'.repeat(50)}`), width, 'group4', 8)).toEqual(shown(rows.slice(0, 3)));
  });
});

describe('group 3 as it comes', () => {
  const coded = rows.map((row) => encodeRows([row], width, 'group3').split(endOfLine)[1] ?? '');

  test.each([
    ['fill before each end of line', coded.map((row) => `${'0'.repeat(29)}${endOfLine}${row}`).join('')],
    ['ends of line behind the rows', coded.map((row) => row + endOfLine).join('')],
    ['no ends of line at all', coded.join('')],
    ['six ends of line, then rubbish', encodeRows(rows, width, 'group3') + '10110'.repeat(40)],
  ])('%s', (_story, bits) => {
    expect(decode(toBytes(bits), width, 'group3', bits.endsWith('10110') ? 100 : 8)).toEqual(shown(rows));
  });
});

test('no bytes, zeros, ones: few rows, soon', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(5_000_000), Buffer.alloc(100_000, 255)]) {
    for (const coding of codings) {
      const started = performance.now();
      decode(bytes, 1728, coding, 1000);
      expect(performance.now() - started).toBeLessThan(2000);
    }
  }
});
