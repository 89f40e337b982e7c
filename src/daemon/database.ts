import { join } from 'node:path';
import type { Config } from '../config.ts';
import type { Logger } from '../ops/log.ts';
import { type Embedded, startEmbedded } from '../store/index.ts';
import type { DaemonRole } from './roles.ts';

/** The database the configuration names: a server by its URL, or our own under the data folder. */
export async function openDatabase(
  { database, dataDir }: Config,
  roles: readonly DaemonRole[],
  log: Logger,
  scratch = false,
): Promise<Embedded> {
  if (database.kind === 'server') return { url: database.url, isOwner: false, stop: async () => {} };
  // A process with some roles only may come to the server of another one; one with all of them is the only one.
  return startEmbedded({ dataDir: join(dataDir, 'postgres'), log, join: roles.length < 3, scratch });
}
