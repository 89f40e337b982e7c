import { typedText } from '../../core/text.ts';
import { mayBeFax } from '../fax/read-fax.ts';
import { readHeaders } from '../mime/headers.ts';
import { readStructure, type Structure } from '../mime/structure.ts';
import type { ForwardedFrom } from '../text/forward-head.ts';
import { joinLines } from '../text/lines.ts';
import { type NewText, newText } from '../text/new-text.ts';
import { attachedBytes, type Body, readAttachments, readBody } from './body.ts';
import { looksLikeMail, readHead } from './head.ts';
import { headAlone } from './head-alone.ts';
import { readJournal } from './journal.ts';
import type { MailHead, MailRead } from './mail-read.ts';
import { innerBytes, readCalendar, readReport } from './report.ts';
import { readAgain } from './second-reader.ts';

export interface ReadMailOptions {
  /** Parts beyond are counted, not read. Default 10,000. */
  readonly mostParts?: number;
  /** Larger mails are read up to here, the rest is left; default 100 MB. */
  readonly mostBytes?: number;
  /** Whose TIFFs and PDFs are looked into for pages and hash: of mails that may report a fax, or of all; default all. */
  readonly documents?: 'all' | 'of-faxes';
  /**
   * Which journal reports are unwrapped: `any` that looks like one (in a mailbox that takes nothing else), those with
   * Exchange's own header, or none. Anybody can write one: who believes it has to look at who sent it. Default `any`.
   */
  readonly journal?: 'any' | 'signed' | 'none';
  /** Whether the HTML as it came is wanted too; default true. Without it `html` is null. */
  readonly html?: boolean;
}

/**
 * The raw bytes of a mail as a MailRead. Never throws and never hangs, whatever the bytes (DESIGN §9): our own reader
 * first; where it makes nothing of a body that is there, postal-mime; where that fails too, the header alone.
 *
 * Time grows with the size: about 1 s for 100 MB. A deadline is kept by who calls, see `openMailReader`.
 *
 * @param bytes an .eml: headers, blank line, body; a mailbox line, a byte order mark and blank lines in front are allowed
 */
export async function readMail(bytes: Uint8Array, options: ReadMailOptions = {}): Promise<MailRead> {
  const limit = options.mostBytes ?? 100_000_000;
  const buffer = cleanStart(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  const kept = buffer.length > limit ? buffer.subarray(0, limit) : buffer;
  const first = attempt(() => readWhole(kept, options, 0)) ?? headOnly(kept);
  const cut = buffer.length > limit ? [`only the first ${Math.round(limit / 1e6)} MB were read`] : [];
  const read: MailRead = { ...first, sizeBytes: bytes.byteLength, notes: [...first.notes, ...cut] };
  const settled = cut.length > 0 && read.fullness === 'whole' ? { ...read, fullness: 'partly' as const } : read;
  const isBare = settled.fullness === 'headers' || (settled.fullText === '' && settled.attachments.length === 0);
  if (!isBare || settled.fullness === 'nothing' || settled.report !== null) return settled;
  const bodyLength = kept.length - readHeaders(kept, 0, kept.length).bodyAt;
  return bodyLength < 20 ? settled : await secondly(settled, kept);
}

/**
 * The decoded bytes of `attachments[index]` of what `readMail` made of the same bytes. Null when it cannot be had: the
 * second reader's attachments are known by name and size only.
 */
export function readAttachment(bytes: Uint8Array, index: number, options: ReadMailOptions = {}): Buffer | null {
  return attempt(() => {
    const { mail, structure } = innermost(bytes, options);
    return attachedBytes(mail, structure, index);
  });
}

/** The mail that `readMail` reads: of a journal report the one inside it. */
export function innermost(
  bytes: Uint8Array,
  options: ReadMailOptions = {},
): { readonly mail: Buffer; readonly structure: Structure } {
  const limits = { mostParts: options.mostParts ?? 10_000, deepest: 60 };
  let mail = cleanStart(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
  let structure = readStructure(mail, limits);
  for (let level = 0; level < deepestJournal; level++) {
    const journal = attempt(() => readJournal(mail, structure, options.journal ?? 'any'));
    if (journal === null) break;
    mail = journal.mail;
    structure = readStructure(mail, limits);
  }
  return { mail, structure };
}

async function secondly(read: MailRead, bytes: Buffer): Promise<MailRead> {
  const second = await readAgain(bytes);
  if (second === null) return read;
  const body = { lines: textOf(second.text), htmlLines: null, html: null, isCut: false };
  const { text, signed } = trimmed(read.head, body, false);
  return {
    ...read,
    fullness: read.fullness === 'headers' ? 'partly' : read.fullness,
    notes: [...read.notes, 'read by the second reader'],
    text,
    signedText: signed,
    fullText: second.text,
    attachments: second.attachments,
  };
}

function textOf(text: string): Body['lines'] {
  return text
    .split('\n')
    .map((line) => ({ text: line.replace(/^(?:\s?>)+ ?/, ''), depth: /^\s?>/.test(line) ? 1 : 0, mark: null }));
}

/** Journal reports are unwrapped at most this often. */
const deepestJournal = 2;

function readWhole(bytes: Buffer, options: ReadMailOptions, level: number): MailRead {
  const structure = readStructure(bytes, { mostParts: options.mostParts ?? 10_000, deepest: 60 });
  if (!looksLikeMail(structure.fields)) return nothing(bytes);
  const journal =
    level < deepestJournal ? attempt(() => readJournal(bytes, structure, options.journal ?? 'any')) : null;
  if (journal !== null) {
    const report = readHead(structure.fields);
    return { ...readWhole(journal.mail, options, level + 1), journal: { ...journal.envelope, report } };
  }
  const notes: string[] = [];
  const part = <Value>(what: string, read: () => Value, otherwise: Value): Value => {
    const value = attempt(read);
    if (value === null && otherwise !== null) notes.push(`${what} could not be read`);
    return value ?? otherwise;
  };
  const head = readHead(structure.fields);
  const body = part('the text', () => readBody(bytes, structure.parts), emptyBody);
  const written = joinLines(body.lines);
  const fullText = typedText(written);
  const untrimmed: NewText = { text: fullText, signed: '', forwarded: null, isTrimmed: false };
  const fresh = part('the new text', () => trimmed(head, body, fullText === written.trim()), untrimmed);
  const lookInto = options.documents !== 'of-faxes' || mayBeFax({ head });
  const attachments = part('the attachments', () => readAttachments(bytes, structure, lookInto), []);
  if (structure.cut !== null) notes.push(cutWords[structure.cut]);
  if (body.isCut) notes.push('the text is longer than what is read of it');
  return {
    fullness: notes.length === 0 ? 'whole' : 'partly',
    notes,
    sizeBytes: bytes.length,
    head,
    text: fresh.text,
    signedText: fresh.signed,
    fullText,
    html: body.html === null || options.html === false ? null : typedText(body.html),
    attachments,
    forwarded: fresh.forwarded ?? part('the attached mail', () => forwardedAsFile(bytes, structure, head), null),
    report: part('the report', () => readReport(bytes, structure), null),
    calendar: part('the invitation', () => readCalendar(bytes, structure), null),
    journal: null,
  };
}

const cutWords = {
  parts: 'more parts than are read',
  depth: 'parts inside parts, deeper than is read',
  headers: 'headers longer than are read',
} as const;
const emptyBody: Body = { lines: [], htmlLines: null, html: null, isCut: false };

/**
 * The plain text decides, unless it shows no quote and the HTML does: some programs write the quote there only.
 * @param isClean the lines are known to hold nothing that `typedText` takes out
 */
function trimmed(head: MailHead, body: Body, isClean: boolean): NewText {
  const isReply = head.inReplyTo !== null || head.references.length > 0 || head.prefix === 'reply';
  const options = { prefix: head.prefix, isReply };
  const plain = newText(body.lines, options);
  // HTML costs more time than all the rest: it is asked only where the plain text leaves a doubt.
  const isDoubtful =
    plain.text === '' || (isReply && !plain.isTrimmed) || (head.prefix === 'forward' && plain.forwarded === null);
  const result = body.htmlLines === null || !isDoubtful ? plain : better(plain, newText(body.htmlLines(), options));
  const isPlain = result.text === plain.text && result.signed === plain.signed;
  if (isClean && isPlain) return { ...result, text: result.text.trim(), signed: result.signed.trim() };
  return { ...result, text: typedText(result.text), signed: typedText(result.signed) };
}

function better(plain: NewText, html: NewText): NewText {
  const forwarded = plain.forwarded ?? html.forwarded;
  const isMissed = !plain.isTrimmed && html.isTrimmed && html.text !== '' && plain.forwarded === null;
  const isLost = plain.text === '' && html.text !== '';
  const squeezed = (text: string) => text.replace(/\s+/g, '');
  const isPart = isMissed && squeezed(plain.text).includes(squeezed(html.text).slice(0, 60));
  return { ...(isPart || isLost ? html : plain), forwarded };
}

/** A mail passed on as an attached mail. */
function forwardedAsFile(bytes: Buffer, structure: Structure, head: MailHead): ForwardedFrom | null {
  if (head.prefix === 'reply' || structure.root.type === 'multipart/report') return null;
  const inner = structure.parts.find(({ type }) => type === 'message/rfc822');
  if (inner === undefined) return null;
  const mail = innerBytes(bytes, inner, 300_000);
  const original = readHead(readHeaders(mail, 0, mail.length).fields);
  if (original.from === null) return null;
  return { sender: original.from, name: original.from.name, subject: original.subject };
}

/** What decisions need: without the HTML, and of a very long text the beginning. */
export function briefly(read: MailRead): MailRead {
  return {
    ...read,
    html: null,
    fullText: read.fullText.slice(0, 60_000),
    signedText: read.signedText.slice(0, 20_000),
  };
}

/** What is left of a mail whose body took too long or too much memory: its header, and why. Never throws. */
export function readDegraded(bytes: Uint8Array, why: string): MailRead {
  const read = headOnly(cleanStart(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)));
  return read.fullness === 'nothing' ? read : { ...read, sizeBytes: bytes.byteLength, notes: [...read.notes, why] };
}

/** The header is all that is left when everything else fails. */
function headOnly(bytes: Buffer): MailRead {
  const { fields } = attempt(() => readHeaders(bytes, 0, bytes.length)) ?? { fields: [] };
  if (!looksLikeMail(fields)) return nothing(bytes);
  return { ...nothing(bytes), fullness: 'headers', notes: ['it could not be read fully'], head: readHead(fields) };
}

function nothing(bytes: Buffer): MailRead {
  const notes = [bytes.length === 0 ? 'it is empty' : 'no header that a mail has'];
  return { ...headAlone(readHead([])), fullness: 'nothing', notes, sizeBytes: bytes.length };
}

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null; // each derived field fails on its own: the rest of the mail is worth having
  }
}

/** Byte order marks, UTF-16 files and blank lines in front of the header. */
function cleanStart(bytes: Buffer): Buffer {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return Buffer.from(bytes.toString('utf16le', 2), 'utf8');
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  while (at < bytes.length && (bytes[at] === 10 || bytes[at] === 13)) at++;
  const rest = at === 0 ? bytes : bytes.subarray(at);
  // Files of old Macs end their lines in CR alone.
  const hasFeed = rest.indexOf(10) >= 0;
  return hasFeed || rest.indexOf(13) < 0 ? rest : Buffer.from(rest.toString('latin1').replaceAll('\r', '\n'), 'latin1');
}
