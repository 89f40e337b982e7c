import { type MailOffice, type MailOfficeOptions, type MailRules, mailOffice, officeOf } from '../../mail/index.ts';
import type { Exclusions } from '../exclusions.ts';

/** By what a connector's mails are judged. */
export interface Judging {
  readonly office: MailOffice;
  readonly rules: MailRules;
  /** Two letters, to read national numbers; null: international ones only. */
  readonly region: string | null;
}

/** Of a connector that is not configured any more: what was kept is still read. */
const unknown: MailRules = {
  scope: 'all',
  mailbox: null,
  exclude: [],
  isJournal: false,
  isFaxMailbox: false,
  faxProfiles: null,
  authHosts: [],
};

/** By what the mails of a connector are judged now: also by what people named since it was configured. */
export async function judgingNow(
  { judging, exclusions }: { readonly judging: (connector: string) => Judging; readonly exclusions: Exclusions },
  connector: string,
): Promise<Judging> {
  const configured = judging(connector);
  const named = await exclusions();
  if (named.length === 0) return configured;
  return { ...configured, rules: { ...configured.rules, exclude: [...configured.rules.exclude, ...named] } };
}

/** Remembers the office of each connector: making one compares all people's addresses. */
export function judgingOf(
  options: MailOfficeOptions,
  connectors: ReadonlyMap<string, { readonly rules: MailRules; readonly region: string | null }>,
): (connector: string) => Judging {
  const made = new Map<string, Judging>();
  return (connector) => {
    const known = made.get(connector);
    if (known !== undefined) return known;
    const one = connectors.get(connector);
    const region = one?.region ?? options.region ?? null;
    const given = { ...options, region };
    const office = one === undefined ? mailOffice(given) : officeOf(given, one.rules);
    const judging = { office, rules: one?.rules ?? unknown, region };
    made.set(connector, judging);
    return judging;
  };
}
