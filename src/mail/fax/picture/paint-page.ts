import type { PaintedPage } from './painted-page.ts';
import { Refusal } from './refusal.ts';
import { paintTiff } from './tiff-picture.ts';

export interface PaintRequest {
  readonly bytes: Uint8Array;
  readonly type: 'tiff' | 'pdf';
  /** From 1. */
  readonly page: number;
  readonly widthPx: number;
}

const largestBytes = 40_000_000;
const mostPages = 500;
const widest = 2000;

/** Never throws for what the bytes are, but may take long or much memory: it is for a thread. */
export async function paintPage({ bytes, type, page, widthPx }: PaintRequest): Promise<PaintedPage> {
  try {
    if (bytes.length > largestBytes) throw new Refusal(`it is larger than ${largestBytes / 1e6} MB`);
    if (!Number.isSafeInteger(page) || page < 1) throw new Refusal(`there is no page ${page}`);
    const width = Math.max(1, Math.min(widest, Math.round(widthPx) || 1));
    switch (type) {
      case 'tiff':
        return paintTiff(bytes, page, mostPages, width);
      case 'pdf': {
        const { paintPdf } = await import('./pdf-picture.ts');
        return await paintPdf(bytes, page, mostPages, width);
      }
    }
  } catch (error) {
    if (error instanceof Refusal) return { kind: 'refused', reason: error.message };
    throw error;
  }
}
