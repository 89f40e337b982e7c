import { newId } from '../ops/chance.ts';
import type { Db } from '../store/base/db.ts';
import {
  type ClientFields,
  clientsByKey,
  type StoredClient,
  upsertClients,
} from '../store/directory/employees-and-clients.ts';
import type { ClientRow } from './files/clients.ts';
import { fold } from './files/csv.ts';

interface KnownClients {
  readonly before: ReadonlyMap<string, StoredClient>;
  /** Keys that a client has who bears another name now, and whom the file calls by it. */
  readonly taken: ReadonlySet<string>;
}

/**
 * The client of each row: who bears its name; else who had it when he was made, unless another row is that one.
 *
 * @param names of all rows that are known by their name
 */
export async function knownClients(
  db: Db,
  rows: readonly ClientRow[],
  names: ReadonlySet<string>,
): Promise<KnownClients> {
  const found = await clientsByKey(
    db,
    rows.map(({ key, name }) => ({ key, isName: key === fold(name) })),
  );
  const isAnothers = ({ isNamed, merged, key, name }: StoredClient) =>
    !isNamed && !merged && fold(name) !== key && names.has(fold(name));
  return {
    before: new Map(found.filter((one) => !isAnothers(one)).map((one) => [one.key, one])),
    taken: new Set(found.filter(isAnothers).map(({ key }) => key)),
  };
}

/** Makes or updates them; returns the ids by the rows' keys. */
export async function upsertKnown(
  db: Db,
  rows: readonly ClientFields[],
  { before, taken }: KnownClients,
): Promise<ReadonlyMap<string, string>> {
  const own = rows.map((row) => {
    const free = taken.has(row.key) ? `${row.key} #${newId()}` : row.key;
    return { asked: row.key, row: { ...row, key: before.get(row.key)?.ownKey ?? free } };
  });
  const ids = await upsertClients(
    db,
    own.map(({ row }) => row),
  );
  return new Map(own.map(({ asked, row }) => [asked, ids.get(row.key) ?? '']));
}
