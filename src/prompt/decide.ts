import { addDays, momentOf, wallTime } from '../core/wall-time.ts';

/** When people are asked: at once, all together at a time of day (minutes since midnight in the person's zone), or never. */
export type When =
  | { readonly kind: 'immediately' }
  | { readonly kind: 'digest'; readonly at: number }
  | { readonly kind: 'never' };

export interface AskingRules {
  /** By channel; a channel without a rule is asked immediately. */
  readonly when: Readonly<Record<string, When | undefined>>;
  /** Nobody is disturbed between these times of day (minutes since midnight, may span midnight); null: never quiet. */
  readonly quiet: { readonly from: number; readonly until: number } | null;
}

export interface AskingFacts {
  readonly state: string;
  readonly asks: boolean;
  readonly channel: string;
  readonly createdAt: Date;
  readonly ownerId: string;
  readonly ownerEmail: string | null;
  readonly ownerActive: boolean;
  /** The person's zone, else the office's. */
  readonly zone: string;
}

export interface EarlierPrompt {
  readonly employeeId: string;
  readonly generation: number;
  readonly sentAt: Date | null;
  readonly revokedAt: Date | null;
}

export type AskDecision =
  | { readonly kind: 'nothing'; readonly because: 'no-draft' | 'not-asking' | 'never' | 'inactive' | 'sent' }
  | { readonly kind: 'later'; readonly at: Date }
  | { readonly kind: 'send'; readonly generation: number; readonly isNew: boolean; readonly canMail: boolean };

/**
 * Is the owner to be asked about this contact now? One prompt per contact and owner: a new owner gets a link of his own,
 * an owner who comes back after another gets a new generation, because his old link was revoked.
 */
export function decideAsk(
  facts: AskingFacts,
  earlier: readonly EarlierPrompt[],
  rules: AskingRules,
  now: Date,
): AskDecision {
  if (facts.state !== 'draft') return { kind: 'nothing', because: 'no-draft' };
  if (!facts.asks) return { kind: 'nothing', because: 'not-asking' };
  if (rules.when[facts.channel]?.kind === 'never') return { kind: 'nothing', because: 'never' };
  if (!facts.ownerActive) return { kind: 'nothing', because: 'inactive' };
  const own = earlier.filter((prompt) => prompt.employeeId === facts.ownerId);
  const open = own.find((prompt) => prompt.revokedAt === null);
  if (open?.sentAt) return { kind: 'nothing', because: 'sent' };
  const at = askAt(facts, rules, now);
  if (at.getTime() > now.getTime()) return { kind: 'later', at };
  const generation = open?.generation ?? Math.max(0, ...own.map((prompt) => prompt.generation)) + 1;
  return { kind: 'send', generation, isNew: open === undefined, canMail: facts.ownerEmail !== null };
}

/** The first moment from now on at which the rules let this contact's owner be asked. */
export function askAt(facts: Pick<AskingFacts, 'channel' | 'createdAt' | 'zone'>, rules: AskingRules, now: Date): Date {
  const when = rules.when[facts.channel] ?? { kind: 'immediately' };
  const due = when.kind === 'digest' ? firstAfter(facts.createdAt, when.at, facts.zone) : facts.createdAt;
  const earliest = due.getTime() > now.getTime() ? due : now;
  if (!rules.quiet || !isQuiet(earliest, rules.quiet, facts.zone)) return earliest;
  return firstAfter(earliest, rules.quiet.until, facts.zone);
}

/** The first time after `from` (or at it) that the clock of the zone shows so many minutes since midnight. */
function firstAfter(from: Date, minutes: number, zone: string): Date {
  const two = (n: number) => String(n).padStart(2, '0');
  const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
  const { day } = wallTime(from, zone);
  const today = momentOf(day, time, zone);
  return today.getTime() >= from.getTime() ? today : momentOf(addDays(day, 1), time, zone);
}

function isQuiet(at: Date, quiet: { readonly from: number; readonly until: number }, zone: string): boolean {
  const { hour, minute } = wallTime(at, zone);
  const time = hour * 60 + minute;
  const { from, until } = quiet;
  return from <= until ? from <= time && time < until : time >= from || time < until;
}
