import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { Fault, type Remedy } from '../../core/fault.ts';

/**
 * What PostgreSQL and the way to it can answer, and what cures it.
 *
 * `store.unavailable` retry: the server is away, full, read-only, starting, stopping or out of connections; nothing was stored
 * that was not acknowledged, so hold, answer 503, move no position. `store.conflict` retry: two transactions met.
 * `store.duplicate` set-aside: a unique rule refused the row, `facts.constraint` names it. `store.value_refused` set-aside:
 * a value PostgreSQL cannot take (it did not pass pgSafe). `store.refused` reconfigure: wrong password, user or database.
 * Anything else is a bug in our SQL and comes back as it is.
 */
export function storeFault(error: unknown): unknown {
  if (error instanceof Fault) return error;
  if (error instanceof pg.DatabaseError) return serverFault(error);
  if (!(error instanceof Error)) return error;
  // node-postgres: the server asks for a password and the URL has none, or its proof is wrong
  if (error.message.startsWith('SASL'))
    return new Fault('store.refused', 'reconfigure', { reason: error.message }, error);
  if (isConnectionLoss(error)) return new Fault('store.unavailable', 'retry', { reason: error.message }, error);
  return error;
}

/** After these the connection itself is of no more use: its answer may still be under way, or will never come. */
export function breaksConnection(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) {
    return error.severity === 'FATAL' || error.severity === 'PANIC' || /^(08|57P0)/.test(error.code ?? '');
  }
  return true;
}

/** Table of SQLSTATE prefixes, the first that fits counts. https://www.postgresql.org/docs/18/errcodes-appendix.html */
const states: readonly (readonly [prefix: string, code: string, remedy: Remedy])[] = [
  ['53', 'store.unavailable', 'retry'], // disk full 53100, out of memory, too many connections 53300
  ['25006', 'store.unavailable', 'retry'], // read-only: a standby, or a fail-over under way
  ['57P', 'store.unavailable', 'retry'], // shutdown, crash, cannot connect now, database dropped
  ['57014', 'store.unavailable', 'retry'], // statement_timeout
  ['55P03', 'store.unavailable', 'retry'], // lock not available
  ['08', 'store.unavailable', 'retry'],
  ['58', 'store.unavailable', 'retry'], // the server's disk or files
  ['40', 'store.conflict', 'retry'], // serialization failure 40001, deadlock 40P01
  ['23505', 'store.duplicate', 'set-aside'],
  ['22', 'store.value_refused', 'set-aside'], // NUL 22021, \u0000 in jsonb 22P05, date out of range 22008 …
  ['54000', 'store.value_refused', 'set-aside'], // an index row too long
  ['28', 'store.refused', 'reconfigure'], // password, pg_hba
  ['3D000', 'store.refused', 'reconfigure'], // no such database
  ['42501', 'store.refused', 'reconfigure'], // no right to the table
];

function serverFault(error: pg.DatabaseError): unknown {
  const sqlState = error.code ?? '';
  const known = states.find(([prefix]) => sqlState.startsWith(prefix));
  if (!known) return error;
  const [, code, remedy] = known;
  const facts = { sqlState, reason: error.message, ...(error.constraint ? { constraint: error.constraint } : {}) };
  return new Fault(code, remedy, facts, error);
}

/** node-postgres tells these by words or by the socket's code, not by a class of its own. */
function isConnectionLoss(error: Error): boolean {
  const code = 'code' in error ? String(error.code) : '';
  if (/^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ENOENT|EACCES)/.test(code)) return true;
  if (error instanceof AggregateError) return error.errors.some((one) => one instanceof Error && isConnectionLoss(one));
  return /timeout|terminated|not queryable|connection.*(closed|error|ended)|client was closed|pool after calling end/i.test(
    error.message,
  );
}

/** Runs `work` again while it ends in `store.conflict`: at most `tries` times, with a short random pause between. */
export async function withConflictRetries<T>(
  tries: number,
  pauseMs: (attempt: number) => number,
  work: () => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'store.conflict' || attempt >= tries) throw error;
      await pause(pauseMs(attempt));
    }
  }
}
