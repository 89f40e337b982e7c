import { setTimeout as pause } from 'node:timers/promises';
import { Fault } from '../../core/fault.ts';
import { jitter } from '../../ops/chance.ts';
import type { Logger } from '../../ops/log.ts';
import { findBinaries } from './binaries.ts';
import { claim } from './claim.ts';
import { capServerLog, ensureCluster, type Layout, layoutOf, readPassword } from './cluster.ts';
import { bringUp, endPostmaster, findRunning, type Parts, type Postmaster, urlOf } from './postmaster.ts';
import { isAlive } from './process.ts';
import { findRunner } from './runner.ts';

export interface EmbeddedOptions {
  /** PostgreSQL's folder and what belongs to it; made when missing, readable by nobody else. */
  readonly dataDir: string;
  readonly log: Logger;
  /** A command beside a running daemon uses the daemon's server; by default the folder is for one process. */
  readonly join?: boolean;
  /** For tests: nothing is forced to disk, and PostgreSQL ends with our process. */
  readonly scratch?: boolean;
}

export interface Embedded {
  readonly url: string;
  /** True for the process that started the server and ends it; false for who joined one. */
  readonly isOwner: boolean;
  /** Ends PostgreSQL with a fast shutdown; to be called after everything that uses it has closed. Idempotent. */
  stop(): Promise<void>;
}

/**
 * PostgreSQL from the npm package under `dataDir`, on a loopback port, open to who knows the folder's password. Survives
 * kill -9 of the daemon (the next start adopts it), of PostgreSQL (it is started again, on the same port) and of both.
 *
 * @throws Fault store.embedded_in_use, store.embedded_cannot_start (reconfigure)
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  const layout = layoutOf(options.dataDir);
  const password = await readPassword(layout);
  const release = await claimFor(options, layout, password);
  if (!release) return joinRunning(options, layout, password);
  try {
    const scratch = options.scratch ?? false;
    const binaries = await findBinaries(layout.dataDir);
    const runner = await findRunner(binaries, layout.dataDir, scratch);
    await ensureCluster(layout, runner, scratch);
    const parts: Parts = { layout, password, runner, scratch, log: options.log };
    const postmaster = await bringUp(parts);
    const stopKeeping = keepUp(parts, postmaster);
    let stopped: Promise<void> | null = null;
    return {
      url: urlOf(password, postmaster.port, 'letopis'),
      isOwner: true,
      stop() {
        stopped ??= stopKeeping().then(release);
        return stopped;
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

/** A daemon that is just ending gets two seconds; who means to join does not wait. */
async function claimFor(options: EmbeddedOptions, layout: Layout, password: string) {
  for (let attempt = 0; ; attempt += 1) {
    const release = await claim(layout.dataDir, password);
    if (release || options.join || attempt === 20) return release;
    await pause(100);
  }
}

/** The server of the process that has the folder. It may be starting just now. */
async function joinRunning(options: EmbeddedOptions, layout: Layout, password: string): Promise<Embedded> {
  for (let attempt = 0; options.join && attempt < 100; attempt += 1) {
    const running = await findRunning(layout, password);
    if (running) return { url: urlOf(password, running.port, 'letopis'), isOwner: false, stop: async () => {} };
    await pause(100);
  }
  throw new Fault('store.embedded_in_use', 'reconfigure', {
    dataDir: layout.dataDir,
    cure: 'another Letopis runs on this data folder: stop it, or give this one a folder or a database of its own',
  });
}

/** Looks every half second whether the server lives and brings it up again; the returned function ends both for good. */
function keepUp(parts: Parts, first: Postmaster): () => Promise<void> {
  const stopping = new AbortController();
  const { signal } = stopping;
  let current = first;
  const rest = (ms: number) => pause(ms, undefined, { signal, ref: false }).catch(() => {});
  const loop = (async () => {
    for (let round = 1; !signal.aborted; round += 1) {
      await rest(500);
      if (round % 600 === 0) await capServerLog(parts.layout);
      if (!signal.aborted && !(await isAlive(current.pid))) current = await revive(parts, signal, rest, current);
    }
  })();
  return async () => {
    stopping.abort();
    await loop;
    await endPostmaster(current.pid);
  };
}

async function revive(
  parts: Parts,
  signal: AbortSignal,
  rest: (ms: number) => Promise<unknown>,
  lost: Postmaster,
): Promise<Postmaster> {
  parts.log.warn({ pid: lost.pid }, 'store.embedded_died');
  for (let attempt = 0; !signal.aborted; attempt += 1) {
    try {
      const postmaster = await bringUp(parts);
      if (postmaster.port === lost.port) return postmaster;
      // everybody connects to the old port; a server elsewhere helps nobody
      parts.log.error({ port: lost.port }, 'store.embedded_port_taken');
      await endPostmaster(postmaster.pid);
    } catch (err) {
      parts.log.error({ err }, 'store.embedded_cannot_start');
    }
    await rest(jitter(Math.min(30_000, 500 * 2 ** attempt)));
  }
  return lost;
}
