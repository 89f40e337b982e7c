import type { SessionConnector, WebhookConnector, WebhookRequest } from '../../../src/connector/index.ts';

/** How the conformance suite (test/connectors.test.ts) meets one kind of connector. */
export type Rig = SessionRig | WebhookRig;

/** A source it can command. */
export interface SessionRig {
  readonly shape: 'session';
  readonly start: () => Promise<RiggedSource>;
}

export interface RiggedSource {
  /** The kind itself, bound to options for this source as IT would write them in YAML. */
  readonly connector: SessionConnector<unknown>;
  readonly options: Readonly<Record<string, unknown>>;
  /** The same with a password that the source refuses. */
  readonly wrongPassword: Readonly<Record<string, unknown>>;
  /** The nth contact comes to pass while the connector listens; every n is another contact. */
  tell(n: number): void;
  /** The source loses the connection without a word. */
  cut(): void;
  /** From now on the source answers nobody who wants to log in. */
  fallSilent(): void;
  /** Much comes to pass at once: far more than a connector should hold in memory. @returns how many contacts */
  flood(): number;
  /** True when the source still has something that the connector has not taken; `offered` mails it has offered to keep. */
  holdsBack(offered: number): boolean;
  stop(): Promise<void>;
}

/** Requests as the source would send them. */
export interface WebhookRig {
  readonly shape: 'webhook';
  readonly connector: WebhookConnector<unknown>;
  /** As IT would write them in YAML, run through the kind's schema. */
  readonly config: unknown;
  /** Tells of the nth contact, with everything that proves where it comes from; every n is another contact. */
  request(n: number): WebhookRequest;
  /** The same from somebody who does not know the secret. */
  forged(n: number): WebhookRequest;
  /** Proven, but nothing can be made of it. */
  unreadable(): WebhookRequest;
}
