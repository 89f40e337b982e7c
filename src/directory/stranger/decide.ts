/** Whose an address is or was. */
export interface Owner {
  /** ISO; null: since ever, for ever. */
  readonly since: string | null;
  readonly until: string | null;
  readonly clientId: string | null;
  readonly clientName: string | null;
  readonly personId: string | null;
  readonly employeeId: string | null;
  readonly notClient: boolean;
  readonly neverCapture: boolean;
}

export type Remembering =
  /** It is his already, at that moment and now. */
  | { readonly kind: 'known' }
  /** A colleague's, or one of which nothing is to be kept. */
  | { readonly kind: 'refused'; readonly why: 'ours' | 'never' }
  /** @param since ISO; null: since ever. `over`: who said that it is nobody's was wrong. */
  | { readonly kind: 'remember'; readonly since: string | null; readonly over: readonly number[] };

/**
 * From when on is an address somebody's, when a person says at a contact that it is his?
 *
 * Nobody else ever had it: since ever, so that his calls of before, which came as a stranger's, are found. Others had it until
 * some day: from that day on. Another has it still: from this contact on, for nobody said whose the earlier ones were; from now
 * on both are asked about.
 *
 * @param at start of the contact, ISO
 */
export function decideRemembering(
  owners: readonly Owner[],
  who: { readonly clientId: string; readonly personId: string | null },
  at: string,
): Remembering {
  // What was a colleague's until he left is nobody's now.
  const isOurs = ({ employeeId, until }: Owner) => employeeId !== null && (until === null || at < until);
  if (owners.some(isOurs)) return { kind: 'refused', why: 'ours' };
  if (owners.some(({ neverCapture }) => neverCapture)) return { kind: 'refused', why: 'never' };
  const holds = ({ since, until }: Owner) => (since === null || since <= at) && (until === null || at < until);
  const his = owners.filter(
    ({ clientId, personId }) => clientId === who.clientId && (who.personId ?? personId) === personId,
  );
  if (his.some((owner) => holds(owner) && owner.until === null)) return { kind: 'known' };
  const over = owners.flatMap(({ notClient, clientId }, i) => (notClient && clientId === null ? [i] : []));
  const others = owners.filter(({ clientId }, i) => clientId !== who.clientId && !over.includes(i));
  if (others.length === 0) return { kind: 'remember', since: null, over };
  const ends = others.map(({ until }) => until);
  const last = ends.reduce<string | null>((a, b) => (a === null || b === null ? null : a < b ? b : a), '');
  return { kind: 'remember', since: last !== null && last <= at ? last : at, over };
}

/** Is it still nobody's? Null: yes; else who has it, or what was said of it. */
export function takenBy(owners: readonly Owner[], now: string): Owner | null {
  return owners.find(({ until }) => until === null || now < until) ?? null;
}
