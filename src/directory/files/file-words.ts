import type { Db } from '../../store/base/db.ts';
import type { ClientFields, NewPoint, StoredClient } from '../../store/directory/employees-and-clients.ts';
import { endedByPeople, wordsOfPeople } from '../../store/history/authors.ts';
import { endedPoints } from '../../store/sources/points.ts';

/** What a file says otherwise than a person wrote is left as he wrote it, and told. */

export const fileFields = ['name', 'class', 'responsibleId'] as const;
const labels = { name: 'name', class: 'class', responsibleId: 'responsible' } as const;
/** A person reads what was left; of a whole file that is old he needs to see only that it is. */
const mostTold = 20;

/** Lines for people, the first of them in words, the others counted. */
export interface Left {
  add(line: string): void;
  lines(): readonly string[];
}

export function leftLines(): Left {
  const first: string[] = [];
  let more = 0;
  return {
    add(line) {
      if (first.length < mostTold) first.push(line);
      else more += 1;
    },
    lines: () => (more === 0 ? first : [...first, `and ${more} more that people wrote and that stay`]),
  };
}

/** The rows as they are to be written: where a person had the last word, with his. */
export async function withPeoplesWords(
  db: Db,
  rows: readonly ClientFields[],
  before: ReadonlyMap<string, StoredClient>,
  left: Left,
): Promise<readonly ClientFields[]> {
  const differing = rows.flatMap((row) => {
    const old = before.get(row.key);
    return old !== undefined && !old.merged && fileFields.some((field) => old[field] !== row[field]) ? [old.id] : [];
  });
  if (differing.length === 0) return rows;
  const words = new Map((await wordsOfPeople(db, differing)).map((one) => [`${one.clientId} ${one.field}`, one]));
  if (words.size === 0) return rows;
  return rows.map((row) => {
    const old = before.get(row.key);
    if (old === undefined || old.merged) return row;
    const kept = fileFields.filter((field) => {
      const word = words.get(`${old.id} ${field}`);
      return old[field] !== row[field] && word !== undefined && (!word.takenBack || word.refused === row[field]);
    });
    for (const field of kept) left.add(toldOf(old, row, field));
    return { ...row, ...Object.fromEntries(kept.map((field) => [field, old[field]])) };
  });
}

function toldOf(old: StoredClient, row: ClientFields, field: (typeof fileFields)[number]): string {
  const told = `${old.name}: ${labels[field]} stays as a person wrote it`;
  return field === 'responsibleId'
    ? told
    : `${told}, ${JSON.stringify(old[field])}; the file says ${JSON.stringify(row[field])}`;
}

export interface Missing {
  /** They had ended without a person's saying so, and nobody else had them meanwhile. */
  readonly reopened: readonly (NewPoint & { readonly id: string })[];
  readonly made: readonly NewPoint[];
}

/** What becomes of addresses that a file gives and that are not their owner's now. @param now ISO */
export async function decideMissing(db: Db, missing: readonly NewPoint[], now: string, left: Left): Promise<Missing> {
  const keyOf = (one: Pick<NewPoint, 'kind' | 'address' | 'clientId' | 'personId'>) =>
    `${one.kind} ${one.address} ${one.clientId ?? one.personId}`;
  const known = missing.filter(({ clientId, personId }) => (clientId ?? personId) !== '');
  const ended = known.length === 0 ? [] : await endedPoints(db, known);
  if (ended.length === 0) return { reopened: [], made: missing };
  const byPeople = await endedByPeople(
    db,
    ended.map(({ id }) => id),
  );
  const lastOf = new Map(ended.map((one) => [keyOf(one), one]));
  const reopened: (NewPoint & { readonly id: string })[] = [];
  const made = missing.flatMap((point): NewPoint[] => {
    const last = lastOf.get(keyOf(point));
    if (last === undefined) return [point];
    if (byPeople.has(last.id)) left.add(`${point.address} stays ended, as a person wrote it; the file gives it`);
    else if (last.taken) return [{ ...point, since: now }];
    else reopened.push({ ...point, id: last.id });
    return [];
  });
  return { reopened, made };
}
