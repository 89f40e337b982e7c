import { readdir, readFile } from 'node:fs/promises';
import { Fault } from '../../core/fault.ts';
import { sha256Hex } from '../../core/hash.ts';
import { type Db, sql } from './db.ts';
import { openStore, quotedSchema, type StoreOptions } from './pool.ts';

interface Migration {
  readonly number: number;
  readonly name: string;
  readonly text: string;
  readonly checksum: string;
}

/** Beside this file, in src as in dist/src, where the build copies them. */
const home = new URL('../migrations/', import.meta.url);

/**
 * Brings the database to the schema this program knows: numbered files, each in its own transaction, under a lock, so that any
 * number of processes may start at once. Returns the names it applied, oldest first; none when there was nothing to do.
 *
 * @param folder where the .sql files are; another one only in tests
 * @throws Fault store.too_old, store.schema_newer, store.migration_changed (reconfigure), store.unavailable (retry)
 */
export async function migrate(
  options: Pick<StoreOptions, 'url' | 'schema' | 'log'>,
  folder: URL = home,
): Promise<readonly string[]> {
  const known = await readMigrations(folder);
  // an index over ten million rows takes minutes: a statement may take as long as it needs
  const store = await openStore({ ...options, maxConnections: 1, queryTimeoutMs: 6 * 3_600_000 });
  try {
    await refuseOldServer(store.db);
    await prepare(store.db, options.schema ?? null);
    refuseForeign(await appliedMigrations(store.db), known);
    const applied: string[] = [];
    for (const migration of known) {
      if (await apply(store.db, options.schema ?? null, migration)) {
        applied.push(migration.name);
        options.log.info({ migration: migration.name }, 'store.migrated');
      }
    }
    return applied;
  } finally {
    await store.close();
  }
}

async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => /^\d{4}_[a-z0-9_]+\.sql$/.test(name)).sort();
  const migrations = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), 'utf8');
      return {
        number: Number(name.slice(0, 4)),
        name,
        text,
        checksum: sha256Hex(text),
      };
    }),
  );
  const twice = migrations.find((one, i) => one.number === migrations[i - 1]?.number);
  if (twice) throw new Error(`two migrations have the number of ${twice.name}`);
  return migrations;
}

async function refuseOldServer(db: Db): Promise<void> {
  const [server] = await db.rows<{ version: number; name: string }>(
    sql`select current_setting('server_version_num')::int as version, current_setting('server_version') as name`,
  );
  if (server && server.version < 150_000) {
    throw new Fault('store.too_old', 'reconfigure', {
      server: server.name,
      hint: 'Letopis needs PostgreSQL 15 or newer',
    });
  }
}

/** `create … if not exists` alone is not safe when two do it at once: both look, both create, one fails. */
function prepare(db: Db, schema: string | null): Promise<void> {
  return db.transaction(async (tx) => {
    await lock(tx, schema);
    if (schema) await tx.rows({ text: `create schema if not exists ${quotedSchema(schema)}`, values: [] });
    await tx.rows(sql`
      create table if not exists schema_migration (
        number     integer primary key,
        name       text not null,
        checksum   text not null,
        applied_at timestamptz not null default now()
      )`);
  });
}

interface Applied {
  readonly number: number;
  readonly name: string;
  readonly checksum: string;
}

/** What was applied, lowest number first. */
function appliedMigrations(db: Db): Promise<Applied[]> {
  return db.rows(sql`select number, name, checksum from schema_migration order by number`);
}

function refuseForeign(applied: readonly Applied[], known: readonly Migration[]): void {
  for (const one of applied) {
    const ours = known.find((migration) => migration.number === one.number);
    if (!ours) {
      throw new Fault('store.schema_newer', 'reconfigure', {
        migration: one.name,
        hint: 'this database was used by a newer Letopis: start that version, or restore a backup made before it',
      });
    }
    if (ours.checksum !== one.checksum) {
      throw new Fault('store.migration_changed', 'reconfigure', {
        migration: one.name,
        hint: 'the file differs from the one this database was built with: use the released files, or a fresh database',
      });
    }
  }
}

/** True when this call applied it; false when another process was faster. */
function apply(db: Db, schema: string | null, migration: Migration): Promise<boolean> {
  return db.transaction(async (tx) => {
    await lock(tx, schema);
    const done = await tx.rows(sql`select 1 from schema_migration where number = ${migration.number}`);
    if (done.length > 0) return false;
    await tx.rows({ text: migration.text, values: [] });
    await tx.rows(sql`
      insert into schema_migration (number, name, checksum)
      values (${migration.number}, ${migration.name}, ${migration.checksum})`);
    return true;
  });
}

/** Held to the end of the transaction, so it cannot leak. */
function lock(tx: Db, schema: string | null): Promise<unknown> {
  return tx.rows(sql`select pg_advisory_xact_lock(hashtextextended(${`letopis:migrate:${schema ?? ''}`}, 0))`);
}
