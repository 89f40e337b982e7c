import type { FastifyReply, FastifyRequest } from 'fastify';
import { renderToString } from 'preact-render-to-string';
import { Fault } from '../../core/fault.ts';
import { hashOf, looksLikeToken } from '../../core/token.ts';
import { sessionVisitor, touchSession } from '../../store/access/sessions.ts';
import { problemPage } from '../ui/problem-answer.ts';
import type { Assets } from './assets.ts';
import { fieldsOf } from './fields.ts';
import { cookieName, isNear, isOurs, type Provenance, readCookie } from './guard.ts';
import { Busy } from './places.ts';
import type { Answer, Route, Session, View, Web } from './route.ts';
import { redirect } from './route.ts';
import { acceptedLanguages } from './views.ts';

/** What turns requests into answers. */
export interface Shop {
  readonly web: Web;
  readonly assets: Assets;
  readonly basePath: string;
}

/** Checks who comes and where from, lets the route answer, draws what it says. */
export async function answerRoute(shop: Shop, route: Route, request: FastifyRequest, reply: FastifyReply) {
  const { web } = shop;
  const session = route.auth === 'loopback' ? null : await sessionOf(web, request.headers.cookie, request.method);
  const view = viewOf(web, request, session);
  const refused = refusal(web, route, request, session, view);
  const answer =
    refused ??
    (await route.answer({
      params: textsOf(request.params),
      query: textsOf(request.query),
      fields: fieldsOf(request.body),
      ip: request.ip,
      session,
      view,
    }));
  return send(reply, answer);
}

function refusal(web: Web, route: Route, request: FastifyRequest, session: Session | null, view: View): Answer | null {
  if (route.method === 'POST' && !isOurs(provenance(request), web.publicUrl))
    return problemPage(view, 'badRequest', 403);
  switch (route.auth) {
    case 'open':
    case 'link':
      return null;
    case 'loopback': {
      const { host, 'x-forwarded-for': forwardedFor } = request.headers;
      const remote = request.socket.remoteAddress;
      return isNear({ remote, forwardedFor, host }) ? null : problemPage(view, 'notFound', 404);
    }
    case 'session':
      return session ? null : redirect(view.href('/sign-in'));
    case 'oversight':
      if (!session) return redirect(view.href('/sign-in'));
      return session.visitor.role === 'employee' ? problemPage(view, 'forbidden', 403) : null;
    case 'supervisor':
      if (!session) return redirect(view.href('/sign-in'));
      return session.visitor.role === 'supervisor' ? null : problemPage(view, 'forbidden', 403);
  }
}

/** Reading pages notes at most once a minute that the session lives. */
const touchEveryMs = 60_000;

/** Whose session the cookie names. A HEAD request leaves no trace at all. */
export async function sessionOf(web: Web, cookies: string | undefined, method: string): Promise<Session | null> {
  const token = readCookie(cookies, cookieName(web.isHttps));
  if (token === null || !looksLikeToken(token)) return null;
  const hash = hashOf(token);
  const now = web.clock.now();
  const found = await sessionVisitor(web.db, hash, now);
  if (!found) return null;
  const { seenAt, ...visitor } = found;
  if (method !== 'HEAD' && now.getTime() - seenAt.getTime() > touchEveryMs) await touchSession(web.db, hash, now);
  return { visitor, hash };
}

export function provenance(request: Pick<FastifyRequest, 'headers'> & { readonly host?: string }): Provenance {
  const fetchSite = request.headers['sec-fetch-site'];
  return {
    origin: request.headers.origin,
    fetchSite: typeof fetchSite === 'string' ? fetchSite : undefined,
    host: request.host ?? request.headers.host,
  };
}

function viewOf(web: Web, request: FastifyRequest, session: Session | null): View {
  // Before anybody is known, the browser says which language it wants.
  const wishes = session ? [] : acceptedLanguages(request.headers['accept-language']);
  return web.asView(session?.visitor ?? null, wishes, session?.hash ?? null);
}

function send(reply: FastifyReply, answer: Answer) {
  switch (answer.kind) {
    case 'page':
      return reply
        .code(answer.status ?? 200)
        .type('text/html; charset=utf-8')
        .send(`<!doctype html>${renderToString(answer.page)}`);
    case 'redirect':
      if (answer.cookie !== undefined) reply.header('set-cookie', answer.cookie);
      return reply.redirect(answer.to, 303);
    case 'text':
      return reply.code(answer.status).type(answer.type).send(answer.text);
    case 'bytes':
      return reply
        .headers({ ...answer.headers })
        .type(answer.type)
        .send(Buffer.from(answer.bytes));
    case 'nothing':
      return reply.code(204).send();
  }
}

/** Their names change with what is in them: to be kept for ever. */
export function answerAsset({ assets, web }: Shop, request: FastifyRequest, reply: FastifyReply) {
  const asset = assets.byName.get(textsOf(request.params)['name'] ?? '');
  if (!asset) return send(reply, problemPage(viewOf(web, request, null), 'notFound', 404));
  return reply.header('cache-control', 'public, max-age=31536000, immutable').type(asset.type).send(asset.body);
}

export function answerMissing({ web }: Shop, request: FastifyRequest, reply: FastifyReply) {
  return send(reply, problemPage(viewOf(web, request, null), 'notFound', 404));
}

/** A page in the reader's language, whatever broke; what broke goes to the log, without the address. */
export function answerError({ web }: Shop, error: unknown, request: FastifyRequest, reply: FastifyReply) {
  const view = viewOf(web, request, null);
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  if (status === 413) return send(reply, problemPage(view, 'tooLarge', 413));
  if (typeof status === 'number' && status >= 400 && status < 500)
    return send(reply, problemPage(view, 'badRequest', status));
  if (error instanceof Busy) {
    web.log.info({ route: routeOf(request) }, 'web.busy');
    reply.header('retry-after', '5');
    return send(reply, problemPage(view, 'busy', 503));
  }
  if (error instanceof Fault && error.remedy === 'retry') {
    web.log.warn({ err: error, route: routeOf(request) }, 'web.unavailable');
    reply.header('retry-after', '10');
    return send(reply, problemPage(view, 'unavailable', 503));
  }
  web.log.error({ err: error, route: routeOf(request) }, 'web.broke');
  return send(reply, problemPage(view, 'broken', 500));
}

export function logAnswer(web: Web, request: FastifyRequest, reply: FastifyReply): void {
  const ms = Math.round(reply.elapsedTime);
  web.log.debug({ method: request.method, route: routeOf(request), status: reply.statusCode, ms }, 'web.answered');
}

/** The route's pattern (`/d/:token`), never the address itself. */
function routeOf(request: FastifyRequest): string {
  return request.routeOptions.url ?? 'none';
}

function textsOf(values: unknown): Record<string, string> {
  if (typeof values !== 'object' || values === null) return {};
  return Object.fromEntries(
    Object.entries(values).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}
