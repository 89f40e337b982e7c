import { type AskingRules, askAt, type TimeFacts } from './decide.ts';

/** A draft about which nobody was asked yet, with what decides its priority. */
export interface Waiting extends TimeFacts {
  readonly id: string;
  readonly startedAt: Date;
  readonly thread: string | null;
  /** 0 where nobody talked. */
  readonly talkSeconds: number;
  /** A stranger's, or his client's first contact. */
  readonly isNew: boolean;
  /** Names of the occasions of this client's contacts in the thirty days before this one, and since. */
  readonly occasions: readonly string[];
}

/** The decision for the drafts that wait. Each draft stands in exactly one list. */
export interface QuotaDecision<Draft extends Waiting> {
  /** Oldest first. */
  readonly asked: readonly Draft[];
  /** Nobody is asked: the daily quota is used up. */
  readonly capped: readonly Draft[];
  readonly later: readonly { readonly id: string; readonly at: Date }[];
  /** How many of `later` wait only because one mail has room for `draftsPerEmail`. */
  readonly more: number;
}

/** Drafts in one mail. Nobody writes fifty gists in an evening; the others stand under "my drafts". */
export const draftsPerEmail = 50;

/**
 * Which of the waiting drafts is the owner asked about now?
 *
 * New clients, claims and long talks come first, then the oldest, within the owner's daily quota.
 * A thread is asked about once in seven days, so also once in a mail.
 *
 * @param left how many more asks the owner may get today; may be negative after the YAML changed
 */
export function applyDailyQuota<Draft extends Waiting>(
  waiting: readonly Draft[],
  left: number,
  rules: AskingRules,
  now: Date,
): QuotaDecision<Draft> {
  const asked: Draft[] = [];
  const capped: Draft[] = [];
  const later: { id: string; at: Date }[] = [];
  const threads = new Set<string>();
  let remaining = left;
  let more = 0;
  for (const draft of [...waiting].sort(byPriority)) {
    const threadAskedAt = draft.thread !== null && threads.has(draft.thread) ? now : draft.threadAskedAt;
    const at = askAt({ ...draft, threadAskedAt }, rules, now);
    if (at.getTime() > now.getTime()) {
      later.push({ id: draft.id, at });
    } else if (remaining <= 0 && !draft.callBack) {
      capped.push(draft);
    } else if (asked.length >= draftsPerEmail) {
      later.push({ id: draft.id, at: askAt({ ...draft, lastDigestAt: now }, rules, now) });
      more += 1;
    } else {
      asked.push(draft);
      if (draft.thread !== null) threads.add(draft.thread);
      if (!draft.callBack) remaining -= 1;
    }
  }
  return { asked: asked.sort(byAge), capped, later, more };
}

/**
 * A contact is about a claim when a person gave that occasion to another contact of this client lately: the occasion of
 * the draft itself is what we are about to ask. Occasions are the office's own words, hence by their stems.
 */
function isClaim({ occasions }: Waiting): boolean {
  return occasions.some((name) => /претенз|рекламац|скарг|claim|complaint/i.test(name));
}

function byPriority(a: Waiting, b: Waiting): number {
  return rank(a) - rank(b) || b.talkSeconds - a.talkSeconds || byAge(a, b);
}

function rank(draft: Waiting): number {
  if (draft.isNew) return 0;
  return isClaim(draft) ? 1 : 2;
}

function byAge(a: Waiting, b: Waiting): number {
  return a.startedAt.getTime() - b.startedAt.getTime() || (a.id < b.id ? -1 : 1);
}
