import type { AssignOffice } from '../assign/run.ts';
import type { Config } from '../config.ts';
import type { AnyConnector, Office } from '../connector/index.ts';
import { readNumbers } from '../core/phone/phone.ts';
import { dueAt } from '../core/time/service.ts';
import { findEmployee } from '../directory/duty.ts';
import { seedDirectory } from '../directory/files/seed.ts';
import { type Judging, judgingOf } from '../intake/mails/office.ts';
import type { MailOfficeOptions, MailRules } from '../mail/index.ts';
import type { MatchOffice } from '../match/run.ts';
import type { Logger } from '../ops/log.ts';
import { senderDomain } from '../prompt/mailer.ts';
import { colleagueAddresses, colleagueNumbers } from '../store/contacts/colleagues.ts';
import type { Db } from '../store/index.ts';

/** What stages and connectors know of the office, as of the last configuration that was right. */
export interface OfficeView {
  readonly match: MatchOffice;
  readonly assign: AssignOffice;
  readonly connectors: Office;
  /** By what the mails of a connector are judged. */
  readonly judging: (connector: string) => Judging;
}

/**
 * Keeps the directory in step with the configuration and gathers what the stages need of both.
 * @throws Fault directory.nobody, directory.duty_unknown (reconfigure)
 */
export async function readOffice(
  db: Db,
  config: Config,
  log: Logger,
  registry: Readonly<Record<string, AnyConnector>>,
): Promise<OfficeView> {
  const region = config.office.country;
  const { people, occasions } = config;
  const seeded = await seedDirectory(db, {
    region,
    zone: config.office.timezone,
    people,
    occasions,
    duty: config.office.duty,
  });
  for (const err of seeded.problems) log.error({ err }, 'directory.file_left_out');
  for (const { id } of seeded.people?.leaving?.left ?? []) log.info({ employee: id }, 'directory.employee_left');
  const held = seeded.people?.leaving?.held ?? null;
  if (held !== null) log.error({ cure: held }, 'directory.nobody_left');
  if (seeded.isDutyGone) log.error({ cure: dutyCure }, 'directory.duty_gone');
  log.info({ people: countsOf(seeded.people) }, 'directory.seeded');

  const regions = new Map(config.connectors.map(({ name, region: own }) => [name, own]));
  const regionOf = (connector: string) => regions.get(connector) ?? null;
  const owners = new Map<string, string>();
  for (const { name, defaultOwner } of config.connectors) {
    const id = defaultOwner === null ? null : await findEmployee(db, defaultOwner);
    if (id !== null) owners.set(name, id);
    else if (defaultOwner !== null) log.error({ connector: name }, 'directory.default_owner_unknown');
  }
  const colleagues = await colleagueNumbers(db);
  const { extensions } = config.own;
  const { mail, judging } = await readMailOffice(db, config, registry);
  return {
    match: { region, regionOf, extensions, own: config.own, zone: config.office.timezone },
    assign: {
      region,
      regionOf,
      extensions,
      policy: 'last',
      defaultOwnerOf: (connector) => owners.get(connector) ?? null,
      dueAt: (received) => dueAt(received, config.service, config.office.calendar)?.dueAt ?? null,
    },
    judging,
    connectors: {
      extensions,
      mail,
      isColleague: (number) => readNumbers(number, region).numbers.some(({ e164 }) => colleagues.has(e164)),
    },
  };
}

/** What mails are judged by: the directory as it stands, the configuration's own addresses and mailboxes. */
export async function readMailOffice(
  db: Db,
  { own, office, connectors, mail: sending }: Pick<Config, 'own' | 'office' | 'connectors' | 'mail'>,
  registry: Readonly<Record<string, AnyConnector>>,
): Promise<{ readonly mail: MailOfficeOptions; readonly judging: (connector: string) => Judging }> {
  const mailboxes = mailboxesOf(connectors, registry);
  const mail: MailOfficeOptions = {
    domains: own.domains,
    people: await colleagueAddresses(db),
    mailboxes: sharedMailboxes([...mailboxes.values()]),
    region: office.country,
    ownNumbers: own.numbers,
    promptDomain: sending === null ? null : senderDomain(sending.from),
  };
  return { mail, judging: judgingOf(mail, mailboxes) };
}

/** What IT is told when the one who owns what nobody else does has left. */
export const dutyCure = 'office.duty names somebody who has left: name another, until then it is the next in line';

/** The rules of every connector that brings mail, by its name. */
export function mailboxesOf(
  connectors: Config['connectors'],
  registry: Readonly<Record<string, AnyConnector>>,
): ReadonlyMap<string, { readonly rules: MailRules; readonly region: string | null }> {
  return new Map(
    connectors.flatMap(({ name, kind, options, region }) => {
      const connector = registry[kind];
      if (connector?.shape !== 'session' || connector.mail === undefined) return [];
      return [[name, { rules: connector.mail(optionsOf(options)), region }] as const];
    }),
  );
}

/** The kind's own schema has made these options; the registry cannot say so for every kind at once. */
function optionsOf(options: unknown): never {
  return options as never;
}

/** Addresses of the mailboxes that are watched for all of us. Null where one does not say its own: names decide then. */
export function sharedMailboxes(mailboxes: readonly { readonly rules: MailRules }[]): readonly string[] | null {
  const shared = mailboxes.flatMap(({ rules }) => (rules.scope === 'all' ? [rules.mailbox] : []));
  const known = shared.filter((mailbox) => mailbox !== null);
  return known.length < shared.length ? null : known;
}

function countsOf(imported: { readonly created: number; readonly changed: number } | null) {
  return imported && { created: imported.created, changed: imported.changed };
}
