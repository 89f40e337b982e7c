import { hostname } from 'node:os';
import { didYouMean } from '../../config/nearest.ts';
import type { Config } from '../../config.ts';
import { remedyOf } from '../../core/fault.ts';
import { newId } from '../../ops/chance.ts';
import { systemClock } from '../../ops/clock.ts';
import { silentLog } from '../../ops/log.ts';
import { type Source, unitOf } from '../../sources/reading/source.ts';
import { type Refreshed, refreshSource } from '../../sources/refresh.ts';
import { knowSource } from '../../store/sources/sources.ts';
import { usageError } from '../base/arguments.ts';
import { type ExitCode, exit, type Io } from '../base/command.ts';
import { withDatabase } from '../base/database.ts';
import { faultLine } from '../base/output.ts';
import { type ImportWish, importProgress, tellRead, tellRejected } from './report.ts';

interface SourceWish extends ImportWish {
  readonly answer: 'accept' | 'discard' | null;
}

/** `letopis import clients --source NAME`: reads a configured source now, as the daemon does by itself. */
export async function importSource(config: Config, name: string, wish: SourceWish, io: Io): Promise<ExitCode> {
  const source = config.clients.find((one) => one.name === name);
  const names = config.clients.map((one) => one.name);
  if (source === undefined)
    throw usageError(`no source ${name}${didYouMean(name, names) || `, there are ${names.join(', ') || 'none'}`}`);
  const { dryRun, json, answer } = wish;
  const progress = importProgress(io, json);
  const { country: region, timezone: zone } = config.office;
  const done = await withDatabase(config, async (db) => {
    await knowSource(db, { name, reads: source.reads.kind, everyMs: source.everyMs });
    const holder = `${hostname()}:${process.pid}:${newId()}`;
    const deps = { db, clock: systemClock, log: silentLog, holder, region, zone };
    return refreshSource(deps, source, { dryRun, progress: progress.show, ...(answer === null ? {} : { answer }) });
  }).finally(progress.end);
  if (json) io.out(JSON.stringify({ source: name, dryRun, ...asJson(done) }));
  else tell(io, source, done, dryRun);
  switch (done.kind) {
    case 'failed':
      return remedyOf(done.fault) === 'retry' ? exit.unavailable : exit.failed;
    case 'busy':
      return exit.unavailable;
    case 'held':
      return exit.failed;
    default:
      return exit.done;
  }
}

function tell(io: Io, source: Source, done: Refreshed, dryRun: boolean): void {
  const { name } = source;
  switch (done.kind) {
    case 'failed':
      return io.err(`letopis import: ${name}: ${faultLine(done.fault)}`);
    case 'busy':
      return io.err(
        `letopis import: ${name}: the daemon, or another import, reads it at this moment: try again in a minute`,
      );
    case 'held':
      io.err(`letopis import: ${name} gives ${done.count} clients, ${done.last} last time: nothing was taken over.`);
      return io.err(`If that is right: letopis import clients --source ${name} --accept; if not, --discard`);
    case 'passed-over':
      return io.out(`${name}: ${done.count} clients, passed over; the last good copy with ${done.last} stays`);
    case 'same':
      return io.out(`${name}: ${done.count} clients, all as they were`);
    case 'taken': {
      const { created, changed, unchanged, gone, ended, kept, rejected, notes } = done.told;
      tellRead(io, name, { format: done.format, notes, dryRun });
      tellRejected(io, name, rejected, unitOf[source.reads.kind]);
      const counts = `${created} created, ${changed} changed, ${unchanged} unchanged, ${gone} gone, ${ended} addresses and people ended`;
      const rest = `${kept} values of people kept, ${rejected.length} rejected`;
      return io.out(`${name}: ${counts}, ${rest}${dryRun ? ' (dry run, nothing was changed)' : ''}`);
    }
  }
}

function asJson(done: Refreshed): object {
  if (done.kind === 'failed') return { kind: 'failed', error: { code: done.fault.code, ...done.fault.facts } };
  if (done.kind === 'taken') return { kind: 'taken', ...done.told, format: done.format };
  return done;
}
