/** A property of a card, decoded. */
export interface Property {
  readonly line: number;
  /** In capitals, without its group: `TEL`. */
  readonly name: string;
  /** In lower case: cell, fax, work, pref … */
  readonly types: readonly string[];
  readonly text: string;
  /** A structured value (N, ORG) by its parts; the others have one. */
  readonly parts: readonly string[];
}

export interface Card {
  readonly line: number;
  readonly properties: readonly Property[];
}

/**
 * Bytes → cards. Lines are joined as bytes, for telephones fold in the middle of a letter. Each value is in the charset it
 * names, else in UTF-8, else in Windows-1251 (telephones of the 2.1 time).
 */
export function readCards(content: Uint8Array): {
  readonly cards: readonly Card[];
  /** A card that does not end; those before it are in `cards`. */
  readonly broken: { readonly line: number; readonly reason: string } | null;
} {
  const cards: Card[] = [];
  let open: { line: number; depth: number; lines: RawLine[] } | null = null;
  for (const raw of rawLines(content)) {
    const begins = /^\s*BEGIN\s*:\s*VCARD\s*$/i.test(raw.text);
    const ends = /^\s*END\s*:\s*VCARD\s*$/i.test(raw.text);
    if (open === null) {
      if (begins) open = { line: raw.line, depth: 1, lines: [] };
      continue;
    }
    // A card within a card (2.1: AGENT) is somebody else's.
    if (begins) open.depth += 1;
    else if (!ends && open.depth === 1) open.lines.push(raw);
    if (!ends) continue;
    open.depth -= 1;
    if (open.depth > 0) continue;
    cards.push({ line: open.line, properties: propertiesOf(open.lines) });
    open = null;
  }
  const broken = open === null ? null : { line: open.line, reason: 'a card begins here and does not end' };
  return { cards, broken };
}

interface RawLine {
  readonly line: number;
  /** Bytes as Latin-1. */
  readonly text: string;
}

function rawLines(content: Uint8Array): RawLine[] {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const is16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  const order = bytes[0] === 0xff ? 'utf-16le' : 'utf-16be';
  const text = is16 ? Buffer.from(new TextDecoder(order).decode(bytes)).toString('latin1') : bytes.toString('latin1');
  return text
    .replace(/^\u00ef\u00bb\u00bf/, '')
    .split(/\r\n|\n|\r/)
    .map((one, i) => ({ line: i + 1, text: one }));
}

function propertiesOf(lines: readonly RawLine[]): Property[] {
  const is21 = lines.some(({ text }) => /^VERSION\s*:\s*2\.1/i.test(text));
  const properties: Property[] = [];
  for (let i = 0; i < lines.length; i += 1) {
    const first = lines[i];
    if (first === undefined || first.text.trim() === '') continue;
    let text = first.text;
    // RFC 6350 §3.2: the blank of a folded line is no part of the value; in 2.1 lines fold at a blank of the value.
    while (/^[ \t]/.test(lines[i + 1]?.text ?? '')) {
      i += 1;
      const next = lines[i]?.text ?? '';
      text = is21
        ? `${text}${/=$/.test(text) ? '\n' : ''}${next}`.replace(/=\n[ \t]?/g, '')
        : `${text}${next.slice(1)}`;
    }
    while (isQuotedPrintable(text) && text.endsWith('=') && i + 1 < lines.length) {
      i += 1;
      text = text.slice(0, -1) + (lines[i]?.text ?? '').replace(/^[ \t]/, '');
    }
    const property = readProperty(first.line, text, is21);
    if (property !== null) properties.push(property);
  }
  return properties;
}

function isQuotedPrintable(text: string): boolean {
  return /^[^:]*;(?:ENCODING=)?QUOTED-PRINTABLE/i.test(text);
}

function readProperty(line: number, text: string, is21: boolean): Property | null {
  const [, head = '', value = ''] = /^((?:[^":]|"[^"]*")*):(.*)$/s.exec(text) ?? [];
  const [label = '', ...parameters] = head.match(/(?:[^";]|"[^"]*")+/g) ?? [];
  const name = label
    .slice(label.lastIndexOf('.') + 1)
    .trim()
    .toUpperCase();
  if (!/^[A-Z][A-Z0-9-]*$/.test(name)) return null;
  const given = parameters.map((parameter) => {
    const at = parameter.indexOf('=');
    const key = at < 0 ? 'TYPE' : parameter.slice(0, at).trim().toUpperCase();
    return {
      key,
      value: parameter
        .slice(at + 1)
        .trim()
        .replaceAll('"', ''),
    };
  });
  const of = (key: string) =>
    given.filter((one) => one.key === key).flatMap((one) => one.value.toLowerCase().split(','));
  const words = [...of('TYPE'), ...of('ENCODING')];
  const encoding = words.includes('quoted-printable')
    ? 'qp'
    : words.includes('base64') || words.includes('b')
      ? 'base64'
      : '';
  if (encoding === 'base64') return null; // a picture or a sound
  const bytes = Buffer.from(encoding === 'qp' ? unquoted(value) : value, 'latin1');
  const decoded = decode(bytes, of('CHARSET')[0] ?? null);
  const parts = splitAt(decoded, ';').map((part) => unescaped(part, is21));
  const whole = unescaped(decoded, is21).trim();
  return { line, name, types: of('TYPE').map((type) => type.trim()), text: whole, parts };
}

function unquoted(value: string): string {
  return value.replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

function decode(bytes: Uint8Array, charset: string | null): string {
  const named = charset === null ? null : decoderOf(charset);
  if (named !== null) return named.decode(bytes).toWellFormed().replaceAll('\0', '');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\0', '');
  } catch {
    return new TextDecoder('windows-1251').decode(bytes).replaceAll('\0', '');
  }
}

function decoderOf(charset: string): TextDecoder | null {
  try {
    return new TextDecoder(charset);
  } catch {
    return null;
  }
}

/** At each sign that no backslash stands before. */
function splitAt(text: string, sign: string): string[] {
  const parts = [''];
  for (let i = 0; i < text.length; i += 1) {
    if (text[i] === sign) parts.push('');
    else {
      const taken = text[i] === '\\' ? text.slice(i, i + 2) : (text[i] ?? '');
      parts[parts.length - 1] += taken;
      i += taken.length - 1;
    }
  }
  return parts;
}

function unescaped(text: string, is21: boolean): string {
  // In 2.1 a backslash stands for itself, but before a semicolon.
  if (is21) return text.replace(/\\;/g, ';');
  return text.replace(/\\([nN,;:\\])/g, (_all, sign: string) => (sign.toLowerCase() === 'n' ? '\n' : sign));
}
