import { readDomain, readEmail } from '../../core/email.ts';
import { readNumbers } from '../../core/phone/phone.ts';
import type { CompiledProfile } from '../fax/profile.ts';
import { builtIn } from '../fax/profiles.ts';

/** What we must know about ourselves to judge a mail. */
export interface MailOffice {
  readonly isOwn: (email: string) => boolean;
  /** An address of one of our people, not of a group of them. */
  readonly isPerson: (email: string) => boolean;
  /** A mailbox shared and watched by us: what an employee forwards there is meant as a contact. */
  readonly isWatched: (email: string) => boolean;
  /** Our domains, ASCII. Message-IDs of our own prompts end in one of them. */
  readonly domains: readonly string[];
  /** Domains in which our prompts' Message-IDs end; empty: not known, any will do. */
  readonly promptDomains: readonly string[];
  /** Names with which our own mail servers sign their verdicts, beside hosts of our domains. */
  readonly authHosts: readonly string[];
  /** ISO 3166 code of numbers without country code. */
  readonly region: string | null;
  readonly ownNumbers: ReadonlySet<string>;
  readonly isFaxMailbox: boolean;
  /** A journaling mailbox: all that comes are reports of our own server. */
  readonly isJournal: boolean;
  readonly faxProfiles: readonly CompiledProfile[];
}

export interface MailOfficeOptions {
  /** Our mail domains; what stands below one of them is ours too. */
  readonly domains: readonly string[];
  /** Every address of our people, private ones included. */
  readonly people?: readonly string[];
  /** Shared mailboxes that are watched. Null: not known; then addresses that are no person's count. */
  readonly mailboxes?: readonly string[] | null;
  readonly authHosts?: readonly string[];
  /** The domain our prompts are sent from, where it is none of `domains`. */
  readonly promptDomain?: string | null;
  readonly region?: string | null;
  readonly ownNumbers?: readonly string[];
  readonly isFaxMailbox?: boolean;
  readonly isJournal?: boolean;
  /** Tried in this order, in place of the built-in ones. */
  readonly faxProfiles?: readonly CompiledProfile[];
}

/** Words of addresses that belong to a desk, not to a person. */
const desk =
  /^(?:crm|letopis|archive|history|capture|contacts?|info|office|mail|sales|support|help|helpdesk|service|orders?|zakaz|zakupki|tender|request|inbox|client|clients|customers?|hello|reception|priemnaya|secretary|fax|faxes|buh|accounting|accounts|billing|marketing|hr|job|jobs|team|shop|store|web|site|admin|administrator|webmaster|postmaster|hostmaster|abuse|security|noreply|no-reply|всем|all|everyone|director|hotline|claims?|delivery|logistics|sklad|warehouse|prodazhi|prodazh|opt|optom)(?:[-_.+]?\d*|[-_.+].*)$/iu;

export function mailOffice(options: MailOfficeOptions): MailOffice {
  const normal = (email: string) => readEmail(email).email ?? email.trim().toLowerCase();
  const domains = options.domains.flatMap((domain) => readDomain(domain) ?? []);
  const people = new Set((options.people ?? []).map(normal));
  const given =
    options.mailboxes === undefined || options.mailboxes === null ? null : new Set(options.mailboxes.map(normal));
  const isOwnDomain = (email: string) => {
    const domain = email.slice(email.lastIndexOf('@') + 1);
    return domains.some((own) => domain === own || domain.endsWith(`.${own}`));
  };
  const isOwn = (email: string) => isOwnDomain(email) || people.has(email) || (given?.has(email) ?? false);
  const isDesk = (email: string) => desk.test(email.slice(0, email.lastIndexOf('@')));
  const isPerson = (email: string) =>
    people.has(email) || (isOwn(email) && !(given?.has(email) ?? false) && !isDesk(email) && people.size === 0);
  return {
    isOwn,
    isPerson,
    isWatched: (email) => (given === null ? isOwn(email) && !people.has(email) && isDesk(email) : given.has(email)),
    domains,
    promptDomains: [...domains, ...(options.promptDomain == null ? [] : [options.promptDomain])],
    authHosts: (options.authHosts ?? []).map((host) => host.toLowerCase()),
    region: options.region ?? null,
    ownNumbers: new Set(
      (options.ownNumbers ?? []).flatMap((number) =>
        readNumbers(number, options.region ?? null).numbers.map(({ e164 }) => e164),
      ),
    ),
    isFaxMailbox: options.isFaxMailbox ?? false,
    isJournal: options.isJournal ?? false,
    faxProfiles: options.faxProfiles ?? builtIn,
  };
}
