import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type IntervalHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import type { IncomingMail } from '../../src/connector/index.ts';
import { type Mails, openMails } from '../../src/daemon/mails.ts';
import { judgingOf } from '../../src/intake/mails/office.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { silentLog } from '../../src/ops/log.ts';
import { createMetrics } from '../../src/ops/metrics.ts';
import { type Db, sql } from '../../src/store/index.ts';
import { officeMail } from '../kit/office-mail.ts';
import { atMost, type Benchmark, type Result, require } from './bench.ts';
import { startBenchDatabase } from './bench-database.ts';
import { type Bomb, makeBombs } from './bombs.ts';

const connector = 'box';
const rounds = 3;
const mb = 1024 * 1024;

/** Mails made to hurt, kept and read by the intake: how long everything else in the daemon has to wait meanwhile. */
export const mailBombs: Benchmark = async () => {
  const database = await startBenchDatabase();
  const files = mkdtempSync(join(tmpdir(), 'letopis-bench-files-'));
  try {
    const db = await database.fresh();
    const mails = openMails({
      db,
      clock: systemClock,
      log: silentLog,
      metrics: createMetrics(),
      config: { files: { kind: 'folder', path: files } },
      judging: judgingOf(officeMail, new Map()),
      kick: () => {},
    });
    const bombs = Array.from({ length: rounds }, (_, round) => makeBombs(round)).flat();
    await pause(1000); // making them was no work of the intake
    const lag = monitorEventLoopDelay({ resolution: 1 });
    lag.enable();
    const startedAt = await keepAll(mails, bombs);
    lag.disable();
    const settled = await settledOf(db, bombs, startedAt);
    await mails.close();
    return results(lag, settled);
  } finally {
    await database.stop();
    rmSync(files, { recursive: true, force: true });
  }
};

interface Settled {
  readonly name: string;
  readonly seconds: number;
}

function results(lag: IntervalHistogram, settled: readonly Settled[]): Result[] {
  const ms = (nanoseconds: number) => nanoseconds / 1e6;
  const slowest = settled.reduce((most, one) => (one.seconds > most.seconds ? one : most));
  const usual = `p50 ${ms(lag.percentile(50)).toFixed(1)} ms, p99.9 ${ms(lag.percentile(99.9)).toFixed(0)} ms, max ${ms(lag.max).toFixed(0)} ms`;
  const means = [...new Set(settled.map(({ name }) => name))].map((name) => {
    const own = settled.filter((one) => one.name === name);
    return `${name} ${(own.reduce((sum, { seconds }) => sum + seconds, 0) / own.length).toFixed(2)} s`;
  });
  return [
    atMost(
      'lag of the main loop among bombs, p99',
      20,
      ms(lag.percentile(99)),
      ' ms',
      `${usual}; a free loop has 1 ms`,
    ),
    atMost(
      'longest way of a bomb: kept, read, stored',
      10,
      slowest.seconds,
      ' s',
      `${slowest.name}; ${means.join(', ')}`,
    ),
  ];
}

/**
 * As a connector brings them: one after the other, in pieces where they are large, the next while the last is being read.
 * @returns when each was begun with, milliseconds
 */
async function keepAll(mails: Mails, bombs: readonly Bomb[]): Promise<readonly number[]> {
  const startedAt: number[] = [];
  for (const [i, bomb] of bombs.entries()) {
    startedAt.push(Date.now());
    await mails.keep({ connector, region: null, lease: null }, [incoming(bomb, `${i}`)], null);
  }
  await mails.idle();
  return startedAt;
}

/** Every bomb is kept and stands in the history. */
async function settledOf(db: Db, bombs: readonly Bomb[], startedAt: readonly number[]): Promise<readonly Settled[]> {
  const rows = await db.rows<{ folder: string; verdict: string | null; readAt: Date | null; stored: boolean }>(sql`
    select folder, verdict, read_at as "readAt",
           exists (select from contact where facts #>> '{details,mail,mailId}' = mail.id::text) as stored
      from mail`);
  require(rows.length === bombs.length, `${rows.length} of ${bombs.length} bombs were kept`);
  return rows.map(({ folder, verdict, readAt, stored }) => {
    const [bomb, at] = [bombs[Number(folder)], startedAt[Number(folder)]];
    require(verdict === 'contact' && stored, `${bomb?.name}: ${verdict}, ${stored ? 'stored' : 'not stored'}`);
    return { name: bomb?.name ?? '', seconds: ((readAt?.getTime() ?? Number.NaN) - (at ?? Number.NaN)) / 1000 };
  });
}

function incoming({ bytes }: Bomb, folder: string): IncomingMail {
  return {
    identity: folder,
    folder,
    bytes: bytes.length > mb ? piecesOf(bytes) : bytes,
    sizeBytes: bytes.length,
    cut: null,
    arrivedAt: new Date(),
    asks: true,
    isSure: true,
  };
}

async function* piecesOf(bytes: Buffer): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += mb) {
    await pause(1); // as they come from the network
    yield bytes.subarray(at, at + mb);
  }
}
