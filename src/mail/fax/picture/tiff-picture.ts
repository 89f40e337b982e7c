import { fieldsOf, openTiff } from '../tiff-directories.ts';
import { AreaScaler, fitPage } from './area-scaler.ts';
import { type CcittCoding, decodeCcitt } from './ccitt.ts';
import type { PaintedPage } from './painted-page.ts';
import { encodePng } from './png.ts';
import { Refusal } from './refusal.ts';
import { unpackStrip } from './strips.ts';
import { headerOf, type Strip, type TiffHeader } from './tiff-header.ts';

/**
 * Page `page` (from 1) of a TIFF of a fax (class F, RFC 2306) and of what scanners and programs make of one. Its memory is
 * that of one strip and of the picture. A page damaged in part is drawn as far as it goes, the rest white.
 *
 * @throws Refusal
 */
export function paintTiff(bytes: Uint8Array, page: number, mostPages: number, widthPx: number): PaintedPage {
  const tiff = openTiff(bytes);
  if (tiff === null) throw new Refusal('it is no TIFF');
  const pages = tiff.directories.length;
  if (pages > mostPages) throw new Refusal(`it has ${pages} pages, at most ${mostPages} are shown`);
  const directory = tiff.directories[page - 1];
  if (directory === undefined) throw new Refusal(`there is no page ${page}, it has ${pages}`);
  const header = headerOf(tiff, fieldsOf(tiff, directory));
  const size = fitPage(header, header.pixelRatio, widthPx);
  const scaler = new AreaScaler(header, size);
  let drawn = 0;
  for (const strip of header.strips) drawn += drawStrip(bytes, header, strip, (row) => scaler.add(row));
  if (drawn === 0) throw new Refusal('the page is damaged: nothing of it can be read');
  const png = encodePng(scaler.finish(), size);
  return { kind: 'page', png, pages, widthPx: size.width, heightPx: size.height };
}

/** Takes a row of lightness, 0 black to 255 white; the array is used again for the next. */
type TakeRow = (row: Uint8Array) => void;

/** Gives all rows of the strip, white where it is damaged; tells how many could be read. */
function drawStrip(bytes: Uint8Array, header: TiffHeader, { offset, sizeBytes, rows }: Strip, take: TakeRow): number {
  const packed = header.isBitReversed
    ? reversed(bytes.subarray(offset, offset + sizeBytes))
    : bytes.subarray(offset, offset + sizeBytes);
  const drawn =
    header.compression >= 2 && header.compression <= 4
      ? drawCcitt(packed, header, rows, take)
      : drawPixels(packed, header, rows, take);
  const white = new Uint8Array(header.width).fill(255);
  for (let y = drawn; y < rows; y++) take(white);
  return drawn;
}

function drawCcitt(packed: Uint8Array, header: TiffHeader, rows: number, take: TakeRow): number {
  const coding: CcittCoding =
    header.compression === 2
      ? 'huffman'
      : header.compression === 4
        ? 'group4'
        : header.isTwoDimensional
          ? 'group3-2d'
          : 'group3';
  const [paper, ink] = header.colour === 'black is zero' ? [0, 255] : [255, 0];
  const row = new Uint8Array(header.width);
  return decodeCcitt(packed, header.width, coding, rows, (changes, count) => {
    row.fill(paper);
    // behind the last change the array holds the width
    for (let i = 0; i < count; i += 2) row.fill(ink, changes[i], changes[i + 1]);
    take(row);
  });
}

function drawPixels(packed: Uint8Array, header: TiffHeader, rows: number, take: TakeRow): number {
  const { width, bits, samples, compression } = header;
  const stride = Math.ceil((width * bits * samples) / 8);
  const pixels = unpackStrip(packed, compression, stride * rows);
  const whole = Math.min(rows, Math.floor(pixels.length / stride));
  const row = new Uint8Array(width);
  for (let y = 0; y < whole; y++) {
    const source = pixels.subarray(y * stride, (y + 1) * stride);
    if (bits === 1) drawBits(source, header, row);
    else drawBytes(header.isDifference ? summed(source, samples) : source, header, row);
    take(row);
  }
  return whole;
}

function drawBits(source: Uint8Array, { width, colour }: TiffHeader, row: Uint8Array): void {
  const [zero, one] = colour === 'white is zero' ? [255, 0] : [0, 255];
  for (let x = 0; x < width; x++) row[x] = ((source[x >> 3] ?? 0) >> (7 - (x & 7))) & 1 ? one : zero;
}

function drawBytes(source: Uint8Array, { width, colour, samples }: TiffHeader, row: Uint8Array): void {
  for (let x = 0; x < width; x++) {
    const at = x * samples;
    const first = source[at] ?? 0;
    if (colour === 'white is zero') row[x] = 255 - first;
    else if (colour === 'black is zero') row[x] = first;
    else row[x] = Math.round(0.299 * first + 0.587 * (source[at + 1] ?? 0) + 0.114 * (source[at + 2] ?? 0));
  }
}

/** TIFF 6.0 §14. */
function summed(source: Uint8Array, samples: number): Uint8Array {
  const out = Uint8Array.from(source);
  for (let i = samples; i < out.length; i++) out[i] = (out[i] ?? 0) + (out[i - samples] ?? 0);
  return out;
}

/** Each byte with its bits in the other order. */
function reversed(bytes: Uint8Array): Uint8Array {
  return bytes.map((byte) => mirror[byte] ?? 0);
}

const mirror = Uint8Array.from({ length: 256 }, (_, byte) =>
  Number.parseInt(byte.toString(2).padStart(8, '0').split('').reverse().join(''), 2),
);
