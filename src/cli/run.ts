import { resolve } from 'node:path';
import { connectors } from '../../connectors/index.ts';
import { loadConfig } from '../config.ts';
import type { Daemon } from '../daemon/daemon.ts';
import { type DaemonRole, daemonRoles } from '../daemon/roles.ts';
import { systemClock } from '../ops/clock.ts';
import { createLog, type Logger } from '../ops/log.ts';
import { readArguments, usageError } from './base/arguments.ts';
import { type Command, exit, type Io } from './base/command.ts';
import { defaultConfigFile, requireConfig } from './base/config-file.ts';
import { kindsOf } from './base/kinds.ts';
import { findingLine } from './base/output.ts';

export const command: Command = {
  summary: 'the daemon',
  usage: `usage: letopis run [--config FILE] [--role ROLE,…]

  --config FILE  the configuration (default ${defaultConfigFile})
  --role ROLE,…  only these of connectors, stages, web in this process (default: all)

SIGHUP reads the configuration again; a wrong one is told and the old one goes on. SIGTERM and SIGINT end it.`,
  run: async (args, io) => {
    const { options, rest } = readArguments(args, { config: 'value', role: 'values' });
    if (rest.length > 0) throw usageError(`unexpected ${rest[0]}`);
    const config = requireConfig(options.config, io, kindsOf(connectors));
    const log = createLog({ level: config.log.level, pretty: io.isTTY, destination: process.stderr });
    // Listened to from here on: a signal during the start must not end it half-way, nor SIGHUP at all.
    const asked = untilAsked(log);
    const reloads = takeReloads();
    const { startDaemon } = await import('../daemon/daemon.ts'); // loads the web server: not for --help
    const daemon = await startDaemon({
      config,
      registry: connectors,
      roles: rolesOf(options.role),
      clock: systemClock,
      log,
    });
    if (daemon.url !== null) io.out(`listening on ${daemon.url}`);
    const file = resolve(io.cwd, options.config ?? defaultConfigFile);
    reloads.answer(() => reloadFrom(file, daemon, io, log));
    await asked;
    await reloads.end();
    await daemon.stop();
    log.info({}, 'daemon.stopped');
    return exit.done;
  },
};

function rolesOf(given: readonly string[]): readonly DaemonRole[] {
  const names = given.flatMap((text) => text.split(','));
  const unknown = names.find((name) => !daemonRoles.some((role) => role === name));
  if (unknown !== undefined) throw usageError(`unknown role ${unknown}, expected ${daemonRoles.join(', ')}`);
  return names.length === 0 ? daemonRoles : daemonRoles.filter((role) => names.includes(role));
}

async function reloadFrom(file: string, daemon: Daemon, io: Io, log: Logger): Promise<void> {
  const read = loadConfig(file, { env: io.env, kinds: kindsOf(connectors) });
  if (!read.ok) {
    for (const finding of read.errors) log.error({ finding: findingLine(finding) }, 'config.refused');
    return;
  }
  await daemon.reload(read.config).catch((err: unknown) => log.error({ err }, 'config.refused'));
}

/** SIGHUPs one after the other, so that the configuration read last is the one that stays; those during a reload are one. */
function takeReloads() {
  let wanted = false;
  let reload: (() => Promise<void>) | null = null;
  let running: Promise<void> | null = null;
  const next = () => {
    if (!wanted || reload === null || running !== null) return;
    wanted = false;
    running = reload().finally(() => {
      running = null;
      next();
    });
  };
  const ask = () => {
    wanted = true;
    next();
  };
  process.on('SIGHUP', ask);
  return {
    answer(work: () => Promise<void>): void {
      reload = work;
      next();
    },
    async end(): Promise<void> {
      reload = null;
      await running;
      process.off('SIGHUP', ask);
    },
  };
}

/** Resolves at the first SIGTERM or SIGINT; a second one ends the process at once. */
export function untilAsked(log: Logger): Promise<void> {
  return new Promise((done) => {
    let asked = false;
    const ask = (signal: NodeJS.Signals) => {
      if (asked) process.exit(exit.failed);
      asked = true;
      log.info({ signal }, 'daemon.stopping');
      done();
    };
    process.on('SIGTERM', ask).on('SIGINT', ask);
  });
}
