import type { Logger } from 'pino';
import type { z } from 'zod';
import type { Capture, Ringing } from '../core/contact/capture.ts';
import type { Pattern } from '../core/pattern.ts';
import type { Clock } from '../core/time/clock.ts';
import type { MailOfficeOptions, MailRules, SkipReason } from '../mail/index.ts';

/**
 * What a connector kind must say about itself. One folder in `connectors/`, one `defineSession` or `defineWebhook`.
 * `session`: we connect and listen (AMI, IMAP). `webhook`: the source calls us (PBX HTTP push).
 */
export type Connector<Config> = SessionConnector<Config> | WebhookConnector<Config>;

/** A connector of whatever options, as the registry holds it; what runs it hands it options its own schema has read. */
export type AnyConnector =
  | (Omit<SessionConnector<never>, 'config'> & { readonly config: z.ZodType })
  | (Omit<WebhookConnector<never>, 'config'> & { readonly config: z.ZodType });

interface Described<Config> {
  readonly kind: string; // equals the folder name and `kind:` in YAML
  readonly config: z.ZodType<Config>; // .describe() on every field: the example YAML and the JSON schema are printed from it
}

export interface SessionConnector<Config> extends Described<Config> {
  readonly shape: 'session';
  /**
   * One session with the source: connect, read, emit; returns only when `signal` aborts.
   * Throws Fault on any loss. Never retries: the supervisor reconnects, with back-off and jitter.
   */
  run(session: Session<Config>): Promise<void>;
  /** Logs in and leaves again, for `letopis check --connect`. Throws the Fault that `run` would throw. */
  probe(session: Pick<Session<Config>, 'config' | 'clock' | 'log' | 'signal' | 'office'>): Promise<void>;
  /** Of a kind that brings mail: by which rules its mails are taken and read. */
  mail?(config: Config): MailRules;
  /**
   * Brings what the source still has since `past.since`, with the same identities as live, and returns when it is through.
   * Goes on where an earlier backfill of the same beginning stopped: `past.position` and `past.keep` have a place of their own.
   */
  backfill?(past: Past<Config>): Promise<void>;
}

/** A session that looks back. What it keeps asks nobody. */
export interface Past<Config>
  extends Pick<
    Session<Config>,
    | 'config'
    | 'name'
    | 'office'
    | 'clock'
    | 'log'
    | 'signal'
    | 'knows'
    | 'exclusions'
    | 'keep'
    | 'skipped'
    | 'position'
    | 'setAside'
  > {
  readonly since: Date;
  /** How far it has come: of `total` mails `done` were looked at. */
  progress(done: number, total: number): void;
}

export interface WebhookConnector<Config> extends Described<Config> {
  readonly shape: 'webhook';
  /**
   * Pure: one request in, what it tells out. The program answers only when that is durable.
   * Throws Fault `reconfigure` for a request that does not prove where it comes from → 401, nothing is kept; Fault
   * `set-aside` for one that cannot be read → 422, and its body is kept for a person.
   */
  read(request: WebhookRequest, config: Config, office: Office): WebhookReading;
  /** Sites whose pages may post here (the `Origin` of browsers); absent or empty: no browser does. */
  origins?(config: Config): readonly string[];
  /** How many requests one address may send in a minute; absent or null: as many as it likes. */
  perMinute?(config: Config): number | null;
}

/** One HTTP request, nothing of it interpreted. */
export interface WebhookRequest {
  readonly method: 'GET' | 'POST';
  /** What follows the connector's own address, without slashes at the ends: `events/summary`; mostly ''. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Uint8Array;
  readonly receivedAt: Date;
  /** The connector's name in YAML. */
  readonly connector: string;
  /** The name its calls are known by; shared with other connectors of the same exchange. */
  readonly exchange: string;
}

export interface WebhookReading {
  /** What is to be stored; empty: the request told nothing to keep. Always empty for a GET. */
  readonly captures: readonly Capture[];
  readonly ringing: readonly Ringing[];
  /** Sent when the captures are durable; the same for a repetition. */
  readonly answer: WebhookAnswer;
  /** Nothing is kept because a trap for machines was filled in; counted. */
  readonly isSpam: boolean;
}

export interface WebhookAnswer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  /** Where a browser goes next (status 303). */
  readonly location: string | null;
}

/** What connectors may know of the office (YAML `own:` and `office:`). */
export interface Office {
  /** Numbers of this form are our phones; everything else is the outside. */
  readonly extensions: Pattern;
  /** Is this outside number a colleague's own (his mobile)? As on the wire. */
  readonly isColleague: (number: string) => boolean;
  /** Our domains, people, numbers and watched mailboxes, to judge a mail by. */
  readonly mail: MailOfficeOptions;
}

export interface Session<Config> {
  readonly config: Config;
  /** The connector's name in YAML. */
  readonly name: string;
  /** The name its calls are known by; an AMI and a CDR connector of one exchange share it. */
  readonly exchange: string;
  readonly office: Office;
  readonly clock: Clock;
  readonly log: Logger; // already carries { connector, kind }
  readonly signal: AbortSignal;
  /**
   * Resolves with one answer per capture when all of them, and `position` with them, are durable in PostgreSQL (one
   * statement); only then acknowledge to the source. Awaiting it is the back-pressure.
   */
  emit(captures: readonly Capture[], position?: string): Promise<readonly ('stored' | 'duplicate')[]>;
  /** Best effort: shows the caller to the employee while it rings; stores nothing, never throws. */
  announce(ringing: Ringing): void;
  /** Opaque resume position as last given to `emit` (an IMAP UID, a time), null on the first run. */
  position(): Promise<string | null>;
  readonly journal: Journal;
  /**
   * Which of these e-mail addresses are known: a client's, a person's of one, or in the domain of one. Lower case; an
   * answer may be up to a minute old.
   */
  knows(addresses: readonly string[]): Promise<ReadonlySet<string>>;
  /**
   * Addresses, domains and numbers (E.164) of which nothing is kept, whoever else takes part, beside what the connector's own
   * rules exclude: people named them. At most a second old.
   */
  exclusions(): Promise<readonly string[]>;
  /**
   * Takes mails as they came: resolves when their bytes, and `position` with them, are durable; only then acknowledge to
   * the source. They are read afterwards, whatever they are; see `letopis mail`. Up to about 100 mails or 8 MB at a time.
   * Awaiting it is the back-pressure.
   */
  keep(mails: readonly IncomingMail[], position?: string): Promise<readonly ('stored' | 'duplicate' | 'dropped')[]>;
  /** Counts mails that were seen and not stored. */
  skipped(because: SkipReason, count: number): void;
  /** Tells that we could not see between the two times and nothing can refill it; shown to people. */
  gap(since: Date, until: Date, reason: string): Promise<void>;
  /** Keeps an unusable input raw, for a person; the next one is read. */
  setAside(raw: string, fault: Error): Promise<void>;
  /** Says that the session is logged in and listening: the status page turns green. */
  listening(): void;
}

/** A mail as a mailbox has it. */
export interface IncomingMail {
  /** The source's own identity: account, folder, UIDVALIDITY and UID; a file of a maildir. */
  readonly identity: string;
  /** Header and body as stored by the server. A stream for what is too large for memory: it ends in a file. */
  readonly bytes: Uint8Array | AsyncIterable<Uint8Array>;
  /** Of the whole mail, as the source says. */
  readonly sizeBytes: number;
  /** Why only the beginning is here, in words; null: all of it is. */
  readonly cut: string | null;
  /** When it came into the mailbox. */
  readonly arrivedAt: Date;
  readonly folder: string | null;
  /** False for the past: it is recorded, nobody is asked. */
  readonly asks: boolean;
  /**
   * False where the header alone could not tell (`siftMail` said `look-inside`): then it is read before anything is stored,
   * and `dropped` when it is none of ours.
   */
  readonly isSure: boolean;
}

/**
 * What a source said about things not finished yet (open calls), durable before it is acted upon,
 * so that a kill -9 in mid-call loses nothing that was received.
 */
export interface Journal {
  append(entries: readonly JournalEntry[]): Promise<void>;
  /** Everything not forgotten, in the order it was appended. */
  replay(): Promise<readonly JournalEntry[]>;
  /** Drops the entries of these groups: they are finished and emitted. */
  forget(groups: readonly string[]): Promise<void>;
}

export interface JournalEntry {
  /** What belongs together and is forgotten together: a call's linked id. */
  readonly group: string;
  readonly receivedAt: Date;
  readonly text: string;
}

// Identities; they exist so that `Config` is inferred from the schema.
export function defineSession<Config>(connector: Omit<SessionConnector<Config>, 'shape'>): SessionConnector<Config> {
  return { shape: 'session', ...connector };
}
export function defineWebhook<Config>(connector: Omit<WebhookConnector<Config>, 'shape'>): WebhookConnector<Config> {
  return { shape: 'webhook', ...connector };
}
