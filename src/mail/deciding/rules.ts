import type { CompiledProfile } from '../fax/profile.ts';
import { type MailOffice, type MailOfficeOptions, mailOffice } from './office.ts';

/** By which rules one mailbox's mails are taken and read: what the YAML of its connector says. */
export interface MailRules {
  /** `known`: only mail with known clients is stored; strangers leave a counter. */
  readonly scope: 'known' | 'all';
  /** The mailbox's own address; null: not known. */
  readonly mailbox: string | null;
  /** Addresses (`ivan@a.example`), domains (`a.example`) and numbers (E.164) whose mail is never stored, whoever else takes part. */
  readonly exclude: readonly string[];
  /** A journaling mailbox: the header of a report says nothing about the mail in it. */
  readonly isJournal: boolean;
  /** The mailbox takes faxes alone. */
  readonly isFaxMailbox: boolean;
  /** Tried in this order; null: the built-in ones. */
  readonly faxProfiles: readonly CompiledProfile[] | null;
  /** Names with which the mailbox's server signs its verdicts on senders, beside hosts of our domains. */
  readonly authHosts: readonly string[];
}

/** What a mail of this mailbox is judged by. */
export function officeOf(office: MailOfficeOptions, rules: MailRules): MailOffice {
  return mailOffice({
    ...office,
    authHosts: [...(office.authHosts ?? []), ...rules.authHosts],
    isFaxMailbox: rules.isFaxMailbox,
    isJournal: rules.isJournal,
    ...(rules.faxProfiles === null ? {} : { faxProfiles: rules.faxProfiles }),
  });
}

/** Made once of each list: the directory may name thousands of addresses, and every mail is held against them. */
const sets = new WeakMap<readonly string[], ReadonlySet<string>>();

/** Does anybody of these fall under an exclusion of the rules? A domain also means what stands below it. */
export function isExcluded(addresses: readonly string[], { exclude }: Pick<MailRules, 'exclude'>): boolean {
  if (exclude.length === 0) return false;
  const known = sets.get(exclude) ?? new Set(exclude);
  sets.set(exclude, known);
  return addresses.some((address) => {
    if (known.has(address)) return true;
    const labels = address.slice(address.lastIndexOf('@') + 1).split('.');
    return labels.some((_, i) => known.has(labels.slice(i).join('.')));
  });
}

/** Only what is in a fax mail tells its number: it must be looked at before it is stored where numbers are excluded. */
export function excludesNumbers({ exclude }: Pick<MailRules, 'exclude'>): boolean {
  return exclude.some((one) => one.startsWith('+'));
}

/**
 * Did it come into a mailbox that is everybody's of us? Faxes of a watched mailbox, and what was written to its own address;
 * not what a journaling mailbox tells of everybody's letters.
 */
export function isForAll(
  mail: { readonly channel: string; readonly to: readonly string[] },
  { scope, mailbox, isJournal }: Pick<MailRules, 'scope' | 'mailbox' | 'isJournal'>,
): boolean {
  if (scope !== 'all' || isJournal) return false;
  return mail.channel === 'fax' || (mailbox !== null && mail.to.includes(mailbox));
}
