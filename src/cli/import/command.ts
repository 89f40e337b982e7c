import { resolve } from 'node:path';
import type { Config } from '../../config.ts';
import { setDuty } from '../../directory/duty.ts';
import { importClientsFile, importPeopleFile } from '../../directory/files/seed.ts';
import { readArguments, usageError } from '../base/arguments.ts';
import { type Command, type ExitCode, exit, type Io } from '../base/command.ts';
import { requireConfig } from '../base/config-file.ts';
import { withDatabase } from '../base/database.ts';
import { importAccounts } from './accounts.ts';
import { importHistory } from './history.ts';
import { type ImportWish, importProgress, readColumns, tellRead, tellRejected } from './report.ts';
import { importSource } from './source.ts';

export const command: Command = {
  summary: 'clients, people or contacts of past years from a file; clients from a source',
  usage: `usage: letopis import clients|people|history FILE [--columns NAME=HEADER,…] [--dry-run] [--config FILE] [--json]
       letopis import clients --source NAME [--accept | --discard] [--dry-run] [--config FILE] [--json]
       letopis import ldap [--dry-run] [--config FILE] [--json]

FILE is a CSV table whose first line names the columns, for clients also vCards (.vcf). People: name, extension, email,
mobile, role, substitute, language, zone, department, hours (mon-fri 09:00-18:00; sat 10:00-14:00), absent
(2026-12-01..2026-12-14; 2026-12-31). Clients: name, person, phone, email, fax, domain, responsible, class; several
values in a field stand apart by ; and several rows with one name are one client. History: date (exact, or 2019-05, May 2019,
spring 2019, 2019), time, client, person, phone, email, channel, direction, employee, occasion, gist; nobody is asked about it.
ldap: our people from the directory service of the configuration, as the daemon takes them.
All of the file or nothing comes in; what is no longer in it stays; the same file again changes nothing.
  --columns …    our names of columns and their headers: --columns "name=Название,phone=Телефон"; may be repeated
  --source NAME  a source under clients: in the configuration is read now; what it no longer gives ends (docs/sources.md)
  --accept       takes over an answer of it that has far fewer clients than the last one
  --discard      passes such an answer over
  --dry-run      counts and every rejected value only, changes nothing
  --config FILE  default config/letopis.yml; its columns: mapping holds for the file it names
  --json         one JSON document: { file, kind, dryRun, created, changed, unchanged, rejected, notes }`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, {
      config: 'value',
      columns: 'values',
      source: 'value',
      accept: 'flag',
      discard: 'flag',
      'dry-run': 'flag',
      json: 'flag',
    });
    const [kind, file, ...others] = rest;
    if (kind === 'ldap') {
      if (file !== undefined) throw usageError('ldap takes no FILE: the configuration names the service');
      return importAccounts(options, io);
    }
    if (kind !== 'clients' && kind !== 'people' && kind !== 'history')
      throw usageError('expected clients, people or history and the FILE, or ldap');
    if (others.length > 0) throw usageError(`unexpected ${others[0]}, one FILE at a time`);
    const wish: ImportWish = { dryRun: options['dry-run'], json: options.json };
    if (options.source !== undefined) {
      if (kind !== 'clients') throw usageError('--source goes with clients');
      if (file !== undefined) throw usageError('either a FILE or --source NAME');
      if (options.accept && options.discard) throw usageError('either --accept or --discard');
      const answer = options.accept ? 'accept' : options.discard ? 'discard' : null;
      const config = requireConfig(options.config, io, {}, ['office', 'database', 'dataDir', 'clients']);
      return importSource(config, options.source, { ...wish, answer }, io);
    }
    if (options.accept || options.discard) throw usageError('--accept and --discard go with --source NAME');
    if (file === undefined) throw usageError(`expected the FILE with the ${kind}`);
    const sections = ['office', 'database', 'dataDir', 'people', 'clients', 'own', 'occasions'] as const;
    const config = requireConfig(options.config, io, {}, [...sections]);
    const columns = readColumns(options.columns);
    if (kind === 'history') return importHistory(config, file, columns, wish, io);
    return importFile(config, kind, file, columns, wish, io);
  },
};

async function importFile(
  config: Config,
  kind: 'clients' | 'people',
  file: string,
  columns: Readonly<Record<string, string>>,
  { dryRun, json }: ImportWish,
  io: Io,
): Promise<ExitCode> {
  const path = resolve(io.cwd, file);
  const configured = Object.keys(columns).length > 0 ? columns : columnsOf(config, kind, path);
  const source = { file: path, region: config.office.country, columns: configured };
  const progress = importProgress(io, json);
  const imported = await withDatabase(config, async (db) => {
    const options = { dryRun, progress: progress.show };
    if (kind === 'clients') return importClientsFile(db, source, options);
    const people = await importPeopleFile(db, source, { ...options, zone: config.office.timezone });
    if (!dryRun) await setDuty(db, config.office.duty);
    return people;
  }).finally(progress.end);
  if (json) io.out(JSON.stringify({ file, kind, dryRun, ...imported }));
  else {
    tellRead(io, file, { format: imported.format ?? null, notes: imported.notes, dryRun });
    tellRejected(io, file, imported.rejected);
    const { created, changed, unchanged, rejected } = imported;
    const told = `${created} created, ${changed} changed, ${unchanged} unchanged, ${rejected.length} rejected`;
    io.out(`${kind}: ${told}${dryRun ? ' (dry run, nothing was changed)' : ''}`);
  }
  return exit.done;
}

function columnsOf(config: Config, kind: 'clients' | 'people', path: string): Readonly<Record<string, string>> {
  if (kind === 'people') return config.people?.file === path ? config.people.columns : {};
  return config.clients.find(({ reads }) => reads.kind === 'file' && reads.file === path)?.columns ?? {};
}
