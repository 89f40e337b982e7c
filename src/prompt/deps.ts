import type { Language } from '../core/language.ts';
import type { Clock } from '../core/time/clock.ts';
import type { Key } from '../core/token.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Db } from '../store/base/db.ts';
import type { AskingRules } from './decide.ts';
import type { Mailer } from './mailer.ts';

export interface PromptDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly mailer: Mailer;
  /** From the key file; at least 32 bytes. */
  readonly key: Key;
  readonly options: PromptOptions;
  readonly metrics?: Pick<Metrics, 'promptsSent' | 'promptsCapped'>;
}

export interface PromptOptions extends AskingRules {
  /** Where the pages are, with the base path and without a slash at the end: https://letopis.example/base */
  readonly publicUrl: string;
  /** The sender of our mails: our Message-IDs end in its domain. */
  readonly from: string;
  readonly office: { readonly language: Language; readonly zone: string };
  /** Mailboxes are read, so that an answer to our mails may come in. */
  readonly readsMail: boolean;
  /** How long a link opens its draft. */
  readonly linkDays: number;
}

/** Longest one attempt to send may take before another worker may try. */
export const claimMs = 90_000;
