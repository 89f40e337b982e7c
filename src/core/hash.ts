import { hash } from 'node:crypto';

// In one call: a Hash object of its own for each small text costs more, and the garbage collector most of all (measured).

/** Out of it as text: a buffer of its own outside the heap costs four times the hash. */
export function sha256(data: string | Uint8Array): Buffer {
  return Buffer.from(hash('sha256', data, 'binary'), 'latin1');
}

/** Hexadecimal, lower case. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}
