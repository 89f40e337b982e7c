/** Values of a form, as texts; null: empty. */
export type FormValues = Readonly<Record<string, string | null>>;

export interface Correction {
  /** What is to be written. */
  readonly writes: FormValues;
  /** What somebody else changed while the form lay open; nothing is written then. */
  readonly conflicts: readonly { readonly field: string; readonly now: string | null }[];
}

/**
 * What a person changed in a form, against what stands there now. What he left as he saw it stays as it is now: two people who
 * correct different fields do not meet. Only where both changed the same field he is shown the other's word first. Blanks and
 * line ends are nobody's word: imports write them in ways no form gives back.
 *
 * @param seen what the form showed
 */
export function decideCorrection(now: FormValues, seen: FormValues, wish: FormValues): Correction {
  const touched = Object.keys(wish).filter((field) => wish[field] !== seen[field] && wish[field] !== now[field]);
  const conflicts = touched.filter((field) => !saysTheSame(now[field], seen[field]));
  return {
    writes: Object.fromEntries(touched.map((field) => [field, wish[field] ?? null])),
    conflicts: conflicts.map((field) => ({ field, now: now[field] ?? null })),
  };
}

function saysTheSame(one: string | null | undefined, other: string | null | undefined): boolean {
  const bare = (text: string | null | undefined) => (text ?? '').replace(/\s+/g, ' ').trim();
  return bare(one) === bare(other);
}

/** Who is responsible decides supervisors and who is responsible; all else of a client everybody may put right. */
export function mayHandOver(
  visitor: { readonly id: string; readonly role: string },
  responsibleId: string | null,
): boolean {
  return visitor.role === 'supervisor' || (responsibleId !== null && responsibleId === visitor.id);
}

/** That nothing of an address is kept any more leaves holes in the history of all: supervisors decide it. */
export function mayExclude(visitor: { readonly role: string }): boolean {
  return visitor.role === 'supervisor';
}
