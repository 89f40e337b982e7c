import { randomBytes as cryptoBytes } from 'node:crypto';

/** Bytes nobody can guess, for tokens, keys and passwords. */
export function randomBytes(count: number): Buffer {
  return cryptoBytes(count);
}

/**
 * A new row id: UUID version 7 (RFC 9562 §5.7): 48 bits of milliseconds, 12 bits that count on within one millisecond,
 * 62 random bits. Ids of one process sort in the order they were made, also when the wall clock steps back, so b-tree
 * inserts stay at the right edge.
 */
export function newId(): string {
  const nowMs = Date.now();
  if (nowMs > lastMs) {
    lastMs = nowMs;
    count = pooledBytes(2).readUInt16BE() & 0x7ff; // leaves at least 2048 steps within the millisecond
  } else {
    count += 1;
    if (count > 0xfff) {
      lastMs += 1; // more than the counter holds: borrow from the next millisecond
      count = 0;
    }
  }
  const bytes = pooledBytes(16);
  bytes.writeUIntBE(lastMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | count, 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
let lastMs = 0;
let count = 0;

/** Asking the system for 16 bytes costs as much as for 4096 (some 10 µs): ids take theirs from a stock. */
function pooledBytes(size: number): Buffer {
  if (poolUsed + size > pool.length) {
    pool = cryptoBytes(4096);
    poolUsed = 0;
  }
  poolUsed += size;
  return pool.subarray(poolUsed - size, poolUsed);
}
let pool = Buffer.alloc(0);
let poolUsed = 0;

/**
 * `ms` shortened by a random part of at most `share` (0..1): those who failed together do not come back together.
 * Never longer than `ms`, so that caps stay caps.
 */
export function jitter(ms: number, share = 0.3): number {
  return Math.round(ms * (1 - share * Math.random()));
}
