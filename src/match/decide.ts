import type { Candidate, CandidateCode, Doubt, Match, StrangerCode, TieBreak } from '../core/contact/match.ts';
import { doubtWords, tieWords, whyOf } from './words.ts';

/** A contact point as it was found, with what is known of its client at the time of the contact. */
export interface PointOwner {
  readonly kind: 'phone' | 'fax' | 'email' | 'domain';
  readonly address: string;
  /** Also of others. */
  readonly shared: boolean;
  /** Of the whole client, whoever of it calls. */
  readonly reception: boolean;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly clientId: string;
  readonly client: string;
  readonly personId: string | null;
  readonly person: string | null;
  readonly responsibleId: string | null;
  /** Has an open planned contact. */
  readonly planned: boolean;
  readonly lastContactAt: Date | null;
}

/** What people said of an address without naming an owner, or against every owner. */
export interface Mark {
  readonly says: 'gateway' | 'not_client' | 'never_capture';
  readonly isDomain: boolean;
  readonly since: Date | null;
  readonly until: Date | null;
}

export interface MatchQuestion {
  readonly occurredAt: Date;
  /** Set when there is nothing to look up. */
  readonly refused: 'withheld' | 'no_address' | 'own_address' | null;
  readonly owners: readonly PointOwner[];
  readonly marks: readonly Mark[];
  /** Owners of numbers that stand in the text of what was sent. */
  readonly hints: readonly PointOwner[];
  /** Our own mail server found that the sender is not proven. */
  readonly isClaimed: boolean;
  /** Our people who took part. */
  readonly takenBy: readonly string[];
}

/**
 * Whose contact was it? Pure: the shell fetches the owners of the address, this chooses.
 *
 * An address counts only for the period it belonged to the client. Evidence in order: an address of a person, of the
 * client, the company's domain; addresses marked as shared and domains are weak, and a number that only stands in the text
 * is a hint, looked at where there is nothing strong. Linked by itself is only the one client with strong evidence. Several:
 * the client whose responsible took the contact, or the one with an open planned contact, is chosen, if that is true of
 * exactly one: both are facts people wrote down. The last contact only orders the chooser: that somebody of the family
 * called yesterday is no evidence of who calls today, and a wrong link costs more than a tap.
 *
 * What people said of the address comes first: a gateway's is never a client's; "not a client" makes a stranger, unless the
 * directory has the very address of one: two people contradict each other, and a third decides. A sender who is not proven
 * is shown with whom he claims to be, and never linked.
 */
export function decideMatch(question: MatchQuestion): Match {
  const hints = question.hints.filter((owner) => isValidAt(owner, question.occurredAt));
  if (question.refused !== null && (question.refused === 'own_address' || hints.length === 0))
    return stranger(question.refused);
  const marks = question.marks.filter((mark) => isValidAt(mark, question.occurredAt));
  const owners = sharedByAll(question.owners.filter((owner) => isValidAt(owner, question.occurredAt)));
  if (marks.some(({ says }) => says === 'gateway')) return stranger('gateway');
  const hasAddress = owners.some(({ kind }) => kind !== 'domain');
  const said = marks.find(({ says, isDomain }) => says === 'not_client' && (!isDomain || !hasAddress));
  if (said !== undefined && !hasAddress) return stranger('not_client');
  if (marks.some(({ says }) => says === 'never_capture') && !hasAddress) return stranger('never_capture');
  const doubt = question.isClaimed ? 'claimed' : said === undefined ? null : 'not_client';
  const named = groupByClient(owners).map((one) => doubted(candidateOf(one), doubt));
  const strong = named.filter((one) => one.candidate.strength === 'strong');
  const found = strong.length > 0 ? named : [...named, ...hintsOf(hints, named, doubt)];
  return chooseOf(found.sort(byRank(question)), question);
}

function chooseOf(found: readonly Found[], question: MatchQuestion): Match {
  const strong = found.filter((one) => one.candidate.strength === 'strong');
  const [only] = strong;
  const tieBreak = strong.length > 1 ? breakTie(strong, question) : null;
  const chosen = strong.length === 1 ? only : tieBreak?.found;
  if (chosen !== undefined) {
    const others = found.filter((one) => one !== chosen).map(({ candidate }) => candidate);
    const reason = `${chosen.candidate.reason}${tieBreak === null ? '' : `; ${tieWords[tieBreak.code]}`}`;
    return {
      verdict: 'client',
      candidates: [{ ...chosen.candidate, reason }, ...others],
      tieBreak: tieBreak?.code ?? null,
    };
  }
  const [first, ...others] = found.map(({ candidate }) => candidate);
  if (first === undefined) return stranger(question.refused ?? 'nobody');
  return { verdict: 'ambiguous', candidates: [first, ...others] };
}

/** How many clients had the address then: of one or none the decision depends on nothing but the moment. */
export function clientsAt(owners: readonly PointOwner[], at: Date): ReadonlySet<string> {
  return new Set(owners.filter((owner) => isValidAt(owner, at)).map(({ clientId }) => clientId));
}

/** Is there strong evidence, whatever else may be said? Then hints are not looked for. */
export function hasStrong({ refused, owners, occurredAt }: MatchQuestion): boolean {
  if (refused === 'own_address') return true;
  return owners.some((owner) => owner.kind !== 'domain' && !owner.shared && isValidAt(owner, occurredAt));
}

function stranger(because: StrangerCode): Match {
  return { verdict: 'stranger', candidates: [], because };
}

interface Found {
  readonly candidate: Candidate;
  readonly owner: PointOwner;
  /** See `weight`. */
  readonly level: number;
}

function isValidAt({ since, until }: Pick<PointOwner, 'since' | 'until'>, at: Date): boolean {
  return (since === null || since <= at) && (until === null || at < until);
}

/** Whoever says that others have the address too says it of all who have it. */
function sharedByAll(owners: readonly PointOwner[]): readonly PointOwner[] {
  if (!owners.some(({ kind, shared }) => shared && kind !== 'domain')) return owners;
  return owners.map((owner) => (owner.kind === 'domain' ? owner : { ...owner, shared: true }));
}

function groupByClient(owners: readonly PointOwner[]): PointOwner[][] {
  const groups = new Map<string, PointOwner[]>();
  for (const owner of owners) groups.set(owner.clientId, [...(groups.get(owner.clientId) ?? []), owner]);
  return [...groups.values()];
}

/** The best evidence that one client has, in words. */
function candidateOf(owners: readonly PointOwner[]): Found {
  const [owner] = [...owners].sort((a, b) => weight(a) - weight(b) || b.address.length - a.address.length);
  if (owner === undefined) throw new RangeError('a client without evidence');
  const level = weight(owner);
  const people = new Map(
    owners.filter((o) => weight(o) === level).map((o) => (o.reception ? [null, null] : [o.personId, o.person])),
  );
  const isOne = people.size === 1;
  const [[personId, person] = [null, null]] = [...people];
  const code = codeOf(owner, isOne);
  const names = [...people.values()].filter((name) => name !== null);
  const candidate: Candidate = {
    clientId: owner.clientId,
    client: owner.client,
    personId: isOne ? personId : null,
    person: isOne ? person : null,
    strength: code === 'company_domain' || code === 'shared_address' ? 'weak' : 'strong',
    code,
    reason: whyOf(code, owner, names),
  };
  return { candidate, owner, level };
}

function codeOf(owner: PointOwner, isOnePerson: boolean): CandidateCode {
  if (owner.kind === 'domain') return 'company_domain';
  if (owner.shared) return 'shared_address';
  if (owner.reception) return 'reception';
  if (owner.personId === null) return 'client_address';
  return isOnePerson ? 'person_address' : 'people_address';
}

/** 0 a person's own address, 1 the client's, 2 a shared one, 3 the domain, 4 a number in the text. */
function weight(owner: PointOwner): number {
  if (owner.kind === 'domain') return 3;
  if (owner.shared) return 2;
  return owner.personId === null || owner.reception ? 1 : 0;
}

/** Clients whose number stands in what was sent, those left out whose address it was. */
function hintsOf(hints: readonly PointOwner[], named: readonly Found[], doubt: Doubt | null): Found[] {
  const known = new Set(named.map(({ owner }) => owner.clientId));
  const others = hints.filter(({ clientId }) => !known.has(clientId));
  return groupByClient(others).map((owners) => {
    const { candidate, owner } = candidateOf(owners);
    const code = 'number_in_text';
    const reason = whyOf(code, owner, []);
    const hint = { ...candidate, personId: null, person: null, strength: 'weak', code, reason } as const;
    return doubted({ candidate: hint, owner, level: 4 }, doubt);
  });
}

function doubted(found: Found, doubt: Doubt | null): Found {
  if (doubt === null) return found;
  const reason = `${found.candidate.reason}; ${doubtWords[doubt]}`;
  return { ...found, candidate: { ...found.candidate, strength: 'weak', doubt, reason } };
}

/** Strength, evidence, then what makes it likely: the responsible took it, it was planned, the last contact; then the name. */
function byRank({ takenBy }: MatchQuestion): (a: Found, b: Found) => number {
  const rank = ({ owner, level }: Found) => [
    level >= 2 ? level : 0,
    owner.kind === 'domain' ? -owner.address.length : 0, // the nearer one says more
    owner.responsibleId !== null && takenBy.includes(owner.responsibleId) ? 0 : 1,
    owner.planned ? 0 : 1,
    level,
    -(owner.lastContactAt?.getTime() ?? 0),
  ];
  return (a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const i = left.findIndex((value, at) => value !== right[at]);
    return i < 0 ? a.owner.client.localeCompare(b.owner.client) : (left[i] ?? 0) - (right[i] ?? 0);
  };
}

function breakTie(
  strong: readonly Found[],
  { takenBy }: MatchQuestion,
): { readonly found: Found; readonly code: TieBreak } | null {
  const taken = strong.filter(({ owner }) => owner.responsibleId !== null && takenBy.includes(owner.responsibleId));
  if (taken.length === 1 && taken[0] !== undefined) return { found: taken[0], code: 'taken_by_responsible' };
  const planned = (taken.length === 0 ? strong : taken).filter(({ owner }) => owner.planned);
  return planned.length === 1 && planned[0] !== undefined ? { found: planned[0], code: 'planned_contact' } : null;
}
