/** One of our people, as far as ownership depends on him. */
export interface Colleague {
  readonly id: string;
  readonly active: boolean;
  readonly substituteId: string | null;
  readonly absences: readonly { readonly since: Date; readonly until: Date }[];
}

/** Which of several talkers owns the draft (`last` unless configured). */
export type OwnerPolicy = 'first' | 'last' | 'longest';

/** Who took part in a contact, as employee ids; addresses nobody of ours has are left out already. */
export interface Handlers {
  /** In the order in which they talked, with their own seconds; a person may stand here several times. */
  readonly talks: readonly { readonly employeeId: string; readonly seconds: number }[];
  /** The talker the exchange named as the last one. */
  readonly lastTalkedTo: string | null;
  /** Those the source named without seconds, the one to be asked first in front. */
  readonly named: readonly string[];
  /** Whose phones rang, and whose voicemail box took the message. Counts only where nobody talked. */
  readonly rang: readonly string[];
}

export interface OwnerQuestion {
  readonly handlers: Handlers;
  /** A client called and talked to nobody: then it is his responsible's before it is anybody's who did not lift. */
  readonly missed: boolean;
  /** A mail came to those named: of several it is the responsible's before it is the first one's. */
  readonly addressed: boolean;
  readonly responsibleId: string | null;
  /** The connector's default owner. */
  readonly defaultId: string | null;
  readonly dutyId: string;
  readonly policy: OwnerPolicy;
  /** When the contact ended: absences are looked at for this moment. */
  readonly at: Date;
  readonly colleagues: ReadonlyMap<string, Colleague>;
}

export type OwnerBecause = 'handled' | 'responsible' | 'rang' | 'addressed' | 'default' | 'duty';

export interface OwnerDecision {
  readonly ownerId: string;
  readonly because: OwnerBecause;
  /** The absent one whose substitute this is. */
  readonly insteadOf: string | null;
}

/**
 * Who must complete the draft: exactly one, always. Who handled it, the client's responsible, the one whose phone alone
 * rang, the connector's default, the duty employee; an absent one's substitute comes before the next in this row. The duty
 * employee owns even when he is absent and has no substitute: a draft of nobody would be lost.
 */
export function decideOwner(question: OwnerQuestion): OwnerDecision {
  for (const [because, id] of inOrder(question)) {
    if (id === null) continue;
    const ownerId = presentOrSubstitute(id, question.at, question.colleagues);
    if (ownerId !== null) return { ownerId, because, insteadOf: ownerId === id ? null : id };
  }
  return { ownerId: question.dutyId, because: 'duty', insteadOf: null };
}

function inOrder(question: OwnerQuestion): readonly (readonly [OwnerBecause, string | null])[] {
  const { handlers, missed, addressed } = question;
  const rang = [...new Set(handlers.rang)];
  const isShared = addressed && new Set(handlers.named).size > 1;
  return [
    ['handled', missed || isShared ? null : handlerOf(handlers, question.policy)],
    ['responsible', question.responsibleId],
    ['rang', missed && rang.length === 1 ? (rang[0] ?? null) : null],
    ['addressed', isShared ? (handlers.named[0] ?? null) : null],
    ['default', question.defaultId],
    ['duty', question.dutyId],
  ];
}

/** The talker the policy names; where nobody talked (an outbound call not answered, a mail), the first named one. */
export function handlerOf({ talks, lastTalkedTo, named }: Handlers, policy: OwnerPolicy): string | null {
  const first = talks[0]?.employeeId ?? named[0] ?? null;
  if (policy === 'first') return first;
  if (policy === 'last') return lastTalkedTo ?? talks.at(-1)?.employeeId ?? first;
  const seconds = new Map<string, number>();
  for (const talk of talks) seconds.set(talk.employeeId, (seconds.get(talk.employeeId) ?? 0) + talk.seconds);
  const most = Math.max(...seconds.values());
  return [...seconds].find(([, own]) => own === most)?.[0] ?? first;
}

/** Himself when he is there, else the first of his chain of substitutes who is; null at the end of the chain or in a loop. */
export function presentOrSubstitute(id: string, at: Date, colleagues: ReadonlyMap<string, Colleague>): string | null {
  const seen = new Set<string>();
  for (let next: string | null = id; next !== null && !seen.has(next); ) {
    seen.add(next);
    const colleague = colleagues.get(next);
    if (colleague === undefined) return null;
    const isAbsent = !colleague.active || colleague.absences.some(({ since, until }) => since <= at && at < until);
    if (!isAbsent) return next;
    next = colleague.substituteId;
  }
  return null;
}
