import { readDomain, readEmail } from '../../core/email.ts';
import { normalizeAddress } from '../../core/phone/phone.ts';
import { Problem } from './problem.ts';
import { line } from './schemas.ts';

export const addressQuery = line(320).describe('a phone number, e-mail or domain, as people write it');

/** The form in which addresses are compared. Null: nothing was asked. @throws Problem invalid for what is no address */
export function readAddressQuery(written: string | undefined, region: string | null): string | null {
  if (written === undefined) return null;
  const address = readAnyAddress(written, region)?.value ?? readDomain(written);
  if (address !== null) return address;
  const detail = `expected a phone number, an e-mail address or a domain, found ${JSON.stringify(written)}`;
  throw new Problem('invalid', detail, { errors: [{ parameter: 'address', detail }] });
}

/** A number or an e-mail, told apart by the at sign; null: neither. */
export function readAnyAddress(
  written: string,
  region: string | null,
): { readonly kind: 'email' | 'phone'; readonly value: string } | null {
  if (written.includes('@')) {
    const { email } = readEmail(written);
    return email === null ? null : { kind: 'email', value: email };
  }
  const { normalized } = normalizeAddress({ kind: 'phone', value: written }, region);
  return normalized === null ? null : { kind: 'phone', value: normalized };
}
