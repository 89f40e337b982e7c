/** Why a client is proposed; the page translates by it. `words` of the candidate say the same in English. */
export type CandidateCode =
  | 'person_address' // the address of a person at the client
  | 'people_address' // of several persons at the client: the client is sure, who of them is not
  | 'client_address' // of the client itself
  | 'shared_address' // marked as shared: a reception, a family, a gateway
  | 'company_domain'; // an unknown mailbox in the client's domain

/** A fact that may choose between clients with the same address, and only because people wrote it down. */
export type TieBreak = 'taken_by_responsible' | 'planned_contact';

export interface Candidate {
  readonly clientId: string;
  readonly client: string;
  readonly personId: string | null;
  readonly person: string | null;
  readonly strength: 'strong' | 'weak';
  readonly code: CandidateCode;
  /** Why, for a person to read, in English. */
  readonly reason: string;
}

/** Whose contact it was. `candidates`: best first; in `client` the chosen one is the first. */
export type Match =
  | {
      readonly verdict: 'client';
      readonly candidates: readonly [Candidate, ...Candidate[]];
      readonly tieBreak: TieBreak | null;
    }
  | { readonly verdict: 'ambiguous'; readonly candidates: readonly [Candidate, ...Candidate[]] }
  | { readonly verdict: 'stranger'; readonly candidates: readonly []; readonly because: StrangerCode };

/** `nobody`: a good address that no client has. The others are never looked up. */
export type StrangerCode = 'nobody' | 'withheld' | 'no_address' | 'own_address';
