import { decodeText } from './charset.ts';
import { decodeBase64, decodeQuoted } from './transfer.ts';

// One encoded word of RFC 2047; spaces inside are forbidden there and found in the wild.
const encodedWord = /=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=/g;

/**
 * A header's value as people read it: RFC 2047 words decoded, raw 8-bit letters guessed. Pure; never throws.
 *
 * Neighbouring words of one charset are decoded together, for programs cut letters in two between them (which RFC 2047 §5
 * forbids).
 *
 * @param value bytes as latin1
 */
export function decodeWords(value: string): string {
  if (!value.includes('=?')) return decodeRaw(value);
  let text = '';
  let end = 0;
  let run: { charset: string; bytes: Uint8Array[] } | null = null;
  const flush = () => {
    if (run !== null) text += decodeText(Buffer.concat(run.bytes), run.charset);
    run = null;
  };
  for (const match of value.matchAll(encodedWord)) {
    const [whole, charset = '', encoding = '', payload = ''] = match;
    const between = value.slice(end, match.index);
    const bytes =
      encoding.toLowerCase() === 'b'
        ? decodeBase64(payload)
        : decodeQuoted(Buffer.from(payload.replaceAll('_', ' '), 'latin1'));
    end = match.index + whole.length;
    const open: { charset: string; bytes: Uint8Array[] } | null = run;
    if (open !== null && /^\s*$/.test(between)) {
      if (sameCharset(open, charset)) {
        open.bytes.push(bytes);
        continue;
      }
      flush();
    } else {
      flush();
      text += decodeRaw(between);
    }
    run = { charset, bytes: [bytes] };
  }
  flush();
  return text + decodeRaw(value.slice(end));
}

function sameCharset(run: { readonly charset: string }, charset: string): boolean {
  return run.charset.toLowerCase() === charset.toLowerCase();
}

/** Letters that stand in a header without any encoding. */
export function decodeRaw(value: string): string {
  return /[\u0080-\u00ff]/.test(value) ? decodeText(Buffer.from(value, 'latin1'), null) : value;
}

export interface Parameters {
  /** What stands before the first semicolon, lower case. */
  readonly value: string;
  /** Lower-case names; RFC 2231 continuations joined and decoded, RFC 2047 words in values decoded too. */
  readonly parameters: Readonly<Record<string, string>>;
}

const parameter = /;\s*([^=;\s]{1,100})\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))/gy;

/** `multipart/mixed; boundary="x"; name*0*=utf-8''…` Pure; never throws. @param header bytes as latin1 */
export function readParameters(header: string): Parameters {
  const first = header.indexOf(';');
  const value = (first < 0 ? header : header.slice(0, first)).replace(/\s+/g, '').toLowerCase();
  const pieces = first < 0 ? [] : readPieces(header, first);
  const parameters: Record<string, string> = {};
  for (const { name, text } of pieces) {
    if (!name.includes('*') && parameters[name] === undefined) parameters[name] = decodeWords(text).trim();
  }
  // The extended form is the better one where both are given (RFC 6266 §4.3 says so, mail programs too).
  if (!header.includes('*')) return { value, parameters };
  for (const [name, text] of extended(pieces)) parameters[name] = text;
  return { value, parameters };
}

interface Piece {
  readonly name: string;
  readonly text: string;
}

function readPieces(header: string, from: number): Piece[] {
  const pieces: Piece[] = [];
  parameter.lastIndex = from;
  for (let match = parameter.exec(header); match !== null && pieces.length < 200; match = parameter.exec(header)) {
    const [, name = '', quoted, bare = ''] = match;
    // A file name without quotes may hold blanks; a comment behind a value does not belong to it.
    const text =
      quoted === undefined ? bare.replace(/\s\([^()]*\)\s*$/, '').trim() : quoted.replace(/\\(["\\])/g, '$1');
    pieces.push({ name: name.toLowerCase(), text });
    const next = header.indexOf(';', parameter.lastIndex);
    if (next < 0) break;
    parameter.lastIndex = next;
  }
  return pieces;
}

function extended(pieces: readonly Piece[]): Map<string, string> {
  const groups = new Map<string, { index: number; isEncoded: boolean; text: string }[]>();
  for (const { name, text } of pieces) {
    const match = /^([^*]+)\*(?:(\d{1,3}))?(\*)?$/.exec(name);
    if (match === null) continue;
    const [, base = '', index, star] = match;
    const group = groups.get(base) ?? [];
    group.push({ index: Number(index ?? 0), isEncoded: star !== undefined || index === undefined, text });
    groups.set(base, group);
  }
  return new Map([...groups].map(([base, group]) => [base, joined(group)]));
}

function joined(group: { index: number; isEncoded: boolean; text: string }[]): string {
  const sorted = group.sort((a, b) => a.index - b.index);
  const first = sorted[0];
  const charset = first?.isEncoded ? /^([^']*)'[^']*'/.exec(first.text) : null;
  const bytes = sorted.map(({ text, isEncoded }, i) => {
    const own = i === 0 && charset !== null ? text.slice(charset[0].length) : text;
    return isEncoded ? percentDecoded(own) : Buffer.from(own, 'latin1');
  });
  return decodeText(Buffer.concat(bytes), charset?.[1] || null);
}

function percentDecoded(text: string): Buffer {
  const plain = text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(plain, 'latin1');
}
