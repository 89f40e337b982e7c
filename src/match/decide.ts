import type { Candidate, CandidateCode, Match, StrangerCode, TieBreak } from '../core/match.ts';

/** A contact point as it was found, with what is known of its client at the time of the contact. */
export interface PointOwner {
  readonly kind: 'phone' | 'fax' | 'email' | 'domain';
  readonly address: string;
  readonly shared: boolean;
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

export interface MatchQuestion {
  readonly occurredAt: Date;
  /** Set when there is nothing to look up. */
  readonly refused: Exclude<StrangerCode, 'nobody'> | null;
  readonly owners: readonly PointOwner[];
  /** Our people who took part. */
  readonly takenBy: readonly string[];
}

/**
 * Whose contact was it? Pure: the shell fetches the owners of the address, this chooses.
 *
 * An address counts only for the period it belonged to the client. Evidence in order: an address of a person, of the
 * client, the company's domain; addresses marked as shared and domains are weak. Linked by itself is only the one client
 * with strong evidence. Several: the client whose responsible took the contact, or the one with an open planned contact,
 * is chosen, if that is true of exactly one: both are facts people wrote down. The last contact only orders the chooser:
 * that somebody of the family called yesterday is no evidence of who calls today, and a wrong link costs more than a tap.
 */
export function decideMatch(question: MatchQuestion): Match {
  if (question.refused !== null) return { verdict: 'stranger', candidates: [], because: question.refused };
  const clients = groupByClient(question.owners.filter((owner) => isValidAt(owner, question.occurredAt)));
  const found = clients.map((owners) => candidateOf(owners)).sort(byRank(question));
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
  if (first === undefined) return { verdict: 'stranger', candidates: [], because: 'nobody' };
  return { verdict: 'ambiguous', candidates: [first, ...others] };
}

interface Found {
  readonly candidate: Candidate;
  readonly owner: PointOwner;
}

const tieWords: Readonly<Record<TieBreak, string>> = {
  taken_by_responsible: 'its responsible employee took the contact',
  planned_contact: 'a contact with it was planned',
};

function isValidAt({ since, until }: PointOwner, at: Date): boolean {
  return (since === null || since <= at) && (until === null || at < until);
}

function groupByClient(owners: readonly PointOwner[]): PointOwner[][] {
  const groups = new Map<string, PointOwner[]>();
  for (const owner of owners) groups.set(owner.clientId, [...(groups.get(owner.clientId) ?? []), owner]);
  return [...groups.values()];
}

/** The best evidence that one client has, in words. */
function candidateOf(owners: readonly PointOwner[]): Found {
  const [owner] = [...owners].sort((a, b) => weight(a) - weight(b));
  if (owner === undefined) throw new RangeError('a client without evidence');
  const level = weight(owner);
  const people = new Map(owners.filter((o) => weight(o) === level).map((o) => [o.personId, o.person]));
  const isOne = people.size === 1;
  const code: CandidateCode =
    owner.kind === 'domain'
      ? 'company_domain'
      : owner.shared
        ? 'shared_address'
        : owner.personId === null
          ? 'client_address'
          : isOne
            ? 'person_address'
            : 'people_address';
  const candidate: Candidate = {
    clientId: owner.clientId,
    client: owner.client,
    personId: isOne ? owner.personId : null,
    person: isOne ? owner.person : null,
    strength: code === 'company_domain' || code === 'shared_address' ? 'weak' : 'strong',
    code,
    reason: wordsOf(
      code,
      owner,
      [...people.values()].filter((name) => name !== null),
    ),
  };
  return { candidate, owner };
}

/** 0 a person's own address, 1 the client's, 2 a shared one, 3 the domain. */
function weight(owner: PointOwner): number {
  if (owner.kind === 'domain') return 3;
  if (owner.shared) return 2;
  return owner.personId === null ? 1 : 0;
}

const thing = { phone: 'number', fax: 'fax number', email: 'address', domain: 'domain' } as const;

function wordsOf(code: CandidateCode, owner: PointOwner, people: readonly string[]): string {
  const name = thing[owner.kind];
  const whose = people.length === 0 ? owner.client : `${people.join(', ')} (${owner.client})`;
  switch (code) {
    case 'person_address':
      return `the ${name} of ${whose}`;
    case 'people_address':
      return `the ${name} of several people: ${whose}`;
    case 'client_address':
      return `the ${name} of ${owner.client}`;
    case 'shared_address':
      return `a shared ${name}, also of ${whose}`;
    case 'company_domain':
      return `a mailbox in the domain ${owner.address} of ${owner.client}`;
  }
}

/** Strength, evidence, then what makes it likely: the responsible took it, it was planned, the last contact; then the name. */
function byRank({ takenBy }: MatchQuestion): (a: Found, b: Found) => number {
  const rank = ({ owner }: Found) => [
    weight(owner) >= 2 ? weight(owner) : 0,
    owner.responsibleId !== null && takenBy.includes(owner.responsibleId) ? 0 : 1,
    owner.planned ? 0 : 1,
    weight(owner),
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
