import type { Address } from '../core/capture.ts';
import type { Match } from '../core/match.ts';
import { addressesOf, participantsOf } from '../core/participants.ts';
import { normalizeAddress, readNumbers } from '../core/phone.ts';
import type { Db } from '../store/db.ts';
import { employeesAt, lockToMatch, pointsAt, writeMatch } from '../store/matching.ts';
import { decideMatch, type PointOwner } from './decide.ts';
import { companyDomains } from './freemail.ts';

/** What matching has to know of the office. */
export interface MatchOffice {
  /** ISO 3166; null: only international numbers can be compared. */
  readonly region: string | null;
  /** The region of the trunk behind a connector (`connectors[].region`), null: the office's. */
  regionOf(connector: string): string | null;
  readonly extensions: Pick<RegExp, 'test'>;
  /** YAML `own:`, as written. */
  readonly own: { readonly numbers: readonly string[]; readonly domains: readonly string[] };
}

/**
 * Decides whose contact it was and stores the answer. Again with the same outcome as often as wanted; what people chose
 * stays. Null when the contact is gone or part of another.
 */
export function matchContact(db: Db, contactId: string, office: MatchOffice): Promise<Match | null> {
  return db.transaction(async (tx) => {
    const contact = await lockToMatch(tx, contactId);
    if (contact === null) return null;
    const region = office.regionOf(contact.connector) ?? office.region;
    const outside =
      contact.outsideKind === null || contact.outside === null
        ? null
        : { kind: contact.outsideKind, value: contact.outside };
    const people = addressesOf(participantsOf(contact.called, office.extensions, region));
    const takenBy = people.length === 0 ? [] : await employeesAt(tx, people, contact.startedAt);
    const { normalized, match } = await matchAddress(tx, outside, office, {
      region,
      at: contact.startedAt,
      withheld: contact.withheld,
      contactId,
      takenBy: takenBy.map(({ employeeId }) => employeeId),
    });
    await writeMatch(tx, contactId, normalized, match);
    return match;
  });
}

export interface AddressContext {
  readonly region: string | null;
  readonly at: Date;
  readonly withheld: boolean;
  readonly contactId: string | null;
  readonly takenBy: readonly string[];
}

/** Whose address it is at that moment. A withheld one is never looked up, even where the exchange knows it. */
export async function matchAddress(
  db: Db,
  outside: Address | null,
  office: MatchOffice,
  context: AddressContext,
): Promise<{ readonly normalized: string | null; readonly match: Match }> {
  const stranger = (because: 'withheld' | 'no_address' | 'own_address') =>
    decideMatch({ occurredAt: context.at, refused: because, owners: [], takenBy: [] });
  if (context.withheld || outside === null) return { normalized: null, match: stranger('withheld') };
  const { normalized } = normalizeAddress(outside, context.region);
  if (normalized === null || outside.kind === 'extension') return { normalized: null, match: stranger('no_address') };
  if (isOwn(normalized, office)) return { normalized, match: stranger('own_address') };
  const isEmail = outside.kind === 'email';
  const points = await pointsAt(
    db,
    isEmail ? ['email', 'domain'] : ['phone', 'fax'],
    isEmail ? [normalized, ...companyDomains(normalized)] : [normalized],
    context.at,
    context.contactId,
  );
  if (points.some(({ employeeId }) => employeeId !== null)) return { normalized, match: stranger('own_address') };
  const owners = points.flatMap((point): PointOwner[] =>
    point.clientId === null || point.client === null
      ? []
      : [{ ...point, clientId: point.clientId, client: point.client }],
  );
  const question = { occurredAt: context.at, refused: null, owners, takenBy: context.takenBy };
  return { normalized, match: decideMatch(question) };
}

/** Our numbers are read in the office's region, whatever trunk the contact came by. */
function isOwn(address: string, { own, region }: MatchOffice): boolean {
  const at = address.lastIndexOf('@');
  if (at >= 0) return own.domains.some((domain) => domain.toLowerCase() === address.slice(at + 1));
  return own.numbers.some((written) => readNumbers(written, region).numbers.some(({ e164 }) => e164 === address));
}
