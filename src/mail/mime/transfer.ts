/** Base64 as forgiving as mail needs it: blanks, missing padding, several padded stretches one after another. */
export function decodeBase64(text: string): Buffer {
  const padded = text.indexOf('=');
  if (padded < 0 || /^[=\s]*$/.test(text.slice(padded))) return Buffer.from(text, 'base64');
  return Buffer.concat(text.split(/=+/).map((stretch) => Buffer.from(stretch, 'base64')));
}

/** Quoted-printable (RFC 2045 §6.7); what is no escape stands for itself. */
export function decodeQuoted(bytes: Uint8Array): Buffer {
  const out = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes[i] ?? 0;
    if (code !== 0x3d) {
      out[length++] = code;
      continue;
    }
    const high = hexOf(bytes[i + 1]);
    const low = hexOf(bytes[i + 2]);
    if (high >= 0 && low >= 0) {
      out[length++] = high * 16 + low;
      i += 2;
      continue;
    }
    const soft = softBreak(bytes, i + 1);
    if (soft > 0) i = soft - 1;
    else out[length++] = code;
  }
  return out.subarray(0, length);
}

/** Index behind the line break that `=` hides, 0 when there is none. */
function softBreak(bytes: Uint8Array, from: number): number {
  let i = from;
  while (bytes[i] === 32 || bytes[i] === 9) i++;
  if (bytes[i] === 13 && bytes[i + 1] === 10) return i + 2;
  if (bytes[i] === 10 || bytes[i] === 13) return i + 1;
  return i >= bytes.length ? i : 0;
}

function hexOf(code = 0): number {
  if (code >= 48 && code <= 57) return code - 48;
  if (code >= 65 && code <= 70) return code - 55;
  if (code >= 97 && code <= 102) return code - 87;
  return -1;
}

export type Encoding = 'base64' | 'quoted-printable' | 'none';

export function encodingOf(header: string | null): Encoding {
  const name = (header ?? '').trim().toLowerCase();
  if (name.startsWith('base64')) return 'base64';
  return name.startsWith('quoted') ? 'quoted-printable' : 'none';
}

/** The part's own bytes; at most about `limit` encoded bytes of it are looked at. */
export function decodeBody(body: Buffer, encoding: Encoding, limit: number): Buffer {
  const kept = body.length > limit ? body.subarray(0, limit) : body;
  switch (encoding) {
    case 'base64':
      return decodeBase64(kept.toString('latin1'));
    case 'quoted-printable':
      return decodeQuoted(kept);
    case 'none':
      return kept;
  }
}

/** How many bytes a part has when decoded, without decoding it: attachments of 50 MB are only weighed. */
export function sizeOf(body: Buffer, encoding: Encoding): number {
  if (encoding === 'none') return body.length;
  if (encoding === 'base64') return base64Size(body);
  return decodeQuoted(body).length;
}

function base64Size(body: Buffer): number {
  const letters = regularLetters(body) ?? countLetters(body);
  return Math.floor((letters * 3) / 4);
}

/** Programs write lines of one length: counting them is enough. Null when these are not so regular. */
function regularLetters(body: Buffer): number | null {
  let length = -1;
  let letters = 0;
  let pos = 0;
  while (pos < body.length) {
    const feed = body.indexOf(10, pos);
    const stop = feed < 0 ? body.length : feed;
    const own = stop - pos - (stop > pos && body[stop - 1] === 13 ? 1 : 0);
    if (length < 0) {
      length = own;
      if (!/^[A-Za-z0-9+/]+$/.test(body.toString('latin1', pos, pos + own))) return null;
    }
    const rest = body.length - stop;
    // The last line may be shorter; its padding counts for nothing.
    if (own !== length) return rest <= 4 ? letters + countLetters(body.subarray(pos)) : null;
    letters += rest <= 4 ? countLetters(body.subarray(pos)) : own;
    pos = stop + 1;
    if (rest <= 4) break;
  }
  return letters;
}

function countLetters(body: Buffer): number {
  let letters = 0;
  for (let i = 0; i < body.length; i++) {
    const code = body[i] ?? 0;
    const isLetter =
      (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || (code >= 47 && code <= 57) || code === 43;
    if (isLetter) letters++;
  }
  return letters;
}
