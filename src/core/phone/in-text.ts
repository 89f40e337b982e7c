import { Remembered } from '../remembered.ts';
import { type NumbersRead, readNumbers } from './phone.ts';

/** The same people sign with the same numbers. */
const remembered = new Remembered<NumbersRead>({ most: 1000, longest: 60 });
/** More than a signature of several offices has. */
const mostNumbers = 10;
const longestText = 20_000;
/** What looks like a number at home (with its trunk prefix), or like an international one: nothing that is a bare count. */
const numberLike = /(?<![\p{L}\p{N}@._+/-])(?:\+|00|\(?0|8|\()[\d() .\u00a0/-]{6,24}\d(?![\p{L}\p{N}@]|[.,]\d)/gu;

/**
 * Phone numbers that stand in a text somebody wrote, E.164, each once, in their order. A hint and no more: dates, sums and
 * account numbers are left out where they can be told apart, and so is everything that has two readings.
 */
export function numbersIn(text: string, region: string | null): readonly string[] {
  const found = new Set<string>();
  for (const [piece] of text.slice(0, longestText).matchAll(numberLike)) {
    const { numbers, code } = remembered.answer(`${region}\0${piece}`, () => readNumbers(piece, region));
    if (code === null) for (const { e164 } of numbers) found.add(e164);
    if (found.size >= mostNumbers) break;
  }
  return [...found].slice(0, mostNumbers);
}
