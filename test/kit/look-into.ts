import { join } from 'node:path';
import { silentLog } from '../../src/ops/log.ts';
import { startEmbedded } from '../../src/store/embedded/index.ts';
import { openStore, type Store } from '../../src/store/index.ts';

/** The database of a daemon that runs on this data folder, to look into. Close it before the daemon is ended. */
export async function lookInto(dataDir: string): Promise<Store> {
  const { url } = await startEmbedded({ dataDir: join(dataDir, 'postgres'), log: silentLog, join: true });
  return openStore({ url, maxConnections: 2, log: silentLog });
}
