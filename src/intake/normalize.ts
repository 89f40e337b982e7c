import type { Address } from '../core/contact/capture.ts';
import { normalizeAddress } from '../core/phone/phone.ts';
import { Remembered } from '../core/remembered.ts';

/** Reading a number takes some 60 µs, a tenth of storing the capture; the same few hundred clients call again and again. */
const remembered = new Remembered<string | null>({ most: 2000, longest: 100 });

/** The form in which addresses are compared; null when it is none. */
export function normalized(address: Address, region: string | null): string | null {
  const key = `${region}\0${address.kind}\0${address.value}`;
  return remembered.answer(key, () => normalizeAddress(address, region).normalized);
}
