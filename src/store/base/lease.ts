import { type Db, sql } from './db.ts';

/** The right to run one connector. `epoch` grows with every change of hands: what an older epoch writes is refused. */
export interface Lease {
  readonly connector: string;
  readonly holder: string;
  readonly epoch: number;
}

/**
 * Takes the lease when nobody holds it, when it ran out, or when `holder` holds it already (a restart under the same name).
 * Null: another process runs the connector. Judged by the database's clock, the only one all processes share.
 *
 * @param holder names the process: host, pid and a random part, never reused
 */
export async function acquireLease(db: Db, connector: string, holder: string, ttlMs: number): Promise<Lease | null> {
  const [row] = await db.rows<{ epoch: number }>(sql`
    insert into connector_lease as lease (connector, holder, epoch, until)
    values (${connector}, ${holder}, 1, clock_timestamp() + ${ttlMs} * interval '1 millisecond')
    on conflict (connector) do update
       set holder = excluded.holder, epoch = lease.epoch + 1, until = excluded.until
     where lease.until <= clock_timestamp() or lease.holder = excluded.holder
    returning epoch`);
  return row ? { connector, holder, epoch: row.epoch } : null;
}

/**
 * False: the lease was lost to another process, which may be running the connector by now; stop at once.
 * A holder that slept past its term but that nobody replaced keeps its epoch.
 */
export async function renewLease(db: Db, lease: Lease, ttlMs: number): Promise<boolean> {
  const rows = await db.rows(sql`
    update connector_lease
       set until = clock_timestamp() + ${ttlMs} * interval '1 millisecond'
     where connector = ${lease.connector} and holder = ${lease.holder} and epoch = ${lease.epoch}
    returning 1`);
  return rows.length === 1;
}

/** Frees the lease at once, so that another process need not wait for its end. Harmless when it was lost before. */
export async function releaseLease(db: Db, lease: Lease): Promise<void> {
  await db.rows(sql`
    update connector_lease set until = '-infinity'
     where connector = ${lease.connector} and holder = ${lease.holder} and epoch = ${lease.epoch}`);
}

/** Begins the holder's name of the one process that owns an embedded database's folder. */
export const folderOwner = 'folder-owner:';

/**
 * Frees at once what an earlier owner of the data folder held when it was killed. Only for who owns the folder now: the
 * operating system lets one process own it, so whoever did before is dead and need not be waited for.
 */
export async function releaseDeadOwners(db: Db): Promise<void> {
  await db.rows(sql`
    update connector_lease set until = '-infinity' where starts_with(holder, ${folderOwner})`);
}

/**
 * Whether the lease's epoch is still the latest; the row stays locked to the end of the transaction, so that nobody can take
 * over between this answer and the commit. To be asked in the transaction that writes what the connector saw.
 */
export async function holdsLease(tx: Db, lease: Lease): Promise<boolean> {
  const rows = await tx.rows(sql`
    select 1 from connector_lease
     where connector = ${lease.connector} and holder = ${lease.holder} and epoch = ${lease.epoch}
       for share`);
  return rows.length === 1;
}
