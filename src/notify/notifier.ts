import type { Metrics } from '../ops/metrics.ts';
import { syncTargets, targetsHealth } from '../store/events/targets.ts';
import { forgetOld } from '../store/events/webhooks.ts';
import { deliverDue, layOut, type NotifyDeps, type WebhookTarget } from './run.ts';

/** Tells other programs what happened, for as long as it runs. */
export interface Notifier {
  /** Takes up the targets of a new configuration. */
  configure(targets: readonly WebhookTarget[]): Promise<void>;
  /** Something happened: lays it out and has it sent. The job `notify`. */
  tell(): Promise<void>;
  /** Sends nothing new; what is under way has `graceMs` to come to its end. */
  stop(graceMs?: number): Promise<void>;
}

export interface NotifierDeps extends NotifyDeps {
  readonly metrics: Pick<Metrics, 'webhooksSent' | 'webhooksWaiting'>;
}

/** How often a target is looked at without being told: next tries stand in the database alone, and so outlive anything. */
const lookMs = 1000;
const sweepMs = 600_000;
const defaultGraceMs = 3000;
const eventDays = 30;
const answerHours = 24;
const dayMs = 86_400_000;

export function startNotifier(deps: NotifierDeps): Notifier {
  const loops = new Map<string, Loop & { readonly as: string }>();
  const stopAll = async (names: readonly string[], graceMs: number) => {
    const stopping = names.map((name) => loops.get(name)?.stop(graceMs));
    for (const name of names) loops.delete(name);
    await Promise.all(stopping);
  };
  const sweeper = startLoop(deps, sweepMs, () => sweep(deps));
  return {
    async configure(targets) {
      const wanted = new Map(targets.map((target) => [target.name, JSON.stringify(target)]));
      // Those that stay as they were go on: a reload cuts no try off.
      const changed = [...loops].filter(([name, { as }]) => wanted.get(name) !== as).map(([name]) => name);
      await stopAll(changed, defaultGraceMs);
      await syncTargets(deps.db, targets);
      for (const target of targets) {
        const { name } = target;
        if (loops.has(name)) continue;
        const loop = startLoop(deps, lookMs, (ending) => deliverDue(deps, target, ending));
        loops.set(name, { ...loop, as: wanted.get(name) ?? '' });
      }
    },
    async tell() {
      await layOut(deps);
      for (const loop of loops.values()) loop.kick();
    },
    async stop(graceMs = defaultGraceMs) {
      await Promise.all([stopAll([...loops.keys()], graceMs), sweeper.stop(0)]);
    },
  };
}

/** Lays out what a lost job would have, counts what waits, forgets what is old. */
async function sweep({ db, clock, metrics, log }: NotifierDeps): Promise<void> {
  await layOut({ db, clock });
  for (const { name, waiting } of await targetsHealth(db)) metrics.webhooksWaiting.set({ target: name }, waiting);
  const nowMs = clock.now().getTime();
  const forgotten = await forgetOld(
    db,
    new Date(nowMs - eventDays * dayMs),
    new Date(nowMs - answerHours * 3_600_000),
    10_000,
  );
  if (forgotten > 0) log.info({ events: forgotten }, 'webhook.events_forgotten');
}

interface Loop {
  kick(): void;
  stop(graceMs: number): Promise<void>;
}

/** Runs `pass` at once, on every kick, and every `everyMs`; never two at a time. What it throws is told and tried again. */
function startLoop(
  { log }: NotifierDeps,
  everyMs: number,
  pass: (ending: { readonly signal: AbortSignal; readonly cut: AbortSignal }) => Promise<unknown>,
): Loop {
  const [stopping, cutting] = [new AbortController(), new AbortController()];
  const ending = { signal: stopping.signal, cut: cutting.signal };
  let kicked = true;
  let failures = 0;
  let wake = () => {};
  const run = async () => {
    while (!stopping.signal.aborted) {
      kicked = false;
      try {
        await pass(ending);
        failures = 0;
      } catch (err) {
        failures += 1;
        // The database is away: told once, not every second.
        if (failures === 1 || failures % 60 === 0) log.warn({ err, failures }, 'webhook.loop_waits');
        kicked = false;
      }
      if (kicked || stopping.signal.aborted) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  };
  const ended = run();
  return {
    kick() {
      kicked = true;
      wake();
    },
    async stop(graceMs) {
      stopping.abort();
      wake();
      const timer = setTimeout(() => cutting.abort(), graceMs);
      await ended;
      clearTimeout(timer);
    },
  };
}
