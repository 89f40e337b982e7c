import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { connectors } from '../../../connectors/index.ts';
import { didYouMean } from '../../config/nearest.ts';
import { type Config, loadConfig } from '../../config.ts';
import { readDomain } from '../../core/email.ts';
import { mailboxesOf, sharedMailboxes } from '../../daemon/office.ts';
import { readPeople } from '../../directory/files/people.ts';
import { builtIn, type MailOffice, type MailOfficeOptions, mailOffice, officeOf } from '../../mail/index.ts';
import { usageError } from '../base/arguments.ts';
import type { Io } from '../base/command.ts';
import { defaultConfigFile, requireConfig } from '../base/config-file.ts';
import { kindsOf } from '../base/kinds.ts';

/**
 * What is ours, from the configuration where there is one, and from the options.
 *
 * @param asked.domains beside those of the configuration @param asked.mailboxes shared ones, beside those of the connectors
 * @param asked.connector judge as if the mail had come into this mailbox; undefined: as anybody's
 * @throws `usageError` for what is no domain or no mailbox, `configError`
 */
export function mailOfficeOf(
  given: string | undefined,
  asked: {
    readonly domains: readonly string[];
    readonly mailboxes: readonly string[];
    readonly connector: string | undefined;
  },
  io: Io,
): MailOffice {
  const { domains, mailboxes, connector } = asked;
  const wrong = domains.find((domain) => readDomain(domain) === null);
  if (wrong !== undefined) throw usageError(`--own-domain ${wrong}: expected a domain such as romashka.example`);
  const hasConfig = connector !== undefined || given !== undefined || existsSync(resolve(io.cwd, defaultConfigFile));
  if (!hasConfig) {
    if (domains.length === 0)
      io.err(
        'letopis mail: no domain of ours is known, all mail counts as inbound: --own-domain or --config name ours',
      );
    return mailOffice({ domains, mailboxes: mailboxes.length === 0 ? null : mailboxes });
  }
  const config = requireConfig(given, io, {}, ['office', 'own', 'people']);
  const watched = watchedOf(given, io);
  const rules = connector === undefined ? null : (watched.get(connector)?.rules ?? null);
  if (connector !== undefined && rules === null)
    throw usageError(`--connector ${connector}: no mailbox of this name${didYouMean(connector, [...watched.keys()])}`);
  const all = [...watched.values()];
  const ownProfiles = all.flatMap((one) => one.rules.faxProfiles ?? []);
  const shared = all.length === 0 ? null : sharedMailboxes(all);
  const options: MailOfficeOptions = {
    domains: [...config.own.domains, ...domains],
    people: addressesOfPeople(config),
    mailboxes: mailboxes.length === 0 && shared === null ? null : [...mailboxes, ...(shared ?? [])],
    region: config.office.country,
    ownNumbers: config.own.numbers,
    authHosts: all.flatMap((one) => one.rules.authHosts),
    faxProfiles: ownProfiles.length === 0 ? builtIn : [...new Set([...ownProfiles, ...builtIn])],
  };
  return rules === null ? mailOffice(options) : officeOf(options, rules);
}

/**
 * The mailboxes of the connectors. None when none is configured, or when they cannot be known here because a password's
 * variable is not set: what a mail is can be told without passwords.
 */
function watchedOf(given: string | undefined, io: Io): ReturnType<typeof mailboxesOf> {
  const read = loadConfig(resolve(io.cwd, given ?? defaultConfigFile), {
    env: io.env,
    kinds: kindsOf(connectors),
    only: ['office', 'connectors'],
  });
  if (read.ok) return mailboxesOf(read.config.connectors, connectors);
  io.err('letopis mail: the connectors were not read (letopis check tells why); --mailbox names shared mailboxes');
  return new Map();
}

/** None where no file is configured or it cannot be read: `letopis check` tells of it. */
function addressesOfPeople({ people, office }: Pick<Config, 'people' | 'office'>): readonly string[] {
  if (people === null || !existsSync(people.file)) return [];
  const { file, columns } = people;
  const { rows } = readPeople(readFileSync(file), { file, region: office.country, columns });
  return rows.flatMap(({ points }) => points.flatMap(({ kind, address }) => (kind === 'email' ? [address] : [])));
}
