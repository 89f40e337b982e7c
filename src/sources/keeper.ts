import { configureSources, dueSources } from '../store/sources/sources.ts';
import type { Source } from './reading/source.ts';
import { type RefreshDeps, refreshSource } from './refresh.ts';

export interface Keeper {
  /**
   * Takes up these sources and reads each of them now. Returns when they are written down and the files of this machine are
   * read, or a short time after: who starts does not wait for a far server.
   */
  configure(sources: readonly Source[], region: string | null, zone: string): Promise<void>;
  stop(): Promise<void>;
}

export interface KeeperDeps extends Omit<RefreshDeps, 'region' | 'zone'> {
  /** Called when something was taken over. */
  readonly kick: () => void;
}

/** How soon an answer of a person, and a due time, is seen. */
const lookMs = 2000;
/** A start or reload waits so long for local files. */
const patienceMs = 2000;

/** Keeps clients in step with their sources for as long as the daemon runs; one source after the other. */
export function openKeeper(deps: KeeperDeps): Keeper {
  const { clock, log, db } = deps;
  const stopping = new AbortController();
  let waking = new AbortController();
  let configured: { sources: ReadonlyMap<string, Source>; region: string | null; zone: string } | null = null;
  let filesRead: (() => void) | null = null;
  let isTold = false;

  const round = async () => {
    if (configured === null) return;
    const { sources, region, zone } = configured;
    const told = filesRead;
    const due = (await dueSources(db)).flatMap((name) => sources.get(name) ?? []);
    // What is at hand first.
    const local = due.filter(({ reads }) => reads.kind === 'file');
    for (const source of [...local, ...due.filter((one) => !local.includes(one))]) {
      if (stopping.signal.aborted || configured.sources !== sources) return;
      if (source.reads.kind !== 'file') told?.();
      const done = await refreshSource({ ...deps, region, zone }, source, { signal: stopping.signal });
      if (done.kind === 'taken') deps.kick();
    }
    told?.();
  };
  const running = (async () => {
    while (!stopping.signal.aborted) {
      await round().then(
        () => {
          isTold = false;
        },
        (err: unknown) => {
          // The database is away, and everybody tells of it: once is enough.
          if (!isTold) log.warn({ err }, 'source.round_failed');
          isTold = true;
        },
      );
      await clock.sleep(lookMs, waking.signal).catch(() => {});
      if (waking.signal.aborted) waking = new AbortController();
    }
  })();

  return {
    async configure(sources, region, zone) {
      const rows = sources.map(({ name, reads, everyMs }) => ({ name, reads: reads.kind, everyMs }));
      await configureSources(db, rows);
      const read = new Promise<void>((resolve) => {
        filesRead = resolve;
      });
      configured = { sources: new Map(sources.map((one) => [one.name, one])), region, zone };
      waking.abort();
      if (!sources.some(({ reads }) => reads.kind === 'file')) return;
      await Promise.race([read, clock.sleep(patienceMs, stopping.signal).catch(() => {})]);
    },
    async stop() {
      stopping.abort(new Error('the sources are no longer kept'));
      waking.abort();
      await running;
    },
  };
}
