import { readEmail } from '../../core/email.ts';
import { fieldOf } from '../mime/headers.ts';
import type { Part, Structure } from '../mime/structure.ts';
import { decoded } from './body.ts';
import type { MailJournal } from './mail-read.ts';
import { innerBytes } from './report.ts';

export interface Journaled {
  readonly envelope: Omit<MailJournal, 'report'>;
  /** The mail that was journaled. */
  readonly mail: Buffer;
}

const label =
  /^\s*(sender|recipient|to|cc|bcc|on-behalf-of|отправитель|получатель|кому|копия|відправник|одержувач)\s*:\s*(.*)$/iu;
const recipients = new Set(['recipient', 'to', 'cc', 'bcc', 'получатель', 'кому', 'копия', 'одержувач']);

/**
 * A journal report of Exchange or Microsoft 365 (X-MS-Journal-Report): a text with the envelope, and the mail itself as an
 * attachment. The envelope names those who really sent and received, Bcc and members of lists included. Null: no report.
 */
export function readJournal(bytes: Buffer, structure: Structure, which: 'any' | 'signed' | 'none'): Journaled | null {
  if (which === 'none') return null;
  const isSigned = fieldOf(structure.fields, 'x-ms-journal-report') !== null;
  const inner = structure.parts.find(({ type }) => type === 'message/rfc822');
  const text = structure.parts.find(({ type }) => type === 'text/plain');
  if (inner === undefined || text === undefined) return null;
  const envelope = readEnvelope(decoded(bytes, text, 1_000_000));
  // Other servers write the same text without the header: then it must be a whole envelope, and nothing else.
  const isEnvelope = envelope.sender !== null && envelope.recipients.length > 0;
  if (!isSigned && which === 'signed') return null;
  if (!isSigned && !(isEnvelope && looksAlone(bytes, text))) return null;
  return { envelope, mail: innerBytes(bytes, inner, Number.MAX_SAFE_INTEGER) };
}

function looksAlone(bytes: Buffer, text: Part): boolean {
  const lines = decoded(bytes, text, 20_000)
    .split(/\r?\n/)
    .filter((line) => line.trim() !== '');
  return /^\s*sender\s*:/i.test(lines[0] ?? '') && lines.some((line) => /^\s*message-?id\s*:/i.test(line));
}

function readEnvelope(text: string): Omit<MailJournal, 'report'> {
  let sender: string | null = null;
  const found = new Set<string>();
  for (const line of text.split(/\r?\n/).slice(0, 5000)) {
    const match = label.exec(line.slice(0, 2000));
    if (match === null) continue;
    const name = (match[1] ?? '').toLowerCase();
    // `To: list@a.example, Expanded: ivan@a.example`: the expanded one received it.
    const value = /Expanded:\s*(\S+)/i.exec(match[2] ?? '')?.[1] ?? match[2] ?? '';
    const { email } = readEmail(value.split(',')[0] ?? '');
    if (email === null) continue;
    if (recipients.has(name)) found.add(email);
    else if (name !== 'on-behalf-of') sender ??= email;
  }
  return { sender, recipients: [...found] };
}
