import type { Config } from '../../config.ts';
import { Fault } from '../../core/fault.ts';
import { openDatabase } from '../../daemon/database.ts';
import { silentLog } from '../../ops/log.ts';
import { type Db, migrate, openStore } from '../../store/index.ts';
import { unavailable } from './arguments.ts';

/**
 * Runs `work` on the database of the configuration. An embedded one that a daemon runs is used beside it; else it is started
 * for as long as the command takes. The tables are made where they are missing.
 *
 * @throws `unavailable` when it does not answer
 */
export async function withDatabase<T>(config: Config, work: (db: Db) => Promise<T>): Promise<T> {
  const database = await reach(() => openDatabase(config, [], silentLog));
  try {
    const { url } = database;
    const store = await reach(async () => {
      await migrate({ url, log: silentLog });
      return openStore({ url, maxConnections: 2, log: silentLog });
    });
    try {
      return await work(store.db);
    } finally {
      await store.close();
    }
  } finally {
    await database.stop();
  }
}

async function reach<T>(connect: () => Promise<T>): Promise<T> {
  try {
    return await connect();
  } catch (error) {
    if (error instanceof Fault && error.remedy === 'retry') throw unavailable('the database does not answer', error);
    throw error;
  }
}
