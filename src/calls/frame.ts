/**
 * One AMI message: `Name: value` lines ended by an empty line. Names are compared in any case and may repeat.
 *
 * The text is kept as Latin-1 (one character per byte, nothing lost) and split into fields only when asked: most messages
 * of a busy exchange are never looked into. A value with bytes over 127 is decoded on its own: UTF-8, and where it is not
 * valid UTF-8 the legacy charset (Asterisk 16 passes a Windows-1251 caller name through as it came).
 */
export class Frame {
  /** The message as received, one character per byte, without the empty line that ended it. */
  readonly text: string;
  /** Value of `Event:`; '' for answers to actions and for the banner. */
  readonly event: string;
  /** True for the one line with which an exchange greets a new connection. */
  readonly isBanner: boolean;
  readonly #charset: string;
  #names: string[] | undefined;
  #values: string[] = [];

  constructor(text: string, charset = 'windows-1251') {
    this.text = text;
    this.#charset = charset;
    this.isBanner = text.startsWith(bannerStart);
    this.event = eventOf(text);
  }

  /**
   * The same message, fit to be kept: its text no longer holds the whole chunk of the stream it was cut from, its fields are
   * split again when asked for. Hundreds of finished calls are remembered for a while.
   */
  compact(): Frame {
    return new Frame(` ${this.text}`.slice(1), this.#charset);
  }

  /** First value of that name (lower case), undefined when absent. `''` and `<unknown>` are returned as they stand. */
  get(name: string): string | undefined {
    const at = this.names().indexOf(name);
    return at < 0 ? undefined : this.#values[at];
  }

  /** All values of that name (lower case), in order. */
  all(name: string): readonly string[] {
    const found: string[] = [];
    const names = this.names();
    for (let at = names.indexOf(name); at >= 0; at = names.indexOf(name, at + 1)) found.push(this.#values[at] ?? '');
    return found;
  }

  /** Field names in lower case, in order, repeated ones repeated. */
  names(): readonly string[] {
    if (!this.#names) this.#names = this.#split();
    return this.#names;
  }

  values(): readonly string[] {
    this.names();
    return this.#values;
  }

  #split(): string[] {
    const { text } = this;
    const names: string[] = [];
    const ascii = !highByte.test(text);
    for (let at = 0; at < text.length; ) {
      let end = text.indexOf('\n', at);
      if (end < 0) end = text.length;
      const stop = text.charCodeAt(end - 1) === 13 && end > at ? end - 1 : end;
      const colon = text.indexOf(':', at);
      if (colon > at && colon < stop) {
        const from = text.charCodeAt(colon + 1) === 32 ? colon + 2 : colon + 1;
        const value = from < stop ? text.slice(from, stop) : '';
        names.push(lowerName(text.slice(at, colon)));
        this.#values.push(ascii ? value : decode(value, this.#charset));
      }
      at = end + 1;
    }
    return names;
  }
}

/** A source sent no end of message within the limit: not AMI, or broken. The session is dropped, the memory kept. */
export class FrameTooLong extends Error {
  override readonly name = 'FrameTooLong';
}

/** Longest message read, in bytes; the longest line seen from a real exchange has 403. */
export const frameLimit = 1024 * 1024;

/**
 * Cuts a byte stream into messages; any chunking gives the same messages. Accepts CRLF and bare LF.
 * A banner (at the start, or after a cut in the middle of a message) comes as a frame of its own, as soon as its line is
 * complete; what was half received before it is dropped, as the exchange does not repeat it.
 */
export class FrameReader {
  readonly #charset: string;
  #rest = '';

  /** @param charset of values that are not valid UTF-8, a WHATWG encoding name */
  constructor(charset = 'windows-1251') {
    this.#charset = charset;
  }

  /** @throws FrameTooLong when more than `frameLimit` bytes have come without an end of message */
  push(chunk: Uint8Array): Frame[] {
    const added = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    const text = this.#rest === '' ? added : this.#rest + added;
    const frames: Frame[] = [];
    let from = 0;
    let search = Math.max(0, this.#rest.length - 3);
    let bare = text.indexOf('\n\n', search);
    for (;;) {
      const crlf = text.indexOf('\n\r\n', search);
      if (bare >= 0 && bare < search) bare = text.indexOf('\n\n', search);
      const end = crlf < 0 ? bare : bare < 0 ? crlf : Math.min(crlf, bare);
      if (end < 0) break;
      this.#add(frames, text.slice(from, text.charCodeAt(end - 1) === 13 ? end - 1 : end));
      from = search = end === crlf ? end + 3 : end + 2;
    }
    this.#rest = this.#takeBanner(frames, from === 0 ? text : text.slice(from));
    if (this.#rest.length > frameLimit) {
      this.#rest = '';
      throw new FrameTooLong(`no end of message in ${frameLimit} bytes`);
    }
    return frames;
  }

  /** The stream has ended: what is left is a message if it looks whole, else it is dropped. */
  end(): Frame[] {
    const rest = this.#rest;
    this.#rest = '';
    const frames: Frame[] = [];
    if (/^(?:Event|Response): /i.test(rest) && rest.endsWith('\n')) this.#add(frames, rest.trimEnd());
    return frames;
  }

  #add(frames: Frame[], block: string): void {
    const text = block.charCodeAt(0) === 10 || block.charCodeAt(0) === 13 ? block.replace(/^[\r\n]+/, '') : block;
    if (text === '') return;
    const cut = text.includes(bannerStart) ? bannerWithin.exec(text) : null;
    if (!cut) {
      frames.push(new Frame(text, this.#charset));
      return;
    }
    const banner = cut[1] ?? '';
    frames.push(new Frame(banner, this.#charset));
    const after = text.slice(cut.index + cut[0].length);
    if (after !== '') frames.push(new Frame(after, this.#charset));
  }

  /** A new connection's first line has no empty line behind it: do not wait for the answer to the login. */
  #takeBanner(frames: Frame[], rest: string): string {
    if (!rest.startsWith(bannerStart)) return rest;
    const end = rest.indexOf('\n');
    if (end < 0) return rest;
    frames.push(new Frame(rest.slice(0, end).trimEnd(), this.#charset));
    return rest.slice(end + 1);
  }
}

const bannerStart = 'Asterisk Call Manager/';
// Mid-message only with the answer to a login behind it: a caller may call himself "Asterisk Call Manager/1".
const bannerWithin = /(Asterisk Call Manager\/[\d.]+)\r?\n(?=Response:|$)|^(Asterisk Call Manager\/[\d.]+)$/;
const highByte = /[\u0080-\u00ff]/;

function eventOf(text: string): string {
  if (!/^event:/i.test(text.slice(0, 6))) return '';
  const end = text.indexOf('\n');
  return text.slice(6, end < 0 ? text.length : end).trim();
}

const lowered = new Map<string, string>();
function lowerName(name: string): string {
  const known = lowered.get(name);
  if (known !== undefined) return known;
  const lower = name.trim().toLowerCase();
  if (lowered.size < 5000) lowered.set(name, lower); // outside text must not fill the memory
  return lower;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
const legacy = new Map<string, InstanceType<typeof TextDecoder>>();
function decode(value: string, charset: string): string {
  if (!highByte.test(value)) return value;
  const bytes = Buffer.from(value, 'latin1');
  try {
    return utf8.decode(bytes);
  } catch {
    const decoder = legacy.get(charset) ?? new TextDecoder(charset);
    legacy.set(charset, decoder);
    return decoder.decode(bytes);
  }
}
