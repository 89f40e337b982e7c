import { typedText } from '../../core/text.ts';
import { readDocument } from '../fax/pages.ts';
import { decodeText } from '../mime/charset.ts';
import { fieldOf } from '../mime/headers.ts';
import type { Part, Structure } from '../mime/structure.ts';
import { decodeBody, sizeOf } from '../mime/transfer.ts';
import { htmlLines } from '../text/html-lines.ts';
import { joinLines, type Line, textLines } from '../text/lines.ts';
import { attachmentName } from './attachment-name.ts';
import type { MailAttachment } from './mail-read.ts';

export interface Body {
  /** As the plain text has it, or the HTML where there is none. */
  readonly lines: readonly Line[];
  /** The same said once more in HTML, read when asked for; null where there is no choice. */
  readonly htmlLines: (() => readonly Line[]) | null;
  readonly html: string | null;
  readonly isCut: boolean;
}

/** At most so many encoded bytes of one text are read: novels have a megabyte. */
const longestPart = 6_000_000;
/** … and of all texts together. */
const longestBody = 12_000_000;

/** The texts of a mail in their order; of alternatives (RFC 2046 §5.1.4) the plain one, the HTML beside it. */
export function readBody(bytes: Buffer, parts: readonly Part[]): Body {
  const groups = new Map<string, Group>();
  let budget = longestBody;
  let isCut = false;
  parts.forEach((part, index) => {
    if (!isText(part)) return;
    const size = part.end - part.start;
    isCut ||= size > longestPart || size > budget;
    const text = decoded(bytes, part, Math.min(longestPart, Math.max(0, budget)));
    budget -= size;
    const outermost = part.inside.find(({ type }) => type === 'multipart/alternative');
    const key = outermost === undefined ? `part ${index}` : `alternative ${outermost.id}`;
    const group: Group = groups.get(key) ?? { plain: [], html: [], hasPlain: false };
    groups.set(key, group);
    if (part.type === 'text/html') group.html.push(text);
    else {
      group.hasPlain ||= text.trim() !== '';
      for (const line of textLines(text, part.parameters['format']?.toLowerCase() === 'flowed')) group.plain.push(line);
    }
  });
  return { ...merged([...groups.values()]), isCut };
}

interface Group {
  readonly plain: Line[];
  readonly html: string[];
  hasPlain: boolean;
}

function merged(groups: readonly Group[]): Omit<Body, 'isCut'> {
  const html = groups.flatMap((group) => group.html);
  const fromHtml = (group: Group) => group.html.flatMap(htmlLines);
  const hasChoice = groups.some((group) => group.hasPlain && group.html.length > 0);
  return {
    lines: groups.flatMap((group) => (group.hasPlain && !isStub(group) ? group.plain : fromHtml(group))),
    htmlLines: hasChoice
      ? () => groups.flatMap((group) => (group.html.length > 0 ? fromHtml(group) : group.plain))
      : null,
    html: html.length === 0 ? null : html.join('\n'),
  };
}

const longestStub = 300;

/** "Your mail program cannot show HTML": nobody wrote that. */
function isStub({ plain, html }: Group): boolean {
  if (html.length === 0) return false;
  let length = 0;
  for (const line of plain) length += line.text.trimEnd().length;
  if (length > longestStub) return false;
  const text = joinLines(plain);
  if (text.length > longestStub) return false;
  return /\bhtml\b|не поддерживает|не підтримує|view (?:this|it) (?:e-?mail|message)? ?(?:in|online)/i.test(text);
}

function isText(part: Part): boolean {
  if (part.type !== 'text/plain' && part.type !== 'text/html') return false;
  return part.disposition !== 'attachment' && hasNoFileName(part) && !isInReport(part);
}

/** Some programs give the one part of a mail a name. */
function hasNoFileName({ name, disposition, inside }: Part): boolean {
  return name === null || disposition === 'inline' || inside.length === 0;
}

/** The text parts of a report behind the first are about the mail, not by anybody. */
function isInReport(part: Part): boolean {
  return part.type === 'text/rfc822-headers';
}

export function decoded(bytes: Buffer, part: Part, limit: number): string {
  const body = decodeBody(bytes.subarray(part.start, part.end), part.encoding, limit);
  const label = part.parameters['charset'] ?? (part.type === 'text/html' ? charsetInHtml(body) : null);
  const text = decodeText(body, label);
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}

function charsetInHtml(body: Buffer): string | null {
  const head = body.toString('latin1', 0, 2000);
  return /<meta[^>]{0,200}charset\s*=\s*["']?([\w-]{2,30})/i.exec(head)?.[1] ?? null;
}

/**
 * What is attached, in the order of the mail. Nothing is unpacked.
 *
 * @param lookInto whether TIFFs and PDFs are decoded for their pages and their hash: half the time of reading a mail
 */
export function readAttachments(bytes: Buffer, structure: Structure, lookInto: boolean): MailAttachment[] {
  const isReport = structure.root.type === 'multipart/report';
  const found: MailAttachment[] = [];
  for (const part of structure.parts.filter((one) => isAttached(one, isReport))) {
    const raw = bytes.subarray(part.start, part.end);
    const type = part.type;
    const name = attachmentName(part.name, type, found.length);
    const document = lookInto ? readDocument(raw, part.encoding, type, name) : null;
    found.push({
      name: typedText(name) || `attachment-${found.length + 1}`,
      type,
      sizeBytes: sizeOf(raw, part.encoding),
      isInline: isPictureOfHtml(part),
      pages: document?.pages ?? null,
      sha256: document?.sha256 ?? null,
    });
  }
  return found;
}

/** The decoded bytes of the attachment at this place of `readAttachments`; null when there is none. */
export function attachedBytes(bytes: Buffer, structure: Structure, index: number): Buffer | null {
  const part = attachedPart(structure, index);
  if (part === null) return null;
  return decodeBody(bytes.subarray(part.start, part.end), part.encoding, Number.MAX_SAFE_INTEGER);
}

/** Where the attachment at this place of `readAttachments` stands; null when there is none. */
export function attachedPart(structure: Structure, index: number): Part | null {
  const isReport = structure.root.type === 'multipart/report';
  return structure.parts.filter((one) => isAttached(one, isReport))[index] ?? null;
}

function isAttached(part: Part, isReport: boolean): boolean {
  return !isText(part) && !(part.name === null && isMachinery(part, isReport));
}

/** Parts that programs write for programs. */
function isMachinery(part: Part, isReport: boolean): boolean {
  if (/^text\/(?:calendar|rfc822-headers|x-amp-html)$/.test(part.type) || part.type.startsWith('multipart/'))
    return true;
  if (/^message\/(?:delivery-status|disposition-notification|global-|feedback-report)/.test(part.type)) return true;
  return (isReport && part.type === 'message/rfc822') || /pkcs7-signature|pgp-signature/.test(part.type);
}

function isPictureOfHtml(part: Part): boolean {
  if (part.disposition === 'attachment' || !part.type.startsWith('image/')) return false;
  const isRelated = part.inside.some(({ type }) => type === 'multipart/related');
  return isRelated && fieldOf(part.fields, 'content-id') !== null;
}
