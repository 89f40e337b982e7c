import { Fault } from '../../core/fault.ts';
import { oneLine, shorten } from '../../core/text.ts';
import type { CsvTable } from '../../directory/files/csv.ts';
import { tooLarge } from './http.ts';

export interface SqlReads {
  readonly url: string;
  readonly query: string;
  /** File with certificates to trust beside the usual ones. */
  readonly ca: string | null;
}

/** Of MySQL and MariaDB: `?ssl=true` or `?sslmode=require`, and the certificate is checked. */
export function wantsTls({ searchParams }: URL): boolean {
  const wish = searchParams.get('ssl') ?? searchParams.get('sslmode') ?? '';
  return wish !== '' && !/^(false|0|off|no|disable|disabled|prefer|preferred|allow)$/i.test(wish);
}

export interface Answered {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export type SqlTable = Pick<CsvTable, 'header' | 'rows'>;

/** Gathers rows as texts, and refuses what grows too large. A row's `line` is its number. */
export function answeredOf({ maxBytes }: Answered) {
  const rows: { line: number; cells: readonly string[] }[] = [];
  let header: readonly string[] = [];
  let size = 0;
  return {
    header(names: readonly string[]): void {
      header = names;
    },
    add(values: readonly unknown[]): void {
      const cells = values.map(cellOf);
      size += cells.reduce((sum, cell) => sum + cell.length, 0);
      if (size > maxBytes) throw tooLarge('the answer to the query', maxBytes);
      rows.push({ line: rows.length + 1, cells });
    },
    end: (): SqlTable => ({ header, rows }),
  };
}

function cellOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

const cures = {
  timeout: 'is a table locked there, is an index missing? Else give it more time with timeout:',
  refused: 'check user, password and the name of the database in sql.url',
  query: 'correct sql.query; try it there by hand',
  line: 'is the server running, and may this machine reach it?',
} as const;

export function sqlFault(
  { url }: SqlReads,
  { timeoutMs }: Answered,
  doing: string,
  error: unknown,
  kind: keyof typeof cures,
): Fault {
  const place = databaseOf(url);
  const found = shorten(oneLine(error instanceof Error ? error.message : String(error)), 300);
  const facts = { place, while: doing, found, cure: cures[kind] };
  switch (kind) {
    case 'timeout':
      return new Fault('source.timed_out', 'retry', { ...facts, after: `${timeoutMs / 1000} s` }, error);
    case 'refused':
      return new Fault('source.refused', 'reconfigure', facts, error);
    case 'query':
      return new Fault('source.bad_query', 'reconfigure', facts, error);
    case 'line':
      return new Fault('source.unreachable', 'retry', facts, error);
  }
}

/** Without user and password. */
export function databaseOf(url: string): string {
  if (!URL.canParse(url)) return 'the database';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}
