import { hash } from 'node:crypto';

/** In one call: a Hash object of its own for each small text costs the garbage collector more than the hash does. */
export function sha256(data: string | Uint8Array): Buffer {
  return hash('sha256', data, 'buffer');
}

/** Hexadecimal, lower case. */
export function sha256Hex(data: string | Uint8Array): string {
  return hash('sha256', data, 'hex');
}
