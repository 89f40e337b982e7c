import { type CaptureFacts, outcomeOf } from '../core/capture-json.ts';

/** Captures of one batch that tell of the same contact: they share an identity, directly or over others. */
export interface Group<C extends { readonly links: readonly string[] }> {
  readonly captures: readonly C[];
  /** Every identity of the group, once. */
  readonly links: readonly string[];
}

/** Union-find over identities, in the order of the batch. */
export function groupByContact<C extends { readonly links: readonly string[] }>(captures: readonly C[]): Group<C>[] {
  const groups = new Set<{ captures: C[]; links: Set<string> }>();
  for (const capture of captures) {
    const own = { captures: [capture], links: new Set(capture.links) };
    for (const group of groups) {
      if (!capture.links.some((link) => group.links.has(link))) continue;
      groups.delete(group);
      own.captures.unshift(...group.captures);
      for (const link of group.links) own.links.add(link);
    }
    groups.add(own);
  }
  return [...groups].map(({ captures: members, links }) => ({ captures: members, links: [...links] }));
}

/**
 * The capture whose word counts for a contact's machine columns. Pure: the same captures give the same answer in any order.
 *
 * Of the same source's words the last one counts (a shutdown may yet tell that the call did not end by itself). A capture
 * that knows more of the conversation's identities knows more of the conversation; a source that saw the call end beats one
 * that was cut off.
 */
export function leadingCapture<C extends CaptureFacts>(captures: readonly C[]): C | undefined {
  const last = new Map<string, C>();
  for (const capture of captures) {
    const known = last.get(capture.identity);
    if (known === undefined || isLater(capture, known)) last.set(capture.identity, capture);
  }
  return [...last.values()].sort(
    (a, b) =>
      b.links.length - a.links.length ||
      Number(isCutOff(a)) - Number(isCutOff(b)) ||
      compare(a.identity, b.identity) ||
      compare(a.links.join(), b.links.join()),
  )[0];
}

function isLater(a: CaptureFacts, b: CaptureFacts): boolean {
  return a.revision === b.revision ? compare(a.links.join(), b.links.join()) < 0 : a.revision > b.revision;
}

function isCutOff(capture: CaptureFacts): boolean {
  return outcomeOf(capture.details) === 'interrupted';
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
