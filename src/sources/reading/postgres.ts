import pg from 'pg';
import { Fault } from '../../core/fault.ts';
import { readCa } from './http.ts';
import { type Answered, answeredOf, type SqlReads, type SqlTable, sqlFault } from './sql.ts';

/** Rows per round trip. */
const step = 2000;

/**
 * What a query answers, read with a cursor in a transaction that may only read. The server ends it at the time limit; a
 * server that says nothing at all is left by ourselves a second later.
 */
export async function readPostgresTable(reads: SqlReads, limits: Answered): Promise<SqlTable> {
  const client = new pg.Client({
    ...(await wayTo(reads)),
    application_name: 'letopis',
    connectionTimeoutMillis: limits.timeoutMs,
    query_timeout: limits.timeoutMs + 1000,
    statement_timeout: limits.timeoutMs,
    options: '-c default_transaction_read_only=on',
    // Everything as the server writes it: a cell is a text.
    types: { getTypeParser: () => (text: string | Buffer) => String(text) },
  });
  client.on('error', () => {}); // the query under way tells
  let doing = 'connecting';
  try {
    await client.connect();
    doing = 'running the query';
    await client.query('begin read only');
    const query = reads.query.replace(/[\s;]+$/, '');
    // With a name it goes the way on which a second statement behind it is refused.
    await client.query({ name: 'letopis', text: `declare letopis_rows no scroll cursor for ${query}` });
    const table = answeredOf(limits);
    for (;;) {
      const { fields, rows } = await client.query<(string | null)[]>({
        text: `fetch ${step} from letopis_rows`,
        rowMode: 'array',
      });
      doing = 'reading its rows';
      table.header(fields.map(({ name }) => name));
      for (const row of rows) table.add(row);
      if (rows.length < step) break;
    }
    return table.end();
  } catch (error) {
    throw error instanceof Fault ? error : sqlFault(reads, limits, doing, error, kindOf(error));
  } finally {
    // A silent server answers the farewell no more than the query.
    await Promise.race([client.end().catch(() => {}), new Promise((resolve) => setTimeout(resolve, 500).unref())]);
  }
}

/** pg reads the wish for encryption from the address; with a certificate of ours it must not stand there, or ours is passed over. */
async function wayTo({ url, ca }: SqlReads): Promise<pg.ClientConfig> {
  const address = new URL(url);
  const wishes = ['ssl', 'sslmode'].flatMap((name) => address.searchParams.getAll(name));
  if (ca === null || wishes.length === 0 || wishes.includes('disable')) return { connectionString: url };
  for (const name of ['ssl', 'sslmode', 'uselibpqcompat']) address.searchParams.delete(name);
  return { connectionString: address.href, ssl: { ca: await readCa(ca), rejectUnauthorized: true } };
}

function kindOf(error: unknown): 'timeout' | 'refused' | 'query' | 'line' {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const message = error instanceof Error ? error.message : '';
  if (code === '57014' || /timeout/i.test(message)) return 'timeout';
  if (/^(28|3D)/.test(code)) return 'refused';
  return /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P|53)/.test(code) ? 'query' : 'line';
}
