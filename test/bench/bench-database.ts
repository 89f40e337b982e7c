import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/ops/log.ts';
import { startEmbedded } from '../../src/store/embedded/index.ts';
import { type Db, migrate, openStore, type Store } from '../../src/store/index.ts';
import { addDuty } from '../kit/session.ts';

/** A PostgreSQL of the benchmark's own, in processes of its own, everything forced to disk. */
export interface BenchDatabase {
  readonly postmasterPid: number;
  /** Tables nobody has written to, with the duty employee, under a name of their own. */
  fresh(): Promise<Db>;
  stop(): Promise<void>;
}

export async function startBenchDatabase(): Promise<BenchDatabase> {
  const folder = mkdtempSync(join(tmpdir(), 'letopis-bench-pg-'));
  const dataDir = join(folder, 'pg');
  const embedded = await startEmbedded({ dataDir, log: silentLog });
  const stores: Store[] = [];
  return {
    postmasterPid: postmasterOf(dataDir),
    async fresh() {
      const target = { url: embedded.url, schema: `s${stores.length}`, log: silentLog, queryTimeoutMs: 120_000 };
      await migrate(target);
      const store = await openStore(target);
      stores.push(store);
      await addDuty(store.db);
      return store.db;
    },
    async stop() {
      for (const store of stores) await store.close();
      await embedded.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Its first line. */
function postmasterOf(dataDir: string): number {
  return Number(readFileSync(join(dataDir, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);
}
