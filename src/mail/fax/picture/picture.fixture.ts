import { readFileSync } from 'node:fs';
import { inflateSync } from 'node:zlib';

/** A document of test/fixtures/fax-documents. */
export function faxDocument(name: string): Buffer {
  return readFileSync(new URL(`../../../../test/fixtures/fax-documents/${name}`, import.meta.url));
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 0 black to 15 white. */
  grey(x: number, y: number): number;
}

/** Reads a PNG of 4 bits grey without filters, as `encodePng` makes them. */
export function readPng(png: Buffer): Picture {
  const width = png.readUInt32BE(16);
  const height = png.readUInt32BE(20);
  if (png.subarray(24, 29).toString('hex') !== '0400000000') throw new Error('not a PNG of 4 bits grey');
  const rows = inflateSync(png.subarray(41, 41 + png.readUInt32BE(33)));
  const stride = 1 + Math.ceil(width / 2);
  return {
    width,
    height,
    grey: (x, y) => ((rows[y * stride + 1 + (x >> 1)] ?? 0) >> (x & 1 ? 0 : 4)) & 15,
  };
}

/** The smallest box around the black pixels of a picture, edges included; `within`: only of this part. */
export function blackBox(
  picture: Picture,
  within: { readonly right?: number } = {},
): { left: number; top: number; right: number; bottom: number } {
  const box = { left: picture.width, top: picture.height, right: -1, bottom: -1 };
  for (let y = 0; y < picture.height; y++) {
    for (let x = 0; x < (within.right ?? picture.width); x++) {
      if (picture.grey(x, y) > 3) continue;
      box.left = Math.min(box.left, x);
      box.right = Math.max(box.right, x);
      box.top = Math.min(box.top, y);
      box.bottom = Math.max(box.bottom, y);
    }
  }
  return box;
}
