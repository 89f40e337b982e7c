/** One header field: name in lower case, value unfolded, its bytes as latin1 (see words.ts for the text). */
export interface HeaderField {
  readonly name: string;
  readonly value: string;
}

export interface HeaderBlock {
  readonly fields: readonly HeaderField[];
  /** Offset of the first byte of the body. */
  readonly bodyAt: number;
  /** True when the budget was used up: there were more or longer fields. */
  readonly isCut: boolean;
}

/** More is an attack or a fault: real mail has 20 … 120 fields, the longest (References, ARC seals) some 10 KB. */
const mostFields = 2000;
const longestField = 65_536;
const fieldStart = /^([\x21-\x39\x3b-\x7e]{1,120})[ \t]*:/;

/**
 * The header fields from `at` up to the blank line. Pure; never throws; linear in the size of the header.
 * A line that is neither a field nor a continuation is left out if a field follows it, else the body begins there.
 */
export function readHeaders(bytes: Buffer, at: number, end: number): HeaderBlock {
  const fields: { name: string; value: string }[] = [];
  let isCut = false;
  let pos = at;
  while (pos < end) {
    const line = lineAt(bytes, pos, end);
    if (line.isBlank) return { fields, bodyAt: line.next, isCut };
    const text = bytes.toString('latin1', pos, Math.min(line.end, pos + longestField));
    isCut ||= line.end - pos > longestField;
    const last = fields.at(-1);
    const goesOn = (bytes[pos] === 32 || bytes[pos] === 9) && last !== undefined;
    const name = goesOn ? null : fieldStart.exec(text);
    if (goesOn) {
      if (last.value.length < longestField) last.value += ` ${text.trim()}`;
      else isCut = true;
    } else if (name !== null) {
      if (fields.length < mostFields) {
        fields.push({ name: (name[1] ?? '').toLowerCase(), value: text.slice(name[0].length).trim() });
      } else isCut = true;
    } else if (!isMailboxLine(text) && !startsField(bytes, line.next, end)) {
      return { fields, bodyAt: pos, isCut };
    }
    pos = line.next;
  }
  return { fields, bodyAt: end, isCut };
}

/** `From alice Tue Nov 17 …`: the line between the mails of an mbox file. */
function isMailboxLine(text: string): boolean {
  return /^>?From \S/.test(text);
}

function startsField(bytes: Buffer, at: number, end: number): boolean {
  if (at >= end) return false;
  return fieldStart.test(bytes.toString('latin1', at, Math.min(end, at + 130)));
}

interface Line {
  /** Without its line break. */
  readonly end: number;
  readonly next: number;
  readonly isBlank: boolean;
}

/** Lines end in CRLF, LF, or, in files of old Macs, CR alone. */
function lineAt(bytes: Buffer, pos: number, end: number): Line {
  const feed = bytes.indexOf(10, pos);
  const next = feed < 0 || feed >= end ? end : feed + 1;
  let stop = feed < 0 || feed >= end ? end : feed;
  while (stop > pos && bytes[stop - 1] === 13) stop--;
  return { end: stop, next, isBlank: stop === pos };
}

/** The first field of this name; null when there is none. @param name lower case */
export function fieldOf(fields: readonly HeaderField[], name: string): string | null {
  return fields.find((field) => field.name === name)?.value ?? null;
}

/** Every field of this name, topmost first. */
export function fieldsOf(fields: readonly HeaderField[], name: string): readonly string[] {
  return fields.filter((field) => field.name === name).map(({ value }) => value);
}
