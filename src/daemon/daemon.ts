import { hostname } from 'node:os';
import type { Config } from '../config.ts';
import type { AnyConnector } from '../connector/index.ts';
import type { Clock } from '../core/time/clock.ts';
import type { Key } from '../core/token.ts';
import { openExclusions } from '../intake/exclusions.ts';
import { openPagePainter } from '../mail/index.ts';
import type { Notifier } from '../notify/notifier.ts';
import { jitter, newId, randomBytes } from '../ops/chance.ts';
import type { Logger } from '../ops/log.ts';
import { createMetrics } from '../ops/metrics.ts';
import type { Mailer } from '../prompt/mailer.ts';
import { openQueue } from '../queue/index.ts';
import { openKeeper } from '../sources/keeper.ts';
import { type Db, folderOwner, migrate, openStore, releaseDeadOwners } from '../store/index.ts';
import { connectorStates } from '../store/intake/connectors.ts';
import { createSupervisor } from '../supervisor/supervisor.ts';
import { openKeptMails } from '../web/contact/kept-mails.ts';
import type { Route, Web } from '../web/http/route.ts';
import { startWeb } from '../web/http/server.ts';
import { firstPeople, followAccounts } from './accounts.ts';
import { openDatabase } from './database.ts';
import { decideIn } from './decisions.ts';
import { readKey } from './key-file.ts';
import { shareLive } from './live.ts';
import { mailerOf } from './mail.ts';
import { openMails } from './mails.ts';
import { startNotify, targetsOf } from './notify.ts';
import { mailboxesOf, readOffice } from './office.ts';
import type { DaemonRole } from './roles.ts';
import { workStages } from './stages.ts';

export interface DaemonOptions {
  readonly config: Config;
  readonly registry: Readonly<Record<string, AnyConnector>>;
  readonly roles: readonly DaemonRole[];
  readonly clock: Clock;
  readonly log: Logger;
  /** Instead of the configured mail server: the demo's mailbox. */
  readonly mailer?: Mailer;
  /** For the demo: nothing is forced to disk and the database ends with this process, however it ends. */
  readonly scratch?: boolean;
  /** Pages beside ours: the demo's mailbox. */
  readonly extraRoutes?: (web: Web) => readonly Route[];
}

export interface Daemon {
  readonly db: Db;
  readonly key: Key;
  /** Where the pages are, with the base path; null without the role `web`. */
  readonly url: string | null;
  /** Takes up a new configuration: people, clients, occasions, rules and connectors. What needs a restart is logged. */
  reload(config: Config): Promise<void>;
  /** Stops reading, lets running work end, closes everything. */
  stop(): Promise<void>;
}

const linkDays = 14;

/**
 * Builds everything from the configuration and starts it, in the order of the house: store, queue, stages, pages, connectors.
 * @throws Fault of any of them; what was started by then is stopped again
 */
export async function startDaemon(options: DaemonOptions): Promise<Daemon> {
  const started: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) {
      await end().catch((err: unknown) => options.log.error({ err }, 'daemon.stop_failed'));
    }
  };
  try {
    return await start(options, (end) => started.push(end), stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(
  options: DaemonOptions,
  onStop: (end: () => Promise<unknown>) => void,
  stop: () => Promise<void>,
): Promise<Daemon> {
  const { clock, log, roles, registry } = options;
  let { config } = options;
  const metrics = createMetrics();

  const database = await openDatabase(config, roles, log, options.scratch);
  const holder = `${database.isOwner ? folderOwner : ''}${hostname()}:${process.pid}:${newId()}`;
  onStop(database.stop);
  await migrate({ url: database.url, log });
  const store = await openStore({ url: database.url, log });
  onStop(store.close);
  const { db } = store;
  if (database.isOwner) await releaseDeadOwners(db);
  const key = await readKey(config.dataDir, randomBytes);
  if (config.people === null) await firstPeople({ db, clock, config });
  let office = await readOffice(db, config, log, registry);

  const queue = await openQueue({ store, log, clock, ...redisOf(config) });
  onStop(() => queue.close());
  const mailer = options.mailer ?? mailerOf(config, log);
  onStop(async () => mailer.close());

  const exclusions = openExclusions(db, clock);
  const live = await shareLive({
    store,
    clock,
    log,
    holder,
    office: () => office,
    zone: config.office.timezone,
    exclusions,
  });
  onStop(live.close);
  const mails = openMails({
    db,
    clock,
    log,
    metrics,
    config,
    judging: (name) => office.judging(name),
    kick: queue.kick,
  });
  onStop(mails.close);
  // Large mails stand in files of the processes that listen.
  if (roles.includes('connectors')) mails.sweep();
  const supervisor = createSupervisor({
    db,
    mails,
    clock,
    log,
    newId,
    jitter,
    holder,
    registry,
    metrics,
    office: office.connectors,
    officeRegion: config.office.country,
    servesWebhooks: roles.includes('web'),
    kick: queue.kick,
    announce: live.announce,
  });
  let url: string | null = null;
  if (roles.includes('web')) {
    const rulesOf = (name: string) => office.judging(name).rules;
    const kept = openKeptMails({ db, files: mails.files, rulesOf });
    onStop(kept.close);
    const painter = openPagePainter();
    onStop(painter.close);
    const web = await startWeb({
      db,
      clock,
      log,
      randomBytes,
      key,
      listen: { host: config.web.host, port: config.web.port },
      publicUrl: config.web.publicUrl,
      basePath: config.web.basePath,
      trustProxy: config.web.trustProxy,
      office: {
        name: config.office.name,
        zone: config.office.timezone,
        language: config.office.language,
        region: config.office.country ?? null,
      },
      live: live.hub,
      mails: kept,
      painter,
      mailer,
      prompts: promptRules(config, registry),
      status: () => connectorStates(db),
      counters: metrics,
      apiMetrics: metrics,
      api: {
        perMinute: config.crm.perMinute,
        region: config.office.country,
        decide: (tx, contactId) => decideIn(tx, contactId, office, true),
        kick: queue.kick,
      },
      metrics: async () => ({ type: metrics.contentType, text: await metrics.text() }),
      ...(roles.includes('connectors') ? { hooks: supervisor.webhooks.find } : {}),
      ready: async () => (await queue.health()).reachable,
      ...(options.extraRoutes ? { extraRoutes: options.extraRoutes } : {}),
    });
    url = web.url;
    onStop(web.close);
  }
  const publicUrl =
    url ?? `${config.web.publicUrl ?? `http://${config.web.host}:${config.web.port}`}${config.web.basePath}`;
  const promptDeps = () => ({
    db,
    clock,
    log,
    mailer,
    key,
    metrics,
    options: {
      ...promptRules(config, registry),
      publicUrl,
      office: { language: config.office.language, zone: config.office.timezone },
    },
  });
  let notifier: Notifier | null = null;
  if (roles.includes('stages')) {
    notifier = await startNotify({ db, clock, log, jitter, metrics }, queue, config);
    onStop(notifier.stop);
    workStages({ db, queue, log, metrics, office: () => office, prompts: promptDeps });
  }
  // Before the connectors: the first call of the day should find its client.
  const keeper = openKeeper({ db, clock, log, holder, kick: queue.kick });
  onStop(keeper.stop);
  const keepClients = async () => {
    if (roles.includes('stages')) await keeper.configure(config.clients, config.office.country, config.office.timezone);
  };
  await keepClients();

  const renew = async (next: Config) => {
    office = await readOffice(db, next, log, registry);
    config = next;
    if (roles.includes('connectors')) await configure();
  };
  onStop(supervisor.stop);
  const configure = () =>
    supervisor.configure(config.connectors, { office: office.connectors, officeRegion: config.office.country });
  if (roles.includes('connectors')) await configure();
  if (roles.includes('stages')) {
    const accounts = followAccounts({
      db,
      clock,
      log,
      config: () => config,
      office: () => office,
      kick: queue.kick,
      onChange: () => renew(config),
    });
    onStop(accounts.close);
  }
  log.info({ roles, url }, 'daemon.started');

  return {
    db,
    key,
    url,
    async reload(next) {
      warnOfRestart(config, next, log);
      await renew(next);
      await notifier?.configure(targetsOf(config));
      await keepClients();
      log.info({}, 'daemon.reloaded');
    },
    stop,
  };
}

function promptRules({ prompts, mail, connectors }: Config, registry: DaemonOptions['registry']) {
  const { call, email, fax, web, message, quiet, perDay } = prompts;
  return {
    when: { call, email, fax, web, message },
    quiet,
    perDay,
    from: mail?.from ?? 'Letopis <letopis@localhost>',
    readsMail: mailboxesOf(connectors, registry).size > 0,
    linkDays,
  };
}

function redisOf({ queue }: Config): { readonly redisUrl?: string } {
  return queue.kind === 'redis' ? { redisUrl: queue.url } : {};
}

/** What cannot change under a running daemon. */
function warnOfRestart(now: Config, next: Config, log: Logger): void {
  for (const section of ['dataDir', 'database', 'queue', 'files', 'web', 'mail'] as const) {
    if (JSON.stringify(now[section]) !== JSON.stringify(next[section])) log.warn({ section }, 'config.needs_restart');
  }
}
