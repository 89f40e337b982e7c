import type { Address } from '../core/capture.ts';
import { normalizeAddress } from '../core/phone.ts';

/** Reading a number takes some 60 µs, a tenth of storing the capture; the same few hundred clients call again and again. */
const remembered = new Map<string, string | null>();
const most = 2000;

/** The form in which addresses are compared; null when it is none. */
export function normalized(address: Address, region: string | null): string | null {
  const key = `${region}\0${address.kind}\0${address.value}`;
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const { normalized: read } = normalizeAddress(address, region);
  if (remembered.size >= most) remembered.clear();
  if (address.value.length <= 64) remembered.set(key, read);
  return read;
}
