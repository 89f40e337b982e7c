import type { AssignOffice } from '../assign/run.ts';
import type { Config } from '../config.ts';
import type { Office } from '../connector/index.ts';
import { readNumbers } from '../core/phone.ts';
import { dueAt } from '../core/service.ts';
import { findEmployee } from '../directory/duty.ts';
import { seedDirectory } from '../directory/seed.ts';
import type { MatchOffice } from '../match/run.ts';
import type { Logger } from '../ops/log.ts';
import { colleagueNumbers } from '../store/colleagues.ts';
import type { Db } from '../store/index.ts';

/** What stages and connectors know of the office, as of the last configuration that was right. */
export interface OfficeView {
  readonly match: MatchOffice;
  readonly assign: AssignOffice;
  readonly connectors: Office;
}

/**
 * Keeps the directory in step with the configuration and gathers what the stages need of both.
 * @throws Fault directory.nobody, directory.duty_unknown (reconfigure)
 */
export async function readOffice(db: Db, config: Config, log: Logger): Promise<OfficeView> {
  const region = config.office.country;
  const { people, clients, occasions } = config;
  const seeded = await seedDirectory(db, { region, people, clients, occasions, duty: config.office.duty });
  for (const err of seeded.problems) log.error({ err }, 'directory.file_left_out');
  log.info({ people: countsOf(seeded.people), clients: countsOf(seeded.clients) }, 'directory.seeded');

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
  return {
    match: { region, regionOf, extensions, own: config.own },
    assign: {
      region,
      regionOf,
      extensions,
      policy: 'last',
      defaultOwnerOf: (connector) => owners.get(connector) ?? null,
      dueAt: (received) => dueAt(received, config.service, config.office.calendar)?.dueAt ?? null,
    },
    connectors: {
      extensions,
      isColleague: (number) => readNumbers(number, region).numbers.some(({ e164 }) => colleagues.has(e164)),
    },
  };
}

function countsOf(imported: { readonly created: number; readonly changed: number } | null) {
  return imported && { created: imported.created, changed: imported.changed };
}
