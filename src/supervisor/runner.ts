import type { AnyConnector } from '../connector/index.ts';
import { Fault, remedyOf } from '../core/fault.ts';
import { acquireLease, type Lease, releaseLease, renewLease } from '../store/index.ts';
import { type ConnectorStateName, writeConnectorState } from '../store/intake/connectors.ts';
import { releaseMails } from '../store/intake/mails.ts';
import { type Backoff, nextWait } from './backoff.ts';
import { openSession } from './session.ts';
import type { Configured, SupervisorDeps } from './types.ts';

export interface Runner {
  stop(): Promise<void>;
}

/** A process that died is replaced after this long; its lease is renewed three times as often. */
const leaseMs = 10_000;

/** Runs one connector for ever: takes its lease, opens sessions, waits after losses. Returns at once; ends with `stop`. */
export function startRunner(deps: SupervisorDeps, configured: Configured): Runner {
  const stopping = new AbortController();
  const log = deps.log.child({ connector: configured.name, kind: configured.kind });
  const connector = deps.registry[configured.kind];
  if (connector?.shape !== 'session') throw new Error(`no session connector of kind ${configured.kind}`);
  const ending = runForEver({ ...deps, log }, configured, connector, stopping.signal);
  return {
    async stop() {
      stopping.abort(new Error('the connector is being stopped'));
      await ending;
    },
  };
}

async function runForEver(
  deps: SupervisorDeps,
  configured: Configured,
  connector: Extract<AnyConnector, { shape: 'session' }>,
  signal: AbortSignal,
): Promise<void> {
  const { clock, log, db } = deps;
  let told = Promise.resolve();
  const tell = (state: ConnectorStateName, fault: Fault | null = null, nextTryAt: Date | null = null) => {
    const { name, kind } = configured;
    const [code, facts] = [fault?.code ?? null, fault?.facts ?? null];
    const row = { connector: name, kind, state, since: clock.now(), fault: code, facts, nextTryAt };
    // One after the other: an `up` written late must not cover the loss that followed it.
    told = told
      .then(() => writeConnectorState(db, row))
      .catch((err: unknown) => log.warn({ err }, 'connector.state_not_written'));
    return told;
  };
  let backoff: Backoff | null = null;
  let lease: Lease | null = null;
  while (!signal.aborted) {
    const round = await oneSession(deps, configured, connector, signal, lease, tell);
    lease = round.lease;
    if (signal.aborted) break;
    const remedy = remedyOf(round.error) === 'reconfigure' ? 'reconfigure' : 'retry';
    backoff = nextWait(backoff, remedy, round.listenedMs);
    const waitMs = deps.jitter(backoff.waitMs);
    const fault = round.error instanceof Fault ? round.error : new Fault('connector.bug', 'retry', {}, round.error);
    const nextTryAt = new Date(clock.now().getTime() + waitMs);
    logLoss(deps, fault, round.error, backoff, waitMs);
    await tell(remedy === 'reconfigure' ? 'resting' : 'retrying', fault, nextTryAt);
    await clock.sleep(waitMs, signal).catch(() => {});
  }
  if (lease) await releaseLease(db, lease).catch(() => {}); // the database is gone: the lease runs out by itself
  await tell('stopped');
}

function logLoss(
  { log }: SupervisorDeps,
  fault: Fault,
  error: unknown,
  { failures }: Backoff,
  nextTryMs: number,
): void {
  const fields = { err: error, failures, nextTryMs };
  if (fault.remedy === 'reconfigure' || fault.code === 'connector.bug') log.error(fields, 'connector.session_ended');
  else log.warn(fields, 'connector.session_lost');
}

interface Round {
  readonly lease: Lease | null;
  readonly listenedMs: number;
  readonly error: unknown;
}

/** Takes the lease if it is not held yet, runs one session under it, and tells how that ended. */
async function oneSession(
  deps: SupervisorDeps,
  configured: Configured,
  connector: Extract<AnyConnector, { shape: 'session' }>,
  signal: AbortSignal,
  held: Lease | null,
  tell: (state: ConnectorStateName) => Promise<void>,
): Promise<Round> {
  const { clock, db } = deps;
  let lease = held;
  let listeningSince: number | null = null;
  const ending = new AbortController();
  const either = AbortSignal.any([signal, ending.signal]);
  try {
    if (lease && !(await renewLease(db, lease, leaseMs))) lease = null;
    lease ??= await waitForLease(deps, configured.name, signal);
    if (!lease) return { lease: null, listenedMs: 0, error: null };
    // What the last holder kept and did not come to read is read now, not when its claim runs out.
    if (held === null && connector.mail !== undefined) await releaseMails(db, configured.name);
    await tell('starting');
    const listening = () => {
      listeningSince = clock.monotonicMs();
      deps.metrics.connectorUp.set({ connector: configured.name }, 1);
      void tell('up');
    };
    const session = openSession(deps, configured, lease, either, listening);
    const running = connector.run({ ...session, config: optionsOf(configured) });
    try {
      await Promise.race([running, keepLease(deps, lease, either)]);
    } finally {
      ending.abort(new Error('the session has ended'));
      await running.catch(() => {}); // nothing of the old session may run beside the next
    }
    return { lease, listenedMs: 0, error: new Fault('connector.ended', 'retry', {}) };
  } catch (error) {
    const listenedMs = listeningSince === null ? 0 : clock.monotonicMs() - listeningSince;
    return { lease, listenedMs, error };
  } finally {
    deps.metrics.connectorUp.set({ connector: configured.name }, 0);
  }
}

/** The kind's own schema has made these options; the registry cannot say so for every kind at once. */
function optionsOf(configured: Configured): never {
  return configured.options as never;
}

async function waitForLease(
  { db, holder, clock, log }: SupervisorDeps,
  name: string,
  signal: AbortSignal,
): Promise<Lease | null> {
  for (let told = false; !signal.aborted; told = true) {
    const lease = await acquireLease(db, name, holder, leaseMs);
    if (lease) return lease;
    if (!told) log.info({}, 'connector.held_elsewhere');
    await clock.sleep(leaseMs / 5, signal).catch(() => {});
  }
  return null;
}

/** Never resolves. A database that cannot be asked is no lost lease: the fence in every statement guards the rest. */
async function keepLease({ db, clock, log }: SupervisorDeps, lease: Lease, signal: AbortSignal): Promise<never> {
  for (;;) {
    await clock.sleep(leaseMs / 3, signal);
    const kept = await renewLease(db, lease, leaseMs).catch((err: unknown) => {
      log.warn({ err }, 'connector.lease_not_renewed');
      return true;
    });
    if (!kept) throw new Fault('connector.lease_lost', 'retry', { epoch: lease.epoch });
  }
}
