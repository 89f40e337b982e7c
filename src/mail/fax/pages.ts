import { createHash } from 'node:crypto';
import { decodeBody, type Encoding } from '../mime/transfer.ts';

/** Fax documents are small; what is larger is no fax and its pages are not counted. */
const largest = 40_000_000;

export interface FaxDocument {
  /** Null for what cannot be counted cheaply. */
  readonly pages: number | null;
  /** Of the decoded bytes: the same image sent again is the same. */
  readonly sha256: string;
}

/** Pages and hash of a TIFF or PDF, null for anything else. Never throws. */
export function readDocument(raw: Buffer, encoding: Encoding, type: string, name: string): FaxDocument | null {
  const isTiff = /tiff?\b/.test(type) || /\.tiff?$/i.test(name);
  const isPdf = /\bpdf\b/.test(type) || /\.pdf$/i.test(name);
  if ((!isTiff && !isPdf) || raw.length > largest) return null;
  const bytes = decodeBody(raw, encoding, largest);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { pages: isTiff ? tiffPages(bytes) : pdfPages(bytes), sha256 };
}

const mostPages = 5000;

/**
 * Walks the chain of image file directories (TIFF 6.0 §2): each ends in the offset of the next. Null when it is no TIFF or
 * the chain leads nowhere or in a circle.
 */
export function tiffPages(bytes: Buffer): number | null {
  const order = bytes.toString('latin1', 0, 4);
  const little = order === 'II*\0';
  if (!little && order !== 'MM\0*') return null;
  const word = (at: number) => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  const long = (at: number) => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const seen = new Set<number>();
  if (bytes.length < 8) return null;
  let at = long(4);
  while (at !== 0) {
    if (seen.has(at) || seen.size >= mostPages || at + 2 > bytes.length) return seen.size || null;
    const link = at + 2 + word(at) * 12;
    if (link + 4 > bytes.length) return seen.size || null;
    seen.add(at);
    at = long(link);
  }
  return seen.size || null;
}

/**
 * The largest /Count of a page tree, else the page objects (PDF 32000-1 §7.7.3). Where both are packed into object streams
 * nothing is said: unpacking would be a parser, and a fax gateway writes plain ones.
 */
export function pdfPages(bytes: Buffer): number | null {
  if (!bytes.subarray(0, 1024).includes('%PDF-')) return null;
  const text = bytes.toString('latin1');
  let most = 0;
  for (const match of text.matchAll(/\/Type\s?\/Pages\b/g)) {
    const around = text.slice(Math.max(0, match.index - 300), match.index + 4000);
    const own =
      around.slice(around.lastIndexOf('obj', Math.min(300, match.index)), around.length).split('endobj')[0] ?? '';
    const count = Number(/\/Count\s(\d{1,4})\b/.exec(own)?.[1] ?? 0);
    most = Math.max(most, count);
  }
  if (most > 0) return most;
  const pages = text.match(/\/Type\s?\/Page\b(?!s)/g)?.length ?? 0;
  return pages > 0 && pages <= mostPages ? pages : null;
}
