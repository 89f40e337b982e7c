export interface Tag {
  /** Lower case. */
  readonly name: string;
  readonly isEnd: boolean;
  readonly isSelfClosed: boolean;
  readonly id: string;
  readonly className: string;
}

/** Elements whose content is no markup. */
const raw = new Set(['script', 'style', 'title', 'textarea', 'xmp']);

/**
 * Tags and stretches of text, in order. Comments, doctypes and conditional comments of Outlook are left out. Every sign is
 * looked at a fixed number of times, so markup made to hurt takes no longer than markup of its length.
 */
export class HtmlReader implements Iterable<Tag | string> {
  readonly #html: string;

  constructor(html: string) {
    this.#html = html;
  }

  *[Symbol.iterator](): Iterator<Tag | string> {
    const html = this.#html;
    const lower = html.toLowerCase();
    /** Ends that are nowhere: looking for them at every beginning would take for ever. */
    const missing = new Set<string>();
    const find = (text: string, from: number): number => {
      if (missing.has(text)) return -1;
      const at = lower.indexOf(text, from);
      if (at < 0) missing.add(text);
      return at;
    };
    let pos = 0;
    while (pos < html.length) {
      const open = html.indexOf('<', pos);
      if (open < 0) {
        yield html.slice(pos);
        return;
      }
      if (open > pos) yield html.slice(pos, open);
      if (html.startsWith('<!--', open)) {
        const end = find('-->', open + 4);
        pos = end < 0 ? afterTag(html, open) : end + 3;
        continue;
      }
      const next = html[open + 1] ?? '';
      if (next === '!' || next === '?') {
        pos = afterTag(html, open);
        continue;
      }
      if (!/[a-z/]/i.test(next)) {
        yield '<';
        pos = open + 1;
        continue;
      }
      const end = afterTag(html, open);
      const tag = readTag(html.slice(open + 1, end - 1));
      pos = end;
      if (tag === null) {
        yield html.slice(open, end);
        continue;
      }
      yield tag;
      if (!tag.isEnd && raw.has(tag.name)) {
        const close = find(`</${tag.name}`, end);
        // Without its end it would swallow the mail: what follows is read as markup then.
        if (close >= 0) pos = close;
      }
    }
  }
}

const longestTag = 20_000;

/** Index behind the `>` that ends a tag; quotes may hold one. */
function afterTag(html: string, open: number): number {
  const first = html.indexOf('>', open);
  // Without a value there is no quote. Looked for in the tag alone: a mail may have a million tags and no value at all.
  if (first >= 0 && first < open + longestTag && !html.slice(open, first).includes('=')) return first + 1;
  let quote = '';
  const limit = Math.min(html.length, open + longestTag);
  for (let i = open + 1; i < limit; i++) {
    const sign = html[i] ?? '';
    if (quote !== '') {
      if (sign === quote) quote = '';
    } else if ((sign === '"' || sign === "'") && html[i - 1] === '=') quote = sign;
    else if (sign === '>') return i + 1;
  }
  const plain = html.indexOf('>', open);
  return plain < 0 ? html.length + 1 : plain + 1;
}

function readTag(inner: string): Tag | null {
  const name = /^\/?([a-z][a-z0-9:-]*)/i.exec(inner);
  if (name === null) return null;
  return {
    name: (name[1] ?? '').toLowerCase(),
    isEnd: inner.startsWith('/'),
    isSelfClosed: inner.endsWith('/'),
    id: attribute(inner, idName),
    className: attribute(inner, className),
  };
}

const idName = /\sid\s*=/i;
const className = /\sclass\s*=/i;

function attribute(inner: string, name: RegExp): string {
  if (!inner.includes('=')) return '';
  const at = inner.slice(0, 4000).search(name);
  if (at < 0) return '';
  const value = inner.slice(inner.indexOf('=', at) + 1, at + 1000).trimStart();
  const quote = value[0] ?? '';
  if (quote !== '"' && quote !== "'") return /^[^\s>]*/.exec(value)?.[0] ?? '';
  const end = value.indexOf(quote, 1);
  return value.slice(1, end < 0 ? undefined : end);
}
