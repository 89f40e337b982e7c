/** Paints pages of documents. */
export interface PagePainter {
  /** @param page the first is 1 @param widthPx of the picture, at most 1000 */
  paint(bytes: Uint8Array, type: 'tiff' | 'pdf', page: number, widthPx: number): Promise<Painted>;
  close(): Promise<void>;
}

export type Painted =
  | {
      readonly kind: 'page';
      readonly png: Buffer;
      readonly pages: number;
      readonly widthPx: number;
      readonly heightPx: number;
    }
  | { readonly kind: 'refused'; readonly reason: string };
