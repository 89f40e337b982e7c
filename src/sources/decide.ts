/** The clients of an answer, against those of last time: may the answer be taken over? */
export type Taking = 'take' | 'hold' | 'pass-over';

/** What people said of an earlier answer that was held. */
export interface Verdict {
  /** So many clients are right. */
  readonly accepted: number | null;
  /** So many clients are a fault of the source. */
  readonly discarded: number | null;
}

/**
 * A source that suddenly gives far fewer clients is more often broken than right: a person decides. He is not asked again
 * about an answer like the one he passed over, nor about one like the one he took.
 */
export function decideTaking(
  last: number | null,
  now: number,
  rule: { readonly below: number; readonly fewer: number },
  { accepted, discarded }: Verdict,
): Taking {
  const isFarFewer = (than: number) => (now === 0 && than > 0) || (now < than * rule.below && than - now >= rule.fewer);
  if (last === null || !isFarFewer(last)) return 'take';
  if (accepted !== null && (now === accepted || !isFarFewer(accepted))) return 'take';
  if (discarded !== null && Math.abs(now - discarded) <= discarded / 10) return 'pass-over';
  return 'hold';
}

export const fieldNames = ['name', 'class', 'responsibleId'] as const;
export type FieldName = (typeof fieldNames)[number];
export type FieldValues = { readonly [Name in FieldName]: string | null };

export interface FieldDecision {
  readonly write: { readonly name?: string; readonly class?: string | null; readonly responsibleId?: string | null };
  /** What the source says otherwise than a person did, and is not taken over. */
  readonly kept: { readonly [Name in FieldName]?: string };
}

/**
 * What a source's word does to the fields of a client. It counts when the source itself changed it; what the source repeats
 * changes nothing, whoever wrote what stands there. The first time a person's word is left. Emptied is only what the source
 * itself had filled.
 *
 * @param before what the source said last; null: it never spoke of this client
 * @param byPerson was the value that stands there written by a person?
 */
export function decideFields(
  before: FieldValues | null,
  now: FieldValues,
  current: FieldValues,
  byPerson: (field: FieldName) => boolean,
): FieldDecision {
  const write: { name?: string; class?: string | null; responsibleId?: string | null } = {};
  const kept: { [Name in FieldName]?: string } = {};
  for (const field of fieldNames) {
    const [said, stands] = [now[field], current[field]];
    // By its name it was found: that another writes it in capitals is no news.
    if (said === stands || (field === 'name' && before === null)) continue;
    if (said === null) {
      const wasOurs = before !== null && before[field] !== null && before[field] === stands;
      if (wasOurs && field !== 'name') write[field] = null;
    } else if (before !== null && before[field] === said) {
      if (byPerson(field)) kept[field] = said;
    } else if (before === null && byPerson(field)) kept[field] = said;
    else write[field] = said;
  }
  return { write, kept };
}

/** What came and what went; compared by `keyOf`. */
export function decideList<One>(
  before: readonly One[],
  now: readonly One[],
  keyOf: (one: One) => string,
): { readonly came: readonly One[]; readonly went: readonly One[] } {
  const [old, fresh] = [new Set(before.map(keyOf)), new Set(now.map(keyOf))];
  return { came: now.filter((one) => !old.has(keyOf(one))), went: before.filter((one) => !fresh.has(keyOf(one))) };
}

const minuteMs = 60_000;

/** How long until a source that failed is asked again: a minute, then twice as long each time, at most as long as usual. */
export function retryWaitMs(failures: number, everyMs: number | null, retryAfter: string | null): number {
  const usual = everyMs ?? 60 * minuteMs;
  const asked = /^\d{1,5}$/.test(retryAfter ?? '') ? Number(retryAfter) * 1000 : 0;
  return Math.max(Math.min(minuteMs * 2 ** Math.min(failures - 1, 10), Math.max(usual, minuteMs)), asked);
}
