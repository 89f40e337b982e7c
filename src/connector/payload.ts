import type { WebhookRequest } from './connector.ts';

/** The fields of a body, as deep as it goes; read by `fieldOf`. Names from outside never reach a prototype. */
export type Payload = Readonly<Record<string, unknown>>;

/** More fields than any exchange or form sends; what has more is an attack on whoever walks through them. */
const mostFields = 2000;

/**
 * The body of a request as fields: JSON or a form (application/x-www-form-urlencoded, or multipart/form-data, of which files
 * are left out), told apart by the content type or, where that says neither, by the first character. `a[b][c]` in a form is the field c of b of a. Whole numbers too long
 * for a JavaScript number stay the text they are: call ids of 18 digits are common. Pure; never throws.
 *
 * @returns null when it is none of them, or holds more than 2000 fields in a form
 */
export function readPayload({ headers, body }: Pick<WebhookRequest, 'headers' | 'body'>): Payload | null {
  const written = headers['content-type'] ?? '';
  const type = written.toLowerCase();
  if (type.includes('multipart/')) return readParts(body, written);
  const first = body.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
  const looksLikeJson = first === 0x7b || first === 0x5b;
  const isForm = type.includes('x-www-form-urlencoded');
  if (looksLikeJson && !isForm) return readJson(decode(body, charsetOf(type)));
  if (type.includes('json')) return null;
  const form = readForm(body, charsetOf(type));
  if (form !== null || !looksLikeJson) return form;
  return readJson(decode(body, charsetOf(type)));
}

/** JSON text as fields; a list is fields named 0, 1, 2 … Null when it is not JSON, or a mere number or text. */
export function readJson(text: string): Payload | null {
  try {
    const value: unknown = JSON.parse(text);
    // Only text that is JSON is searched: there every quotation mark has its other one, so this takes linear time.
    const exact: unknown = holdsLongNumber(value) ? JSON.parse(withLongNumbersQuoted(text)) : value;
    if (Array.isArray(exact)) return Object.fromEntries(Object.entries(exact));
    return isFields(exact) ? exact : null;
  } catch {
    return null;
  }
}

function isFields(value: unknown): value is Payload {
  return typeof value === 'object' && value !== null;
}

/** Most bodies have none: they are parsed once. */
function holdsLongNumber(value: unknown): boolean {
  if (typeof value === 'number') return Math.abs(value) >= 1e15;
  return typeof value === 'object' && value !== null && Object.values(value).some(holdsLongNumber);
}

function withLongNumbersQuoted(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d{16,}(?![\d.eE])/g, (found) =>
    found.startsWith('"') ? found : `"${found}"`,
  );
}

/**
 * What stands at a path such as `callDetails.generalCallID` or `callflow.0.caller_profile.uuid`; undefined when nothing does.
 * A field whose own name is the whole path comes first.
 */
export function fieldOf(payload: Payload, path: string): unknown {
  if (Object.hasOwn(payload, path)) return payload[path];
  if (!path.includes('.')) return undefined;
  let value: unknown = payload;
  for (const step of path.split('.')) {
    // Own and enumerable: a list's length is no field.
    if (typeof value !== 'object' || value === null || !isField.call(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}

const isField = Object.prototype.propertyIsEnumerable;

/** A field as text, trimmed: numbers and true/false as they are written; null when there is none, or nothing in it. */
export function textOf(payload: Payload, path: string): string | null {
  const value = fieldOf(payload, path);
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return null;
  const text = String(value).trim();
  return text === '' ? null : text;
}

interface Branch {
  readonly leaves: Map<string, string>;
  readonly branches: Map<string, Branch>;
}

function readForm(body: Uint8Array, charset: string): Payload | null {
  const pairs = latin1(body).split('&');
  if (pairs.length > mostFields) return null;
  const fields = pairs.flatMap((pair): [string, string][] => {
    const at = pair.indexOf('=');
    const name = unquoteField(at < 0 ? pair : pair.slice(0, at), charset);
    return name === '' || at < 0 ? [] : [[name, unquoteField(pair.slice(at + 1), charset)]];
  });
  return fields.length > 0 || body.length === 0 ? planted(fields) : null;
}

/** RFC 7578. A script's `new FormData(form)` is sent so. */
function readParts(body: Uint8Array, contentType: string): Payload | null {
  const boundary = /boundary=(?:"([^"]{1,70})"|([^\s;]{1,70}))/i.exec(contentType);
  if (boundary === null) return null;
  const parts = latin1(body).split(`--${boundary[1] ?? boundary[2]}`);
  if (parts.length > mostFields) return null;
  const fields = parts.slice(1).flatMap((part): [string, string][] => {
    const end = part.indexOf('\r\n\r\n');
    const head = part.slice(0, Math.max(0, end));
    const name = /^content-disposition:[^\r\n]*?[;\s]name="([^"\r\n]{1,500})"/im.exec(head)?.[1];
    if (name === undefined || /^content-disposition:[^\r\n]*;\s*filename/im.test(head)) return [];
    const value = part.slice(end + 4).replace(/\r\n$/, '');
    return [[decode(Buffer.from(name, 'latin1'), 'utf-8'), decode(Buffer.from(value, 'latin1'), 'utf-8')]];
  });
  return fields.length > 0 ? planted(fields) : null;
}

function planted(fields: readonly (readonly [string, string])[]): Payload {
  const root: Branch = { leaves: new Map(), branches: new Map() };
  for (const [name, value] of fields) plant(root, name, value);
  return grown(root);
}

function latin1(body: Uint8Array): string {
  return Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
}

/** A field sent twice counts by its first value. */
function plant(root: Branch, name: string, value: string): void {
  const steps = /^[^[\]]+(?:\[[^[\]]*\])+$/.test(name) ? name.split(/[[\]]+/).filter((step) => step !== '') : [name];
  let branch = root;
  for (const step of steps.slice(0, -1).slice(0, 8)) {
    const next = branch.branches.get(step) ?? { leaves: new Map(), branches: new Map() };
    branch.branches.set(step, next);
    branch = next;
  }
  const leaf = steps.at(-1) ?? name;
  if (!branch.leaves.has(leaf)) branch.leaves.set(leaf, value);
}

function grown({ leaves, branches }: Branch): Payload {
  return Object.fromEntries([...leaves, ...[...branches].map(([name, branch]) => [name, grown(branch)] as const)]);
}

/** `+` and %XX of a form, in the charset of its page; a % that stands for nothing stays a %. */
function unquoteField(written: string, charset: string): string {
  const bytes = written
    .replace(/\+/g, ' ')
    .replace(/%([0-9A-Fa-f]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return decode(Buffer.from(bytes, 'latin1'), charset);
}

function decode(bytes: Uint8Array, charset: string): string {
  return (charset === 'utf-8' ? utf8 : new TextDecoder(charset)).decode(bytes);
}
const utf8 = new TextDecoder();

/** Sites of the nineties still post in windows-1251. An unknown name reads as UTF-8. */
function charsetOf(contentType: string): string {
  const name = /charset="?([^\s;"]{1,40})/.exec(contentType)?.[1];
  if (name === undefined || name === 'utf-8') return 'utf-8';
  try {
    return new TextDecoder(name).encoding;
  } catch {
    return 'utf-8';
  }
}
