/** One line of a mail's text, whether it came as plain text or as HTML. */
export interface Line {
  readonly text: string;
  /** How many quotes it stands in: `>` in plain text, blockquotes of mail programs in HTML. */
  readonly depth: number;
  /** What the HTML of the mail program says about it; plain text says nothing. */
  readonly mark: 'signature' | 'attribution' | 'reply' | null;
}

const quoteSign = /^(?:\s?>)+ ?/;
const longestText = 2_000_000;

/** @param isFlowed format=flowed (RFC 3676): a line that ends in a blank goes on in the next one */
export function textLines(text: string, isFlowed: boolean): Line[] {
  const lines = text
    .slice(0, longestText)
    .split(/\r\n|\n|\r/)
    .map((line): Line => {
      const signs = quoteSign.exec(line)?.[0] ?? '';
      const depth = signs.replace(/[^>]/g, '').length;
      return { text: depth === 0 ? line : line.slice(signs.length), depth, mark: null };
    });
  return isFlowed ? unflowed(lines) : lines;
}

function unflowed(lines: readonly Line[]): Line[] {
  const joined: { text: string; depth: number; mark: null }[] = [];
  let goesOn = false;
  for (const { text, depth } of lines) {
    const last = joined.at(-1);
    const stuffed = text.startsWith(' ') ? text.slice(1) : text;
    if (goesOn && last !== undefined && last.depth === depth && stuffed !== '-- ') last.text += stuffed;
    else joined.push({ text: stuffed, depth, mark: null });
    goesOn = stuffed.endsWith(' ') && stuffed !== '-- ';
  }
  return joined;
}

/** The lines as text; quoted ones with their signs. Blanks at line ends go, at most one empty line stays between two others. */
export function joinLines(lines: readonly Line[]): string {
  return tidy(lines.map(({ text, depth }) => (depth === 0 ? text : `${'>'.repeat(depth)} ${text}`)).join('\n'));
}

export function tidy(text: string): string {
  const plain = text.includes('\u00a0') ? text.replaceAll('\u00a0', ' ') : text;
  const lines = plain.split('\n').map((line) => line.trimEnd());
  let end = lines.length;
  while (end > 0 && lines[end - 1] === '') end--;
  const kept: string[] = [];
  let empty = 0;
  for (let i = 0; i < end; i++) {
    const line = lines[i] ?? '';
    empty = line === '' ? empty + 1 : 0;
    if (empty <= 1 && (line !== '' || kept.length > 0)) kept.push(line);
  }
  return kept.join('\n');
}
