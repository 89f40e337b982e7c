/** A page as a picture, or why there is none. */
export type PaintedPage =
  | {
      readonly kind: 'page';
      /** 16 greys. */
      readonly png: Buffer;
      /** Pages of the whole document. */
      readonly pages: number;
      readonly widthPx: number;
      readonly heightPx: number;
    }
  | {
      readonly kind: 'refused';
      /** A clause for people, without a full stop. */
      readonly reason: string;
    };
