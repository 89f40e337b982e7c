import { z } from 'zod';
import { readDomain, readEmail } from '../core/email.ts';
import type { MailRules } from '../mail/index.ts';

// The options every mailbox has, whatever it is reached by. Connectors spread these fields into their own schema.

const day = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/;

/** Of the mails that were there before: all, none, or those since a day. */
export type History = 'all' | 'none' | { readonly days: number } | { readonly since: Date };

const History = z
  .union([
    z.enum(['all', 'none']),
    z.int().min(1).max(36_500),
    z.string().regex(day, { error: 'all, none, a number of days or a day such as 2026-01-01' }),
  ])
  .transform((written): History => {
    if (typeof written === 'number') return { days: written };
    return written === 'all' || written === 'none' ? written : { since: new Date(`${written}T00:00:00Z`) };
  });

/** In the form in which addresses are compared. */
function normal(read: (text: string) => string | null, expected: string) {
  return z.string().transform((written, context): string => {
    const found = read(written);
    if (found !== null) return found;
    context.addIssue({ code: 'custom', message: expected, input: written });
    return z.NEVER;
  });
}
const address = normal((text) => readEmail(text).email, 'a mail address such as sales@romashka.example');

const Exclude = z.strictObject({
  addresses: z
    .array(address)
    .describe('mail with one of these addresses is never stored, whoever else takes part')
    .prefault([]),
  domains: z
    .array(normal(readDomain, 'a domain such as romashka.example'))
    .describe('the same for every address of these domains and below them')
    .prefault([]),
  folders: z.array(z.string().min(1)).describe('folders that are not looked into where folders says "*"').default([]),
});

export const mailboxFields = {
  address: address.describe('the mailbox’s own address; default: user, if that is one').optional(),
  exclude: Exclude.describe('what is never stored, decided before anything is').prefault({}),
  authHosts: z
    .array(z.string().trim().toLowerCase().min(1))
    .describe('names under which your mail server writes its verdicts on senders (Authentication-Results)')
    .default([]),
  history: History.describe(
    'of the mail that is there at the first start: all, none, a number of days, or since a day such as 2026-01-01',
  ).prefault('all'),
  poll: z
    .int()
    .min(5)
    .max(300)
    .describe('every folder is looked at after so many seconds, also where new mail tells of itself')
    .default(60),
  largestMb: z
    .int()
    .min(1)
    .max(1024)
    .describe('of a mail of more megabytes than this only the header and the first megabyte are taken')
    .default(50),
} as const;

export const journalField = {
  journal: z
    .boolean()
    .describe('a journaling mailbox: what is inside the reports is taken, not the reports')
    .default(false),
} as const;

/** Whose mail is stored; a personal mailbox has `known`, a shared one `all`. */
export const scopeField = {
  scope: z
    .enum(['known', 'all'])
    .describe('whose mail is stored: known (only mail with clients we know), all (every mail with somebody outside)')
    .default('known'),
} as const;

/** What the rules of a mailbox are made of, as its YAML says. */
export interface RuleOptions {
  readonly scope: 'known' | 'all';
  readonly address: string | null;
  readonly exclude: { readonly addresses: readonly string[]; readonly domains: readonly string[] };
  readonly journal: boolean;
  readonly authHosts: readonly string[];
}

export function rulesOf({ scope, address, exclude, journal, authHosts }: RuleOptions): MailRules {
  return {
    scope,
    mailbox: address,
    exclude: [...exclude.addresses, ...exclude.domains],
    isJournal: journal,
    isFaxMailbox: false,
    faxProfiles: null,
    authHosts,
  };
}

/** `user` is mostly the mailbox's address. */
export function addressOf(address: string | undefined, user: string | null): string | null {
  if (address !== undefined) return address;
  return user?.includes('@') ? user.toLowerCase() : null;
}

/** From when on a mailbox's past is taken; null: all of it. */
export function historyStart(history: History, now: Date): Date | null {
  if (typeof history === 'string') return null;
  return 'since' in history ? history.since : new Date(now.getTime() - history.days * 86_400_000);
}
