import type { AddressInfo } from 'node:net';
import formBody from '@fastify/formbody';
import fastify, { type FastifyInstance } from 'fastify';
import { Fault } from '../../core/fault.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Key } from '../../core/token.ts';
import type { LiveHub } from '../../live/run.ts';
import type { PagePainter } from '../../mail/index.ts';
import { newId } from '../../ops/chance.ts';
import type { Logger } from '../../ops/log.ts';
import type { Metrics } from '../../ops/metrics.ts';
import type { Mailer } from '../../prompt/mailer.ts';
import type { PromptOptions } from '../../prompt/run.ts';
import { sweepSessions } from '../../store/access/sessions.ts';
import type { Db } from '../../store/base/db.ts';
import type { ApiOffice } from '../api/operation.ts';
import { answerApiError, apiDoors, isForApi, serveApi } from '../api/serve.ts';
import { changeRoutes } from '../changes/changes-routes.tsx';
import { clientEditRoutes } from '../clients/edit-routes.tsx';
import { mergeRoutes } from '../clients/merge-routes.tsx';
import { sectionRoutes } from '../clients/sections.tsx';
import type { KeptMails } from '../contact/kept-mails.ts';
import { completionRoutes } from '../contact/link-routes.tsx';
import { serveLive } from '../live/live-socket.tsx';
import { signInRoutes } from '../sign-in/sign-in-routes.tsx';
import { sourceRoutes } from '../sources/source-routes.tsx';
import { probeRoutes } from '../status/probe-routes.ts';
import { strangerRoutes } from '../strangers/stranger-routes.tsx';
import { answerAsset, answerError, answerMissing, answerRoute, logAnswer, type Shop } from './answering.tsx';
import { type Assets, loadAssets } from './assets.ts';
import { securityHeaders } from './guard.ts';
import { type FindHook, hookDoors, serveHooks } from './hooks.ts';
import type { ConnectorStatus, Door, Route, Web, WebOffice } from './route.ts';
import { createThrottle } from './throttle.ts';
import { viewFor } from './views.ts';

export interface WebOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** src/ops/chance.ts */
  readonly randomBytes: (count: number) => Uint8Array;
  /** From the key file; at least 32 bytes. */
  readonly key: Key;
  /** `port: 0`: the system chooses. */
  readonly listen: { readonly host: string; readonly port: number };
  /** How browsers reach us, without the base path and without a slash at the end; null: by the listening address. */
  readonly publicUrl: string | null;
  /** '' or '/letopis'. */
  readonly basePath: string;
  /** Whose X-Forwarded-… is believed; see fastify's option of that name. */
  readonly trustProxy: boolean | number | string | readonly string[];
  readonly office: WebOffice;
  readonly live: LiveHub;
  readonly mails: KeptMails;
  readonly painter: PagePainter;
  readonly mailer: Mailer;
  readonly prompts: Omit<PromptOptions, 'publicUrl' | 'office'>;
  readonly status: () => Promise<readonly ConnectorStatus[]>;
  /** Served to this machine alone. */
  readonly metrics?: Web['metrics'];
  /** What the pages count. */
  readonly counters?: Web['counters'];
  /** A request that has not arrived whole by then is let go of, its head by half of that; default 30 000. */
  readonly requestTimeoutMs?: number;
  /** The sources that call us; absent: none is served here. */
  readonly hooks?: FindHook;
  /** What other programs may do here, and how; absent: as an office without a country. */
  readonly api?: ApiOffice;
  /** Counts the answers to programs. */
  readonly apiMetrics?: Pick<Metrics, 'apiAnswers'>;
  /** More than the database that must answer before we are ready. */
  readonly ready?: () => Promise<boolean>;
  /** Pages of others, such as the demo's mailbox; each declares who may see it, like ours. */
  readonly extraRoutes?: (web: Web) => readonly Route[];
}

export interface RunningWeb {
  /** How browsers reach us, with the base path and without a slash at the end: what links begin with. */
  readonly url: string;
  /** Lets running requests end and closes sockets. */
  close(): Promise<void>;
}

/** Forms are small: 4000 characters of gist, each at most twelve bytes on the wire. */
const bodyLimit = 64 * 1024;

/** Serves the pages. @throws Fault web.cannot_listen (reconfigure) */
export async function startWeb(options: WebOptions): Promise<RunningWeb> {
  const assets = loadAssets();
  const requestTimeoutMs = options.requestTimeoutMs ?? 30_000;
  // Fastify's own log lines hold whole addresses, and with them tokens: it gets no logger, ours writes routes only.
  const app = fastify({
    logger: false,
    trustProxy: trusted(options.trustProxy),
    bodyLimit,
    requestTimeout: requestTimeoutMs,
    // Node looks for what is late by what it is told at the start alone: fastify's own option comes after it (measured).
    http: {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs / 2,
      connectionsCheckingInterval: requestTimeoutMs / 6,
    },
    // An address that is none (`/%zz`) comes to no route and no hook; fastify's own answer repeats it, without our headers.
    frameworkErrors: (error, request, reply) => {
      reply.headers(securityHeaders(web.isHttps));
      if (isForApi(request.url, options.basePath)) void answerApiError(options.log, error, request, reply);
      else void answerError(shop, error, request, reply);
    },
  });
  const web = webOf(options, assets, () => publicUrlOf(options, app));
  const shop: Shop = { web, assets, basePath: options.basePath };
  app.removeAllContentTypeParsers();
  await app.register(formBody, { bodyLimit });
  const headers = securityHeaders(web.isHttps);
  app.addHook('onRequest', (_request, reply, done) => {
    reply.headers(headers);
    done();
  });
  // Who listens for the end of every answer pays for it with every answer.
  if (options.log.isLevelEnabled('debug')) {
    app.addHook('onResponse', (request, reply, done) => {
      logAnswer(web, request, reply);
      done();
    });
  }
  app.setErrorHandler((error, request, reply) => answerError(shop, error, request, reply));
  app.setNotFoundHandler((request, reply) => answerMissing(shop, request, reply));
  for (const route of [...routesOf(web), ...(options.extraRoutes?.(web) ?? [])]) {
    app.route({
      method: route.method,
      url: `${options.basePath}${route.path}` || '/',
      handler: (request, reply) => answerRoute(shop, route, request, reply),
    });
  }
  await serveHooks(app, options.basePath, { clock: options.clock, log: options.log, find: options.hooks ?? null });
  await serveApi(app, options.basePath, apiOf(options));
  app.get(`${options.basePath}/assets/:name`, (request, reply) => answerAsset(shop, request, reply));
  const closeLive = serveLive(web, app.server, `${options.basePath}/live/socket`);
  app.addHook('preClose', async () => closeLive());
  try {
    await app.listen({ ...options.listen });
    await sweepSessions(options.db, options.clock.now());
  } catch (error) {
    await app.close();
    if (error instanceof Fault) throw error;
    throw new Fault('web.cannot_listen', 'reconfigure', { ...options.listen, hint: 'set `web.listen`' }, error);
  }
  return { url: web.publicUrl, close: () => app.close() };
}

/** Every way in; test/journeys keeps the list of who may come where. */
export function doorsOf(web: Web): readonly Door[] {
  return [...routesOf(web), ...hookDoors, ...apiDoors];
}

/** Wrong tokens from one address; what a program does by mistake is told to it, not to its neighbours. */
const wrongTokensPerMinute = 20;

function apiOf({ db, clock, log, api, apiMetrics }: WebOptions) {
  const office = api ?? { perMinute: 600, region: null, decide: async () => {}, kick: () => {} };
  const throttles = {
    wrong: createThrottle(clock, wrongTokensPerMinute, 60_000),
    requests: createThrottle(clock, office.perMinute, 60_000),
  };
  return { db, clock, log, newId, office, throttles, metrics: apiMetrics ?? null };
}

/** Every page and action there is. */
export function routesOf(web: Web): Route[] {
  return [
    ...completionRoutes(web),
    ...signInRoutes(web),
    ...sectionRoutes(web),
    ...clientEditRoutes(web),
    ...mergeRoutes(web),
    ...strangerRoutes(web),
    ...changeRoutes(web),
    ...sourceRoutes(web),
    ...probeRoutes(web),
  ];
}

function webOf(options: WebOptions, assets: Assets, publicUrl: () => string): Web {
  const { db, clock, log, key, office, randomBytes } = options;
  const prompts = {
    db,
    clock,
    log,
    key,
    mailer: options.mailer,
    options: {
      ...options.prompts,
      office,
      get publicUrl() {
        return publicUrl();
      },
    },
  };
  return {
    db,
    clock,
    log,
    key,
    office,
    randomBytes,
    prompts,
    live: options.live,
    mails: options.mails,
    painter: options.painter,
    status: options.status,
    metrics: options.metrics ?? null,
    counters: options.counters ?? null,
    isHttps: options.publicUrl?.startsWith('https:') ?? false,
    ready: options.ready ?? (async () => true),
    asView: (visitor, wishes, bearer) =>
      viewFor({ key, clock, office, assets, basePath: options.basePath }, visitor, wishes, bearer),
    get publicUrl() {
      return publicUrl();
    },
  };
}

/** A number: so many proxies stand before us, counted from here. */
function trusted(
  given: WebOptions['trustProxy'],
): boolean | string | string[] | ((address: string, hop: number) => boolean) {
  if (typeof given === 'number') return (_address, hop) => hop < given;
  return typeof given === 'object' ? [...given] : given;
}

/** Until the configuration names an address, links lead to the one we listen on. */
function publicUrlOf(options: WebOptions, app: FastifyInstance): string {
  if (options.publicUrl !== null) return `${options.publicUrl}${options.basePath}`;
  const address: AddressInfo | string | null = app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.listen.port;
  const { host } = options.listen;
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${port}${options.basePath}`;
}
