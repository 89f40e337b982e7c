import { sha256Hex } from '../../core/hash.ts';
import { decodeBody, type Encoding } from '../mime/transfer.ts';
import { openTiff } from './tiff-directories.ts';

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
  const sha256 = sha256Hex(bytes);
  return { pages: isTiff ? tiffPages(bytes) : pdfPages(bytes), sha256 };
}

const mostPages = 5000;

/** Directories of a TIFF; null when it is none. */
export function tiffPages(bytes: Buffer): number | null {
  return openTiff(bytes)?.directories.length ?? null;
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
