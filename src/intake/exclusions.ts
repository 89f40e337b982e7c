import type { Address, Capture } from '../core/contact/capture.ts';
import type { Clock } from '../core/time/clock.ts';
import { isExcluded } from '../mail/index.ts';
import type { Db } from '../store/base/db.ts';
import { neverCaptured } from '../store/intake/exclusions.ts';
import { normalized } from './normalize.ts';

/** Of what nothing is kept now: addresses, domains (with all below them) and numbers in E.164. */
export type Exclusions = () => Promise<readonly string[]>;

/** So long after somebody flagged an address it may still be captured. */
const oldestMs = 1000;

/**
 * The addresses flagged "never capture", asked for at most once a second and only while something comes in. A database that
 * cannot be asked stops the intake: what may be stored is not known then.
 */
export function openExclusions(db: Db, clock: Pick<Clock, 'monotonicMs'>): Exclusions {
  let known: { readonly list: readonly string[]; readonly atMs: number } | null = null;
  let asking: Promise<readonly string[]> | null = null;
  return async () => {
    const atMs = clock.monotonicMs();
    if (known !== null && atMs - known.atMs < oldestMs) return known.list;
    asking ??= neverCaptured(db).finally(() => {
      asking = null;
    });
    const list = await asking;
    // The same list stays the same array: what was made of it is made once.
    const isSame = known !== null && known.list.length === list.length && known.list.every((one, i) => one === list[i]);
    known = { list: isSame && known !== null ? known.list : list, atMs };
    return known.list;
  };
}

/** Does anybody of the outside take part whose contacts are not kept? `region`: of the numbers as the source writes them. */
export function isNeverCaptured(
  { outside, details }: Pick<Capture, 'outside' | 'details'>,
  region: string | null,
  exclude: readonly string[],
): boolean {
  if (exclude.length === 0) return false;
  return isExcluded(
    [...(outside === null ? [] : [outside]), ...othersIn(details)].flatMap((one) => normalized(one, region) ?? []),
    { exclude },
  );
}

/** The same of one address. */
export function isHiddenAddress(address: Address, region: string | null, exclude: readonly string[]): boolean {
  if (exclude.length === 0) return false;
  const read = normalized(address, region);
  return read !== null && isExcluded([read], { exclude });
}

/** A caller who asked not to be shown is nobody to match; the exchange knows his number all the same. */
function othersIn(details: Capture['details']): Address[] {
  const phones = (values: readonly (string | null)[]) =>
    values.flatMap((value): Address[] => (value === null ? [] : [{ kind: 'phone', value }]));
  switch (details.channel) {
    case 'call':
      return phones([details.call.caller, details.call.called]);
    case 'web': {
      const { phone, email } = details.form;
      return [...phones([phone]), ...(email === null ? [] : [{ kind: 'email', value: email } as const])];
    }
    case 'fax':
      return phones([details.fax.number]);
    case 'email':
    case 'noted': // a person wrote it down, as he did these
    case 'meeting':
    case 'letter':
    case 'message':
      return [];
  }
}
