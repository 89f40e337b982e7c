import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { connectors } from '../../connectors/index.ts';
import { type Config, loadConfig } from '../config.ts';
import { readDomain } from '../core/email.ts';
import { mailboxesOf, sharedMailboxes } from '../daemon/office.ts';
import { readPeople } from '../directory/people.ts';
import { type MailOffice, mailOffice } from '../mail/index.ts';
import { usageError } from './arguments.ts';
import type { Io } from './command.ts';
import { defaultConfigFile, requireConfig } from './config-file.ts';
import { kindsOf } from './kinds.ts';

/**
 * What is ours, from the configuration where there is one, and from the options.
 *
 * @param domains beside those of the configuration @param mailboxes shared ones, beside those of the connectors
 * @throws `usageError` for what is no domain, `configError`
 */
export function mailOfficeOf(
  given: string | undefined,
  domains: readonly string[],
  mailboxes: readonly string[],
  io: Io,
): MailOffice {
  const wrong = domains.find((domain) => readDomain(domain) === null);
  if (wrong !== undefined) throw usageError(`--own-domain ${wrong}: expected a domain such as romashka.example`);
  const hasConfig = given !== undefined || existsSync(resolve(io.cwd, defaultConfigFile));
  if (!hasConfig) {
    if (domains.length === 0)
      io.err(
        'letopis mail: no domain of ours is known, all mail counts as inbound: --own-domain or --config name ours',
      );
    return mailOffice({ domains, mailboxes: mailboxes.length === 0 ? null : mailboxes });
  }
  const config = requireConfig(given, io, {}, ['office', 'own', 'people']);
  const watched = watchedOf(given, io);
  return mailOffice({
    domains: [...config.own.domains, ...domains],
    people: addressesOfPeople(config),
    mailboxes:
      mailboxes.length === 0 && watched?.mailboxes == null ? null : [...mailboxes, ...(watched?.mailboxes ?? [])],
    region: config.office.country,
    ownNumbers: config.own.numbers,
    authHosts: watched?.hosts ?? [],
  });
}

/**
 * The shared mailboxes of the connectors. Null when none is configured, or when they cannot be known here because a
 * password's variable is not set: what a mail is can be told without passwords.
 */
function watchedOf(
  given: string | undefined,
  io: Io,
): { readonly mailboxes: readonly string[] | null; readonly hosts: readonly string[] } | null {
  const read = loadConfig(resolve(io.cwd, given ?? defaultConfigFile), {
    env: io.env,
    kinds: kindsOf(connectors),
    only: ['office', 'connectors'],
  });
  if (!read.ok) {
    io.err('letopis mail: the connectors were not read (letopis check tells why); --mailbox names shared mailboxes');
    return null;
  }
  const found = [...mailboxesOf(read.config.connectors, connectors).values()];
  if (found.length === 0) return null;
  return { mailboxes: sharedMailboxes(found), hosts: found.flatMap(({ rules }) => rules.authHosts) };
}

/** None where no file is configured or it cannot be read: `letopis check` tells of it. */
function addressesOfPeople({ people, office }: Pick<Config, 'people' | 'office'>): readonly string[] {
  if (people === null || !existsSync(people.file)) return [];
  const { file, columns } = people;
  const { rows } = readPeople(readFileSync(file), { file, region: office.country, columns });
  return rows.flatMap(({ points }) => points.flatMap(({ kind, address }) => (kind === 'email' ? [address] : [])));
}
