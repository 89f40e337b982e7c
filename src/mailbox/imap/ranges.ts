/** UIDs from … to, both included. */
export type UidRange = readonly [from: number, to: number];

/** `1,5:10,20` of a search, highest first. What is no UID is left out. */
export function readRanges(set: string): UidRange[] {
  return set
    .split(',')
    .flatMap((part): UidRange[] => {
      const [, from = '', to = from] = /^(\d{1,10})(?::(\d{1,10}))?$/.exec(part.trim()) ?? [];
      if (from === '' || Number(from) === 0 || Number(to) === 0) return [];
      return [[Math.min(Number(from), Number(to)), Math.max(Number(from), Number(to))]];
    })
    .sort(([a], [b]) => b - a);
}

/** The highest `count` UIDs of ranges that stand highest first. */
export function highest(ranges: readonly UidRange[], count: number): number[] {
  const found: number[] = [];
  for (const [from, to] of ranges)
    for (let uid = to; uid >= from; uid--) {
      if (found.length === count) return found;
      found.push(uid);
    }
  return found;
}

/** Without everything from `from` to `to`. */
export function without(ranges: readonly UidRange[], from: number, to: number): UidRange[] {
  return ranges.flatMap(([low, high]): UidRange[] => {
    if (high < from || low > to) return [[low, high]];
    const above: UidRange[] = high > to ? [[to + 1, high]] : [];
    const below: UidRange[] = low < from ? [[low, from - 1]] : [];
    return [...above, ...below];
  });
}

/** As a command wants it: `5:10,20`. */
export function writeUids(uids: readonly number[]): string {
  const parts: [number, number][] = [];
  for (const uid of [...uids].sort((a, b) => a - b)) {
    const last = parts.at(-1);
    if (last && uid <= last[1] + 1) last[1] = uid;
    else parts.push([uid, uid]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}:${to}`)).join(',');
}

export function countOf(ranges: readonly UidRange[]): number {
  return ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0);
}
