import type { CandidateCode, Doubt, StrangerCode, TieBreak } from '../core/contact/match.ts';

/** The reasons in English, for the command line and the record; pages say them in the reader's language by their codes. */

const thing = { phone: 'number', fax: 'fax number', email: 'address', domain: 'domain' } as const;

/** Why this client is proposed. `people`: whose address it is, of those at the client. */
export function whyOf(
  code: CandidateCode,
  owner: { readonly kind: keyof typeof thing; readonly address: string; readonly client: string },
  people: readonly string[],
): string {
  const name = thing[owner.kind];
  const whose = people.length === 0 ? owner.client : `${people.join(', ')} (${owner.client})`;
  switch (code) {
    case 'person_address':
      return `the ${name} of ${whose}`;
    case 'people_address':
      return `the ${name} of several people: ${whose}`;
    case 'client_address':
      return `the ${name} of ${owner.client}`;
    case 'reception':
      return `the reception ${name} of ${owner.client}`;
    case 'shared_address':
      return `a shared ${name}, also of ${whose}`;
    case 'company_domain':
      return `a mailbox in the domain ${owner.address} of ${owner.client}`;
    case 'number_in_text':
      return `${owner.address} of ${owner.client} stands in the text: a hint, no proof`;
  }
}

export const tieWords: Readonly<Record<TieBreak, string>> = {
  taken_by_responsible: 'its responsible employee took the contact',
  planned_contact: 'a contact with it was planned',
};

export const doubtWords: Readonly<Record<Doubt, string>> = {
  claimed: 'the sender is not proven, anybody could have written in this name',
  not_client: 'though somebody said that the address is no client’s',
};

/** Null: that there is nobody is said by the verdict. */
export const strangerWords: Readonly<Record<StrangerCode, string | null>> = {
  nobody: null,
  withheld: 'withheld or unknown: never looked up',
  no_address: null,
  own_address: 'an address of our own',
  gateway: 'the address of a gateway: a machine’s, never a client’s',
  not_client: 'somebody said that this is no client',
  never_capture: 'never captured: somebody said so',
};
