import { type Runner, startRunner } from './runner.ts';
import type { Configured, SupervisorDeps } from './types.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

/** Starts connectors, restarts them with back-off, and writes down who is ill. */
export interface Supervisor {
  /** Takes up a new list: what did not change goes on undisturbed, what changed or is gone is stopped. */
  configure(list: readonly Configured[], office: Pick<SupervisorDeps, 'office' | 'officeRegion'>): Promise<void>;
  /** Ends every session within a second and gives the leases back. */
  stop(): Promise<void>;
  /** The sources that call us: served by the pages of this process. */
  readonly webhooks: Pick<Webhooks, 'find'>;
}

export function createSupervisor(deps: SupervisorDeps): Supervisor {
  const running = new Map<string, { readonly made: string; readonly runner: Runner }>();
  const webhooks = createWebhooks(deps);
  const likeness = (one: Configured, office: Pick<SupervisorDeps, 'office' | 'officeRegion'>) => {
    const connector = deps.registry[one.kind];
    return likenessOf(one, office, connector?.shape === 'session' && connector.mail !== undefined);
  };
  return {
    webhooks,
    async configure(all, office) {
      const isWebhook = ({ kind }: Configured) => deps.registry[kind]?.shape === 'webhook';
      const list = all.filter((one) => !isWebhook(one));
      await webhooks.configure(all.filter(isWebhook), office);
      const wanted = new Map(list.map((one) => [one.name, likeness(one, office)]));
      const gone = [...running].filter(([name, { made }]) => wanted.get(name) !== made);
      await Promise.all(gone.map(([, { runner }]) => runner.stop()));
      for (const [name] of gone) running.delete(name);
      for (const one of list) {
        if (running.has(one.name)) continue;
        const runner = startRunner({ ...deps, ...office }, one);
        running.set(one.name, { made: likeness(one, office), runner });
      }
    },
    async stop() {
      await Promise.all([webhooks.stop(), ...[...running.values()].map(({ runner }) => runner.stop())]);
      running.clear();
    },
  };
}

function likenessOf(
  one: Configured,
  { office, officeRegion }: Pick<SupervisorDeps, 'office' | 'officeRegion'>,
  readsMail: boolean,
): string {
  return JSON.stringify([one, String(office.extensions), officeRegion, readsMail ? office.mail : null]);
}
