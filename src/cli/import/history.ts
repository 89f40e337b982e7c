import { resolve } from 'node:path';
import type { Config } from '../../config.ts';
import { Fault } from '../../core/fault.ts';
import { wallTime } from '../../core/time/wall-time.ts';
import { setDuty } from '../../directory/duty.ts';
import { contentOf } from '../../directory/files/seed.ts';
import { newId } from '../../ops/chance.ts';
import { systemClock } from '../../ops/clock.ts';
import { importPast, type PastImport } from '../../sources/past/import-past.ts';
import { type PastTable, readPast } from '../../sources/past/rows.ts';
import { type ExitCode, exit, type Io } from '../base/command.ts';
import { withDatabase } from '../base/database.ts';
import { type ImportWish, importProgress, tellRead, tellRejected } from './report.ts';

/** `letopis import history FILE`: contacts of past years. */
export async function importHistory(
  config: Config,
  file: string,
  columns: Readonly<Record<string, string>>,
  { dryRun, json }: ImportWish,
  io: Io,
): Promise<ExitCode> {
  const { country: region, timezone: zone, duty } = config.office;
  const path = resolve(io.cwd, file);
  const today = wallTime(systemClock.now(), zone).day;
  const table = whole(readPast(await contentOf(path), { file: path, columns, region, today }), path);
  const progress = importProgress(io, json);
  const { extensions } = config.own;
  const match = { region, zone, regionOf: () => null, extensions, own: config.own };
  const imported = await withDatabase(config, async (db) => {
    await setDuty(db, duty); // every contact has an owner
    return importPast(db, table, { file, region, zone, match, newId, dryRun, progress: progress.show });
  }).finally(progress.end);
  if (json) io.out(JSON.stringify({ file, kind: 'history', dryRun, ...imported, changed: 0 }));
  else {
    tellRead(io, file, { ...imported, dryRun });
    tellRejected(io, file, imported.rejected);
    io.out(`history: ${words(imported)}${dryRun ? ' (dry run, nothing was changed)' : ''}`);
  }
  return exit.done;
}

function words(imported: PastImport): string {
  const { created, completed, bare, byName, byAddress, strangers, unchanged, rejected } = imported;
  const how = `${completed} with a gist, ${bare} without; ${byName} by the client's name, ${byAddress} by the address, ${strangers} of strangers`;
  return `${created} created (${how}), ${unchanged} unchanged, ${rejected.length} rejected`;
}

function whole(table: PastTable, file: string): PastTable {
  if (table.broken === null) return table;
  const { line, reason } = table.broken;
  throw new Fault('directory.broken_csv', 'reconfigure', {
    message: `${file}:${line}: ${reason}; nothing was imported`,
    cure: 'close the quote in this line, or double the quotes inside the field',
  });
}
