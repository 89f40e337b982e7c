import { Fault } from '../../core/fault.ts';

/** How a file was read; both guessed from its bytes. */
export interface CsvFormat {
  readonly encoding: 'utf-8' | 'utf-16' | 'windows-1251' | 'ibm866' | 'koi8-r';
  readonly delimiter: string;
}

/** A table as it stood in the file. Nothing in it is interpreted yet. */
export interface CsvTable extends CsvFormat {
  readonly header: readonly string[];
  readonly rows: readonly CsvRow[];
  /** Where the file cannot be read further; the rows before it are in `rows`. */
  readonly broken: { readonly line: number; readonly reason: string } | null;
}

export interface CsvRow {
  /** Where the row begins, 1 for the first line of the file. */
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Bytes or text → table. UTF-8, UTF-16 with its mark, else the Cyrillic code page in which the words look like words; the
 * delimiter is the one of `,` `;` tab `|` that stands most often in the header. RFC 4180, and a quote inside a field without quotes is
 * a quote: ООО "Ромашка". After a quote that is not closed nothing can be told apart, so the reading stops there.
 */
export function readCsv(content: Uint8Array | string): CsvTable {
  const { text, encoding } = decode(content);
  const separated = /^sep=(.)\r?\n/u.exec(text);
  const delimiter = separated?.[1] ?? guessDelimiter(text);
  const { rows, broken } = splitRows(text, separated?.[0].length ?? 0, delimiter);
  const filled = rows.filter(({ cells }) => cells.some((cell) => cell.trim() !== ''));
  const [header, ...body] = filled;
  return { encoding, delimiter, header: header?.cells ?? [], rows: body, broken };
}

function decode(content: Uint8Array | string): { readonly text: string; readonly encoding: CsvTable['encoding'] } {
  if (typeof content === 'string') return { text: clean(content), encoding: 'utf-8' };
  if (content[0] === 0xff && content[1] === 0xfe)
    return { text: clean(new TextDecoder('utf-16le').decode(content)), encoding: 'utf-16' };
  if (content[0] === 0xfe && content[1] === 0xff)
    return { text: clean(new TextDecoder('utf-16be').decode(content)), encoding: 'utf-16' };
  try {
    return { text: clean(new TextDecoder('utf-8', { fatal: true }).decode(content)), encoding: 'utf-8' };
  } catch {
    const encoding = guessCodePage(content.subarray(0, 65_536));
    return { text: clean(new TextDecoder(encoding).decode(content)), encoding };
  }
}

const codePages = ['windows-1251', 'ibm866', 'koi8-r'] as const;

/** A Cyrillic word has one capital, in front: read in a wrong code page it has them in the middle, or is no word at all. */
function guessCodePage(sample: Uint8Array): (typeof codePages)[number] {
  const scores = codePages.map((encoding) => {
    const text = new TextDecoder(encoding).decode(sample);
    const good = text.match(/(?<![а-яёіїєґ])[А-ЯЁІЇЄҐ]?[а-яёіїєґ]{2,}(?![А-ЯЁІЇЄҐ])/gu)?.join('').length ?? 0;
    const bad = text.match(/[а-яёіїєґ][А-ЯЁІЇЄҐ]|[\u2500-\u259f\u0080-\u009f\ufffd]/gu)?.length ?? 0;
    return { encoding, score: good - 3 * bad };
  });
  return scores.reduce((best, one) => (one.score > best.score ? one : best)).encoding;
}

function clean(text: string): string {
  return text
    .replace(/^\ufeff/u, '')
    .replaceAll('\0', '\ufffd')
    .toWellFormed();
}

function guessDelimiter(text: string): string {
  const header = text.slice(0, text.search(/\n|$/u)).replace(/"[^"]*"/gu, '');
  const counts = [',', ';', '\t', '|'].map((sign) => ({ sign, count: header.split(sign).length - 1 }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).sign;
}

function splitRows(text: string, start: number, delimiter: string): Pick<CsvTable, 'rows' | 'broken'> {
  const rows: CsvRow[] = [];
  let line = start === 0 ? 1 : 2;
  let at = start;
  while (at < text.length) {
    const cells: string[] = [];
    const first = line;
    for (;;) {
      const cell = text[at] === '"' ? quotedCell(text, at) : bareCell(text, at, delimiter);
      if (cell === null) return { rows, broken: { line, reason: 'a quote is opened here and not closed' } };
      line += countLines(text, at, cell.end);
      at = cell.end;
      cells.push(cell.value);
      if (text[at] === delimiter) {
        at += 1;
        continue;
      }
      if (at < text.length && text[at] !== '\n' && !text.startsWith('\r\n', at))
        return { rows, broken: { line: first, reason: 'text stands between a closing quote and the next field' } };
      break;
    }
    if (at < text.length) line += 1;
    at += text.startsWith('\r\n', at) ? 2 : 1;
    rows.push({ line: first, cells });
  }
  return { rows, broken: null };
}

interface Cell {
  readonly value: string;
  readonly end: number;
}

function bareCell(text: string, at: number, delimiter: string): Cell {
  let end = at;
  while (end < text.length && text[end] !== delimiter && text[end] !== '\n') end += 1;
  const stop = text[end] === '\n' && text[end - 1] === '\r' && end > at ? end - 1 : end;
  return { value: text.slice(at, stop), end: stop };
}

function quotedCell(text: string, at: number): Cell | null {
  for (let end = at + 1; ; end += 2) {
    end = text.indexOf('"', end);
    if (end < 0) return null;
    if (text[end + 1] !== '"') return { value: text.slice(at + 1, end).replaceAll('""', '"'), end: end + 1 };
  }
}

function countLines(text: string, from: number, until: number): number {
  let count = 0;
  for (let i = text.indexOf('\n', from); i >= 0 && i < until; i = text.indexOf('\n', i + 1)) count += 1;
  return count;
}

/** Something of a file that is not taken over, with its place. */
export interface Rejection {
  readonly line: number;
  /** Our name of the column; null: the whole row. */
  readonly column: string | null;
  readonly value: string;
  readonly reason: string;
}

/** Cells of a row by our names of the columns, trimmed; a column the file does not have is empty. */
export type NamedRow<Column extends string> = { readonly line: number } & { readonly cell: (column: Column) => string };

export interface NamedTable<Column extends string> {
  readonly rows: readonly NamedRow<Column>[];
  /** Rows whose fields cannot be told apart. */
  readonly rejected: readonly Rejection[];
  /** Does the file have this column? */
  has(column: Column): boolean;
  /** What a person should know of how the file was read. */
  readonly notes: readonly string[];
}

/**
 * Finds our columns by their header: the one `columns` names, our own name, or one of the words people use for it.
 *
 * @throws Fault directory.no_name_column, directory.unknown_column (reconfigure)
 */
export function nameColumns<Column extends string>(
  table: CsvTable,
  words: Readonly<Record<Column, readonly string[]>>,
  columns: Readonly<Record<string, string>>,
  file: string,
  must: NoInfer<Column> | 'name' = 'name',
): NamedTable<Column> {
  const headers = table.header.map(fold);
  const found = new Map<string, number>();
  const ours = Object.entries<readonly string[]>(words);
  for (const [column, known] of ours) {
    const written = columns[column];
    const names = written === undefined ? [column, ...known] : [written];
    const index = names.map((name) => headers.indexOf(fold(name))).find((at) => at >= 0) ?? -1;
    if (index >= 0) found.set(column, index);
    else if (written !== undefined)
      throw new Fault('directory.unknown_column', 'reconfigure', {
        file,
        column,
        header: written,
        headers: table.header.slice(0, 40).map((name) => name.slice(0, 80)),
      });
  }
  if (!found.has(must))
    throw new Fault('directory.no_name_column', 'reconfigure', {
      file,
      headers: table.header.slice(0, 40).map((header) => header.slice(0, 80)),
      cure: `the first line must name the columns, one of them \`${must}\`; or map it: columns: { ${must}: "…" }`,
    });
  const unused = table.header.filter((header, i) => header.trim() !== '' && ![...found.values()].includes(i));
  const width = table.header.length;
  const isShifted = ({ cells }: CsvRow) => cells.slice(width).some((cell) => cell.trim() !== '');
  const rejected = table.rows.filter(isShifted).map(({ line, cells }) => ({
    line,
    column: null,
    value: cells.join(table.delimiter).slice(0, 200),
    reason: `${cells.length} fields, the first line names ${width}: a field with ${table.delimiter} in it needs quotes`,
  }));
  const rows = table.rows
    .filter((row) => !isShifted(row))
    .map(({ line, cells }) => ({
      line,
      cell: (column: Column) => (cells[found.get(column) ?? -1] ?? '').trim(),
    }));
  const short = table.rows.filter(({ cells }) => cells.length < width).map(({ line }) => line);
  const notes = [
    ...(table.encoding.startsWith('utf') ? [] : [`read as ${encodingNames[table.encoding]}, for it is not UTF-8`]),
    ...(unused.length > 0 ? [`columns not used: ${unused.join(', ')}`] : []),
    ...(short.length > 0 ? [`fewer fields than the first line names: ${linesOf(short)}`] : []),
  ];
  return { rows, has: (column) => found.has(column), rejected, notes };
}

const encodingNames: Readonly<Record<CsvFormat['encoding'], string>> = {
  'utf-8': 'UTF-8',
  'utf-16': 'UTF-16',
  'windows-1251': 'Windows-1251',
  ibm866: 'IBM 866',
  'koi8-r': 'KOI8-R',
};

function linesOf(lines: readonly number[]): string {
  const shown = lines.slice(0, 5).join(', ');
  return lines.length === 1
    ? `line ${shown}`
    : `lines ${shown}${lines.length > 5 ? ` and ${lines.length - 5} more` : ''}`;
}

/** For people: `UTF-8, fields apart by ;`. */
export function formatWords({ encoding, delimiter }: CsvFormat): string {
  return `${encodingNames[encoding]}, fields apart by ${delimiter === '\t' ? 'tab' : delimiter}`;
}

/** Headers and names as they are compared: case, spaces, quotes and punctuation at the ends do not matter. */
export function fold(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/["'`«»“”„’‘]/gu, '')
    .replace(/\s+/gu, ' ')
    .replace(/^[\s*:.]+|[\s*:]+$/gu, '');
}

/** Several values in one field stand apart by `;`. */
export function valuesOf(cell: string): readonly string[] {
  return cell
    .split(/[;\n]/u)
    .map((value) => value.trim())
    .filter((value) => value !== '');
}
