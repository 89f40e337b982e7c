import { Fault } from '../../core/fault.ts';
import { setDuty } from '../../directory/duty.ts';
import { takeAccounts } from '../../directory/ldap/run.ts';
import { findEntries } from '../../directory/ldap/search.ts';
import { systemClock } from '../../ops/clock.ts';
import { type ExitCode, exit, type Io } from '../base/command.ts';
import { requireConfig } from '../base/config-file.ts';
import { withDatabase } from '../base/database.ts';

/** `letopis import ldap`: one look into the directory service. The running daemon hands drafts of who left on. */
export async function importAccounts(
  options: { readonly config: string | undefined; readonly 'dry-run': boolean; readonly json: boolean },
  io: Io,
): Promise<ExitCode> {
  const config = requireConfig(options.config, io, {}, ['office', 'own', 'database', 'dataDir', 'ldap']);
  const { ldap, office, own } = config;
  if (ldap === null)
    throw new Fault('ldap.not_configured', 'reconfigure', {
      cure: 'name the service in the configuration: ldap: { url: …, bindDn: …, password: …, base: … }',
    });
  const dryRun = options['dry-run'];
  const found = await findEntries(ldap);
  const about = { source: ldap, region: office.country, extensions: own.extensions, clock: systemClock, dryRun };
  const taken = await withDatabase(config, async (db) => {
    const done = await takeAccounts(db, found, about);
    if (!dryRun) await setDuty(db, office.duty);
    return done;
  });
  if (options.json) {
    io.out(JSON.stringify({ kind: 'ldap', dryRun, ...taken }));
    return exit.done;
  }
  for (const note of taken.notes) io.err(note);
  for (const { name, because } of taken.left) io.err(`${name}: ${because}`);
  const { created, changed, left } = taken;
  io.out(
    `people: ${taken.found} found, ${created} created, ${changed} changed, ${left.length} left${dryRun ? ' (dry run, nothing was changed)' : ''}`,
  );
  return exit.done;
}
