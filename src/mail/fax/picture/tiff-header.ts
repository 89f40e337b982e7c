import { type Fields, numbersOf, type Tiff } from '../tiff-directories.ts';
import type { Size } from './area-scaler.ts';
import { Refusal } from './refusal.ts';

/** What the header of a page says of its pixels; nothing has been decoded. */
export interface TiffHeader extends Size {
  /** Height of a pixel over its width. */
  readonly pixelRatio: number;
  /** TIFF's number; 2, 3 and 4 are CCITT. */
  readonly compression: number;
  /** Bit 0 of T4Options: group 3 in two dimensions. */
  readonly isTwoDimensional: boolean;
  /** The lowest bit of a byte is the leftmost pixel (FillOrder 2). */
  readonly isBitReversed: boolean;
  readonly colour: 'white is zero' | 'black is zero' | 'rgb';
  readonly bits: 1 | 8;
  /** Values of a pixel, those beyond its colour are passed over. */
  readonly samples: number;
  /** Each value but the first of a row is the difference from its left neighbour (Predictor 2). */
  readonly isDifference: boolean;
  readonly strips: readonly Strip[];
}

export interface Strip {
  readonly offset: number;
  readonly sizeBytes: number;
  readonly rows: number;
}

const mostPixels = 100_000_000;
const widest = 30_000;
const mostStrips = 50_000;

/** @throws Refusal when it is larger than a fax, or of a form no fax has */
export function headerOf(tiff: Tiff, fields: Fields): TiffHeader {
  const number = (tag: number, missing: number) => numbersOf(tiff, fields, tag, 1)[0] ?? missing;
  const width = number(256, 0);
  const height = number(257, 0);
  if (width < 1 || height < 1) throw new Refusal('the page does not say its size');
  if (width > widest || width * height > mostPixels) {
    throw new Refusal(`the page has ${width} × ${height} pixels, more than a fax has`);
  }
  if (fields.has(322)) throw new Refusal('the page is made of tiles, which no fax is');
  const compression = number(259, 1);
  const isCcitt = compression >= 2 && compression <= 4;
  const samples = number(277, 1);
  const bits = numbersOf(tiff, fields, 258, samples);
  const isGrey = bits.every((each) => each === 8) && bits.length > 0 && samples <= 8 && !isCcitt;
  if (!isGrey && (samples !== 1 || (bits[0] ?? 1) !== 1)) {
    throw new Refusal(`its pixels (${samples} × ${bits[0] ?? 1} bits) are not read`);
  }
  if (samples > 1 && number(284, 1) !== 1) throw new Refusal('its colours are in separate planes, which are not read');
  return {
    width,
    height,
    pixelRatio: pixelRatioOf(number(282, 0), number(283, 0)),
    compression,
    isTwoDimensional: (number(292, 0) & 1) === 1,
    isBitReversed: number(266, 1) === 2,
    colour: colourOf(number(262, isCcitt ? 0 : 1), samples),
    bits: isGrey ? 8 : 1,
    samples,
    isDifference: isGrey && number(317, 1) === 2,
    strips: stripsOf(tiff, fields, height, number(278, height)),
  };
}

function colourOf(photometric: number, samples: number): TiffHeader['colour'] {
  if (photometric === 0) return 'white is zero';
  if (photometric === 1) return 'black is zero';
  if (photometric === 2 && samples >= 3) return 'rgb';
  throw new Refusal(`its colours (PhotometricInterpretation ${photometric}) are not read`);
}

/** Dots an inch across over those down. A ratio no machine has is a mistake: the pixels are taken as square. */
function pixelRatioOf(across: number, down: number): number {
  const ratio = across / down;
  return ratio >= 1 / 8 && ratio <= 8 ? ratio : 1;
}

/** Strips with the rows each has; without sizes (old writers) each goes to the next one, the last to the end of the file. */
function stripsOf(tiff: Tiff, fields: Fields, height: number, rowsPerStrip: number): Strip[] {
  const end = tiff.bytes.length;
  const offsets = numbersOf(tiff, fields, 273, mostStrips);
  const sizes = numbersOf(tiff, fields, 279, mostStrips);
  const perStrip = Math.max(1, Math.min(rowsPerStrip, height));
  const strips = offsets
    .map((offset, i) => ({
      offset,
      sizeBytes: Math.max(0, Math.min(sizes[i] ?? (offsets[i + 1] ?? end) - offset, end - offset)),
      rows: Math.min(perStrip, height - i * perStrip),
    }))
    .filter(({ rows }) => rows > 0);
  // The same bytes again and again are a trap: thousands of times the work for the size.
  if (strips.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) > 2 * end) throw new Refusal('its strips overlap');
  return strips;
}
