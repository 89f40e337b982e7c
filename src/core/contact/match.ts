/** Why a client is proposed; the page translates by it. `words` of the candidate say the same in English. */
export type CandidateCode =
  | 'person_address' // the address of a person at the client
  | 'people_address' // of several persons at the client: the client is sure, who of them is not
  | 'client_address' // of the client itself
  | 'reception' // of the client as a whole, whoever of it calls
  | 'shared_address' // marked as shared with others: a family, a business centre
  | 'company_domain' // an unknown mailbox in the client's domain
  | 'number_in_text'; // the address is nobody's; a number of the client stands in what was sent

/** What takes the strength from all evidence: then a person decides. */
export type Doubt =
  | 'claimed' // our own mail server found that the sender is not proven
  | 'not_client'; // a person said that this address is no client's; the directory says it is

/** A fact that may choose between clients with the same address, and only because people wrote it down. */
export type TieBreak = 'taken_by_responsible' | 'planned_contact';

export interface Candidate {
  readonly clientId: string;
  readonly client: string;
  readonly personId: string | null;
  readonly person: string | null;
  readonly strength: 'strong' | 'weak';
  readonly code: CandidateCode;
  /** Absent: none. */
  readonly doubt?: Doubt;
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

/** Why there is nobody to propose. */
export type StrangerCode =
  | 'nobody' // a good address that no client has
  | 'withheld' // never looked up
  | 'no_address' // cannot be looked up
  | 'own_address'
  | 'gateway' // a machine's, whoever may speak through it
  | 'not_client' // a person said so: nobody is asked
  | 'never_capture'; // nothing of it is kept any more; what was kept before asks nobody
