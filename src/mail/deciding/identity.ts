import { sha256Hex } from '../../core/hash.ts';
import type { MailRead } from '../reading/mail-read.ts';

/**
 * What makes two mails the same (DESIGN §6): Message-ID, sender and date; without Message-ID sender, date, subject and
 * body. Hashed, because a Message-ID may have a megabyte. Copies of one mail differ in trace headers and footers.
 */
export function mailIdentity(mail: MailRead): string {
  const { messageId, from, date, subject } = mail.head;
  const when = date?.toISOString() ?? '';
  const parts =
    messageId === null
      ? ['body', from?.email ?? '', when, subject, bodyHash(mail)]
      : ['id', messageId, from?.email ?? '', when];
  return `mail:${sha256Hex(parts.join('\0'))}`;
}

/** Of the text without its blanks: transport encodings and line lengths differ between copies. */
export function bodyHash(mail: MailRead): string {
  const known = hashes.get(mail);
  if (known !== undefined) return known;
  const files = mail.attachments.map(({ name, sizeBytes }) => `\0${name} ${sizeBytes}`).join('');
  const hash = sha256Hex(squeezed(mail.fullText) + files);
  hashes.set(mail, hash);
  return hash;
}
/** Asked for twice of every mail: for what it is known by, and for what is compared. */
const hashes = new WeakMap<MailRead, string>();

/** Which mails of one run were already there. */
export class MailsSeen<Name> {
  readonly #byIdentity = new Map<string, { readonly name: Name; readonly subject: string; readonly text: string }[]>();
  readonly #byMessageId = new Map<string, { readonly name: Name; readonly body: string }[]>();

  /** @returns the first mail of which this one is a copy; null when it is new, and remembered from now on */
  meet(mail: MailRead, name: Name): Name | null {
    const identity = mailIdentity(mail);
    const { messageId } = mail.head;
    const text = squeezed(mail.fullText).slice(0, 200);
    const subject = squeezed(mail.head.subject);
    const sameIdentity = this.#byIdentity.get(identity) ?? [];
    const copy = sameIdentity.find((one) => agrees(one, { subject, text }));
    if (copy !== undefined) return copy.name;
    const body = bodyHash(mail);
    const sameId = messageId === null ? [] : (this.#byMessageId.get(messageId) ?? []);
    const twin = mail.fullText === '' ? undefined : sameId.find((one) => one.body === body);
    if (twin !== undefined) return twin.name;
    this.#byIdentity.set(identity, [...sameIdentity, { name, subject, text }]);
    if (messageId !== null) this.#byMessageId.set(messageId, [...sameId, { name, body }]);
    return null;
  }
}

interface Shown {
  readonly subject: string;
  readonly text: string;
}

/** Lists put tags into subjects and footers under texts; a program that reuses its Message-ID writes something else. */
function agrees(a: Shown, b: Shown): boolean {
  const within = (x: string, y: string) => x.includes(y) || y.includes(x);
  const start = (text: string) => text.slice(0, 60);
  return within(a.subject, b.subject) && (within(a.text, start(b.text)) || within(b.text, start(a.text)));
}

function squeezed(text: string): string {
  return text.replace(/[\s>]+/g, '').toLowerCase();
}
