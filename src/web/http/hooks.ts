import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { WebhookAnswer, WebhookReading, WebhookRequest } from '../../connector/index.ts';
import { Fault } from '../../core/fault.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Logger } from '../../ops/log.ts';
import { answerLate, watchLateRequests } from './late-requests.ts';
import type { Door } from './route.ts';
import { createThrottle, type Throttle } from './throttle.ts';

/** A source that calls us, as whoever runs the connectors hands it over. */
export interface Hook {
  readonly origins: readonly string[];
  readonly perMinute: number | null;
  read(request: Omit<WebhookRequest, 'connector' | 'exchange'>): WebhookReading;
  take(reading: WebhookReading): Promise<'kept' | 'nothing'>;
  setAside(body: Uint8Array, fault: Fault): Promise<void>;
  refused(fault: Fault): void;
  count(answer: string): void;
}

/** Null: not known yet which there are. */
export type FindHook = (name: string) => Hook | 'unknown' | null;

export interface HooksOptions {
  readonly clock: Clock;
  readonly log: Logger;
  /** Absent: this process runs no connectors, so it serves none. */
  readonly find: FindHook | null;
  /** What has not arrived whole by then is let go of: a source that drips a byte a second holds nothing. */
  readonly bodyTimeoutMs?: number;
}

/** Sources come in by these; no session, no cookies, no form's proof: the connector believes them or does not. */
export const hookDoors: readonly Door[] = ['/hook/:name', '/hook/:name/*'].flatMap((path) =>
  (['GET', 'POST', 'OPTIONS'] as const).map((method) => ({ method, path, auth: 'source' as const })),
);

/** A call record of FreeSWITCH has some 60 KB. */
const bodyLimit = 1024 * 1024;
const retryAfterSeconds = '10';

/** Serves the sources that call us, in a room of their own: bodies stay the bytes they came as. */
export async function serveHooks(app: FastifyInstance, basePath: string, options: HooksOptions): Promise<void> {
  const throttles = new Map<string, Throttle>();
  const late = watchLateRequests(options.bodyTimeoutMs ?? 10_000);
  await app.register((room, _options, done) => {
    room.removeAllContentTypeParsers();
    room.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit }, (_request, body, done) => done(null, body));
    room.setErrorHandler((error, request, reply) => answerFault(options, error, request, reply));
    // Node's own timeout is for all pages and longer.
    room.addHook('onRequest', ({ raw, headers }, reply, done) => {
      late.began(raw, () => {
        if (!reply.raw.headersSent) reply.hijack();
        answerLate(raw, reply.raw);
      });
      done(refuseEncoded(headers['content-encoding'], reply));
    });
    for (const { method, path } of hookDoors) {
      room.route({
        method,
        url: `${basePath}${path}`,
        exposeHeadRoute: false,
        handler: (request, reply) => {
          late.mayBeWhole(request.raw);
          return answerHook(options, throttles, request, reply);
        },
      });
    }
    done();
  });
}

async function answerHook(
  options: HooksOptions,
  throttles: Map<string, Throttle>,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const name = textsOf(request.params)['name'] ?? '';
  const hook = options.find === null ? 'unknown' : options.find(name);
  if (hook === null) return later(reply);
  if (hook === 'unknown') return tell(reply, 404, 'no source of this name is expected here');
  const { origin } = request.headers;
  const isWelcome = origin === undefined || origin === 'null' || hook.origins.includes(origin);
  if (isWelcome && origin !== undefined && origin !== 'null')
    reply.header('access-control-allow-origin', origin).header('vary', 'origin');
  if (request.method === 'OPTIONS') return preflight(reply, isWelcome && origin !== undefined);
  const refuse = (answer: string, status: number, words: string) => {
    hook.count(answer);
    return tell(reply, status, words);
  };
  if (!isWelcome) return refuse('foreign', 403, 'pages of this site may not post here: `origins`');
  if (hook.perMinute !== null && !throttleOf(throttles, name, hook.perMinute, options.clock).hit(request.ip)) {
    reply.header('retry-after', '60');
    return refuse('limited', 429, 'too many requests, come again in a minute');
  }
  return settle(options, hook, asRequest(request, options.clock), reply);
}

/** Reads, keeps, and only then answers. */
async function settle(
  options: HooksOptions,
  hook: Hook,
  request: Omit<WebhookRequest, 'connector' | 'exchange'>,
  reply: FastifyReply,
) {
  try {
    const reading = hook.read(request);
    const taken = await hook.take(request.method === 'GET' ? { ...reading, captures: [], ringing: [] } : reading);
    hook.count(reading.isSpam ? 'spam' : taken);
    return send(reply, reading.answer);
  } catch (error) {
    if (error instanceof Fault && isOfTheStore(error)) {
      hook.count('unavailable');
      throw error;
    }
    if (error instanceof Fault && error.remedy === 'reconfigure') {
      hook.count('refused');
      hook.refused(error);
      return tell(reply, 401, 'this request does not prove where it comes from');
    }
    // A bug of a connector must not cost a call: it is kept like what cannot be read.
    const fault = error instanceof Fault ? error : new Fault('webhook.bug', 'set-aside', {}, error);
    if (fault !== error) options.log.error({ err: error }, 'webhook.bug');
    hook.count('unreadable');
    await hook.setAside(request.body, fault);
    return tell(reply, 422, 'this cannot be read; it was kept for a person');
  }
}

/** The connector's own faults come out of `read`; these are of what stands behind it. */
function isOfTheStore({ code, remedy }: Fault): boolean {
  return remedy === 'retry' || (code.startsWith('store.') && code !== 'store.value_refused');
}

function asRequest(request: FastifyRequest, clock: Clock): Omit<WebhookRequest, 'connector' | 'exchange'> {
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers))
    headers[name] = Array.isArray(value) ? value.join(', ') : value;
  return {
    method: request.method === 'GET' ? 'GET' : 'POST',
    path: (textsOf(request.params)['*'] ?? '').replace(/^\/+|\/+$/g, ''),
    query: textsOf(request.query),
    headers,
    body: request.body instanceof Uint8Array ? request.body : new Uint8Array(),
    receivedAt: clock.now(),
  };
}

function throttleOf(throttles: Map<string, Throttle>, name: string, limit: number, clock: Clock): Throttle {
  const key = `${limit} ${name}`;
  const known = throttles.get(key) ?? createThrottle(clock, limit, 60_000);
  throttles.set(key, known);
  return known;
}

/** A kilobyte can unpack to a gigabyte: nobody who posts a call needs that. */
function refuseEncoded(encoding: string | undefined, reply: FastifyReply): Error | undefined {
  if (encoding === undefined || encoding.trim().toLowerCase() === 'identity') return undefined;
  reply.header('connection', 'close');
  return Object.assign(new Error('encoded body'), { statusCode: 415 });
}

function preflight(reply: FastifyReply, isWelcome: boolean) {
  if (!isWelcome) return tell(reply, 403, 'pages of this site may not post here: `origins`');
  return reply
    .code(204)
    .header('access-control-allow-methods', 'POST')
    .header('access-control-allow-headers', 'content-type, accept')
    .header('access-control-max-age', '600')
    .send();
}

function send(reply: FastifyReply, { status, type, body, location }: WebhookAnswer) {
  if (location !== null) return reply.redirect(location, 303);
  return reply.code(status).type(type).send(body);
}

function tell(reply: FastifyReply, status: number, words: string) {
  return reply.code(status).type('text/plain; charset=utf-8').send(`${words}\n`);
}

function later(reply: FastifyReply) {
  reply.header('retry-after', retryAfterSeconds);
  return tell(reply, 503, 'nothing can be stored at the moment, come again');
}

const words: Readonly<Record<number, string>> = {
  413: `a body may have ${bodyLimit / 1024} KB`,
  415: 'a body must not be packed (content-encoding)',
};

function answerFault({ log }: HooksOptions, error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const route = request.routeOptions.url ?? 'none';
  if (error instanceof Fault) {
    log.warn({ err: error, route }, 'webhook.unavailable');
    return later(reply);
  }
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status >= 400 && status < 500) return tell(reply, status, words[status] ?? 'this request is not understood');
  log.error({ err: error, route }, 'webhook.broke');
  return tell(reply, 500, 'something broke here; it is in the log');
}

function textsOf(values: unknown): Record<string, string> {
  const texts: Record<string, string> = {};
  if (typeof values !== 'object' || values === null) return texts;
  for (const [name, value] of Object.entries(values)) if (typeof value === 'string') texts[name] = value;
  return texts;
}
