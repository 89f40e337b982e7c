import type { Clock } from '../../core/time/clock.ts';
import type { Logger } from '../../ops/log.ts';
import type { Metrics } from '../../ops/metrics.ts';
import type { Db } from '../../store/index.ts';
import type { Exclusions } from '../exclusions.ts';

/** What the intake of posts stands on. */
export interface PostIntakeDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly newId: () => string;
  readonly jitter: (ms: number) => number;
  /** Of what nothing is kept. */
  readonly exclusions: Exclusions;
  /** Of the numbers as the source writes them; also of one that is not configured any more: what was kept is still taken in. */
  readonly regionOf: (connector: string) => string | null;
  /** Outbox rows were committed. */
  readonly kick: () => void;
}
