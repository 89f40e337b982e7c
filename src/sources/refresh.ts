import { Fault, remedyOf } from '../core/fault.ts';
import { oneLine, shorten } from '../core/text.ts';
import type { Clock } from '../core/time/clock.ts';
import { wallTime } from '../core/time/wall-time.ts';
import type { Logger } from '../ops/log.ts';
import type { Db } from '../store/base/db.ts';
import { employees } from '../store/directory/employees-and-clients.ts';
import { acquireLease, releaseLease, renewLease } from '../store/index.ts';
import { type SourceRow, sourceRows, writeSourceGood, writeSourceOutcome } from '../store/sources/sources.ts';
import { decideTaking, retryWaitMs } from './decide.ts';
import { whereOf } from './reading/read.ts';
import { openReading, type Reading } from './reading/reading.ts';
import type { Source } from './reading/source.ts';
import { type TakeOverOptions, type Told, takeOver } from './writing/take-over.ts';

export interface RefreshDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** Names this process; no two have the same. */
  readonly holder: string;
  /** Country of numbers without country code. */
  readonly region: string | null;
  /** The office's. */
  readonly zone: string;
  /** In place of a thread of its own, which takes a while to start from the sources. */
  readonly open?: typeof openReading;
}

export interface RefreshWish extends Pick<TakeOverOptions, 'dryRun' | 'by' | 'progress'> {
  readonly signal?: AbortSignal;
  /** What a person says beforehand to an answer with far fewer clients. */
  readonly answer?: 'accept' | 'discard';
}

export type Refreshed =
  | { readonly kind: 'same'; readonly count: number }
  | { readonly kind: 'taken'; readonly told: Told; readonly format: Reading['format'] }
  /** Far fewer clients than last time: nothing was taken over. */
  | { readonly kind: 'held' | 'passed-over'; readonly count: number; readonly last: number }
  /** Another process reads it at this moment. */
  | { readonly kind: 'busy' }
  | { readonly kind: 'failed'; readonly fault: Fault };

const leaseMs = 30_000;

/**
 * Reads a source that is configured (see `configureSources`) and takes it over, in one process at a time. What fails leaves
 * the last good copy as it is, and is written down with its place and its cure. Never throws for what the source is; for a
 * database that is away it does.
 */
export async function refreshSource(deps: RefreshDeps, source: Source, wish: RefreshWish = {}): Promise<Refreshed> {
  const { db, holder } = deps;
  const lease = await acquireLease(db, `clients:${source.name}`, `${holder}:${source.name}`, leaseMs);
  if (lease === null) return { kind: 'busy' };
  const keeping = setInterval(() => void renewLease(db, lease, leaseMs).catch(() => {}), leaseMs / 3);
  try {
    return await refresh(deps, source, wish);
  } finally {
    clearInterval(keeping);
    await releaseLease(db, lease).catch(() => {}); // the database is gone: the lease runs out by itself
  }
}

async function refresh(deps: RefreshDeps, source: Source, wish: RefreshWish): Promise<Refreshed> {
  const { db, region } = deps;
  const [row] = await sourceRows(db, source.name);
  if (row === undefined) throw new RangeError(`the source ${source.name} was not configured`);
  // Whom a name of a responsible means depends on who is there.
  const staff = (await employees(db)).map(({ id, name, email, active }) => [id, name, email, active]);
  const mark = `.${shortHash(JSON.stringify(staff))}`;
  const known = row.fingerprint?.endsWith(mark) === true ? row.fingerprint.slice(0, -mark.length) : null;
  let reading: Reading | null;
  try {
    reading = await (deps.open ?? openReading)({ source, region, known: wish.dryRun ? null : known }, wish.signal);
  } catch (error) {
    return fail(deps, source, row, wish, error);
  }
  if (reading === null) {
    if (!wish.dryRun) await settle(deps, source, { state: 'good', fault: null, facts: null, heldCount: null });
    return { kind: 'same', count: row.goodCount ?? 0 };
  }
  try {
    return await takeOrHold(deps, source, row, reading, `${reading.fingerprint}${mark}`, wish);
  } catch (error) {
    if (error instanceof Fault && error.code.startsWith('store.')) throw error;
    return fail(deps, source, row, wish, error);
  } finally {
    await reading.close();
  }
}

async function takeOrHold(
  deps: RefreshDeps,
  source: Source,
  row: SourceRow,
  reading: Reading,
  fingerprint: string,
  wish: RefreshWish,
): Promise<Refreshed> {
  const { db, clock, zone, log } = deps;
  const verdict = {
    accepted: wish.answer === 'accept' ? reading.count : row.acceptedCount,
    discarded: wish.answer === 'discard' ? reading.count : row.discardedCount,
  };
  const taking = decideTaking(row.goodCount, reading.count, source.hold, verdict);
  if (taking !== 'take') {
    const kind = taking === 'hold' ? 'held' : 'passed-over';
    const facts = { place: whereOf(source), last: row.goodCount, now: reading.count };
    if (!wish.dryRun) {
      log.warn(
        { source: source.name, last: row.goodCount, now: reading.count },
        `source.${taking === 'hold' ? 'held' : 'passed_over'}`,
      );
      await settle(deps, source, {
        state: taking === 'hold' ? 'held' : 'failing',
        fault: taking === 'hold' ? 'source.far_fewer' : 'source.passed_over',
        facts,
        heldCount: taking === 'hold' ? reading.count : null,
      });
    }
    return { kind, count: reading.count, last: row.goodCount ?? 0 };
  }
  const now = clock.now();
  const told = await takeOver(db, source, reading, {
    ...wish,
    now,
    today: wallTime(now, zone).day,
    seal: (tx, done) =>
      writeSourceGood(tx, source.name, {
        count: done.count,
        fingerprint,
        told: {
          ...done,
          rejected: done.rejected.slice(0, 100),
          rejectedCount: done.rejected.length,
          format: reading.format,
        },
        nextTryMs: source.everyMs,
      }),
  });
  const { created, changed, gone, ended, kept, rejected } = told;
  const counts = { created, changed, gone, ended, kept, rejected: rejected.length };
  if (!wish.dryRun) log.info({ source: source.name, count: told.count, ...counts }, 'source.taken_over');
  return { kind: 'taken', told, format: reading.format };
}

type Outcome = Omit<Parameters<typeof writeSourceOutcome>[2], 'nextTryMs'>;

function settle({ db }: RefreshDeps, source: Source, outcome: Outcome): Promise<void> {
  return writeSourceOutcome(db, source.name, { ...outcome, nextTryMs: source.everyMs });
}

async function fail(
  { db, log }: RefreshDeps,
  source: Source,
  row: SourceRow,
  wish: RefreshWish,
  error: unknown,
): Promise<Refreshed> {
  const fault = error instanceof Fault ? error : new Fault('source.bug', 'retry', { place: whereOf(source) }, error);
  // Asked to stop is no fault of the source.
  if (wish.dryRun || wish.signal?.aborted) return { kind: 'failed', fault };
  const retryAfter = typeof fault.facts['retryAfter'] === 'string' ? fault.facts['retryAfter'] : null;
  const nextTryMs = retryWaitMs(row.failures + 1, source.everyMs, retryAfter);
  const fields = { err: fault, source: source.name, failures: row.failures + 1, nextTryMs };
  if (remedyOf(fault) === 'reconfigure' || fault.code === 'source.bug') log.error(fields, 'source.failed');
  else log.warn(fields, 'source.failed');
  const facts = Object.fromEntries(
    Object.entries(fault.facts).map(([key, value]) => [
      key,
      typeof value === 'string' ? shorten(oneLine(value), 400) : value,
    ]),
  );
  await writeSourceOutcome(db, source.name, { state: 'failing', nextTryMs, fault: fault.code, facts, heldCount: null });
  return { kind: 'failed', fault };
}

function shortHash(text: string): string {
  let hash = 5381;
  for (let i = 0; i < text.length; i += 1) hash = (Math.imul(hash, 33) ^ text.charCodeAt(i)) >>> 0;
  return `${text.length.toString(36)}${hash.toString(36)}`;
}
