import { decodeEntities } from './entities.ts';
import { HtmlReader, type Tag } from './html-reader.ts';
import type { Line } from './lines.ts';

/**
 * HTML as lines of text, with what mail programs say in it about quotes and signatures. Pure; never throws, whatever the
 * markup; linear: 100,000 nested elements are a loop, not a recursion.
 */
export function htmlLines(html: string): Line[] {
  const writer = new Writer();
  for (const token of new HtmlReader(html.slice(0, longestHtml))) {
    if (typeof token === 'string') writer.text(token);
    else if (token.isEnd) writer.close(token.name);
    else writer.open(token);
  }
  return writer.finish();
}

const longestHtml = 4_000_000;
const blocks = new Set(
  'p div br tr li ul ol dl dt dd table thead tbody tfoot h1 h2 h3 h4 h5 h6 pre hr blockquote section article header footer main form fieldset address center figure body html title'.split(
    ' ',
  ),
);
/** Their ends are often left out, or they have none. */
const voids = new Set('br hr img input meta link area base col embed source track wbr param'.split(' '));
const silent = new Set('head style script title template noscript xml svg'.split(' '));

/** Their ends are left out more often than not; unless they carry a mark they are not waited for. */
const unclosed = new Set('p li td th tr dt dd option thead tbody tfoot colgroup'.split(' '));
const deepest = 5000;
/** How far back the beginning of an element is looked for: in broken markup it may not be there at all. */
const patience = 300;

type Kind = 'quote' | 'signature' | 'attribution' | 'silent' | 'pre' | 'plain';

class Writer {
  readonly #lines: Line[] = [];
  readonly #open: { readonly name: string; readonly kind: Kind }[] = [];
  readonly #within: Record<Kind, number> = { quote: 0, signature: 0, attribution: 0, silent: 0, pre: 0, plain: 0 };
  /** The line under way; in pieces, for a text that grows sign by sign is copied at every look at its end. */
  #pieces: string[] = [];
  #last = '';
  #replyNext = false;

  text(raw: string): void {
    if (this.#within.silent > 0) return;
    const text = decodeEntities(raw);
    if (this.#within.pre > 0) {
      text.split(/\r?\n/).forEach((line, i) => {
        if (i > 0) this.#put();
        this.#add(line);
      });
      return;
    }
    const flat = text.replace(/[ \t\r\n\f]+/g, ' ');
    this.#add(this.#last === '' || this.#last === ' ' ? flat.replace(/^ /, '') : flat);
  }

  open(tag: Tag): void {
    if (tag.name === 'br') return this.#put();
    if (tag.name === 'td' || tag.name === 'th') {
      if (this.#last !== '' && this.#last !== ' ') this.#add(' ');
    } else if (blocks.has(tag.name)) this.#end();
    if (tag.name === 'p' || tag.name === 'hr') this.#gap();
    if (replyMark.test(tag.id) || replyMark.test(tag.className)) {
      this.#end();
      this.#replyNext = true;
    }
    const kind = kindOf(tag);
    if (voids.has(tag.name) || tag.isSelfClosed || (kind === 'plain' && unclosed.has(tag.name))) return;
    if (this.#open.length >= deepest) return;
    if (kind !== 'plain') this.#end();
    this.#open.push({ name: tag.name, kind });
    this.#within[kind]++;
  }

  close(name: string): void {
    if (blocks.has(name) && name !== 'td' && name !== 'th') this.#end();
    if (name === 'p' || name === 'blockquote') this.#gap();
    for (let i = this.#open.length - 1; i >= 0 && i > this.#open.length - patience; i--) {
      if (this.#open[i]?.name !== name) continue;
      const ended = this.#open.slice(i);
      if (ended.some(({ kind }) => kind !== 'plain')) this.#end();
      this.#open.length = i;
      for (const { kind } of ended) this.#within[kind]--;
      return;
    }
  }

  finish(): Line[] {
    this.#end();
    return this.#lines;
  }

  #end(): void {
    if (this.#pieces.some((piece) => piece.trim() !== '')) this.#put();
    else this.#clear();
  }

  #add(text: string): void {
    if (text === '') return;
    this.#pieces.push(text);
    this.#last = text.at(-1) ?? '';
  }

  #clear(): void {
    this.#pieces = [];
    this.#last = '';
  }

  #gap(): void {
    const last = this.#lines.at(-1);
    if (last !== undefined && last.text !== '') this.#put();
  }

  #put(): void {
    const text = this.#pieces.join('').trimEnd();
    this.#clear();
    const depth = this.#within.quote;
    const reply = this.#replyNext && text !== '';
    if (reply) this.#replyNext = false;
    const inner = this.#within.attribution > 0 ? 'attribution' : this.#within.signature > 0 ? 'signature' : null;
    this.#lines.push({ text, depth, mark: reply ? 'reply' : inner });
  }
}

// Outlook on the web, Outlook for phones, Outlook for Mac: the quote begins here, nothing encloses it.
const replyMark = /divRplyFwdMsg|reference-message|OLK_SRC_BODY_SECTION/i;
const quoteMark = /yahoo_quoted|protonmail_quote|tutanota_quote|zmail_extra|mailru-blockquote/i;
const attributionMark = /gmail_attr|moz-cite-prefix|yahoo_quoted_begin|tutanota_quote_head/i;
const signatureMark = /(?:^|[\s_-])signature(?:$|[\s_-])|moz-signature|AppleMailSignature|mobile-signature/i;

function kindOf({ name, id, className }: Tag): Kind {
  if (silent.has(name)) return 'silent';
  if (name === 'pre') return 'pre';
  if (name === 'blockquote' || quoteMark.test(className) || quoteMark.test(id)) return 'quote';
  if (attributionMark.test(className)) return 'attribution';
  return signatureMark.test(className) || signatureMark.test(id) ? 'signature' : 'plain';
}
