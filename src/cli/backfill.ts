import { connectors } from '../../connectors/index.ts';
import { didYouMean } from '../config/nearest.ts';
import type { ConnectorConfig } from '../config.ts';
import type { AnyConnector, Past } from '../connector/index.ts';
import { Fault } from '../core/fault.ts';
import type { Mails } from '../daemon/mails.ts';
import type { MailOfficeOptions } from '../mail/index.ts';
import { systemClock } from '../ops/clock.ts';
import { silentLog } from '../ops/log.ts';
import type { Db } from '../store/index.ts';
import { positionOf } from '../store/intake/captures.ts';
import { quarantine } from '../store/intake/connectors.ts';
import { readArguments, usageError } from './base/arguments.ts';
import { type Command, exit, type Io } from './base/command.ts';
import { requireConfig } from './base/config-file.ts';
import { withDatabase } from './base/database.ts';
import { kindsOf } from './base/kinds.ts';
import { progressOn } from './base/progress.ts';
import { withMails } from './mail/with-mails.ts';

export const command: Command = {
  summary: 'brings in what a source still has of the past; nobody is asked about it',
  usage: `usage: letopis backfill CONNECTOR --since DATE [--config FILE] [--json]

CONNECTOR is a name under connectors: in the configuration. What is known already stays as it is: run twice it changes
nothing, and broken off it goes on where it stopped. The daemon may run meanwhile.
  --since DATE   2024-01-01, or with a time: 2024-01-01T00:00:00Z
  --config FILE  default config/letopis.yml
  --json         one JSON document at the end: { connector, since, looked, stored, duplicates, skipped, aside, isThrough }`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, { config: 'value', since: 'value', json: 'flag' });
    const [name, ...others] = rest;
    if (name === undefined) throw usageError('expected the name of a CONNECTOR');
    if (others.length > 0) throw usageError(`unexpected ${others[0]}, one CONNECTOR at a time`);
    const since = readSince(options.since);
    const config = requireConfig(options.config, io, kindsOf(connectors));
    const { configured, backfill } = chosen(config.connectors, name);
    const counts = await withDatabase(config, (db) =>
      withMails(db, config, (mails, office) => run({ db, mails, office, configured, backfill, since, io })),
    );
    const told = { connector: name, since: since.toISOString(), ...counts };
    io.out(
      options.json
        ? JSON.stringify(told)
        : `${name}: ${counts.looked} looked at, ${counts.stored} stored, ${counts.duplicates} known already, ${counts.skipped} skipped${counts.aside > 0 ? `, ${counts.aside} set aside: see letopis quarantine` : ''}`,
    );
    return counts.isThrough ? exit.done : exit.failed;
  },
};

function readSince(text: string | undefined): Date {
  const since = new Date(text ?? '');
  const isDate = text !== undefined && /^\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-]\d{2}:\d{2}))?$/.test(text);
  if (isDate && !Number.isNaN(since.getTime())) return since;
  throw usageError(`--since ${text ?? 'is missing'}: expected a date such as 2024-01-01`);
}

type Backfill = (past: Past<never>) => Promise<void>;

function chosen(
  configured: readonly ConnectorConfig[],
  name: string,
): { readonly configured: ConnectorConfig; readonly backfill: Backfill } {
  const found = configured.find((one) => one.name === name);
  const names = configured.map((one) => one.name);
  if (found === undefined)
    throw usageError(`no connector ${name}${didYouMean(name, names) || `, there are ${names.join(', ') || 'none'}`}`);
  const registry: Readonly<Record<string, AnyConnector>> = connectors;
  const connector = registry[found.kind];
  if (connector?.shape !== 'session' || connector.backfill === undefined)
    throw usageError(`${name} is of kind ${found.kind}, which cannot look back`);
  return { configured: found, backfill: connector.backfill };
}

interface Run {
  readonly db: Db;
  readonly mails: Mails;
  readonly office: MailOfficeOptions;
  readonly configured: ConnectorConfig;
  readonly backfill: Backfill;
  readonly since: Date;
  readonly io: Io;
}

interface Counts {
  readonly looked: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly skipped: number;
  /** In quarantine now. */
  readonly aside: number;
  readonly isThrough: boolean;
}

/** The first Ctrl+C lets it end where it can go on; the second one is the system's. */
async function run({ db, mails, office, configured, backfill, since, io }: Run): Promise<Counts> {
  const { name, options } = configured;
  const place = `${name} backfill ${since.toISOString()}`;
  const stopping = new AbortController();
  const stop = () => stopping.abort(new Error('interrupted'));
  process.once('SIGINT', stop).once('SIGTERM', stop);
  const progress = progressOn(io, (text) => process.stderr.write(text), systemClock.monotonicMs);
  const counts = { looked: 0, stored: 0, duplicates: 0, skipped: 0, aside: 0 };
  const source = { connector: name, place, region: configured.region ?? office.region ?? null, lease: null };
  try {
    await backfill({
      config: optionsOf(options),
      name,
      since,
      office: { extensions: /^\d{2,5}$/, isColleague: () => false, mail: office },
      clock: systemClock,
      log: silentLog,
      signal: stopping.signal,
      knows: mails.knows,
      exclusions: mails.exclusions,
      position: () => positionOf(db, place),
      async keep(some, position) {
        const answers = await mails.keep(source, some, position ?? null);
        counts.stored += answers.filter((one) => one === 'stored').length;
        counts.duplicates += answers.filter((one) => one === 'duplicate').length;
        counts.skipped += answers.filter((one) => one === 'dropped').length;
        return answers;
      },
      skipped: (_because, count) => {
        counts.skipped += count;
      },
      async setAside(raw, fault) {
        const code = fault instanceof Fault ? fault.code : 'connector.bug';
        await quarantine(db, name, code, fault instanceof Fault ? fault.facts : { message: fault.message }, raw);
        counts.aside += 1;
      },
      progress(done, total) {
        counts.looked = done;
        progress.show(done, total);
      },
    });
    await mails.idle();
  } finally {
    progress.end();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
  if (stopping.signal.aborted) io.err('letopis backfill: broken off, the same command goes on from here');
  return { ...counts, isThrough: !stopping.signal.aborted };
}

/** The kind's own schema has made these options; the registry cannot say so for every kind at once. */
function optionsOf(options: unknown): never {
  return options as never;
}
