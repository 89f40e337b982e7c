import { crc32, deflateSync } from 'node:zlib';
import type { Size } from './area-scaler.ts';

/**
 * A PNG of 16 greys (ISO 15948): half the bytes of 256 greys for a page of text, and no eye tells the difference.
 *
 * @param pixels row by row, 0 black to 255 white
 */
export function encodePng(pixels: Uint8Array, { width, height }: Size): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 4; // bits; 0 for grey, and for the one way of compressing, filtering, no interlace
  // Each row begins with its filter: none, the best one for pages that are mostly white.
  const stride = 1 + Math.ceil(width / 2);
  const rows = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * stride + 1 + (x >> 1);
      const grey = Math.round((pixels[y * width + x] ?? 255) / 17);
      rows[at] = (rows[at] ?? 0) | (x & 1 ? grey : grey << 4);
    }
  }
  const signature = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}
