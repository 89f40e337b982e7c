// The door of the store: what the stages, the queue and the composition root look through.
export { type Db, type Query, sql } from './db.ts';
export { type Embedded, type EmbeddedOptions, startEmbedded } from './embedded/index.ts';
export { storeFault } from './faults.ts';
export {
  acquireLease,
  folderOwner,
  holdsLease,
  type Lease,
  releaseDeadOwners,
  releaseLease,
  renewLease,
} from './lease.ts';
export { migrate } from './migrate.ts';
export {
  claimOutbox,
  type DrainedJob,
  dropDone,
  handedOver,
  installationId,
  lockUnrelayed,
  markDone,
  markRelayed,
  type OutboxJob,
  type OutboxRow,
  openOutbox,
  outboxDepth,
  putOff,
  type QueuedJob,
  queuedJobs,
  relayedBefore,
} from './outbox.ts';
export { openStore, type Store, type StoreOptions } from './pool.ts';
export { clampDate, json, pgSafe, pgSafeJson } from './safe.ts';
