import { inflateSync } from 'node:zlib';
import { Refusal } from './refusal.ts';

/** Packed strips that unpack to more are no fax. */
const largestStrip = 64_000_000;

/**
 * Unpacks a strip by TIFF's compression: 1 none, 5 LZW, 8 and 32946 deflate, 32773 PackBits. Damage ends it: what was
 * unpacked before it comes back.
 *
 * @param size bytes the strip should have; more is never made
 * @throws Refusal for another compression or a strip too large
 */
export function unpackStrip(bytes: Uint8Array, compression: number, size: number): Uint8Array {
  if (size > largestStrip) throw new Refusal('the page unpacks to more than a fax has');
  switch (compression) {
    case 1:
      return bytes.subarray(0, size);
    case 5:
      return unpackLzw(bytes, size);
    case 8:
    case 32946:
      return inflate(bytes, size);
    case 32773:
      return unpackBits(bytes, size);
    default:
      throw new Refusal(`its compression (${names[compression] ?? compression}) is not read`);
  }
}

const names: Readonly<Record<number, string>> = { 6: 'JPEG', 7: 'JPEG', 9: 'JBIG', 10: 'JBIG', 34661: 'JBIG' };

/** A damaged stream gives nothing: zlib does not tell what it had. */
function inflate(bytes: Uint8Array, size: number): Uint8Array {
  try {
    return inflateSync(bytes, { maxOutputLength: size + 1_000_000 });
  } catch {
    return new Uint8Array(0);
  }
}

/** TIFF 6.0 §9. */
function unpackBits(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  let to = 0;
  for (let at = 0; at < bytes.length && to < size; ) {
    const mark = bytes[at++] ?? 0;
    if (mark < 128) {
      out.set(bytes.subarray(at, at + Math.min(mark + 1, size - to)), to);
      to += mark + 1;
      at += mark + 1;
    } else if (mark > 128) {
      out.fill(bytes[at++] ?? 0, to, to + 257 - mark);
      to += 257 - mark;
    }
  }
  return out.subarray(0, Math.min(to, size));
}

const clear = 256;
const end = 257;

/** TIFF 6.0 §13: codes of 9 to 12 bits, the highest bit first; the width grows one code early. */
function unpackLzw(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(size);
  // What a code stands for has been written already: it is where it began, and how long it is.
  const starts = new Uint32Array(4096);
  const lengths = new Uint32Array(4096);
  let next = 258;
  let width = 9;
  let to = 0;
  let previous = { start: 0, length: 0 };
  for (let bit = 0; bit + width <= bytes.length * 8 && to < size; ) {
    const code = codeAt(bytes, bit, width);
    bit += width;
    if (code === end) break;
    if (code === clear) {
      next = 258;
      width = 9;
      previous = { start: 0, length: 0 };
      continue;
    }
    if (code > next || (code === next && previous.length === 0)) break;
    const start = to;
    if (code < clear) out[to++] = code;
    else {
      // the code being made now is the one before and its own first byte, which stand one after the other
      const from = code === next ? previous.start : (starts[code] ?? 0);
      const length = code === next ? previous.length + 1 : (lengths[code] ?? 0);
      for (let i = 0; i < length && to < size; i++) out[to++] = out[from + i] ?? 0;
    }
    if (previous.length > 0 && next < 4096) {
      starts[next] = previous.start;
      lengths[next++] = previous.length + 1;
      if (next + 1 >= 1 << width && width < 12) width++;
    }
    previous = { start, length: to - start };
  }
  return out.subarray(0, to);
}

function codeAt(bytes: Uint8Array, bit: number, width: number): number {
  const byte = bit >> 3;
  const three = ((bytes[byte] ?? 0) << 16) | ((bytes[byte + 1] ?? 0) << 8) | (bytes[byte + 2] ?? 0);
  return (three >> (24 - (bit & 7) - width)) & ((1 << width) - 1);
}
