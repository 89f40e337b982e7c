import type { MailAddress } from '../mime/addresses.ts';
import type { MailRead } from '../reading/mail-read.ts';
import type { MailOffice } from './office.ts';

/** Who really wrote to whom. */
export interface Parties {
  readonly from: MailAddress | null;
  /** As the mail's To says. */
  readonly to: readonly string[];
  /** Everybody it went to, as far as it can be seen; each once, To before Cc before the rest. */
  readonly recipients: readonly string[];
  readonly outside: readonly string[];
  readonly ours: readonly string[];
}

/** A journal report's envelope knows better than the header; a list that put itself into From names the writer elsewhere. */
export function partiesOf({ head, journal }: MailRead, office: MailOffice): Parties {
  const from = journalSender(head.from, journal?.sender ?? null) ?? listedSender(head, office) ?? head.from;
  const named = [...head.to, ...head.cc, ...head.bcc].map(({ email }) => email);
  const all = [...named, ...(journal?.recipients ?? [])];
  const recipients = [...new Set(all.length > 0 ? all : head.deliveredTo)];
  const to = head.to.map(({ email }) => email);
  return {
    from,
    to: to.length > 0 ? to : [...(journal?.recipients ?? recipients)],
    recipients,
    outside: recipients.filter((email) => !office.isOwn(email)),
    ours: recipients.filter(office.isOwn),
  };
}

function journalSender(from: MailAddress | null, sender: string | null): MailAddress | null {
  if (sender === null || sender === from?.email || isReturnAddress(sender)) return null;
  return { email: sender, name: null };
}

/** Addresses that mailing programs make for the way back: bounces+ivan=acme.example@…. */
function isReturnAddress(email: string): boolean {
  return /=|^(?:bounces?|srs[01])/i.test(email.slice(0, email.lastIndexOf('@')));
}

/** `'Ivan' via Sales <sales@ours>`: the list writes under its own name so as to pass DMARC. */
function listedSender(head: MailRead['head'], office: MailOffice): MailAddress | null {
  if (head.from === null || !office.isOwn(head.from.email)) return null;
  const original = head.fields['x-original-from']?.[0] ?? head.fields['x-original-sender']?.[0];
  const isVia = / (?:via|через) /i.test(head.from.name ?? '');
  const email = /[^\s<>@"]+@[^\s<>@"]+/.exec(original ?? '')?.[0]?.toLowerCase();
  const hasList = head.fields['list-id'] !== undefined;
  if (email !== undefined && (isVia || hasList) && !office.isOwn(email))
    return { email, name: cleanName(head.from.name) };
  const [reply] = head.replyTo;
  return isVia && reply !== undefined && !office.isOwn(reply.email)
    ? { email: reply.email, name: reply.name ?? cleanName(head.from.name) }
    : null;
}

function cleanName(name: string | null): string | null {
  return (
    name
      ?.replace(/ (?:via|через) .*$/i, '')
      .replace(/^["']+|["']+$/g, '')
      .trim() || null
  );
}
