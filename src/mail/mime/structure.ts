import { fieldOf, type HeaderField, readHeaders } from './headers.ts';
import { type Encoding, encodingOf } from './transfer.ts';
import { decodeWords, readParameters } from './words.ts';

/** One leaf of the MIME tree; multiparts are known by their `path` alone. */
export interface Part {
  readonly fields: readonly HeaderField[];
  /** Lower case; `text/plain` where the mail does not say. */
  readonly type: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly disposition: string | null;
  /** As written; null when none is given. */
  readonly name: string | null;
  readonly encoding: Encoding;
  readonly start: number;
  readonly end: number;
  /** The multiparts around it, outermost first: each with its type and a number that tells it from the others. */
  readonly inside: readonly Container[];
}

export interface Container {
  readonly id: number;
  readonly type: string;
}

export interface Structure {
  readonly root: Omit<Part, 'inside' | 'start' | 'end'>;
  readonly fields: readonly HeaderField[];
  readonly bodyAt: number;
  readonly parts: readonly Part[];
  /** Delimiter lines that were counted, whether their parts were kept or not. */
  readonly delimiters: number;
  /** Why not everything was looked at; null: everything was. */
  readonly cut: 'parts' | 'depth' | 'headers' | null;
}

export interface StructureLimits {
  readonly mostParts: number;
  readonly deepest: number;
}

/** Real mail has up to some 60 parts, ten deep; 10,000 leaves room for a day's digest. */
const usual: StructureLimits = { mostParts: 10_000, deepest: 60 };

interface Level extends Container {
  readonly boundary: string;
}
type Description = Omit<Part, 'inside' | 'start' | 'end'>;
type Open = Description & { readonly start: number; readonly inside: readonly Container[] };

/**
 * Where the parts of a mail begin and end (RFC 2046 §5.1), in one pass over the bytes: nested multiparts are not read
 * again. Nothing is decoded. Pure; never throws. message/rfc822 is a leaf: what a mail carries is not the mail.
 */
export function readStructure(bytes: Buffer, limits: StructureLimits = usual): Structure {
  const head = readHeaders(bytes, 0, bytes.length);
  const root = describe(head.fields);
  const scan = new Scan(bytes, limits);
  scan.enter(root, head.bodyAt);
  if (head.isCut) scan.cut ??= 'headers';
  scan.run(head.bodyAt);
  const found = scan.parts.length > 0 || scan.delimiters > 0;
  // A multipart without its boundary anywhere: what is there is text.
  const parts = found
    ? scan.parts
    : [{ ...root, type: 'text/plain', inside: [], start: head.bodyAt, end: bytes.length }];
  return { root, fields: head.fields, bodyAt: head.bodyAt, parts, delimiters: scan.delimiters, cut: scan.cut };
}

class Scan {
  readonly parts: Part[] = [];
  delimiters = 0;
  cut: Structure['cut'] = null;
  readonly #bytes: Buffer;
  readonly #limits: StructureLimits;
  #levels: Level[] = [];
  #leaf: Open | null = null;
  #nextId = 1;

  constructor(bytes: Buffer, limits: StructureLimits) {
    this.#bytes = bytes;
    this.#limits = limits;
  }

  run(from: number): void {
    const bytes = this.#bytes;
    let pos = from;
    if (this.#levels.length > 0) {
      while (pos < bytes.length) {
        const at = nextDashes(bytes, pos);
        if (at < 0) break;
        const feed = bytes.indexOf(10, at);
        const next = feed < 0 ? bytes.length : feed + 1;
        pos = this.#delimiter(at, next) ?? next;
      }
    }
    this.#close(bytes.length);
  }

  /** Opens what the headers describe: a further level, or a leaf. */
  enter(part: Description, bodyAt: number): void {
    const inside = this.#levels.map(({ id, type }) => ({ id, type }));
    if (part.type.startsWith('multipart/')) {
      if (this.#levels.length >= this.#limits.deepest) {
        this.cut ??= 'depth';
        this.#leaf = { ...part, start: bodyAt, inside };
        return;
      }
      const boundary = part.parameters['boundary'] ?? this.#seenBoundary(bodyAt);
      if (boundary) {
        this.#levels.push({ id: this.#nextId++, type: part.type, boundary: boundary.trimEnd() });
        return;
      }
      // A multipart that cannot be parted: what is there is text.
      this.#leaf = { ...part, type: 'text/plain', start: bodyAt, inside };
      return;
    }
    this.#leaf = { ...part, start: bodyAt, inside };
  }

  /** @returns where to go on reading, null when the line was no delimiter of ours */
  #delimiter(at: number, next: number): number | null {
    if (next - at > 400 || !this.#levels.some(({ boundary }) => next - at > boundary.length + 1)) return null;
    const line = this.#bytes.toString('latin1', at + 2, next).trimEnd();
    const isOf = (level: Level) => line === level.boundary || line === `${level.boundary}--`;
    const depth = this.#levels.findLastIndex(isOf);
    const level = this.#levels[depth];
    if (level === undefined) return null;
    this.#close(at);
    this.delimiters++;
    this.#levels = this.#levels.slice(0, depth + 1);
    if (line !== level.boundary) {
      this.#levels.pop();
      return next;
    }
    if (this.parts.length >= this.#limits.mostParts) {
      this.cut ??= 'parts';
      return next;
    }
    const block = readHeaders(this.#bytes, next, this.#bytes.length);
    // A part whose headers run into the next delimiter has neither headers nor body.
    if (block.isCut) this.cut ??= 'headers';
    this.enter(describe(block.fields), block.bodyAt);
    return block.bodyAt;
  }

  #close(at: number): void {
    if (this.#leaf === null) return;
    let end = at;
    if (end < this.#bytes.length || this.#levels.length > 0) {
      // The line break before a delimiter belongs to the delimiter.
      if (this.#bytes[end - 1] === 10) end--;
      if (this.#bytes[end - 1] === 13) end--;
    }
    this.parts.push({ ...this.#leaf, end: Math.max(end, this.#leaf.start) });
    this.#leaf = null;
  }

  /** A multipart that does not name its boundary: the first line that looks like one. */
  #seenBoundary(from: number): string | null {
    const at = nextDashes(this.#bytes, from);
    if (at < 0 || at > from + 4000) return null;
    const feed = this.#bytes.indexOf(10, at);
    const line = this.#bytes.toString('latin1', at + 2, Math.min(feed < 0 ? this.#bytes.length : feed, at + 200));
    return /^\S{6,}\s*$/.test(line) ? line.trimEnd() : null;
  }
}

/** The next line that begins with two dashes. */
function nextDashes(bytes: Buffer, from: number): number {
  if (bytes[from] === 45 && bytes[from + 1] === 45 && (from === 0 || bytes[from - 1] === 10)) return from;
  const at = bytes.indexOf('\n--', from, 'latin1');
  return at < 0 ? -1 : at + 1;
}

function describe(fields: readonly HeaderField[]): Description {
  const content = readParameters(fieldOf(fields, 'content-type') ?? 'text/plain');
  const disposition = readParameters(fieldOf(fields, 'content-disposition') ?? '');
  const name = disposition.parameters['filename'] ?? content.parameters['name'] ?? null;
  return {
    fields,
    type: /^[\w.+-]+\/[\w.+-]+$/.test(content.value) ? content.value : typeOfOdd(content.value),
    parameters: content.parameters,
    disposition: disposition.value || null,
    name: name === null ? null : decodeWords(name),
    encoding: encodingOf(fieldOf(fields, 'content-transfer-encoding')),
  };
}

/** `text`, `html`, `pdf`: programs that never read RFC 2045. */
function typeOfOdd(value: string): string {
  if (/html/.test(value)) return 'text/html';
  return value === '' || value.startsWith('text') ? 'text/plain' : 'application/octet-stream';
}
