import type { MailHead, MailRead } from '../reading/mail-read.ts';
import type { MailOffice } from './office.ts';

/** Is the From field true? `claimed`: our own mail server found that it is not proven. */
export type Authenticity = 'confirmed' | 'claimed' | 'unknown';

/**
 * Of a mail inside a journal report: what is written on it counts only where the report is believed, in a journaling mailbox
 * or because our own server confirmed who sent it.
 */
export function authenticityOfMail(mail: MailRead, office: MailOffice): Authenticity {
  const { journal, head } = mail;
  if (journal === null || office.isJournal || authenticityOf(journal.report, office) === 'confirmed')
    return authenticityOf(head, office);
  return 'unknown';
}

/** Is a journal report of a mailbox that takes other mail too to be believed? It must be our own server's. */
export function isOurReport({ journal }: Pick<MailRead, 'journal'>, office: MailOffice): boolean {
  if (journal === null || office.isJournal) return true;
  const { from } = journal.report;
  return from !== null && office.isOwn(from.email) && authenticityOf(journal.report, office) !== 'claimed';
}

/**
 * What the topmost Authentication-Results field says (RFC 8601), if our own host wrote it; anybody can write one further
 * down, or under another name. DMARC decides; without it a pass of SPF or DKIM counts for the domain of the From alone.
 */
export function authenticityOf(head: MailHead, office: Pick<MailOffice, 'domains' | 'authHosts'>): Authenticity {
  const topmost = head.fields['authentication-results']?.[0] ?? '';
  const [host = '', ...results] = topmost.replace(/\([^()]*\)/g, ' ').split(';');
  if (!isOurs(host.trim().split(/\s/)[0]?.toLowerCase() ?? '', office)) return 'unknown';
  const verdicts = results.map(readVerdict);
  const dmarc = verdicts.find(({ method }) => method === 'dmarc')?.result;
  if (dmarc === 'pass') return 'confirmed';
  if (dmarc === 'fail') return 'claimed';
  const domain = domainOf(head.from?.email ?? '');
  const aligned = verdicts.filter((one) => one.domain !== null && isAligned(one.domain, domain));
  if (aligned.some(({ result }) => result === 'pass')) return 'confirmed';
  return verdicts.some(({ method, result }) => /^(?:spf|dkim)$/.test(method) && /^(?:fail|softfail)$/.test(result))
    ? 'claimed'
    : 'unknown';
}

function isOurs(host: string, { domains, authHosts }: Pick<MailOffice, 'domains' | 'authHosts'>): boolean {
  if (host === '' || host.includes('=')) return false;
  return authHosts.includes(host) || domains.some((own) => host === own || host.endsWith(`.${own}`));
}

interface Verdict {
  readonly method: string;
  readonly result: string;
  readonly domain: string | null;
}

function readVerdict(text: string): Verdict {
  const [, method = '', result = ''] = /^\s*([\w-]+)\s*(?:\/\s*\d+)?\s*=\s*(\w+)/.exec(text) ?? [];
  const domain =
    /(?:smtp\.mailfrom|header\.d|header\.i|header\.from)\s*=\s*"?(?:[^\s@;"]*@)?([\w.-]+)/i.exec(text)?.[1] ?? null;
  return { method: method.toLowerCase(), result: result.toLowerCase(), domain: domain?.toLowerCase() ?? null };
}

/** Relaxed alignment (RFC 7489 §3.1), without the list of public suffixes: one domain is below the other. */
function isAligned(domain: string, from: string): boolean {
  if (from === '') return false;
  return domain === from || from.endsWith(`.${domain}`) || (domain.endsWith(`.${from}`) && from.includes('.'));
}

function domainOf(email: string): string {
  return email.slice(email.lastIndexOf('@') + 1);
}
