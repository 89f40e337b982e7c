import { sha256Hex } from '../../core/hash.ts';
import { oneLine } from '../../core/text.ts';
import { readAddresses } from '../mime/addresses.ts';
import { readDate } from '../mime/dates.ts';
import { fieldsOf, type HeaderField, readHeaders } from '../mime/headers.ts';
import { decodeWords } from '../mime/words.ts';
import { prefixOf } from '../text/quote-words.ts';
import type { MailHead } from './mail-read.ts';

/** What decides whether a mail is a contact; fetch these and a mail can be judged before its body is here. */
export const decidingFields = [
  'auto-submitted',
  'precedence',
  'list-id',
  'list-post',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'feedback-id',
  'x-auto-response-suppress',
  'x-autoreply',
  'x-autorespond',
  'x-autoresponder',
  'x-autoreply-from',
  'x-mail-autoreply',
  'x-auto-reply-from',
  'x-failed-recipients',
  'x-fc-machinegenerated',
  'x-cron-env',
  'x-post-messageclass',
  'x-ms-journal-report',
  'x-ms-exchange-generated-message-source',
  'x-mailer',
  'x-campaign',
  'x-campaignid',
  'x-campaign-id',
  'x-mailgun-tag',
  'x-mc-user',
  'x-csa-complaints',
  'x-mailru-msgtype',
  'x-postmaster-msgtype',
  'x-sg-eid',
  'x-ses-outgoing',
  'x-efax',
  'uprxs-efax',
  'content-class',
  'authentication-results',
  'x-original-from',
  'x-original-sender',
  'x-loop',
  'return-receipt-to',
  'content-type',
] as const;

const longestId = 998;
const deliveries = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-delivered-to'];

/** The header of a mail as far as we use it. Pure; never throws. */
export function readHead(fields: readonly HeaderField[]): MailHead {
  const first = new Map<string, string>();
  for (const { name, value } of fields) if (!first.has(name)) first.set(name, value);
  const one = (name: string) => first.get(name) ?? null;
  const references = idsOf(one('references') ?? '');
  const inReplyTo = idsOf(one('in-reply-to') ?? '')[0] ?? null;
  const subject = oneLine(decodeWords(one('subject') ?? '')).slice(0, 2000);
  const returnPath = one('return-path');
  const [from = null, ...otherFrom] = readAddresses(one('from'));
  const sender = readAddresses(one('sender'))[0] ?? null;
  return {
    messageId: messageIdOf(one('message-id')),
    inReplyTo,
    references: references.length > 200 ? [...references.slice(0, 1), ...references.slice(-199)] : references,
    date: readDate(one('date')) ?? readDate(fieldsOf(fields, 'received').at(0)?.split(';').at(-1) ?? null),
    subject,
    prefix: prefixOf(subject),
    otherFrom,
    from: from ?? sender,
    sender,
    replyTo: readAddresses(one('reply-to')),
    to: fieldsOf(fields, 'to').flatMap(readAddresses),
    cc: fieldsOf(fields, 'cc').flatMap(readAddresses),
    bcc: fieldsOf(fields, 'bcc').flatMap(readAddresses),
    returnPath: returnPath === null ? null : (readAddresses(returnPath)[0]?.email ?? ''),
    deliveredTo: deliveries
      .filter((name) => first.has(name))
      .flatMap((name) => fieldsOf(fields, name))
      .flatMap(readAddresses)
      .map(({ email }) => email),
    fields: picked(fields),
  };
}

/** A mail's header alone: some 100,000 a second. `isMail`: at least one field was found that mails have. */
export function readHeadOnly(bytes: Uint8Array): { readonly head: MailHead; readonly isMail: boolean } {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { fields } = readHeaders(buffer, 0, buffer.length);
  return { head: readHead(fields), isMail: looksLikeMail(fields) };
}

const usual = new Set(
  'from to cc subject date message-id received return-path delivered-to mime-version content-type sender reply-to'.split(
    ' ',
  ),
);

export function looksLikeMail(fields: readonly HeaderField[]): boolean {
  return fields.some(({ name }) => usual.has(name));
}

const deciding: ReadonlySet<string> = new Set(decidingFields);

function picked(fields: readonly HeaderField[]): Readonly<Record<string, readonly string[]>> {
  const wanted: Record<string, string[]> = {};
  for (const { name, value } of fields) {
    if (!deciding.has(name)) continue;
    const list = wanted[name] ?? [];
    wanted[name] = list;
    if (list.length < 20) list.push(oneLine(decodeWords(value)).slice(0, 4000));
  }
  return wanted;
}

/** Every `<id>` of a field; without brackets, the words of it. */
function idsOf(value: string): string[] {
  const text = value.slice(0, 262_144);
  const found =
    text.match(/<[^<>\s]{1,100000}>/g) ??
    text
      .split(/[\s,]+/)
      .filter((word) => word.includes('@'))
      .map((id) => `<${id}>`);
  return [...new Set(found.map(shortId))];
}

function messageIdOf(value: string | null): string | null {
  if (value === null) return null;
  const [id] = idsOf(value);
  const bare = oneLine(value).replace(/\s+/g, '');
  return id ?? (bare === '' || bare === '<>' ? null : shortId(`<${bare.replace(/^<|>$/g, '')}>`));
}

/** A Message-ID of a megabyte is still an identity, but no text for a page or an index. */
function shortId(id: string): string {
  const clean = oneLine(id);
  if (clean.length <= longestId) return clean;
  return `<sha256.${sha256Hex(clean)}@long.invalid>`;
}
