import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { didYouMean } from '../../config/nearest.ts';
import { Fault } from '../../core/fault.ts';
import type { Logger } from '../../ops/log.ts';
import type { Metrics } from '../../ops/metrics.ts';
import type { Door } from '../http/route.ts';
import { type ApiDeps, answerOperation, tokenNameOf } from './answer.ts';
import { openApi } from './openapi.ts';
import { apiRoot, operations } from './operations.ts';
import { Problem } from './problem.ts';

export interface ApiOptions extends ApiDeps {
  readonly log: Logger;
  readonly metrics: Pick<Metrics, 'apiAnswers'> | null;
}

/** The doors of programs. */
export const apiDoors: readonly Door[] = [
  { method: 'GET', path: `${apiRoot}/openapi.json`, auth: 'open' },
  ...operations.map(({ method, path }) => ({ method, path: apiRoot + path, auth: 'token' as const })),
];

/** A client with a hundred addresses has some 20 KB. */
const bodyLimit = 256 * 1024;

/**
 * Serves other programs, in a room of their own: JSON only, no cookies, no pages of other sites (no CORS), every answer that
 * is no success a problem document.
 */
export async function serveApi(app: FastifyInstance, basePath: string, options: ApiOptions): Promise<void> {
  await app.register(
    (room, _options, done) => {
      room.removeAllContentTypeParsers();
      room.addContentTypeParser(
        ['application/json', 'application/merge-patch+json'],
        { parseAs: 'buffer', bodyLimit },
        (_request, body, parsed) => parsed(null, body),
      );
      room.addHook('onRequest', async (request) => refuseEncoded(request));
      room.addHook('onResponse', async (_request, reply) => count(options, reply));
      room.setErrorHandler((error, request, reply) => answerApiError(options.log, error, request, reply));
      room.setNotFoundHandler((request, reply) => tell(reply, missing(request, basePath)));
      const document = JSON.stringify(openApi());
      room.get('/openapi.json', { exposeHeadRoute: false }, (_request, reply) =>
        reply.type('application/json; charset=utf-8').send(document),
      );
      for (const operation of operations) {
        room.route({
          method: operation.method,
          // A key of 200 signs has more bytes on the wire than a part may have: it is the rest of the address.
          url: operation.path.replace(':key', '*'),
          exposeHeadRoute: false,
          bodyLimit,
          handler: (request, reply) => answerOperation(options, operation, request, reply),
        });
      }
      done();
    },
    { prefix: `${basePath}${apiRoot}` },
  );
}

/** A kilobyte can unpack to a gigabyte. */
function refuseEncoded(request: FastifyRequest): void {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding.trim().toLowerCase() !== 'identity')
    throw new Problem('wrong-type', 'a body must not be packed (content-encoding)');
}

function tell(reply: FastifyReply, problem: Problem) {
  return reply
    .code(problem.status)
    .headers({ ...problem.headers })
    .type('application/problem+json; charset=utf-8')
    .send(problem.text);
}

/** Does it come to our room? Asked where no route was found yet. */
export function isForApi(url: string, basePath: string): boolean {
  return url.startsWith(`${basePath}${apiRoot}/`);
}

export function answerApiError(log: Logger, error: unknown, request: FastifyRequest, reply: FastifyReply) {
  return tell(reply, problemOf(log, error, request));
}

function problemOf(log: Logger, error: unknown, request: FastifyRequest): Problem {
  const route = request.routeOptions.url ?? 'none';
  if (error instanceof Problem) return error;
  if (error instanceof Fault && error.code === 'store.duplicate')
    return new Problem('conflict', 'somebody made the same at this moment: read it, or send it again');
  if (error instanceof Fault && error.remedy === 'retry') {
    log.warn({ err: error, route }, 'api.unavailable');
    return new Problem('unavailable', 'come again in a moment', { headers: { 'retry-after': '10' } });
  }
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? Number(error.statusCode) : 500;
  if (status === 414) return new Problem('too-long', 'a part of it has more signs than anything here can have');
  if (status === 413) return new Problem('too-large', `a body may have ${bodyLimit / 1024} KB`);
  if (status === 415) return new Problem('wrong-type', 'send the body as application/json');
  if (status >= 400 && status < 500) return new Problem('bad-request', 'the request is no HTTP we can read');
  log.error({ err: error, route }, 'api.broke');
  return new Problem('broken', 'it is in the log; sending it again may help');
}

/** The address is none, or this cannot be done there. */
function missing(request: FastifyRequest, basePath: string): Problem {
  const path = (request.url.split('?')[0] ?? '').slice(basePath.length + apiRoot.length);
  const here = [...operations, { method: 'GET', path: '/openapi.json' }].filter((one) => fits(one.path, path));
  const methods = here.map(({ method }) => method);
  if (methods.length === 0) {
    const first = `/${path.split('/')[1] ?? ''}`;
    const known = new Set(operations.map((one) => `/${one.path.split('/')[1] ?? ''}`));
    return new Problem('not-found', `there is no such address${didYouMean(first, known)}, see ${apiRoot}/openapi.json`);
  }
  const allow = [...new Set(methods)].join(', ');
  return new Problem('wrong-method', `here only ${allow}`, { headers: { allow } });
}

function fits(pattern: string, path: string): boolean {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  return wanted.length === given.length && wanted.every((part, i) => part.startsWith(':') || part === given[i]);
}

function count({ metrics }: ApiOptions, reply: FastifyReply): void {
  const token = tokenNameOf(reply);
  metrics?.apiAnswers.inc({ token: token ?? 'none', status: `${Math.floor(reply.statusCode / 100)}xx` });
}
