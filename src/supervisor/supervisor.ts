import { type Runner, startRunner } from './runner.ts';
import type { Configured, SupervisorDeps } from './types.ts';

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
