import { readEmail } from '../../core/email.ts';
import { Remembered } from '../../core/remembered.ts';
import { oneLine } from '../../core/text.ts';
import { decodeWords } from './words.ts';

export interface MailAddress {
  /** In the form in which addresses are compared; what is no address stands as written, in lower case. */
  readonly email: string;
  readonly name: string | null;
}

const longestHeader = 65_536;
const mostAddresses = 1000;

/**
 * The addresses of a From, To or Cc field (RFC 5322 §3.4), forgiving: groups, comments, `;` between addresses, commas in
 * names without quotes. Pure; never throws. @param value bytes as latin1
 */
export function readAddresses(value: string | null): readonly MailAddress[] {
  return value === null ? [] : remembered.answer(value, () => addressesIn(value));
}

/** The same people write again and again; reading how they are written is a third of reading a header. */
const remembered = new Remembered<readonly MailAddress[]>({ most: 1000, longest: 200 });

function addressesIn(value: string): readonly MailAddress[] {
  const found: MailAddress[] = [];
  let carried = '';
  for (const piece of splitList(value.slice(0, longestHeader))) {
    const whole = carried === '' ? piece : `${carried}, ${piece}`;
    // `Petrenko, Ivan <ivan@acme.example>`: a piece without an address is the beginning of a name.
    if (!whole.includes('@')) {
      // The name of a group goes; names have some words, not thousands.
      carried = whole.length > 500 ? '' : whole.replace(/^[^:"]*:/, '');
      continue;
    }
    carried = '';
    const address = readOne(whole);
    if (address !== null) found.push(address);
    if (found.length >= mostAddresses) break;
  }
  return found;
}

/** Cuts at commas and semicolons outside quotes, comments and angle brackets. */
function splitList(value: string): string[] {
  if (!/[,;]/.test(value)) return value.trim() === '' ? [] : [value.trim()];
  const pieces: string[] = [];
  let piece = '';
  let quoted = false;
  let comments = 0;
  let angle = false;
  for (let i = 0; i < value.length; i++) {
    const sign = value[i] ?? '';
    if (sign === '\\' && (quoted || comments > 0)) {
      piece += sign + (value[++i] ?? '');
      continue;
    }
    if (sign === '"' && comments === 0) quoted = !quoted;
    else if (!quoted && sign === '(') comments++;
    else if (!quoted && sign === ')' && comments > 0) comments--;
    else if (!quoted && sign === '<') angle = true;
    else if (sign === '>') angle = false;
    if (!quoted && !angle && comments === 0 && (sign === ',' || sign === ';')) {
      pieces.push(piece.trim());
      piece = '';
    } else piece += sign;
  }
  // A quote that never ends would swallow all that follows.
  if (quoted && piece.includes(',')) return [...pieces, ...splitList(piece.replaceAll('"', ''))];
  return [...pieces, piece.trim()].filter((one) => one !== '');
}

function readOne(piece: string): MailAddress | null {
  const open = piece.lastIndexOf('<');
  const close = piece.indexOf('>', open);
  if (open >= 0) {
    const inner = piece.slice(open + 1, close < 0 ? undefined : close);
    const email = emailOf(inner.includes('@') ? inner : piece);
    return email === null
      ? null
      : { email, name: nameOf(piece.slice(0, open).replace(/^[^:"<]*:(?=\s*\S)/, ''), email) };
  }
  const comment = /\(([^()]*)\)/.exec(piece);
  const bare = piece.replace(/\([^()]*\)/g, ' ').replace(/^[^:"@]*:/, '');
  const email = emailOf(bare);
  return email === null ? null : { email, name: nameOf(comment?.[1] ?? '', email) };
}

function emailOf(text: string): string | null {
  const decoded = decodeWords(text).trim();
  const read = readEmail(decoded).email;
  if (read !== null) return read;
  const loose = /[^\s<>"'(),;:]{1,64}@[^\s<>"'(),;:]{1,255}/.exec(decoded.slice(0, 1000))?.[0];
  return loose === undefined ? null : (readEmail(loose).email ?? oneLine(loose.toLowerCase()));
}

function nameOf(text: string, email: string): string | null {
  const unquoted = text
    .trim()
    .replace(/^"([\s\S]*)"$/, '$1')
    .replace(/\\(.)/g, '$1');
  const name = oneLine(decodeWords(unquoted))
    .replace(/^["']+|["']+$/g, '')
    .trim();
  return name === '' || name.toLowerCase() === email ? null : name.slice(0, 200);
}
