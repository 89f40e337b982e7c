/** What a person says of a contact that needs no gist. */
export const outcomesByHand = ['not-reached', 'wrong-number', 'no-content', 'private', 'spam'] as const;
export type OutcomeByHand = (typeof outcomesByHand)[number];

export type ContactState = 'draft' | 'completed' | 'dismissed' | 'bare' | 'planned' | 'automatic';

/** What was agreed to happen next. `on`: a day in the owner's zone, null when none was named. */
export interface NextStep {
  readonly kind: 'call' | 'meeting';
  readonly on: string | null;
}

/** The part of a contact that people write; everything else is the machine's. */
export interface Human {
  readonly id: string;
  /** Grows by one with every save: whoever saves an older version sees what changed meanwhile. */
  readonly version: number;
  readonly ownerId: string;
  readonly state: ContactState;
  readonly gist: string | null;
  readonly outcome: OutcomeByHand | null;
  /** Id of the occasion. */
  readonly occasion: string | null;
  readonly nextStep: NextStep | null;
  readonly callBack: boolean;
  /** `byHand` with no id: a person said that it is none of the candidates. */
  readonly client: { readonly id: string | null; readonly personId: string | null; readonly byHand: boolean } | null;
  readonly completed: { readonly at: string; readonly by: string | null } | null;
}

/** One field of one save: what it was and what it became. */
export interface FieldChange {
  readonly field: string;
  readonly old: unknown;
  readonly new: unknown;
  /** The change row this one takes back. */
  readonly undoes?: string;
}
