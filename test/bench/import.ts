import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importClientsFile } from '../../src/directory/files/seed.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { silentLog } from '../../src/ops/log.ts';
import type { Source } from '../../src/sources/reading/source.ts';
import { refreshSource } from '../../src/sources/refresh.ts';
import { startEmbedded } from '../../src/store/embedded/index.ts';
import { type Db, migrate, openStore } from '../../src/store/index.ts';
import { knowSource } from '../../src/store/sources/sources.ts';
import type { Benchmark, Result } from './bench.ts';

/** LETOPIS_BENCH_CLIENTS=5000 for a small run. */
const count = Number(process.env['LETOPIS_BENCH_CLIENTS'] ?? 100_000);

/**
 * A hundred thousand clients with four addresses each: by the command, and by a source as the daemon keeps it: for the first
 * time, unchanged, and with every hundredth changed; and how long the loop stands still meanwhile.
 */
export const imports: Benchmark = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'letopis-bench-import-'));
  const embedded = await startEmbedded({ dataDir: join(folder, 'pg'), log: silentLog, scratch: true });
  const file = join(folder, 'clients.csv');
  const inSchema = async (schema: string, work: (db: Db) => Promise<Result[]>) => {
    const target = { url: embedded.url, schema, log: silentLog, queryTimeoutMs: 120_000 };
    await migrate(target);
    const store = await openStore(target);
    return work(store.db).finally(store.close);
  };
  try {
    writeFileSync(file, table(0));
    const command = await inSchema('command', (db) => byCommand(db, file));
    return [...command, ...(await inSchema('source', (db) => bySource(db, file)))];
  } finally {
    await embedded.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

async function byCommand(db: Db, file: string): Promise<Result[]> {
  const run = () => timed(() => importClientsFile(db, { file, region: 'UA' }));
  const first = await run();
  const again = await run();
  return [
    result(`import of ${count} clients, ${4 * count} addresses`, first.seconds, 60),
    result('the same file again', again.seconds, null),
  ];
}

async function bySource(db: Db, file: string): Promise<Result[]> {
  const source: Source = {
    name: 'bench',
    reads: { kind: 'file', file },
    columns: {},
    key: 'id',
    everyMs: null,
    timeoutMs: 120_000,
    maxBytes: 500_000_000,
    hold: { below: 0.7, fewer: 20 },
  };
  await knowSource(db, { name: 'bench', reads: 'file', everyMs: null });
  const deps = { db, clock: systemClock, log: silentLog, region: 'UA', zone: 'Europe/Kyiv' };
  const run = () => timed(() => refreshSource({ ...deps, holder: randomUUID() }, source));
  const first = await run();
  const same = await run();
  writeFileSync(file, table(1));
  const changed = await run();
  const worst = Math.max(first.stillMs, same.stillMs, changed.stillMs);
  return [
    result('a source of as many, the first time', first.seconds, 60),
    result('… that says the same', same.seconds, null),
    result('… with every hundredth changed', changed.seconds, null),
    {
      what: '… longest the loop stood still',
      measured: `${worst.toFixed(0)} ms`,
      goal: '≤ 200 ms',
      met: worst <= 200,
      remark: [first, same, changed].map(({ stillMs }) => `${stillMs.toFixed(0)} ms`).join(', '),
    },
  ];
}

async function timed(work: () => Promise<unknown>): Promise<{ seconds: number; stillMs: number }> {
  let [last, stillMs] = [performance.now(), 0];
  const tick = setInterval(() => {
    const now = performance.now();
    stillMs = Math.max(stillMs, now - last - 5);
    last = now;
  }, 5);
  const begin = performance.now();
  await work();
  const seconds = (performance.now() - begin) / 1000;
  clearInterval(tick);
  return { seconds, stillMs };
}

function result(what: string, seconds: number, most: number | null): Result {
  const goal = most === null ? 'not measured' : `≤ ${most} s`;
  return { what, measured: `${seconds.toFixed(1)} s`, goal, met: most === null || seconds <= most, remark: 'one run' };
}

/** @param round every hundredth client has another class in the next one */
function table(round: number): string {
  const lines = ['id,name,person,phone,email,class'];
  for (let i = 0; i < count; i += 1) {
    const number = (of: number) => `+380${of}${String(i).padStart(7, '0')}`;
    const grade = i % 100 === 0 ? `A${round}` : 'B';
    lines.push(`${i},Client ${i},,${number(44)},info@client${i}.example,${grade}`);
    lines.push(`${i},Client ${i},Person ${i},${number(50)},person@client${i}.example,`);
  }
  return `${lines.join('\n')}\n`;
}
