import { isAscii, isUtf8 } from 'node:buffer';
import iconv from 'iconv-lite';
import { cyrillicScore } from './cyrillic.ts';

/**
 * Bytes of a mail as text, whatever their label says. Pure; never throws.
 *
 * The label is believed unless the bytes contradict it: Cyrillic mail comes labelled us-ascii, iso-8859-1 or with the
 * other of koi8-r and windows-1251 to this day, and UTF-8 comes under every label.
 *
 * @param label as written in the mail; null when it says nothing
 */
export function decodeText(bytes: Uint8Array, label: string | null): string {
  const name = charsetOf(label);
  if (name !== null && stateful.test(name)) return decodeAs(bytes, name) ?? decodeAs(bytes, 'utf-8') ?? '';
  if (isAscii(bytes)) return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const marked = markedUnicode(bytes);
  if (marked !== null) return marked;
  const utf8 = decodeUtf8(bytes);
  if (utf8 !== null && (name === null || name === 'utf-8' || !isFamily(name) || isSurelyUtf8(utf8))) return utf8;
  if (name === null || vague.test(name)) return guessed(bytes);
  if (name === 'utf-8') return repaired(bytes);
  const declared = decodeAs(bytes, name);
  if (declared === null) return guessed(bytes);
  return cyrillic.includes(name) ? lessWrong(bytes, name, declared) : declared;
}

/** Charsets in which bytes below 128 are not ASCII. */
const stateful = /^(?:utf-?7|utf-?16|utf-?32|ucs-?[24]|iso-2022|hz-gb)/;
/** Labels that programs write who know nothing about the text. */
const vague = /^(?:us-ascii|iso-8859-1|windows-1252)$/;
const cyrillic: readonly string[] = ['windows-1251', 'koi8-r', 'koi8-u', 'iso-8859-5', 'ibm866'];

const aliases: Readonly<Record<string, string>> = {
  utf8: 'utf-8',
  'unicode-1-1-utf-8': 'utf-8',
  'unicode-1-1-utf-7': 'utf-7',
  'x-unicode-2-0-utf-7': 'utf-7',
  utf7: 'utf-7',
  ascii: 'us-ascii',
  'ansi_x3.4-1968': 'us-ascii',
  '7bit': 'us-ascii',
  '8bit': 'us-ascii',
  latin1: 'iso-8859-1',
  koi8r: 'koi8-r',
  koi8u: 'koi8-u',
  'koi8-ru': 'koi8-u',
  koi8: 'koi8-r',
  'x-koi8-r': 'koi8-r',
  cp866: 'ibm866',
  'dos-866': 'ibm866',
  'ks_c_5601-1987': 'euc-kr',
  cp932: 'shift_jis',
  cp936: 'gbk',
  cp949: 'euc-kr',
  cp950: 'big5',
};

function charsetOf(label: string | null): string | null {
  const bare = (label ?? '')
    .trim()
    .toLowerCase()
    .replace(/^["']+|["']+$/g, '')
    .replace(/\*.*$/, ''); // RFC 2231: the language stands behind an asterisk
  if (bare === '' || /^(?:unknown|x-unknown|unknown-8bit|default|none|binary)/.test(bare)) return null;
  const alias = Object.hasOwn(aliases, bare) ? aliases[bare] : undefined;
  if (alias !== undefined) return alias;
  const windows = /^(?:x-)?(?:cp|win|windows|microsoft-cp)[-_ ]?(125\d)$/.exec(bare);
  return windows === null ? bare : `windows-${windows[1]}`;
}

/** Null when nobody knows the charset. */
function decodeAs(bytes: Uint8Array, name: string): string | null {
  try {
    return decoderOf(name).decode(bytes);
  } catch {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    return iconv.encodingExists(name) ? iconv.decode(buffer, name) : null;
  }
}

/** Making a decoder takes longer than most texts: they are kept. Charset names come from outside, so not without end. */
const decoders = new Map<string, TextDecoder>();

/** @throws RangeError when nobody knows the charset */
function decoderOf(name: string): TextDecoder {
  const known = decoders.get(name);
  if (known !== undefined) return known;
  const made = new TextDecoder(name);
  if (decoders.size < 200) decoders.set(name, made);
  return made;
}

function markedUnicode(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return decodeAs(bytes, 'utf-16le');
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return decodeAs(bytes, 'utf-16be');
  return null;
}

function decodeUtf8(bytes: Uint8Array): string | null {
  if (!isUtf8(bytes)) return null;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** One-byte charsets: their bytes can also be read as UTF-8, if rarely. */
function isFamily(name: string): boolean {
  return cyrillic.includes(name) || /^(?:iso-8859|windows-125|us-ascii|macintosh|x-mac)/.test(name);
}

/** Two letters of a one-byte charset may happen to form one of UTF-8; a whole text of them does not happen. */
function isSurelyUtf8(text: string): boolean {
  let count = 0;
  for (let i = 0; i < text.length && count < 3; i++) if (text.charCodeAt(i) > 127) count++;
  return count >= 2;
}

/** UTF-8 with a few broken bytes stays UTF-8; what is mostly broken was never any. */
function repaired(bytes: Uint8Array): string {
  const text = decoderOf('utf-8').decode(bytes);
  const sample = text.length > 20_000 ? text.slice(0, 20_000) : text;
  let broken = 0;
  let whole = 0;
  for (const sign of sample) {
    if (sign === '\ufffd') broken++;
    else if (sign.charCodeAt(0) > 127) whole++;
  }
  return broken > whole ? guessed(bytes) : text;
}

/** No label, or one that says nothing: the Cyrillic charset in which the bytes read best, else Western. */
function guessed(bytes: Uint8Array): string {
  const sample = bytes.subarray(0, 1500);
  const ranked = cyrillic
    .map((name) => ({ name, score: cyrillicScore(decodeAs(sample, name) ?? '') }))
    .sort((a, b) => b.score - a.score);
  const best = ranked[0];
  const name = best !== undefined && best.score > 0.35 ? best.name : 'windows-1252';
  return decodeAs(bytes, name) ?? '';
}

/** koi8 and windows-1251 are often taken for each other; only a clearly better reading overrules the label. */
function lessWrong(bytes: Uint8Array, name: string, declared: string): string {
  const sample = bytes.subarray(0, 1500);
  const own = cyrillicScore(decodeAs(sample, name) ?? '');
  if (own > 0.45) return declared;
  for (const other of cyrillic) {
    if (other !== name && cyrillicScore(decodeAs(sample, other) ?? '') > own + 0.35) {
      return decodeAs(bytes, other) ?? declared;
    }
  }
  return declared;
}
