import type { Clock } from '../../core/time/clock.ts';
import type { Files } from '../../files/files.ts';
import type { Db } from '../../store/base/db.ts';
import { namedFiles } from '../../store/intake/mails.ts';

/** A file may stand this long before its row does: much longer than any statement takes. */
const graceMs = 24 * 3_600_000;
const batch = 500;

/**
 * Removes files no mail stands in: of a process that ended between the file and its row, or whose lease was lost.
 * @returns how many
 * @throws Fault files.unavailable, of the store (both retry)
 */
export async function sweepFiles({
  db,
  files,
  clock,
}: {
  readonly db: Db;
  readonly files: Files;
  readonly clock: Clock;
}): Promise<number> {
  const before = new Date(clock.now().getTime() - graceMs);
  let removed = await files.dropDrafts(before);
  let names: string[] = [];
  const removeUnnamed = async () => {
    const named = await namedFiles(db, names);
    for (const name of names) {
      if (!named.has(name) && (await files.removeOld(name, before))) removed += 1;
    }
    names = [];
  };
  for await (const name of files.oldFiles(before)) {
    names.push(name);
    if (names.length >= batch) await removeUnnamed();
  }
  await removeUnnamed();
  return removed;
}
