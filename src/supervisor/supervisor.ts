import type { AnyConnector, Office } from '../connector/index.ts';
import type { Ringing } from '../core/capture.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Db } from '../store/index.ts';
import { type Runner, startRunner } from './runner.ts';

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
  /** Outbox rows were committed. */
  readonly kick: () => void;
  readonly announce: (connector: string, ringing: Ringing) => void;
}

/** Starts connectors, restarts them with back-off, and writes down who is ill. */
export interface Supervisor {
  /** Takes up a new list: what did not change goes on undisturbed, what changed or is gone is stopped. */
  configure(list: readonly Configured[], office: Pick<SupervisorDeps, 'office' | 'officeRegion'>): Promise<void>;
  /** Ends every session within a second and gives the leases back. */
  stop(): Promise<void>;
}

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const running = new Map<string, { readonly likeness: string; readonly runner: Runner }>();
  return {
    async configure(list, office) {
      const wanted = new Map(list.map((one) => [one.name, likenessOf(one, office)]));
      const gone = [...running].filter(([name, { likeness }]) => wanted.get(name) !== likeness);
      await Promise.all(gone.map(([, { runner }]) => runner.stop()));
      for (const [name] of gone) running.delete(name);
      for (const one of list) {
        if (running.has(one.name)) continue;
        const runner = startRunner({ ...deps, ...office }, one);
        running.set(one.name, { likeness: likenessOf(one, office), runner });
      }
    },
    async stop() {
      await Promise.all([...running.values()].map(({ runner }) => runner.stop()));
      running.clear();
    },
  };
}

function likenessOf(
  one: Configured,
  { office, officeRegion }: Pick<SupervisorDeps, 'office' | 'officeRegion'>,
): string {
  return JSON.stringify([one, String(office.extensions), officeRegion]);
}
