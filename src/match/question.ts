import type { Address } from '../core/contact/capture.ts';
import { numbersIn } from '../core/phone/in-text.ts';
import { normalizeAddress, readNumbers } from '../core/phone/phone.ts';
import type { HintText, PointRow } from '../store/deciding/matching.ts';
import type { Mark, MatchQuestion, PointOwner } from './decide.ts';
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
  /** IANA name; absent: UTC. In it the days begin on which people join and leave their clients. */
  readonly zone?: string;
}

/** An address, read: what is looked up, or why nothing is. */
export interface OutsideRead {
  readonly normalized: string | null;
  readonly refused: MatchQuestion['refused'];
  /** Empty when refused. */
  readonly kinds: readonly PointRow['kind'][];
  readonly addresses: readonly string[];
}

/** A withheld address is never looked up, even where the exchange knows it. */
export function readOutside(
  outside: Address | null,
  office: MatchOffice,
  { region, withheld }: { readonly region: string | null; readonly withheld: boolean },
): OutsideRead {
  const refuse = (refused: MatchQuestion['refused'], normalized: string | null = null): OutsideRead => {
    return { normalized, refused, kinds: [], addresses: [] };
  };
  if (withheld || outside === null) return refuse('withheld');
  const { normalized } = normalizeAddress(outside, region);
  if (normalized === null || outside.kind === 'extension') return refuse('no_address');
  if (isOwn(normalized, office)) return refuse('own_address', normalized);
  return outside.kind === 'email'
    ? { normalized, refused: null, kinds: ['email', 'domain'], addresses: [normalized, ...companyDomains(normalized)] }
    : { normalized, refused: null, kinds: ['phone', 'fax'], addresses: [normalized] };
}

/** The numbers in what was sent that may be a client's. */
export function hintNumbers(
  { numbers, words }: HintText,
  normalized: string | null,
  office: MatchOffice,
  region: string | null,
): readonly string[] {
  const all = [...(numbers ?? []), ...(words === null || words === '' ? [] : numbersIn(words, region))];
  return [...new Set(all)].filter((number) => number !== normalized && !isOwn(number, office));
}

/** What is asked of the decision. `points` of other moments do no harm; `hints` are those of numbers in the text. */
export function questionOf(
  outside: Pick<OutsideRead, 'refused'>,
  points: readonly PointRow[],
  hints: readonly PointRow[],
  about: { readonly at: Date; readonly isClaimed: boolean; readonly takenBy: readonly string[] },
): MatchQuestion {
  const isOurs = points.some((point) => point.employeeId !== null && countsAt(point, about.at));
  return {
    occurredAt: about.at,
    refused: isOurs ? 'own_address' : outside.refused,
    owners: points.flatMap(ownersOf),
    marks: points.flatMap(marksOf),
    hints: hints.flatMap(ownersOf),
    isClaimed: about.isClaimed,
    takenBy: about.takenBy,
  };
}

function ownersOf(point: PointRow): PointOwner[] {
  const { clientId, client, gateway, notClient } = point;
  return clientId === null || client === null || gateway || notClient ? [] : [{ ...point, clientId, client }];
}

/** That nothing is kept of an address of a client says nothing about whose it is. */
function marksOf({ kind, since, until, clientId, gateway, notClient, neverCapture }: PointRow): Mark[] {
  const mark = { isDomain: kind === 'domain', since, until };
  return [
    ...(gateway ? [{ ...mark, says: 'gateway' as const }] : []),
    ...(notClient ? [{ ...mark, says: 'not_client' as const }] : []),
    ...(neverCapture && clientId === null ? [{ ...mark, says: 'never_capture' as const }] : []),
  ];
}

function countsAt({ since, until }: PointRow, at: Date): boolean {
  return (since === null || since <= at) && (until === null || at < until);
}

/** Our numbers are read in the office's region, whatever trunk the contact came by. */
function isOwn(address: string, { own, region }: MatchOffice): boolean {
  const at = address.lastIndexOf('@');
  if (at >= 0) return own.domains.some((domain) => `.${address.slice(at + 1)}`.endsWith(`.${domain.toLowerCase()}`));
  return own.numbers.some((written) => readNumbers(written, region).numbers.some(({ e164 }) => e164 === address));
}
