import pg from 'pg';
import { Fault } from '../../core/fault.ts';
import { jitter } from '../../ops/chance.ts';
import type { Logger } from '../../ops/log.ts';
import type { Db, Query } from './db.ts';
import { breaksConnection, storeFault, withConflictRetries } from './faults.ts';
import { listenOn } from './listen.ts';
import { typeParsers } from './types.ts';

export interface StoreOptions {
  /** postgres://user:password@host:port/database */
  readonly url: string;
  /** Every table is made in and read from this schema; default: the server's default, `public`. */
  readonly schema?: string;
  /** Default 10. A statement holds a connection only while it runs. */
  readonly maxConnections?: number;
  /** Longest a statement may take before it counts as `store.unavailable`; default 15 000. */
  readonly queryTimeoutMs?: number;
  readonly log: Logger;
}

/** The way to the database. Connections are made when needed and go after ten idle seconds. */
export interface Store {
  readonly db: Db;
  readonly url: string;
  readonly schema: string | null;
  /** Calls `onNotify` with every payload sent to the channel until the returned function is called; reconnects by itself. */
  listen(channel: string, onNotify: (payload: string) => void): Promise<() => Promise<void>>;
  /** Waits for running statements, then closes. Later calls to `db` fail with `store.unavailable`. */
  close(): Promise<void>;
}

/**
 * Opens the store and proves with one statement that it answers.
 * @throws Fault store.unavailable (retry), store.refused (reconfigure), store.bad_url (reconfigure)
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const config = clientConfig(options);
  const pool = new pg.Pool({
    ...config,
    max: options.maxConnections ?? 10,
    idleTimeoutMillis: 10_000,
    allowExitOnIdle: false,
  });
  // An idle connection that the server ends tells the pool; without a listener node would end the process (measured).
  pool.on('error', (err) => options.log.warn({ err }, 'store.connection_lost'));
  pool.on('connect', (client) => client.on('error', () => {})); // of a connection in use the query itself tells
  const db = poolDb(pool);
  const listeners = new Set<() => Promise<void>>();
  const store: Store = {
    db,
    url: options.url,
    schema: options.schema ?? null,
    async listen(channel, onNotify) {
      const stop = await listenOn({ config, channel, onNotify, log: options.log });
      listeners.add(stop);
      return async () => {
        listeners.delete(stop);
        await stop();
      };
    },
    async close() {
      await Promise.all([...listeners].map((stop) => stop()));
      await pool.end();
    },
  };
  try {
    await db.rows({ text: 'select 1', values: [] });
  } catch (error) {
    await store.close();
    throw error;
  }
  return store;
}

/**
 * Both limits are needed: on a silently dead link node-postgres waits for ever with statement_timeout alone (measured);
 * with query_timeout alone a healthy server would go on working for nobody.
 */
export function clientConfig(options: Omit<StoreOptions, 'log' | 'maxConnections'>): pg.ClientConfig {
  const queryTimeoutMs = options.queryTimeoutMs ?? 15_000;
  if (!/^postgres(ql)?:\/\//.test(options.url)) {
    throw new Fault('store.bad_url', 'reconfigure', {
      expected: 'postgres://user:password@host:port/database',
      hint: 'set `database:` in the configuration',
    });
  }
  return {
    connectionString: options.url,
    application_name: 'letopis',
    query_timeout: queryTimeoutMs,
    statement_timeout: Math.max(1, queryTimeoutMs - 500),
    connectionTimeoutMillis: Math.min(queryTimeoutMs, 5000),
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: typeParsers,
    ...(options.schema ? { options: `-c search_path=${quotedSchema(options.schema)},public` } : {}),
  };
}

/** Schema names cannot be bound as values; only plain ones are taken. */
export function quotedSchema(schema: string): string {
  if (!/^[a-z_][a-z0-9_]{0,50}$/.test(schema)) {
    throw new Fault('store.bad_schema', 'reconfigure', { schema, expected: 'lower-case letters, digits and _' });
  }
  return schema;
}

function poolDb(pool: pg.Pool): Db {
  return {
    rows: <Row>(query: Query) => onClient<Row[]>(pool, (client) => run<Row>(client, query)),
    transaction: (work) =>
      withConflictRetries(
        4,
        (attempt) => jitter(20 * 4 ** (attempt - 1), 0.9),
        () => onClient(pool, (client) => inTransaction(client, work)),
      ),
  };
}

/**
 * The pool's own `query` drops the connection on any error, also on a mere unique violation; this one keeps what is healthy,
 * because a new connection costs some forty times a statement.
 */
async function onClient<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  let client: pg.PoolClient;
  try {
    client = await pool.connect();
  } catch (error) {
    throw storeFault(error);
  }
  try {
    return await work(client);
  } finally {
    client.release(broken.has(client));
  }
}

/** Connections that must not be used again. */
const broken = new WeakSet<pg.ClientBase>();

async function run<Row>(client: pg.ClientBase, query: Query): Promise<Row[]> {
  const result = await send(client, query);
  // a text of several statements (a migration) answers with one result for each
  return Array.isArray(result) ? [] : result.rows;
}

async function send(client: pg.ClientBase, query: Query): Promise<pg.QueryResult> {
  try {
    return await client.query(prepared(query));
  } catch (error) {
    if (breaksConnection(error)) broken.add(client);
    throw storeFault(error);
  }
}

/**
 * Texts of the `sql` tag are constant, so each is parsed and planned once per connection. Only texts with values are named:
 * those without may hold several statements, which a prepared one cannot.
 * An indexed join over loopback took 45 µs named and 137 µs unnamed (PostgreSQL 18, one connection).
 */
function prepared(query: Query): pg.QueryConfig {
  const config = { text: query.text, values: [...query.values] };
  if (query.values.length === 0) return { text: query.text };
  const known = names.get(query.text);
  if (known) return { ...config, name: known };
  if (names.size >= 1000) return config; // texts that are put together by hand must not fill the server's memory
  const name = `letopis_${names.size + 1}`;
  names.set(query.text, name);
  return { ...config, name };
}
const names = new Map<string, string>();

async function inTransaction<T>(client: pg.ClientBase, work: (db: Db) => Promise<T>): Promise<T> {
  const inTurn = turns();
  await send(client, statement('begin'));
  try {
    const result = await work(transactionDb(client, inTurn, 1));
    const { command } = await inTurn(() => send(client, statement('commit')));
    // PostgreSQL answers the commit of a failed transaction with a silent rollback; that must not pass for stored
    if (command !== 'COMMIT') throw new Error('a statement of the transaction failed and its error was swallowed');
    return result;
  } catch (error) {
    if (!broken.has(client)) await inTurn(() => send(client, statement('rollback')));
    throw error;
  }
}

/** One connection: statements started side by side run one after the other, as the wire demands. */
type InTurn = <T>(work: () => Promise<T>) => Promise<T>;
function turns(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.catch(() => {});
    return turn;
  };
}

function transactionDb(client: pg.ClientBase, inTurn: InTurn, depth: number): Db {
  return {
    rows: <Row>(query: Query) => inTurn(() => run<Row>(client, query)),
    transaction: (work) => inSavepoint(client, inTurn, depth, work),
  };
}

async function inSavepoint<T>(
  client: pg.ClientBase,
  inTurn: InTurn,
  depth: number,
  work: (db: Db) => Promise<T>,
): Promise<T> {
  const name = `level_${depth}`;
  await inTurn(() => send(client, statement(`savepoint ${name}`)));
  try {
    const result = await work(transactionDb(client, inTurn, depth + 1));
    await inTurn(() => send(client, statement(`release savepoint ${name}`)));
    return result;
  } catch (error) {
    if (!broken.has(client)) {
      await inTurn(() => send(client, statement(`rollback to savepoint ${name}; release savepoint ${name}`)));
    }
    throw error;
  }
}

function statement(text: string): Query {
  return { text, values: [] };
}
