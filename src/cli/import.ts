import { resolve } from 'node:path';
import { setDuty } from '../directory/duty.ts';
import type { Imported } from '../directory/import-people.ts';
import { importClientsFile, importPeopleFile } from '../directory/seed.ts';
import { readArguments, usageError } from './arguments.ts';
import { type Command, exit } from './command.ts';
import { requireConfig } from './config-file.ts';
import { withDatabase } from './database.ts';
import { importAccounts } from './import-accounts.ts';

export const command: Command = {
  summary: 'clients or people from a CSV file',
  usage: `usage: letopis import clients|people FILE [--dry-run] [--config FILE] [--json]
       letopis import ldap [--dry-run] [--config FILE] [--json]

The first line of FILE names the columns. People: name, extension, email, mobile, role, substitute, language, zone,
department, hours (mon-fri 09:00-18:00; sat 10:00-14:00), absent (2026-12-01..2026-12-14; 2026-12-31).
Clients: name, person, phone, email, fax, domain, responsible, class; several values in a field stand apart by ;
and several rows with one name are one client. All of the file or nothing comes in; what is no longer in it stays.
ldap: our people from the directory service of the configuration, as the daemon takes them.
  --dry-run      counts and rejected values only, changes nothing
  --config FILE  default config/letopis.yml; its columns: mapping holds for the file it names
  --json         one JSON document: { file, kind, dryRun, created, changed, unchanged, rejected, notes }`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, { config: 'value', 'dry-run': 'flag', json: 'flag' });
    const [kind, file, ...others] = rest;
    if (kind === 'history')
      throw usageError('contacts of past years cannot be imported yet, expected clients or people');
    if (kind === 'ldap') {
      if (file !== undefined) throw usageError('ldap takes no FILE: the configuration names the service');
      return importAccounts(options, io);
    }
    if (kind !== 'clients' && kind !== 'people') throw usageError('expected clients or people, then the FILE');
    if (file === undefined) throw usageError(`expected the FILE with the ${kind}`);
    if (others.length > 0) throw usageError(`unexpected ${others[0]}, one FILE at a time`);
    const config = requireConfig(options.config, io, {}, ['office', 'database', 'dataDir', 'people', 'clients']);
    const path = resolve(io.cwd, file);
    const table = config[kind];
    const source = { file: path, region: config.office.country, columns: table?.file === path ? table.columns : {} };
    const dryRun = options['dry-run'];
    const progress = (done: number, all: number) => {
      if (io.isTTY && !options.json) io.err(`${done} of ${all} ${kind}`);
    };
    const imported = await withDatabase(config, async (db) => {
      if (kind === 'clients') return importClientsFile(db, source, { dryRun, progress });
      const people = await importPeopleFile(db, source, { dryRun, progress, zone: config.office.timezone });
      if (!dryRun) await setDuty(db, config.office.duty);
      return people;
    });
    if (options.json) io.out(JSON.stringify({ file, kind, dryRun, ...counted(imported) }));
    else {
      for (const note of imported.notes) io.err(`${file}: ${note}`);
      for (const { line, column, value, reason } of imported.rejected)
        io.err(
          `${file}:${line}${column === null ? '' : ` ${column}`}: ${reason}${value === '' ? '' : `, found ${JSON.stringify(value)}`}`,
        );
      const { created, changed, unchanged, rejected } = imported;
      io.out(
        `${kind}: ${created} created, ${changed} changed, ${unchanged} unchanged, ${rejected.length} rejected${dryRun ? ' (dry run, nothing was changed)' : ''}`,
      );
    }
    return exit.done;
  },
};

function counted({ created, changed, unchanged, rejected, notes }: Imported) {
  return { created, changed, unchanged, rejected, notes };
}
