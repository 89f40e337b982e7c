import { handOverDrafts } from '../assign/hand-over.ts';
import type { AssignOffice } from '../assign/run.ts';
import type { Clock } from '../core/time/clock.ts';
import { setDuty } from '../directory/duty.ts';
import { takeAccounts } from '../directory/ldap/run.ts';
import type { Found, LdapSource } from '../directory/ldap/search.ts';
import type { Logger } from '../ops/log.ts';
import { employees } from '../store/directory/employees-and-clients.ts';
import type { Db } from '../store/index.ts';
import { dutyCure } from './office.ts';

export interface AccountsOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** As of the last configuration that was right. */
  readonly config: () => AccountsConfig;
  readonly office: () => { readonly assign: Pick<AssignOffice, 'defaultOwnerOf'> };
  /** Tells that prompts were ordered. */
  readonly kick: () => void;
  /** Our people changed: whoever knows their addresses by heart has to learn them anew. */
  readonly onChange: () => Promise<void>;
}

/** The parts of the configuration that say who our people are. */
interface AccountsConfig {
  readonly ldap: LdapSource | null;
  readonly own: { readonly extensions: Pick<RegExp, 'test'> };
  readonly office: { readonly country: string | null; readonly duty: string | null };
}

/** How often it is looked whether a directory service was configured meanwhile. */
const idleMs = 60_000;

/**
 * Looks into the company's directory service again and again: new people come in, who may not sign in any more loses links
 * and sessions, and his drafts go on. A service that cannot be asked changes nothing; it is told and asked again.
 */
export function followAccounts(options: AccountsOptions): { close(): Promise<void> } {
  const { clock, log, config } = options;
  const closing = new AbortController();
  const run = async () => {
    while (!closing.signal.aborted) {
      await look(options).catch((err: unknown) => log.error({ err }, 'ldap.not_taken'));
      await clock.sleep(config().ldap?.everyMs ?? idleMs, closing.signal).catch(() => {});
    }
  };
  const running = run();
  return {
    async close() {
      closing.abort();
      await running;
    },
  };
}

/**
 * An office that nobody is known of yet gets its first people before anything else starts: every draft needs an owner.
 * @throws Fault ldap.…: there is nobody, and the service cannot be asked
 */
export async function firstPeople({
  db,
  clock,
  config: { ldap, own, office },
}: Pick<AccountsOptions, 'db' | 'clock'> & {
  readonly config: AccountsConfig;
}): Promise<void> {
  if (ldap === null || (await employees(db)).length > 0) return;
  const about = { source: ldap, region: office.country, extensions: own.extensions, clock };
  await takeAccounts(db, await find(ldap), about);
}

/** One look. @throws Fault ldap.…: nothing was changed */
export async function look({ db, clock, log, config, office, kick, onChange }: AccountsOptions): Promise<void> {
  const { ldap, own, office: rules } = config();
  if (ldap === null) {
    // Who was taken back with an import has left, too.
    if ((await handOverDrafts(db, office().assign, clock.now())).length > 0) kick();
    return;
  }
  const found = await find(ldap);
  const taken = await db.transaction(async (tx) => {
    const about = { source: ldap, region: rules.country, extensions: own.extensions, clock };
    const done = await takeAccounts(tx, found, about);
    if ((await setDuty(tx, rules.duty)).isGone) log.error({ cure: dutyCure }, 'directory.duty_gone');
    return { ...done, handed: await handOverDrafts(tx, office().assign, clock.now()) };
  });
  const { created, changed, left, handed, notes } = taken;
  for (const note of notes) log.warn({ note }, 'ldap.entry_not_taken');
  for (const { employeeId, because } of left) log.info({ employee: employeeId, because }, 'ldap.employee_left');
  log.info({ found: taken.found, created, changed, left: left.length, handed: handed.length }, 'ldap.taken');
  if (handed.length > 0) kick();
  if (created + changed + left.length > 0) await onChange();
}

/** The library costs 14 MB: an office without a directory service does not load it. */
async function find(source: LdapSource): Promise<Found> {
  const { findEntries } = await import('../directory/ldap/search.ts');
  return findEntries(source);
}
