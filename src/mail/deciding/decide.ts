import type { Direction } from '../../core/contact/capture.ts';
import { type FaxFacts, readFax } from '../fax/read-fax.ts';
import type { MailRead } from '../reading/mail-read.ts';
import { type Authenticity, authenticityOfMail } from './authenticity.ts';
import { type Automatic, automaticSign, isSilent } from './automatic.ts';
import type { MailOffice } from './office.ts';
import { type Parties, partiesOf } from './parties.ts';

export interface MailVerdict {
  /**
   * contact · automatic: by a program · internal: among ourselves · own: our prompt, or a machine's answer to it ·
   * unreadable: these bytes are no mail.
   */
  readonly verdict: 'contact' | 'automatic' | 'internal' | 'own' | 'unreadable';
  /** In words, for people. */
  readonly reason: string;
  readonly automatic: Automatic['kind'] | null;
  readonly channel: 'email' | 'fax';
  /** Null for what is no mail. */
  readonly direction: Direction | null;
  readonly from: string | null;
  readonly fromName: string | null;
  readonly to: readonly string[];
  /** The outside party; null when there is none or it is not known. */
  readonly client: { readonly kind: 'email' | 'phone'; readonly value: string } | null;
  /** Our person: who wrote, or the first of those written to. */
  readonly employee: string | null;
  /** All of our addresses that took part, the employee's first. */
  readonly employees: readonly string[];
  readonly fax: FaxFacts | null;
  /** Of a mail that one of us passed on: whose it was. */
  readonly originalSender: string | null;
  readonly authenticity: Authenticity;
  /** Message-ID of our prompt that a person answers here. */
  readonly answersPrompt: string | null;
}

/** What a mail is to us, and why (DESIGN §9). Pure; the mail's own words are never believed further than here. */
export function decideMail(mail: MailRead, office: MailOffice): MailVerdict {
  const parties = partiesOf(mail, office);
  const known = basics(mail, parties, office);
  if (mail.fullness === 'nothing') {
    return { ...known, verdict: 'unreadable', reason: mail.notes.join(', ') || 'this is no mail', direction: null };
  }
  const automatic = automaticSign(mail);
  const own = ownPrompt(mail, automatic, office);
  if (own !== null) return { ...known, verdict: 'own', reason: own, client: null };
  const fax = readFax(mail, office.faxProfiles, office);
  if (fax !== null) return { ...known, ...faxVerdict(fax, parties.ours.find(office.isPerson) ?? null) };
  if (automatic !== null) {
    const isAnswer = automatic.kind === 'reply' || automatic.kind === 'receipt' || automatic.kind === 'calendar';
    return {
      ...known,
      verdict: 'automatic',
      reason: automatic.reason,
      automatic: automatic.kind,
      client: isAnswer ? known.client : null,
    };
  }
  const forward = known.originalSender === null ? null : forwardVerdict(mail, parties, office, known.originalSender);
  if (forward !== null) return { ...known, ...forward };
  return { ...known, ...personVerdict(mail, parties, office) };
}

function basics(mail: MailRead, parties: Parties, office: MailOffice): MailVerdict {
  const { from, ours, outside } = parties;
  const isFromUs = from !== null && office.isOwn(from.email);
  const direction: Direction = !isFromUs
    ? 'inbound'
    : outside.length > 0 || parties.recipients.length === 0
      ? 'outbound'
      : 'internal';
  const people = ours.filter(office.isPerson);
  const employee = isFromUs ? (from?.email ?? null) : (people[0] ?? null);
  const value = direction === 'inbound' ? from?.email : direction === 'outbound' ? outside[0] : undefined;
  const sender = mail.forwarded?.sender?.email ?? null;
  return {
    verdict: 'contact',
    reason: '',
    automatic: null,
    channel: 'email',
    direction,
    from: from?.email ?? null,
    fromName: from?.name ?? null,
    to: parties.to,
    client: value === undefined ? null : { kind: 'email', value },
    employee,
    employees: [...new Set([...(employee === null ? [] : [employee]), ...people])],
    fax: null,
    originalSender: isFromUs && sender !== null && !office.isOwn(sender) ? sender : null,
    authenticity: authenticityOfMail(mail, office),
    answersPrompt: isFromUs && isPromptId(mail.head.inReplyTo, office) ? mail.head.inReplyTo : null,
  };
}

/** `<letopis.…@our domain>`: see `messageIdOf` in core/token.ts. */
export function isPromptId(id: string | null, office: MailOffice): boolean {
  const domain = /^<letopis\.[\w.-]+@([^\s<>@]+)>$/i.exec(id ?? '')?.[1]?.toLowerCase();
  if (domain === undefined) return false;
  const { promptDomains } = office;
  return promptDomains.length === 0 || promptDomains.some((own) => domain === own || domain.endsWith(`.${own}`));
}

/** Why a mail is our own prompt, or a machine's answer to one; null: it is not. */
export function ownPrompt(mail: MailRead, automatic: Automatic | null, office: MailOffice): string | null {
  const { head, report } = mail;
  if (isPromptId(head.messageId, office) && head.fields['auto-submitted'] !== undefined) return 'our own prompt';
  if (automatic === null) return null;
  const returned =
    report?.originalMessageId ??
    /<letopis\.[^\s<>@]{8,80}@[^\s<>]{3,200}>/.exec(mail.fullText.slice(0, 20_000))?.[0] ??
    null;
  if (automatic.kind === 'bounce' && isPromptId(returned, office)) return 'our own prompt came back';
  const answered = [head.inReplyTo, head.references.at(-1) ?? null, report?.originalMessageId ?? null];
  return answered.some((id) => isPromptId(id, office)) ? 'a program’s answer to our own prompt' : null;
}

/** The gateway is nobody: neither the client nor our employee, though its address may be one of ours. */
function faxVerdict(fax: FaxFacts, employee: string | null): Partial<MailVerdict> {
  const client = fax.number === null ? null : { kind: 'phone' as const, value: fax.number };
  const employees = employee === null ? [] : [employee];
  const common = {
    channel: 'fax' as const,
    client,
    fax,
    employee,
    employees,
    originalSender: null,
    answersPrompt: null,
  };
  const who = fax.number ?? fax.station ?? 'a withheld number';
  if (fax.status === 'sent-report') {
    const direction = 'outbound' as const;
    return fax.succeeded
      ? { ...common, direction, verdict: 'contact', reason: `fax sent to ${who} (${fax.profile})` }
      : {
          ...common,
          direction,
          verdict: 'automatic',
          automatic: 'notice',
          reason: `fax to ${who} was not sent (${fax.profile})`,
        };
  }
  const direction = 'inbound' as const;
  if (fax.status === 'failed') {
    const why = fax.error === null ? '' : `: ${fax.error}`;
    return {
      ...common,
      direction,
      verdict: 'automatic',
      automatic: 'notice',
      reason: `fax from ${who} failed${why} (${fax.profile})`,
    };
  }
  return { ...common, direction, verdict: 'contact', reason: `fax from ${who} (${fax.profile})` };
}

/** What an employee passes on to a watched mailbox is the client's word; among colleagues it stays among colleagues. */
function forwardVerdict(
  mail: MailRead,
  parties: Parties,
  office: MailOffice,
  original: string,
): Partial<MailVerdict> | null {
  if (parties.outside.length > 0) return null; // to somebody outside: an outbound mail like any other
  const isWatched = [...parties.recipients, ...mail.head.deliveredTo].some(office.isWatched);
  const forwarder = parties.from?.email ?? null;
  if (!isWatched) {
    return {
      verdict: 'internal',
      direction: 'internal',
      client: null,
      reason: `among ourselves: ${forwarder} forwarded a mail of ${original} to colleagues`,
    };
  }
  return {
    verdict: 'contact',
    direction: 'inbound',
    client: isSilent(original) ? null : { kind: 'email', value: original },
    employee: forwarder,
    reason: `forwarded by our ${forwarder}, written by ${original}`,
  };
}

function personVerdict(mail: MailRead, parties: Parties, office: MailOffice): Partial<MailVerdict> {
  const { from, recipients, outside } = parties;
  const suffix = mail.fullness === 'whole' ? '' : `; ${mail.notes.join(', ')}`;
  if (from === null) return { verdict: 'contact', reason: `no sender is named${suffix}` };
  if (!office.isOwn(from.email)) {
    const via = parties.ours.length === 0 && recipients.length > 0 ? ' (none of our addresses is named)' : '';
    return { verdict: 'contact', reason: `written to us by ${from.email}${via}${suffix}` };
  }
  if (outside.length > 0)
    return { verdict: 'contact', reason: `written by our ${from.email} to ${outside[0]}${suffix}` };
  if (recipients.length === 0)
    return { verdict: 'contact', reason: `written by our ${from.email} to nobody named${suffix}` };
  if (isPromptId(mail.head.inReplyTo, office)) return { verdict: 'internal', reason: 'one of us answers our prompt' };
  return { verdict: 'internal', reason: 'among ourselves: sender and recipients are ours' };
}
