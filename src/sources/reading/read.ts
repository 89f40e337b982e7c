import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { Fault } from '../../core/fault.ts';
import { type ClientRow, gatherClients, nameClientColumns } from '../../directory/files/clients.ts';
import { type CsvFormat, type CsvTable, type Rejection, readCsv } from '../../directory/files/csv.ts';
import { fetchBytes, placeOf, tooLarge } from './http.ts';
import { readJsonTable } from './json.ts';
import { readPostgresTable } from './postgres.ts';
import type { Source } from './source.ts';
import { databaseOf } from './sql.ts';

/** What a source says now. */
export interface Read {
  readonly rows: readonly ClientRow[];
  readonly rejected: readonly Rejection[];
  readonly notes: readonly string[];
  readonly format: CsvFormat | null;
  /** The same for the same words, read in the same way. */
  readonly fingerprint: string;
}

export interface ReadWish {
  readonly source: Source;
  /** Country of numbers without country code. */
  readonly region: string | null;
  /** What was taken over last: the same again is not read any further. */
  readonly known: string | null;
}

/**
 * Reads the whole of a source. All or nothing: half an answer is a fault.
 *
 * @returns 'same' when it says what `known` is the fingerprint of
 * @throws Fault source.*, directory.no_name_column, directory.unknown_column, directory.broken_csv
 */
export async function readSource({ source, region, known }: ReadWish): Promise<Read | 'same'> {
  const table = await tableOf(source);
  const fingerprint = fingerprintOf(source, region, table);
  if (fingerprint === known) return 'same';
  const file = whereOf(source);
  if (table.broken !== null)
    throw new Fault('directory.broken_csv', 'reconfigure', {
      message: `${file}:${table.broken.line}: ${table.broken.reason}`,
      place: `${file}:${table.broken.line}`,
      found: table.broken.reason,
      cure: 'close the quote in this line, or double the quotes inside the field',
    });
  const named = nameClientColumns(table, { file, columns: columnsOf(source) });
  const { rows, rejected } = gatherClients(named.rows, region);
  return {
    rows,
    rejected: [...named.rejected, ...rejected].sort((a, b) => a.line - b.line),
    notes: named.notes,
    format: isCsv(source) ? { encoding: table.encoding, delimiter: table.delimiter } : null,
    fingerprint,
  };
}

/** Where it is, as people may be shown. */
export function whereOf({ reads }: Source): string {
  switch (reads.kind) {
    case 'file':
      return reads.file;
    case 'url':
    case 'json':
      return placeOf(reads.url);
    case 'sql':
      return databaseOf(reads.url);
  }
}

/** In JSON the paths have named the columns already. */
function columnsOf({ reads, columns, key }: Source): Readonly<Record<string, string>> {
  if (key === null) return columns;
  return { ...columns, key: reads.kind === 'json' ? 'key' : key };
}

function isCsv({ reads }: Source): boolean {
  return reads.kind === 'file' || reads.kind === 'url';
}

async function tableOf(source: Source): Promise<CsvTable> {
  const { reads } = source;
  switch (reads.kind) {
    case 'file':
      return readCsv(await fileOf(reads.file, source.maxBytes));
    case 'url':
      return readCsv((await fetchBytes(reads, source)).bytes);
    case 'json':
      return whole(await readJsonTable(reads, source));
    case 'sql':
      if (/^postgres/.test(reads.url)) return whole(await readPostgresTable(reads, source));
      // Its driver costs 17 MB: whoever has no such source does not load it.
      return whole(await (await import('./mysql.ts')).readMysqlTable(reads, source));
  }
}

function whole(table: Pick<CsvTable, 'header' | 'rows'>): CsvTable {
  return { ...table, encoding: 'utf-8', delimiter: ',', broken: null };
}

/** A file that another program is writing at this moment is half a file. */
async function fileOf(file: string, maxBytes: number): Promise<Uint8Array> {
  try {
    const before = await stat(file);
    if (before.size > maxBytes) throw tooLarge(file, maxBytes);
    const bytes = await readFile(file);
    const after = await stat(file);
    if (after.size === bytes.length && after.mtimeMs === before.mtimeMs) return bytes;
  } catch (error) {
    if (error instanceof Fault) throw error;
    const cure = 'does it exist, may Letopis read it?';
    throw new Fault('directory.file_unreadable', 'reconfigure', { file, place: file, cure }, error);
  }
  throw new Fault('source.cut_short', 'retry', {
    place: file,
    found: 'it changes while it is read',
    cure: 'nothing of it was taken over; the next try is on its way',
  });
}

function fingerprintOf({ reads, columns, key }: Source, region: string | null, table: CsvTable): string {
  const how = reads.kind === 'json' ? [reads.fields, reads.people] : [];
  const hash = createHash('sha256').update(JSON.stringify([1, columns, key, region, how, table.header, table.broken]));
  for (const { line, cells } of table.rows) hash.update(`${line}\0${cells.join('\0')}\n`);
  return hash.digest('base64url');
}
