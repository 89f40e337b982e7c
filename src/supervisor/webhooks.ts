import type { AnyConnector, WebhookReading, WebhookRequest } from '../connector/index.ts';
import type { Fault } from '../core/fault.ts';
import { openPosts, type PostIntake } from '../intake/posts/run.ts';
import { type ConnectorStateName, quarantine, writeConnectorState } from '../store/intake/connectors.ts';
import type { Configured, SupervisorDeps } from './types.ts';

/** A source that calls us, ready to be served by the pages' server. */
export interface Webhook {
  readonly origins: readonly string[];
  /** Null: as many as it likes. */
  readonly perMinute: number | null;
  /** Pure. Throws the connector's Fault `reconfigure` (not believed) or `set-aside` (not readable); anything else is a bug. */
  read(request: Omit<WebhookRequest, 'connector' | 'exchange'>): WebhookReading;
  /**
   * Resolves when everything read is durable; then also tells the live page who rings. It becomes contacts afterwards.
   * @throws Fault of the store, intake.busy
   */
  take(reading: WebhookReading): Promise<'kept' | 'nothing'>;
  /** Keeps a body that could not be read, for a person. */
  setAside(body: Uint8Array, fault: Fault): Promise<void>;
  /** Tells people of a request that was not believed. */
  refused(fault: Fault): void;
  /** Counts what was answered. */
  count(answer: string): void;
}

export interface Webhooks {
  /** Null while it is not known yet which there are, and when stopped: come again later. */
  find(name: string): Webhook | 'unknown' | null;
  configure(list: readonly Configured[], office: Pick<SupervisorDeps, 'office' | 'officeRegion'>): Promise<void>;
  stop(): Promise<void>;
}

/** A wrong secret is shown this long after the last request that had it. */
const shownMs = 60_000;

/**
 * The webhook connectors of this process. They have no session and no lease: several processes may serve the same one, as
 * identities store everything once. What they told is taken in by whoever serves any.
 */
export function createWebhooks(deps: SupervisorDeps): Webhooks {
  let served: ReadonlyMap<string, Served> | null = null;
  let posts: PostIntake | null = null;
  let regionOf = (_connector: string) => deps.officeRegion;
  return {
    find: (name) => (served === null ? null : (served.get(name) ?? 'unknown')),
    async configure(list, office) {
      if (deps.servesWebhooks === false) return;
      const before = served ?? new Map<string, Served>();
      const regions = new Map(list.map(({ name, region }) => [name, region]));
      regionOf = (name) => regions.get(name) ?? office.officeRegion;
      posts ??= openPosts({ ...deps, exclusions: deps.mails.exclusions, regionOf: (name) => regionOf(name) });
      const intake = posts;
      const next = new Map(
        list.flatMap((one) => {
          const connector = deps.registry[one.kind];
          return connector?.shape === 'webhook'
            ? [[one.name, serve({ ...deps, ...office }, intake, one, connector)]]
            : [];
        }),
      );
      served = next;
      const gone = [...before].filter(([name]) => !next.has(name));
      await Promise.all([
        ...gone.map(([, one]) => one.tell('stopped')),
        ...[...next.values()].map((one) => one.tell('up')),
      ]);
    },
    async stop() {
      if (served === null) return;
      const ending = [...served];
      served = null;
      await posts?.close();
      await Promise.all(ending.map(([, one]) => one.tell('stopped')));
    },
  };
}

interface Served extends Webhook {
  tell(state: ConnectorStateName): Promise<void>;
}

function serve(
  deps: SupervisorDeps,
  posts: PostIntake,
  one: Configured,
  connector: Extract<AnyConnector, { shape: 'webhook' }>,
): Served {
  const { db, metrics } = deps;
  const { name, exchange } = one;
  const log = deps.log.child({ connector: name, kind: one.kind });
  const state = stateOf(deps, one);
  return {
    origins: connector.origins?.(optionsOf(one)) ?? [],
    perMinute: connector.perMinute?.(optionsOf(one)) ?? null,
    // Field by field: to copy them all takes three microseconds of an answer (measured).
    read: ({ method, path, query, headers, body, receivedAt }) =>
      connector.read(
        { method, path, query, headers, body, receivedAt, connector: name, exchange },
        optionsOf(one),
        deps.office,
      ),
    async take({ captures, ringing, isSpam }) {
      const isKept = await posts.keep(name, captures);
      for (const each of ringing) deps.announce(name, each);
      if (!isSpam) state.well();
      return isKept ? 'kept' : 'nothing';
    },
    async setAside(body, fault) {
      const id = await quarantine(db, name, fault.code, fault.facts, Buffer.from(body).toString('utf8'));
      metrics.quarantined.inc({ connector: name, fault: fault.code });
      log.warn({ err: fault, quarantine: id }, 'connector.set_aside');
    },
    refused(fault) {
      metrics.connectorFaults.inc({ connector: name, fault: fault.code });
      if (state.ill(fault)) log.warn({ err: fault }, 'webhook.refused');
    },
    count: (answer) => metrics.webhookAnswers.inc({ connector: name, answer }),
    async tell(word) {
      metrics.connectorUp.set({ connector: name }, word === 'up' ? 1 : 0);
      await state.tell(word, null);
    },
  };
}

/** The row of the status page: `up` while it is served; with the last fault beside it until a request is right again. */
function stateOf({ db, clock, log }: SupervisorDeps, { name, kind }: Configured) {
  let shown: { readonly fault: Fault; readonly untilMs: number } | null = null;
  let told = Promise.resolve();
  const tell = (state: ConnectorStateName, fault: Fault | null) => {
    const [code, facts] = [fault?.code ?? null, fault?.facts ?? null];
    const row = { connector: name, kind, state, since: clock.now(), fault: code, facts, nextTryAt: null };
    told = told
      .then(() => writeConnectorState(db, row))
      .catch((err: unknown) => log.warn({ err, connector: name }, 'connector.state_not_written'));
    return told;
  };
  return {
    tell,
    /** @returns false when this is known already: one line and one row a minute, whoever knocks */
    ill(fault: Fault): boolean {
      const isKnown = shown?.fault.code === fault.code && clock.monotonicMs() < shown.untilMs;
      if (isKnown) return false;
      shown = { fault, untilMs: clock.monotonicMs() + shownMs };
      void tell('up', fault);
      return true;
    },
    well(): void {
      if (shown === null) return;
      shown = null;
      void tell('up', null);
    },
  };
}

/** The kind's own schema has made these options; the registry cannot say so for every kind at once. */
function optionsOf(configured: Configured): never {
  return configured.options as never;
}
