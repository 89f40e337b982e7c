import { Counter, Gauge, Registry } from 'prom-client';

/**
 * What the daemon counts about itself. Label values come from closed lists: names of connectors (from the YAML), channels,
 * fault codes; never numbers, addresses or ids. What is set aside is counted as carefully as what is stored.
 */
export interface Metrics {
  readonly capturesStored: Counter<'connector' | 'channel'>;
  readonly capturesDuplicate: Counter<'connector'>;
  readonly capturesExcluded: Counter<'connector'>;
  readonly quarantined: Counter<'connector' | 'fault'>;
  readonly mailsSkipped: Counter<'connector' | 'because'>;
  readonly mailsRead: Counter<'fullness'>;
  readonly draftsCompleted: Counter<'on_time'>;
  readonly promptsSent: Counter<'kind'>;
  readonly promptsFailed: Counter<'fault'>;
  readonly promptsCapped: Counter;
  readonly connectorUp: Gauge<'connector'>;
  readonly connectorFaults: Counter<'connector' | 'fault'>;
  readonly gapSeconds: Counter<'connector'>;
  readonly webhookAnswers: Counter<'connector' | 'answer'>;
  readonly postsWaiting: Gauge;
  readonly journalEntries: Counter<'connector'>;
  readonly webhooksSent: Counter<'target' | 'result'>;
  readonly webhooksWaiting: Gauge<'target'>;
  readonly apiAnswers: Counter<'token' | 'status'>;
  readonly outboxUnrelayed: Gauge;
  readonly outboxOpen: Gauge;
  readonly contentType: string;
  /** The text a Prometheus server reads. */
  text(): Promise<string>;
}

/** A registry of its own, so that two daemons in one process (the tests) do not meet. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  const registers = [registry];
  return {
    capturesStored: new Counter({
      name: 'captures_stored_total',
      help: 'Captures that are durable in the database',
      labelNames: ['connector', 'channel'],
      registers,
    }),
    capturesDuplicate: new Counter({
      name: 'captures_duplicate_total',
      help: 'Captures delivered again and not stored twice',
      labelNames: ['connector'],
      registers,
    }),
    capturesExcluded: new Counter({
      name: 'captures_excluded_total',
      help: 'Captures of addresses of which nothing is kept',
      labelNames: ['connector'],
      registers,
    }),
    quarantined: new Counter({
      name: 'quarantined_total',
      help: 'Inputs set aside for a person',
      labelNames: ['connector', 'fault'],
      registers,
    }),
    mailsSkipped: new Counter({
      name: 'mails_skipped_total',
      help: 'Mails that were seen and not stored: excluded, internal, own, stranger',
      labelNames: ['connector', 'because'],
      registers,
    }),
    mailsRead: new Counter({
      name: 'mails_read_total',
      help: 'Kept mails that were read, by how much of them could be',
      labelNames: ['fullness'],
      registers,
    }),
    draftsCompleted: new Counter({
      name: 'drafts_completed_total',
      help: 'Drafts a person completed, by whether the due time was kept',
      labelNames: ['on_time'],
      registers,
    }),
    promptsSent: new Counter({
      name: 'prompts_sent_total',
      help: 'Prompts the mail server accepted',
      labelNames: ['kind'],
      registers,
    }),
    promptsFailed: new Counter({
      name: 'prompts_failed_total',
      help: 'Attempts to send a prompt that failed and will be made again',
      labelNames: ['fault'],
      registers,
    }),
    promptsCapped: new Counter({
      name: 'prompts_capped_total',
      help: 'Contacts that stay without gist because their owner was asked often enough that day',
      registers,
    }),
    connectorUp: new Gauge({
      name: 'connector_up',
      help: '1 while the connector is logged in and listening',
      labelNames: ['connector'],
      registers,
    }),
    connectorFaults: new Counter({
      name: 'connector_faults_total',
      help: 'Sessions that ended in a fault',
      labelNames: ['connector', 'fault'],
      registers,
    }),
    gapSeconds: new Counter({
      name: 'gap_seconds_total',
      help: 'Seconds a connector could not see and nothing refilled',
      labelNames: ['connector'],
      registers,
    }),
    webhookAnswers: new Counter({
      name: 'webhook_answers_total',
      help: 'Requests of sources that call us: kept, nothing, spam, refused, unreadable, limited, unavailable …',
      labelNames: ['connector', 'answer'],
      registers,
    }),
    postsWaiting: new Gauge({
      name: 'posts_waiting',
      help: 'What sources that call us told and is kept, but is no contact yet',
      registers,
    }),
    journalEntries: new Counter({
      name: 'journal_entries_total',
      help: 'Events of unfinished calls made durable',
      labelNames: ['connector'],
      registers,
    }),
    webhooksSent: new Counter({
      name: 'webhooks_sent_total',
      help: 'Tries to tell a target of an event: accepted, failed, given-up, gone',
      labelNames: ['target', 'result'],
      registers,
    }),
    webhooksWaiting: new Gauge({
      name: 'webhooks_waiting',
      help: 'Events a target has not accepted yet and that are not given up',
      labelNames: ['target'],
      registers,
    }),
    apiAnswers: new Counter({
      name: 'api_answers_total',
      help: 'Requests of other programs by the token they came with (none: no valid one) and the class of the answer',
      labelNames: ['token', 'status'],
      registers,
    }),
    outboxUnrelayed: new Gauge({ name: 'outbox_unrelayed', help: 'Due work the queue does not have yet', registers }),
    outboxOpen: new Gauge({ name: 'outbox_open', help: 'Work the queue has and nobody finished yet', registers }),
    contentType: registry.contentType,
    text: () => registry.metrics(),
  };
}
