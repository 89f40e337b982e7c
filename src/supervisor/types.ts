import type { AnyConnector, Office } from '../connector/index.ts';
import type { Ringing } from '../core/contact/capture.ts';
import type { Clock } from '../core/time/clock.ts';
import type { Exclusions } from '../intake/exclusions.ts';
import type { MailIntake } from '../intake/mails/run.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Db } from '../store/index.ts';

/** One entry of `connectors:` in YAML, checked by its kind's schema. */
export interface Configured {
  readonly name: string;
  readonly kind: string;
  readonly exchange: string;
  readonly region: string | null;
  readonly options: unknown;
}

export interface SupervisorDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly metrics: Metrics;
  readonly newId: () => string;
  readonly jitter: (ms: number) => number;
  /** Names this process in the leases. */
  readonly holder: string;
  readonly registry: Readonly<Record<string, AnyConnector>>;
  readonly office: Office;
  readonly officeRegion: string | null;
  /** Where mails are kept, and whose addresses are known. */
  readonly mails: Pick<MailIntake, 'keep'> & {
    readonly knows: (addresses: readonly string[]) => Promise<ReadonlySet<string>>;
    readonly exclusions: Exclusions;
  };
  /** False where no pages are served: sources that call us cannot reach this process. Default true. */
  readonly servesWebhooks?: boolean;
  /** Outbox rows were committed. */
  readonly kick: () => void;
  readonly announce: (connector: string, ringing: Ringing) => void;
}
