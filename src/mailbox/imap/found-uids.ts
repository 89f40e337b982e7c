import { findUids } from './fetch.ts';
import type { ImapLink } from './link.ts';
import { highest, type UidRange, without } from './ranges.ts';

interface Found {
  readonly range: UidRange;
  /** Those not given out yet, highest first. */
  readonly uids: readonly UidRange[];
}

/** In what is wider so much may be missing that a search is cheaper than asking for all of it. */
const narrow = 250;

/** Which UIDs there are in wide ranges: searched once each, so that gaps of millions cost nothing. */
export class FoundUids {
  readonly #found = new Map<string, Found>();

  /** The folder's mails were numbered anew. */
  forget(folder: string): void {
    this.#found.delete(folder);
  }

  /** The highest UIDs of a range of the open folder. A narrow range is not searched: what is not there is not answered. */
  async next(
    link: ImapLink,
    folder: string,
    range: UidRange,
    since: Date | null,
    count: number,
  ): Promise<{ readonly uids: readonly number[]; readonly isLast: boolean }> {
    if (range[1] - range[0] < Math.min(count, narrow) && since === null)
      return { uids: highest([range], count), isLast: true };
    const known = this.#found.get(folder);
    const isKnown = known !== undefined && known.range[0] === range[0] && known.range[1] >= range[1];
    const all = isKnown ? known.uids : await findUids(link, range, since);
    const left = without(all, range[1] + 1, Number.MAX_SAFE_INTEGER);
    const uids = highest(left, count);
    const lowest = uids.at(-1);
    const rest = lowest === undefined ? [] : without(left, lowest, Number.MAX_SAFE_INTEGER);
    this.#found.set(folder, { range, uids: rest });
    return { uids, isLast: rest.length === 0 };
  }
}
