import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../src/ops/log.ts';
import { startEmbedded } from '../../src/store/embedded/index.ts';

/** One PostgreSQL for a whole run: the server given by LETOPIS_TEST_DATABASE_URL, else an embedded one of the run's own. */
export async function startTestDatabase(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const given = process.env['LETOPIS_TEST_DATABASE_URL'];
  if (given) return { url: given, stop: async () => undefined };
  const folder = mkdtempSync(join(tmpdir(), 'letopis-test-db-'));
  const embedded = await startEmbedded({ dataDir: join(folder, 'pg'), log: silentLog, scratch: true });
  return {
    url: embedded.url,
    stop: async () => {
      await embedded.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
