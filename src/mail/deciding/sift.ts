import { mayBeFax } from '../fax/read-fax.ts';
import { headAlone } from '../reading/head-alone.ts';
import type { MailHead, MailRead } from '../reading/mail-read.ts';
import { type Automatic, automaticSign } from './automatic.ts';
import { decideMail, isPromptId, ownPrompt } from './decide.ts';
import type { MailOffice } from './office.ts';
import { type Parties, partiesOf } from './parties.ts';
import { excludesNumbers, isExcluded, type MailRules } from './rules.ts';

/** Is a mail to be kept at all? */
export type Sifted =
  | { readonly kind: 'keep' }
  /** Keep it if one of these is known; never empty. */
  | { readonly kind: 'if-known'; readonly addresses: readonly string[] }
  /** The header cannot tell: the body must be read before anything is stored. */
  | { readonly kind: 'look-inside' }
  | { readonly kind: 'skip'; readonly because: SkipReason };

export type SkipReason = 'excluded' | 'internal' | 'own' | 'stranger';

/**
 * Decides from the header alone what is fetched and stored (DESIGN §9): exclusions first, then our own prompts and mail
 * among ourselves, then the mailbox's scope. Pure. What only the body tells (a journal report, what an employee passed on, a
 * fax of our own gateway) is `look-inside`.
 */
export function siftMail(head: MailHead, office: MailOffice, rules: MailRules): Sifted {
  const mail = headAlone(head);
  const parties = partiesOf(mail, office);
  if (isExcluded(everybodyOf(mail, parties), rules)) return { kind: 'skip', because: 'excluded' };
  if (rules.isJournal || head.fields['x-ms-journal-report'] !== undefined) return { kind: 'look-inside' };
  const automatic = automaticSign(mail);
  if (ownPrompt(mail, automatic, office) !== null) return { kind: 'skip', because: 'own' };
  const isFromUs = parties.from !== null && office.isOwn(parties.from.email);
  if (isFromUs && automatic === null && isPromptId(head.inReplyTo, office)) return { kind: 'keep' };
  if (excludesNumbers(rules) && (rules.isFaxMailbox || mayBeFax(mail))) return { kind: 'look-inside' };
  if (rules.isFaxMailbox) return { kind: 'keep' };
  if (rules.scope === 'all' && isReport(automatic)) return { kind: 'look-inside' };
  const isAmongUs = isFromUs && parties.outside.length === 0;
  if (isAmongUs && parties.recipients.length > 0)
    return mayBeFax(mail) || [...parties.recipients, ...head.deliveredTo].some(office.isWatched)
      ? { kind: 'look-inside' }
      : { kind: 'skip', because: 'internal' };
  if (rules.scope === 'all') return { kind: 'keep' };
  if (mayBeFax(mail)) return { kind: 'look-inside' };
  return ifKnown([...(parties.from === null || isFromUs ? [] : [parties.from.email]), ...parties.outside]);
}

/** The same once the body is read, for what was `look-inside`; it is never that again. */
export function siftRead(mail: MailRead, office: MailOffice, rules: MailRules): Sifted {
  const parties = partiesOf(mail, office);
  const { from, outside } = parties;
  const { verdict, channel, answersPrompt, originalSender, fax } = decideMail(mail, office);
  const number = fax === null || fax.number === null ? [] : [fax.number];
  if (isExcluded([...everybodyOf(mail, parties), ...number], rules)) return { kind: 'skip', because: 'excluded' };
  if (verdict === 'unreadable' || (answersPrompt !== null && automaticSign(mail) === null)) return { kind: 'keep' };
  if (verdict === 'own' || verdict === 'internal') return { kind: 'skip', because: verdict };
  if (rules.scope === 'all' || channel === 'fax') return { kind: 'keep' };
  const isFromUs = from !== null && office.isOwn(from.email);
  return ifKnown([
    ...(from === null || isFromUs ? [] : [from.email]),
    ...outside,
    ...(originalSender === null ? [] : [originalSender]),
  ]);
}

/** Whoever takes part in a mail in any way: an exclusion holds for all of them. */
function everybodyOf({ head, forwarded }: MailRead, { from, recipients }: Parties): readonly string[] {
  const named = [head.from, head.sender, ...head.replyTo, ...head.otherFrom, forwarded?.sender];
  const addresses = [from?.email, ...named.map((one) => one?.email), ...recipients, ...head.deliveredTo];
  return addresses.filter((one) => one !== undefined);
}

function ifKnown(addresses: readonly string[]): Sifted {
  return addresses.length === 0
    ? { kind: 'skip', because: 'stranger' }
    : { kind: 'if-known', addresses: [...new Set(addresses)] };
}

/** A bounce of our own prompt says so in its body alone. */
function isReport(automatic: Automatic | null): boolean {
  return automatic?.kind === 'bounce' || automatic?.kind === 'receipt';
}
