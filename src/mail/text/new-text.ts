import { type ForwardedFrom, readForwardHead } from './forward-head.ts';
import { joinLines, type Line } from './lines.ts';
import {
  attributionStrength,
  beginsAttribution,
  isDivider,
  isForwardMarker,
  longestLine,
  type Prefix,
  readLabel,
} from './quote-words.ts';
import { withoutSignature } from './signature.ts';

export interface NewText {
  /** What the sender wrote now: no quotes, no signature. A forwarded mail's own text belongs to it. */
  readonly text: string;
  /** The same with the signature. */
  readonly signed: string;
  readonly forwarded: ForwardedFrom | null;
  /** True when something quoted was left out. */
  readonly isTrimmed: boolean;
}

export interface NewTextOptions {
  /** What the subject's prefix says. */
  readonly prefix: Prefix;
  /** The mail answers another one (In-Reply-To, References). */
  readonly isReply: boolean;
}

/**
 * The new text of a mail (DESIGN §9). Pure; never throws.
 *
 * When in doubt the text stays: too much is a nuisance, a lost gist is a loss. Lines under `>` or in a blockquote go where
 * they stand, so that answers below and between quotes are kept; a header block as Outlook writes it ends the new text,
 * unless nothing stands above it.
 */
export function newText(lines: readonly Line[], options: NewTextOptions): NewText {
  return extract(lines, options, 0);
}

/** Forwards of forwards: deeper ones are kept as text. */
const mostForwards = 5;

function extract(lines: readonly Line[], options: NewTextOptions, level: number): NewText {
  const kept: Line[] = [];
  let isTrimmed = false;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i];
    if (line === undefined) break;
    const forward = level < mostForwards ? forwardAt(lines, i, options, kept) : null;
    if (forward !== null) return forwardedText(kept, lines.slice(forward.next), forward.from, level);
    const quote = quoteAt(lines, i, options);
    if (quote === 'rest') {
      if (hasText(kept)) return { ...ownText(kept), forwarded: null, isTrimmed: true };
      // Nothing above it: the answer stands below or inside, and nobody can say where. Keep all but the quote's header.
      return lastResort(lines.slice(i), options);
    }
    if (quote > 0) {
      isTrimmed = true;
      i += quote - 1;
    } else kept.push(line);
  }
  return { ...ownText(kept), forwarded: null, isTrimmed };
}

function ownText(kept: readonly Line[]): Pick<NewText, 'text' | 'signed'> {
  const own = kept.filter(({ mark }) => mark !== 'signature');
  const signed = joinLines(kept);
  const isAll = own.length === kept.length || !hasText(own);
  return { text: withoutSignature(isAll ? signed : joinLines(own)), signed };
}

function hasText(lines: readonly Line[]): boolean {
  return lines.some(({ text, mark }) => text.trim() !== '' && mark !== 'signature');
}

/** How many lines from `at` are quoted; 'rest': all that follow; 0: none. */
function quoteAt(lines: readonly Line[], at: number, { isReply, prefix }: NewTextOptions): number | 'rest' {
  const line = lines[at];
  if (line === undefined) return 0;
  if (line.mark === 'reply') return 'rest';
  if (line.depth > 0) return isReply || prefix === 'reply' || follows(lines, at) ? 1 : 0;
  if (line.text.trim() === '') return 0;
  if (line.mark === 'attribution') {
    const next = nextText(lines, at, (one) => one.mark !== 'attribution');
    return next === null || next.depth > 0 || attributionSpan(lines, at) !== null ? 1 : 0;
  }
  if (headerBlockAt(lines, at) !== null) return 'rest';
  const span = attributionSpan(lines, at);
  if (span === null) return 0;
  const next = nextText(lines, at + span.length - 1, () => true);
  if (next !== null && next.depth > 0) return span.length;
  if (span.strength < 2) return 0;
  return next === null || isReply || prefix === 'reply' ? 'rest' : 0;
}

/** Quoted lines count as such in a mail that answers none only behind a line that announces them. */
function follows(lines: readonly Line[], at: number): boolean {
  let before = at - 1;
  while (before >= 0 && ((lines[before]?.depth ?? 0) > 0 || (lines[before]?.text ?? '').trim() === '')) before--;
  for (let start = before; start >= 0 && start > before - 4; start--) {
    const span = attributionSpan(lines, start);
    if (span !== null && start + span.length - 1 >= before) return true;
  }
  return false;
}

interface Span {
  readonly length: number;
  readonly strength: 1 | 2;
}

/** An attribution may be broken over up to four lines: programs wrap at 72 or 76 signs. */
function attributionSpan(lines: readonly Line[], at: number): Span | null {
  if (!endsInColon(lines, at)) return null;
  let joined = '';
  for (let length = 1; length <= 4; length++) {
    const line = lines[at + length - 1];
    if (line === undefined || line.depth > 0 || line.text.trim() === '') return null;
    joined = `${joined} ${line.text.trim()}`.trim();
    if (joined.length > longestLine) return null;
    const strength = attributionStrength(joined);
    if (strength === 2 || (strength === 1 && length === 1)) return { length, strength };
    if (length === 1 && !beginsAttribution(joined)) return null;
  }
  return null;
}

/** Does one of the lines that could be an attribution end as one? Cheaper than the words, and nearly always no. */
function endsInColon(lines: readonly Line[], at: number): boolean {
  for (let i = at; i < at + 4; i++) {
    const text = lines[i]?.text.trimEnd() ?? '';
    if (text === '') return false;
    if (text.endsWith(':') || text.endsWith('：')) return true;
  }
  return false;
}

/** How many lines the header block has that begins at `at`, with the line that divides it from the text above. */
export function headerBlockAt(lines: readonly Line[], at: number): number | null {
  const first = lines[at];
  if (first === undefined) return null;
  const divided = isDivider(first.text);
  if (!divided && !first.text.includes(':')) return null;
  let i = at + (divided ? 1 : 0);
  while (divided && (lines[i]?.text ?? 'x').trim() === '') i++;
  const start = i;
  const seen = new Set<string>();
  let end = i;
  for (; i < start + 14; i++) {
    const line = lines[i];
    if (line === undefined) break;
    const label = readLabel(line.text);
    if (label !== null) {
      seen.add(label.role);
      end = i + 1;
      continue;
    }
    if (i === start) break;
    // One empty line between labels is HTML's way; anything else is a long list of recipients, or the end.
    const next = lines[i + 1];
    const goesOn = next !== undefined && readLabel(next.text) !== null;
    if (!goesOn) break;
  }
  const firstRole = readLabel(lines[start]?.text ?? '')?.role;
  const isWhole = seen.has('from') && seen.has('date') && (seen.has('to') || seen.has('subject'));
  const isDivided = divided && seen.has('from') && seen.size >= 2;
  const beginsRightly = divided || firstRole === 'from' || firstRole === 'subject' || firstRole === 'date';
  if ((isWhole && beginsRightly) || isDivided) return end - at;
  // The words alone say it, whatever the language of the labels below them.
  return divided && !/^_+$/.test(first.text.trim()) ? 1 : null;
}

interface Forward {
  readonly from: ForwardedFrom;
  /** Index of the first line of the forwarded text. */
  readonly next: number;
}

/** A forwarded mail begins here: a marker, or a header block in a mail that calls itself a forward. */
function forwardAt(lines: readonly Line[], at: number, options: NewTextOptions, kept: readonly Line[]): Forward | null {
  const line = lines[at];
  if (line === undefined) return null;
  if (isForwardMarker(line.text) && (line.depth === 0 || !hasText(kept))) {
    const head = readForwardHead(lines, at + 1);
    return head === null ? null : { from: head.from, next: head.next };
  }
  const isForward = options.prefix === 'forward';
  if (!isForward || line.depth > 0) return null;
  const length = headerBlockAt(lines, at);
  if (length === null && line.mark !== 'reply') return null;
  const start = isDivider(line.text) ? at + 1 : at;
  const head = readForwardHead(lines, start);
  return head === null ? null : { from: head.from, next: head.next };
}

/** What the forwarder wrote, and below it what the mail he forwards said, without its own quotes and signature. */
function forwardedText(note: readonly Line[], rest: readonly Line[], from: ForwardedFrom, level: number): NewText {
  const outer = rest.find(({ text }) => text.trim() !== '')?.depth ?? 0;
  const body = rest.map((line) => ({ ...line, depth: Math.max(0, line.depth - outer) }));
  const inner = extract(body, { prefix: null, isReply: true }, level + 1);
  const text = [ownText(note).text, inner.text === '' ? joinLines(body) : inner.text]
    .filter((part) => part !== '')
    .join('\n\n');
  // The forwarder's own signature says nothing of whom he heard it from.
  return { text, signed: inner.signed, forwarded: from, isTrimmed: inner.isTrimmed };
}

function lastResort(lines: readonly Line[], options: NewTextOptions): NewText {
  const length = headerBlockAt(lines, 0) ?? attributionSpan(lines, 0)?.length ?? 0;
  const below = lines.slice(length).map((line) => ({ ...line, mark: line.mark === 'reply' ? null : line.mark }));
  const fresh = below.filter(({ depth }) => depth === 0);
  const signed = options.isReply || length > 0 ? joinLines(hasText(fresh) ? fresh : []) : joinLines(lines);
  return {
    text: withoutSignature(signed),
    signed,
    forwarded: null,
    isTrimmed: length > 0,
  };
}

function nextText(lines: readonly Line[], at: number, wanted: (line: Line) => boolean): Line | null {
  for (let i = at + 1; i < lines.length && i < at + 8; i++) {
    const line = lines[i];
    if (line !== undefined && line.text.trim() !== '' && wanted(line)) return line;
  }
  return null;
}
