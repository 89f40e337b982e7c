import { typedText } from '../../core/text.ts';
import { fieldOf, readHeaders } from '../mime/headers.ts';
import type { Part, Structure } from '../mime/structure.ts';
import { decodeBody } from '../mime/transfer.ts';
import { decodeWords } from '../mime/words.ts';
import { decoded } from './body.ts';
import type { MailCalendar, MailReport } from './mail-read.ts';

const kinds: Readonly<Record<string, MailReport['kind']>> = {
  'message/delivery-status': 'delivery',
  'message/global-delivery-status': 'delivery',
  'message/disposition-notification': 'disposition',
  'message/feedback-report': 'feedback',
};
const enough = 65_536;

/** What a report says: delivery (RFC 3464), disposition (RFC 8098), feedback (RFC 5965). Null when the mail is none. */
export function readReport(bytes: Buffer, structure: Structure): MailReport | null {
  const declared = structure.root.parameters['report-type'];
  const status = structure.parts.find(({ type }) => Object.hasOwn(kinds, type));
  const kind = status === undefined ? undefined : kinds[status.type];
  if (kind === undefined || status === undefined) {
    if (structure.root.type !== 'multipart/report') return null;
    return {
      kind: declared === 'disposition-notification' ? 'disposition' : 'delivery',
      ...nothing,
      originalMessageId: originalId(bytes, structure),
    };
  }
  const text = decoded(bytes, status, enough);
  const value = (name: string) => new RegExp(`^${name}:[ \\t]*(.{1,500})$`, 'im').exec(text)?.[1]?.trim() ?? null;
  const recipient = value('Final-Recipient') ?? value('Original-Recipient');
  return {
    kind,
    originalMessageId: originalId(bytes, structure) ?? value('Original-Message-ID'),
    recipient: recipient === null ? null : recipient.replace(/^[\w-]+;\s*/, ''),
    action: (value('Action') ?? value('Disposition'))?.toLowerCase() ?? null,
    status: value('Status'),
  };
}

const nothing = { recipient: null, action: null, status: null };

/** Of the mail that comes back with the report, whole or its headers alone. */
function originalId(bytes: Buffer, structure: Structure): string | null {
  const returned = structure.parts.find(({ type }) =>
    /^(?:message\/(?:rfc822|global)|text\/rfc822-headers)/.test(type),
  );
  if (returned === undefined) return null;
  const body = innerBytes(bytes, returned, enough);
  return fieldOf(readHeaders(body, 0, body.length).fields, 'message-id');
}

export function innerBytes(bytes: Buffer, part: Part, limit: number): Buffer {
  return decodeBody(bytes.subarray(part.start, part.end), part.encoding, limit);
}

/** An invitation or the answer to one (RFC 5545, RFC 6047); null when the mail has none. */
export function readCalendar(bytes: Buffer, structure: Structure): MailCalendar | null {
  const part = structure.parts.find(({ type }) => type === 'text/calendar');
  if (part === undefined) return null;
  const text = decoded(bytes, part, enough).replace(/\r?\n[ \t]/g, '');
  const method = part.parameters['method'] ?? /^METHOD:(\w{1,20})/im.exec(text)?.[1] ?? 'PUBLISH';
  const summary = /^SUMMARY(?:;[^:]{0,100})?:(.{1,500})$/im.exec(text)?.[1] ?? null;
  return {
    method: decodeWords(method).toUpperCase(),
    summary: summary === null ? null : typedText(summary.replace(/\\([,;\\])/g, '$1')),
  };
}
