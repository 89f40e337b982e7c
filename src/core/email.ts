export interface EmailRead {
  /** Lower case, an international domain in its ASCII form (xn--…): the form in which addresses are compared. */
  readonly email: string | null;
  readonly reason: string | null;
}

const longestAddress = 320; // RFC 5321: 64 for the mailbox, 255 for the domain
const mailbox = /^[^\s@<>()[\]\\,;:"]+$/u;

/** One e-mail address as people write it: `Name <a@b>`, `mailto:a@b`, any case. Pure; never throws. */
export function readEmail(text: string): EmailRead {
  if (isPlain(text)) return { email: text.toLowerCase(), reason: null };
  if (text.length > 2 * longestAddress) return refused('too long for an e-mail address');
  const trimmed = text.replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff\u0000]/gu, '').trim();
  if (trimmed === '') return refused('empty');
  const bare = (/<([^<>]*)>\s*$/u.exec(trimmed)?.[1] ?? trimmed)
    .replace(/^(?:mailto|e-?mail):/iu, '')
    .replace(/\?.*$/u, '');
  const address = bare.replace(/^[\s'"`<]+|[\s'"`>.,;]+$/gu, '').toLowerCase();
  const at = address.lastIndexOf('@');
  if (at < 0) return refused('no @: not an e-mail address');
  const local = address.slice(0, at);
  const domain = readDomain(address.slice(at + 1));
  if (!mailbox.test(local) || local.length > 64 || domain === null) return refused('not an e-mail address');
  return { email: `${local}@${domain}`, reason: null };
}

/** As nearly every address is written: there is nothing to be dropped and nothing to be converted. */
function isPlain(text: string): boolean {
  return text.length <= 255 && plain.test(text) && !special.test(text);
}
const plain = /^[a-z0-9_+-][a-z0-9._+-]{0,63}@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/i;
const special = /@www\.|xn--/i;

/** A domain in the form in which domains are compared, null when it is none. `http://`, `www.` and a leading @ are dropped. */
export function readDomain(text: string): string | null {
  const bare = text
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/)?(?:www\.)?@?/u, '')
    .replace(/[/?#].*$|\.$/gu, '');
  if (bare.length > 255 || !/^[\p{L}\p{N}.-]+$/u.test(bare)) return null;
  // What is plain ASCII is its own ASCII form; asking URL for it takes twenty times as long.
  const ascii = /^[a-z0-9.-]+$/.test(bare) && !bare.includes('xn--') ? bare : hostnameOf(`http://${bare}`);
  return /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*$/u.test(ascii) ? ascii : null;
}

function hostnameOf(url: string): string {
  try {
    return new URL(url).hostname;
  } catch {
    return '';
  }
}

function refused(reason: string): EmailRead {
  return { email: null, reason };
}
