import { blackRuns, horizontal, modeBits, modes, pass, runBits, vertical, whiteRuns } from './ccitt-codes.ts';

/**
 * How the rows of a strip are coded: `huffman` is TIFF's compression 2 (T.4 rows without ends, each from a whole byte),
 * `group3` T.4, one- or two-dimensional, `group4` T.6.
 */
export type CcittCoding = 'huffman' | 'group3' | 'group3-2d' | 'group4';

/**
 * One row: `changes` holds, rising, the columns where the colour changes, the first to black; `count` of them are valid.
 * The array is used again for the next row.
 */
export type DrawRow = (changes: Int32Array, count: number) => void;

/**
 * Decodes at most `rows` rows and tells how many it drew. Damage: a group 3 row that cannot be read is drawn as the one before
 * it, as fax machines do, and reading goes on at the next end-of-line; in the other codings nothing follows a damaged row.
 *
 * @param width pixels of a row
 */
export function decodeCcitt(
  bytes: Uint8Array,
  width: number,
  coding: CcittCoding,
  rows: number,
  draw: DrawRow,
): number {
  const decoder = new Decoder(bytes, width);
  let drawn = 0;
  for (; drawn < rows; drawn++) {
    const isRow =
      coding === 'group4'
        ? decoder.twoDimensional()
        : coding === 'huffman'
          ? decoder.huffman()
          : decoder.group3(coding);
    if (!isRow) break;
    draw(decoder.row, decoder.count);
  }
  return drawn;
}

/** Reads row after row; `row` and `count` are the one read last, white before the first. */
class Decoder {
  row: Int32Array;
  count = 0;
  readonly #bytes: Uint8Array;
  readonly #width: number;
  /** Bits from the start. */
  #at = 0;
  /** The row being read and the column it has come to, -1 before the first pixel. */
  #next: Int32Array;
  #changes = 0;
  #column = -1;
  /** Group 3: rows have ends, and where the one read last began. */
  #hasEnds = false;
  #rowBegin = 0;
  /** Group 3: rows that depend on a damaged one are damaged too, until one that stands alone. */
  #isReferenceLost = false;

  constructor(bytes: Uint8Array, width: number) {
    this.#bytes = bytes;
    this.#width = width;
    // Rising columns below the width, and behind them the width as often as twoDimensional looks ahead.
    this.row = new Int32Array(width + 4).fill(width);
    this.#next = new Int32Array(width + 4).fill(width);
  }

  huffman(): boolean {
    this.#at = (this.#at + 7) & ~7;
    return this.#oneDimensional();
  }

  group3(coding: 'group3' | 'group3-2d'): boolean {
    let hasEnd = this.#takeEnd();
    if (!hasEnd && this.#hasEnds) {
      // A damaged row may have taken the end for its own: no code word has one inside, so it is the first since the row began.
      this.#at = this.#rowBegin;
      hasEnd = this.#seekEnd();
    }
    if (this.#isOver() || (this.#hasEnds && !hasEnd)) return false;
    this.#hasEnds = hasEnd;
    const isAlone = coding === 'group3' || !hasEnd || this.#take(1) === 1;
    // two ends of line, one after the other, end the page
    if (hasEnd && this.#takeEnd()) return false;
    this.#rowBegin = this.#at;
    if (isAlone) this.#isReferenceLost = !this.#oneDimensional();
    else this.#isReferenceLost ||= !this.twoDimensional();
    return !this.#isReferenceLost || (this.#hasEnds && !this.#isOver());
  }

  #oneDimensional(): boolean {
    this.#begin();
    while (this.#column < this.#width) if (!this.#run()) return false;
    return this.#end();
  }

  /** T.6 §2.2: a row as its differences from the one before it. */
  twoDimensional(): boolean {
    this.#begin();
    const above = this.row;
    let b1 = 0;
    while (this.#column < this.#width) {
      // b1: the first change right of us to the other colour; an even place in `above` is a change to black
      while (at(above, b1) <= this.#column && at(above, b1) < this.#width) b1 += 2;
      const entry = at(modes, this.#peek(modeBits));
      const mode = entry >> 4;
      this.#at += entry & 15;
      if (entry === 0 || this.#isPast()) return false;
      if (mode === pass) this.#column = at(above, b1 + 1);
      else if (mode === horizontal) {
        if (!this.#run() || !this.#run()) return false;
      } else {
        if (!this.#changeAt(at(above, b1) + mode - vertical)) return false;
        b1 += b1 > 0 ? -1 : 1;
      }
    }
    return this.#end();
  }

  #begin(): void {
    this.#changes = 0;
    this.#column = -1;
  }

  #end(): boolean {
    this.#next.fill(this.#width, this.#changes, this.#changes + 4);
    [this.row, this.#next] = [this.#next, this.row];
    this.count = this.#changes;
    return true;
  }

  /** A run of the present colour, then the other colour. */
  #run(): boolean {
    const table = (this.#changes & 1) === 0 ? whiteRuns : blackRuns;
    let length = 0;
    for (;;) {
      const entry = at(table, this.#peek(runBits));
      if (entry === 0) return false;
      this.#at += entry & 15;
      length += entry >> 4;
      if (this.#isPast() || length > this.#width) return false;
      if (entry >> 4 < 64) return this.#changeAt(Math.max(0, this.#column) + length);
    }
  }

  /** The colour changes at `column`; twice at the same column is not at all. */
  #changeAt(column: number): boolean {
    if (column < this.#column || column < 0 || column > this.#width) return false;
    this.#column = column;
    if (this.#changes > 0 && at(this.#next, this.#changes - 1) === column) this.#changes--;
    else this.#next[this.#changes++] = column;
    return true;
  }

  /** Takes fill and an end-of-line (eleven zeros or more, then a one), when they come next; zeros to the end are taken too. */
  #takeEnd(): boolean {
    if (this.#peek(11) !== 0) return false;
    // fill can be long: whole bytes of it are passed over at once
    while (!this.#isOver() && this.#peek(1) === 0) this.#at += this.#peek(8) === 0 ? 8 : 1;
    if (this.#isOver()) return false;
    this.#at++;
    return true;
  }

  #seekEnd(): boolean {
    while (!this.#isOver()) {
      if (this.#takeEnd()) return true;
      this.#at++;
    }
    return false;
  }

  #take(bits: number): number {
    const value = this.#peek(bits);
    this.#at += bits;
    return value;
  }

  /** The next bits, at most 16, zeros behind the last. */
  #peek(bits: number): number {
    const byte = this.#at >> 3;
    const three = (at(this.#bytes, byte) << 16) | (at(this.#bytes, byte + 1) << 8) | at(this.#bytes, byte + 2);
    return (three >> (24 - (this.#at & 7) - bits)) & ((1 << bits) - 1);
  }

  #isOver(): boolean {
    return this.#at >= this.#bytes.length * 8;
  }

  #isPast(): boolean {
    return this.#at > this.#bytes.length * 8;
  }
}

/** An element, 0 outside of the array. */
function at(array: Uint8Array | Uint16Array | Int32Array, index: number): number {
  return array[index] ?? 0;
}
