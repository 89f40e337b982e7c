/**
 * The candidate a person most probably meant, undefined when none is near.
 *
 * Near: the same but for case, or at most one edit per three characters (Damerau-Levenshtein: insert, delete, replace,
 * swap two neighbours), or a beginning of at least three characters. Ties go to the first candidate.
 */
export function nearest(written: string, candidates: Iterable<string>): string | undefined {
  const folded = written.toLowerCase();
  let best: { candidate: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    if (other === folded) return candidate;
    const starts = folded.length >= 3 && other.startsWith(folded);
    const allowed = starts ? 1 : Math.max(1, Math.floor(Math.min(folded.length, other.length) / 3));
    // So many signs more or less are as many edits at least: a word of a megabyte is near to nothing, and soon told so.
    if (!starts && Math.abs(folded.length - other.length) > allowed) continue;
    const distance = starts ? 1 : editDistance(folded, other);
    if (distance <= allowed && (best === undefined || distance < best.distance)) best = { candidate, distance };
  }
  return best?.candidate;
}

/** `, did you mean X?` or nothing, to be put at the end of a sentence. */
export function didYouMean(written: string, candidates: Iterable<string>): string {
  const meant = nearest(written, candidates);
  return meant === undefined ? '' : `, did you mean ${meant}?`;
}

/** Optimal string alignment: like Levenshtein, two swapped neighbours are one edit. */
export function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = above;
    above = row;
  }
  return above[b.length] ?? 0;
}
