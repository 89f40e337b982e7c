// The door of the store: what the stages, the queue and the composition root look through.
export { type Db, type Query, sql } from './base/db.ts';
export { storeFault } from './base/faults.ts';
export {
  acquireLease,
  folderOwner,
  holdsLease,
  type Lease,
  releaseDeadOwners,
  releaseLease,
  renewLease,
} from './base/lease.ts';
export { migrate } from './base/migrate.ts';
export { openStore, type Store, type StoreOptions } from './base/pool.ts';
export { clampDate, json, pgSafe, pgSafeJson } from './base/safe.ts';
export { type Embedded, type EmbeddedOptions, startEmbedded } from './embedded/index.ts';
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
} from './events/outbox.ts';
