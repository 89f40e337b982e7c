import type { CcittCoding } from './ccitt.ts';
import { blackRuns, runBits, whiteRuns } from './ccitt-codes.ts';

/** A row as its rising columns of change, the first to black. */
export type Changes = readonly number[];

export const endOfLine = '000000000001';

/** Codes rows as T.4 and T.6 say; bits as text, so that tests can damage them. Two-dimensional group 3: every fourth row alone. */
export function encodeRows(rows: readonly Changes[], width: number, coding: CcittCoding): string {
  const above = (i: number): Changes => rows[i - 1] ?? [];
  switch (coding) {
    case 'huffman':
      return rows.map((row) => toWholeBytes(alone(row, width))).join('');
    case 'group3':
      return rows.map((row) => endOfLine + alone(row, width)).join('') + endOfLine.repeat(6);
    case 'group3-2d':
      return (
        rows
          .map((row, i) =>
            i % 4 === 0 ? `${endOfLine}1${alone(row, width)}` : `${endOfLine}0${next(above(i), row, width)}`,
          )
          .join('') + `${endOfLine}1`.repeat(6)
      );
    case 'group4':
      return rows.map((row, i) => next(above(i), row, width)).join('') + endOfLine.repeat(2);
  }
}

export function toBytes(bits: string): Buffer {
  return Buffer.from((toWholeBytes(bits).match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
}

function toWholeBytes(bits: string): string {
  return bits.padEnd(Math.ceil(bits.length / 8) * 8, '0');
}

function alone(row: Changes, width: number): string {
  return [...row.filter((column) => column < width), width]
    .map((column, i, all) => run(column - (all[i - 1] ?? 0), i % 2 === 1))
    .join('');
}

/** T.6 §2.2.5, the flow diagram. */
function next(above: Changes, row: Changes, width: number): string {
  let bits = '';
  let a0 = -1;
  let isBlack = false;
  while (a0 < width) {
    const changes = (list: Changes, after: number, toBlack: boolean) =>
      list.find((column, i) => column > after && (i % 2 === 0) === toBlack) ?? width;
    const a1 = changes(row, a0, !isBlack);
    const b1 = changes(above, a0, !isBlack);
    const b2 = above.find((column) => column > b1) ?? width;
    if (b2 < a1) {
      bits += '0001';
      a0 = b2;
    } else if (Math.abs(a1 - b1) <= 3) {
      bits += ['0000010', '000010', '010', '1', '011', '000011', '0000011'][a1 - b1 + 3] ?? '';
      a0 = a1;
      isBlack = !isBlack;
    } else {
      const a2 = row.find((column) => column > a1) ?? width;
      bits += `001${run(a1 - Math.max(0, a0), isBlack)}${run(a2 - a1, !isBlack)}`;
      a0 = a2;
    }
  }
  return bits;
}

function run(length: number, isBlack: boolean): string {
  const longest = 2560;
  if (length > longest + 63) return word(longest, isBlack) + run(length - longest, isBlack);
  return (length > 63 ? word(length - (length % 64), isBlack) : '') + word(length % 64, isBlack);
}

function word(length: number, isBlack: boolean): string {
  const table = isBlack ? blackRuns : whiteRuns;
  const place = table.findIndex((entry) => entry !== 0 && entry >> 4 === length);
  return place
    .toString(2)
    .padStart(runBits, '0')
    .slice(0, (table[place] ?? 0) & 15);
}
