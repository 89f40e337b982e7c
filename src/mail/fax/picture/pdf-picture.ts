import type { PDFiumDocument, PDFiumLibrary } from '@hyzyla/pdfium';
import { fitPage } from './area-scaler.ts';
import type { PaintedPage } from './painted-page.ts';
import { encodePng } from './png.ts';
import { Refusal } from './refusal.ts';

/**
 * Page `page` (from 1) of a PDF, drawn by PDFium, which is compiled to WebAssembly: what a document does to it stays in a
 * memory of its own.
 *
 * @throws Refusal; anything else is PDFium stumbling over the document: its thread cannot be used again
 */
export async function paintPdf(
  bytes: Uint8Array,
  page: number,
  mostPages: number,
  widthPx: number,
): Promise<PaintedPage> {
  if (!Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(1024, bytes.length)).includes('%PDF-')) {
    throw new Refusal('it is no PDF');
  }
  const document = await openDocument(bytes);
  try {
    return await paintPage(document, page, mostPages, widthPx);
  } finally {
    document.destroy();
  }
}

/** @throws Refusal when it cannot be opened: locked with a password, or damaged */
async function openDocument(bytes: Uint8Array): Promise<PDFiumDocument> {
  library ??= startLibrary();
  const pdfium = await library;
  try {
    return await pdfium.loadDocument(bytes);
  } catch (error) {
    // The package's own errors are plain ones, those of WebAssembly are not.
    if (!(error instanceof Error) || error.name !== 'Error') throw error;
    throw new Refusal(/password/i.test(error.message) ? 'it is locked with a password' : 'it is damaged');
  }
}

async function paintPage(
  document: PDFiumDocument,
  page: number,
  mostPages: number,
  widthPx: number,
): Promise<PaintedPage> {
  const pages = document.getPageCount();
  if (pages > mostPages) throw new Refusal(`it has ${pages} pages, at most ${mostPages} are shown`);
  if (page > pages) throw new Refusal(`there is no page ${page}, it has ${pages}`);
  const sheet = document.getPage(page - 1);
  const { originalWidth, originalHeight } = sheet.getOriginalSize();
  // A page that could not be loaded has no size.
  if (!(originalWidth > 0 && originalHeight > 0)) throw new Refusal('the page is damaged');
  // Points say how large the paper is; how fine it is drawn is for us to choose.
  const shape = { width: widthPx, height: (widthPx * originalHeight) / originalWidth };
  const size = fitPage(shape, 1, widthPx);
  const { data } = await sheet.render({ ...size, scale: 1, colorSpace: 'Gray', render: 'bitmap' });
  return { kind: 'page', png: encodePng(data, size), pages, widthPx: size.width, heightPx: size.height };
}

let library: Promise<PDFiumLibrary> | null = null;

async function startLibrary(): Promise<PDFiumLibrary> {
  limitMemory();
  const { PDFiumLibrary } = await import('@hyzyla/pdfium');
  return PDFiumLibrary.init();
}

/** The part of the global we touch; Node's types do not have it. */
declare const WebAssembly: {
  readonly Memory: { readonly prototype: { readonly buffer: ArrayBufferLike; grow(pages: number): number } };
};

/** PDFium may take 2 GB; a fax needs some 30 MB. */
const mostMemoryBytes = 256_000_000;
let isLimited = false;

/** V8's limits for a thread do not count the memory of WebAssembly: it is refused where it is asked for, here in this thread. */
function limitMemory(): void {
  if (isLimited) return;
  isLimited = true;
  const { prototype } = WebAssembly.Memory;
  const { grow } = prototype;
  prototype.grow = function (pages) {
    if (this.buffer.byteLength + pages * 65_536 > mostMemoryBytes) throw new RangeError('no more memory');
    return grow.call(this, pages);
  };
}
