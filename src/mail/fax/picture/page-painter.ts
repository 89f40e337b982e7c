import { Threads } from '../../reading/threads.ts';
import type { PaintRequest } from './paint-page.ts';
import type { PaintedPage } from './painted-page.ts';

export interface PagePainterOptions {
  /** Pages painted at the same time. A thread costs some 40 MB, 90 MB once it has painted a PDF. Default 1. */
  readonly threads?: number;
  /** A page that takes longer is refused, its thread is ended. Milliseconds, default 10,000. */
  readonly deadlineMs?: number;
  /** JavaScript heap of a thread, default 128. PDFium has 256 MB beside it. */
  readonly memoryMb?: number;
  /** A thread with nothing to paint ends after this time. Milliseconds, default a minute. */
  readonly idleMs?: number;
  /** In place of our own thread, for tests. */
  readonly script?: URL;
}

/** `busy`: too many pages wait to be painted. */
export type Painted = PaintedPage | { readonly kind: 'busy'; readonly reason: string };

/** Each waits with its document. */
const mostWaiting = 16;

/** Half of a fax's 1728 pixels: fit for a phone, and each pixel the mean of whole ones. */
const usualWidthPx = 864;

export interface PagePainter {
  /**
   * Never rejects for what the bytes are: what is no such document, is too large, hangs or eats all memory is refused, with
   * the reason. A TIFF's pixels need not be square, the picture has the shape of the paper.
   *
   * @param page from 1
   * @param widthPx at most; a TIFF is not drawn wider than it is. 1 to 2000, default 864
   * @throws Error when the painter is closed
   */
  paint(bytes: Uint8Array, type: 'tiff' | 'pdf', page: number, widthPx?: number): Promise<Painted>;
  /** Ends the threads; what is being painted is refused. */
  close(): Promise<void>;
}

/** Paints the pages of fax documents in threads, which start with the first page and end when nobody looks at faxes. */
export function openPagePainter(options: PagePainterOptions = {}): PagePainter {
  const { threads = 1, deadlineMs = 10_000, memoryMb = 128, idleMs = 60_000, script } = options;
  const painters = new Threads<PaintRequest, PaintedPage>({
    script: script ?? new URL('./paint-worker.ts', import.meta.url),
    threads,
    deadlineMs,
    memoryMb,
    idleMs,
    mostWaiting,
    worker: 'page painter',
    work: 'painting',
  });
  return {
    paint: async (bytes, type, page, widthPx = usualWidthPx) => {
      const outcome = await painters.ask({ bytes, type, page, widthPx });
      if (outcome.kind !== 'answered')
        return { kind: outcome.kind === 'busy' ? 'busy' : 'refused', reason: outcome.why };
      const { answer } = outcome;
      // A Buffer comes out of a thread as the Uint8Array it is.
      return answer.kind === 'page' ? { ...answer, png: Buffer.from(answer.png) } : answer;
    },
    close: () => painters.close(),
  };
}
