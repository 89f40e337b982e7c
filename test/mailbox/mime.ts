import iconv from 'iconv-lite';
import { type Chance, pad } from './chance.ts';
import { shortDays, shortMonths } from './words.ts';

// Writes mails the way mail programs do: three transfer encodings, four charsets, three ways to write a Cyrillic file name.

export interface Attached {
  readonly name: string;
  readonly mime: string;
  readonly size: number;
}
export interface Part {
  readonly type: string;
  readonly headers: readonly string[];
  readonly body: Buffer;
  readonly attached?: Attached;
}
export interface Person {
  readonly name: string;
  readonly email: string;
}

export const fold = (header: string) => header.replace(/(.{60,74}?)([ ])(?=.)/g, '$1\r\n$2');

/** RFC 2047, B encoding, at most 45 bytes a word. */
export function encodeWords(text: string, charset: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return text;
  const out: string[] = [];
  let word = '';
  for (const sign of text) {
    if (iconv.encode(word + sign, charset).length > 42) {
      out.push(word);
      word = '';
    }
    word += sign;
  }
  out.push(word);
  return out.map((one) => `=?${charset}?B?${iconv.encode(one, charset).toString('base64')}?=`).join('\r\n ');
}

export function mailbox({ name, email }: Person, charset: string): string {
  if (/^[\w .-]*$/.test(name)) return `${name} <${email}>`;
  return /^[\x20-\x7e]*$/.test(name) ? `"${name}" <${email}>` : `${encodeWords(name, charset)} <${email}>`;
}

export function rfcDate(date: Date): string {
  const time = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()].map((part) => pad(part)).join(':');
  return `${shortDays.en[date.getUTCDay()]}, ${date.getUTCDate()} ${shortMonths.en[date.getUTCMonth()]} ${date.getUTCFullYear()} ${time} +0000`;
}

function base64(bytes: Buffer): Buffer {
  return Buffer.from(`${bytes.toString('base64').replace(/(.{76})/g, '$1\r\n')}\r\n`, 'latin1');
}

function quotedPrintable(bytes: Buffer): Buffer {
  const hex = (code: number) => `=${code.toString(16).toUpperCase().padStart(2, '0')}`;
  let out = '';
  let line = '';
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes[i] ?? 0;
    if (code === 13 && bytes[i + 1] === 10) {
      if (/[ \t]$/.test(line)) line = line.slice(0, -1) + hex(line.charCodeAt(line.length - 1));
      out += `${line}\r\n`;
      line = '';
      i++;
      continue;
    }
    const sign = code === 61 || (code < 32 && code !== 9) || code > 126 ? hex(code) : String.fromCharCode(code);
    if (line.length + sign.length > 75) {
      out += `${line}=\r\n`;
      line = '';
    }
    line += sign;
  }
  return Buffer.from(out + line, 'latin1');
}

/** One mail program: its choices come from `chance`, its boundaries are its own. */
export class Writer {
  readonly #chance: Chance;
  readonly #seed: string;
  #boundaries = 0;

  constructor(chance: Chance, seed: number) {
    this.#chance = chance;
    this.#seed = String(seed);
  }

  text(subtype: string, text: string, charset: string): Part {
    const bytes = iconv.encode(text.replace(/\r?\n/g, '\r\n'), charset);
    const encoding = this.#chance.pick(['quoted-printable', 'base64', '8bit'] as const);
    const body = encoding === '8bit' ? bytes : encoding === 'base64' ? base64(bytes) : quotedPrintable(bytes);
    return { type: `text/${subtype}; charset=${charset}`, headers: [`Content-Transfer-Encoding: ${encoding}`], body };
  }

  attach(name: string, mime: string, bytes: Buffer, charset = 'utf-8'): Part {
    const [inType, inDisposition] = this.#fileName(name, charset);
    return {
      type: `${mime};\r\n ${inType}`,
      headers: ['Content-Transfer-Encoding: base64', `Content-Disposition: attachment;\r\n ${inDisposition}`],
      body: base64(bytes),
      attached: { name, mime, size: bytes.length },
    };
  }

  multipart(subtype: string, parts: readonly Part[]): Part {
    const boundary = `----=_P${++this.#boundaries}_${this.#seed}`;
    const chunks = parts.flatMap(({ type, headers, body }) => {
      const head = `--${boundary}\r\nContent-Type: ${type}\r\n${headers.map((header) => `${header}\r\n`).join('')}\r\n`;
      return [Buffer.from(head, 'latin1'), body, Buffer.from('\r\n')];
    });
    const body = Buffer.concat([...chunks, Buffer.from(`--${boundary}--\r\n`)]);
    return { type: `multipart/${subtype};\r\n boundary="${boundary}"`, headers: [], body };
  }

  #fileName(name: string, charset: string): readonly [string, string] {
    if (/^[\x20-\x7e]*$/.test(name)) return [`name="${name}"`, `filename="${name}"`];
    const percent = [...iconv.encode(name, charset)].map(percentEncoded).join('');
    const style = this.#chance.pick(['2231', '2231cont', '2047'] as const);
    const word = `name="${encodeWords(name, charset)}"`;
    if (style === '2047') return [word, `file${word}`];
    if (style === '2231') return [word, `filename*=${charset}''${percent}`];
    const pieces = percent.match(/(?:%..|[^%]){1,20}/g) ?? [];
    return [word, pieces.map((piece, i) => `filename*${i}*=${i ? '' : `${charset}''`}${piece}`).join(';\r\n ')];
  }
}

function percentEncoded(byte: number): string {
  const sign = String.fromCharCode(byte);
  const isPlain = byte === 46 || byte === 45 || (byte >= 48 && byte <= 126 && !/[%'*();:<>@,\\"/[\]?=]/.test(sign));
  return isPlain ? sign : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
}

export function isWritable(text: string, charset: string): boolean {
  return iconv.decode(iconv.encode(text, charset), charset) === text;
}
