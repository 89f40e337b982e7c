import type { ReplyToPrompt } from '../../core/contact/mail.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Files } from '../../files/files.ts';
import type { MailReader } from '../../mail/index.ts';
import type { Logger } from '../../ops/log.ts';
import type { Metrics } from '../../ops/metrics.ts';
import type { Db } from '../../store/index.ts';
import type { Exclusions } from '../exclusions.ts';
import type { Judging } from './office.ts';
import type { OneByOne } from './work.ts';

/** What the intake of mails stands on. */
export interface MailIntakeDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly newId: () => string;
  readonly metrics: Metrics;
  readonly files: Files;
  readonly reader: MailReader;
  /** For what is too large to have more than one of in memory. */
  readonly oneByOne: OneByOne;
  /** By what the mails of a connector are judged, as of the last configuration. */
  readonly judging: (connector: string) => Judging;
  /** Which of these addresses are a client's. */
  readonly knows: (addresses: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Of what nothing is kept, beside what the connectors' own rules exclude. */
  readonly exclusions: Exclusions;
  /** One of us answered our prompts with these Message-IDs. @returns what became of it */
  readonly onReply: (reply: ReplyToPrompt) => Promise<Answered>;
  /** Outbox rows were committed. */
  readonly kick: () => void;
}

export interface Answered {
  /** False: a person has to look at it. */
  readonly isSettled: boolean;
  /** In words. */
  readonly became: string;
}
