import { createConnection } from 'mysql2';
import { Fault } from '../../core/fault.ts';
import { readCa } from './http.ts';
import { type Answered, answeredOf, type SqlReads, type SqlTable, sqlFault, wantsTls } from './sql.ts';

/**
 * What a query answers, row by row, in a transaction that may only read. The server ends it at the time limit (MariaDB and
 * MySQL each in their own way); a server that says nothing at all is left by ourselves a second later.
 */
export async function readMysqlTable(reads: SqlReads, limits: Answered): Promise<SqlTable> {
  const connection = createConnection({
    ...addressOf(reads.url, reads.ca === null ? null : await readCa(reads.ca)),
    connectTimeout: limits.timeoutMs,
    charset: 'utf8mb4',
    // Everything as text: a cell is one, and ids of 18 digits stay what they are.
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
    disableEval: true,
    // A server could ask for our files; it gets none.
    flags: ['-LOCAL_FILES'],
  });
  let doing = 'connecting';
  let isLate = false;
  let deadline: NodeJS.Timeout | undefined;
  const restart = () => {
    clearTimeout(deadline);
    deadline = setTimeout(() => {
      isLate = true;
      connection.destroy();
    }, limits.timeoutMs + 1000);
  };
  const fails = new Promise<never>((_, reject) => {
    connection.on('error', reject);
    connection.on('end', () => reject(new Error('the connection ended')));
  });
  fails.catch(() => {});
  const run = (query: string) =>
    new Promise<unknown>((resolve, reject) => {
      connection.query(query, (error, rows) => (error ? reject(error) : resolve(rows)));
    });
  try {
    restart();
    const [first] = rowsOf(await Promise.race([run('select version() as version'), fails]));
    doing = 'running the query';
    await run(timeLimit(String(first?.['version'] ?? ''), limits.timeoutMs));
    await run('start transaction read only');
    restart();
    const table = await Promise.race([readRows(connection, reads.query, limits, restart), fails]);
    return table;
  } catch (error) {
    if (error instanceof Fault) throw error;
    throw sqlFault(reads, limits, doing, error, isLate ? 'timeout' : kindOf(error));
  } finally {
    clearTimeout(deadline);
    connection.destroy();
  }
}

/** Of the query nothing is taken over but the wish for encryption; then certificate and name are checked. */
function addressOf(written: string, ca: string[] | null) {
  const url = new URL(written);
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    ...(wantsTls(url)
      ? { ssl: { rejectUnauthorized: true, verifyIdentity: true, ...(ca === null ? {} : { ca }) } }
      : {}),
  };
}

type Connection = ReturnType<typeof createConnection>;

async function readRows(connection: Connection, query: string, limits: Answered, alive: () => void): Promise<SqlTable> {
  const table = answeredOf(limits);
  const asked = connection.query({ sql: onlyRead(query), rowsAsArray: true });
  asked.on('fields', (fields: readonly { readonly name: string }[] | undefined) => {
    if (fields !== undefined) table.header(fields.map(({ name }) => name));
  });
  let count = 0;
  for await (const row of asked.stream({ highWaterMark: 500 })) {
    if (Array.isArray(row)) table.add(row);
    count += 1;
    if (count % 1000 === 0) alive();
  }
  return table.end();
}

/**
 * In a transaction that may only read MariaDB still drops a table (measured, 10.11): it ends the transaction first. Within
 * a select only a query can stand.
 */
function onlyRead(query: string): string {
  return `select * from (\n${query.replace(/[\s;]+$/, '')}\n) as letopis_rows`;
}

function timeLimit(version: string, timeoutMs: number): string {
  return /mariadb/i.test(version)
    ? `set session max_statement_time = ${timeoutMs / 1000}`
    : `set session max_execution_time = ${timeoutMs}`;
}

function rowsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value : [];
}

/** 1969: MariaDB's time limit, 3024: MySQL's; 1044, 1045, 1049, 1698: who we are or what we want is not known there. */
function kindOf(error: unknown): 'timeout' | 'refused' | 'query' | 'line' {
  const number = error instanceof Error && 'errno' in error ? Number(error.errno) : Number.NaN;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (number === 1969 || number === 3024 || code === 'ETIMEDOUT') return 'timeout';
  if ([1044, 1045, 1049, 1698].includes(number)) return 'refused';
  return number >= 1000 && number < 2000 && code.startsWith('ER_') ? 'query' : 'line';
}
