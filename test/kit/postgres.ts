import { cp, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterAll } from 'vitest';
import { Fault } from '../../src/core/fault.ts';
import { newId } from '../../src/ops/chance.ts';
import { silentLog } from '../../src/ops/log.ts';
import type { Db } from '../../src/store/base/db.ts';
import { migrate } from '../../src/store/base/migrate.ts';
import { openStore, type Store } from '../../src/store/base/pool.ts';
import { startEmbedded } from '../../src/store/embedded/index.ts';

export interface TestStore extends Store {
  /** The schema of this test file, to open a second store on the same tables. */
  readonly schema: string;
}

/**
 * Real PostgreSQL for one test file, in a schema of its own with every table in it; closed and dropped when the file is
 * through. To be called at the top of the file: `const store = await testStore();`
 *
 * The server is LETOPIS_TEST_DATABASE_URL where the runner gives one, else an embedded one of the file's own (about 0.3 s).
 *
 * @param options.migrated false: an empty schema
 */
export async function testStore(options: { readonly migrated?: boolean } = {}): Promise<TestStore> {
  const server = await testServer();
  const schema = `t_${newId().replaceAll('-', '')}`;
  const target = { url: server.url, schema, log: silentLog };
  if (options.migrated !== false) await migrate(target);
  const store = await openStore(target);
  if (options.migrated === false) await store.db.rows({ text: `create schema ${schema}`, values: [] });
  afterAll(async () => {
    if (server.shared) await drop(store.db, schema);
    await store.close();
    await server.stop();
  });
  return { ...store, schema };
}

/** What a test left running may hold a table in another order: the database ends one of the two, and it is tried again. */
async function drop(db: Db, schema: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await db.rows({ text: `drop schema ${schema} cascade`, values: [] });
      return;
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'store.conflict' || tries >= 5) throw error;
    }
  }
}

export interface TestServer {
  readonly url: string;
  /** Others use it too: clean up, do not break it. */
  readonly shared: boolean;
  stop(): Promise<void>;
}

/** A server alone, for tests that bring their own schema or kill it. */
export async function testServer(): Promise<TestServer> {
  const given = process.env['LETOPIS_TEST_DATABASE_URL'];
  return given ? { url: given, shared: true, stop: async () => {} } : ownServer();
}

/** An embedded server that is nobody else's, whatever the environment says. Its files are not forced to disk. */
export async function ownServer(): Promise<TestServer & { readonly dataDir: string }> {
  const home = await mkdtemp(path.join(os.tmpdir(), 'letopis-test-'));
  const dataDir = path.join(home, 'pg');
  await cp(await template(), dataDir, { recursive: true });
  const embedded = await startEmbedded({ dataDir, log: silentLog, scratch: true });
  return {
    url: embedded.url,
    dataDir,
    shared: false,
    async stop() {
      await embedded.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}

/** A data folder made once per machine and user; copying it is ten times faster than initdb. */
async function template(): Promise<string> {
  const folder = path.join(os.tmpdir(), `letopis-test-template-18-${process.geteuid?.() ?? 0}`);
  const known = await stat(folder).catch(() => null);
  if (known && known.uid === process.geteuid?.()) return folder;
  const draft = await mkdtemp(`${folder}-`);
  try {
    const dataDir = path.join(draft, 'pg');
    const embedded = await startEmbedded({ dataDir, log: silentLog, scratch: true });
    await embedded.stop();
    await rm(path.join(dataDir, 'port')); // each copy finds its own
    await rename(dataDir, folder).catch(() => {}); // another test file was faster
    return folder;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
