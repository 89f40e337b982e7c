import type { SessionConnector } from '../../../src/connector/index.ts';

/** How the conformance suite (test/connectors.test.ts) meets one kind of connector: a source it can command. */
export interface Rig {
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
  /** True when the source still has something that the connector has not taken. */
  holdsBack(): boolean;
  stop(): Promise<void>;
}
