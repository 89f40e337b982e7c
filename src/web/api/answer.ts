import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Scope } from '../../core/scope.ts';
import { oneLine } from '../../core/text.ts';
import type { Clock } from '../../core/time/clock.ts';
import { hashOf, looksLikeApiToken } from '../../core/token.ts';
import { type ApiToken, tokenOf } from '../../store/access/tokens.ts';
import { claimAnswer, type KeptAnswer, keepAnswer } from '../../store/api/answers.ts';
import type { Db } from '../../store/base/db.ts';
import type { Throttle } from '../http/throttle.ts';
import type { Answer, ApiOffice, Call, Operation } from './operation.ts';
import { notFound, Problem } from './problem.ts';
import { readBody, readJsonBody, readQuery } from './read.ts';

export interface ApiDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly office: ApiOffice;
  /** Wrong tokens, by address; requests, by token. */
  readonly throttles: { readonly wrong: Throttle; readonly requests: Throttle };
}

/** Who comes, may he, what does he want; then it is done and answered, all or nothing. */
export async function answerOperation(
  deps: ApiDeps,
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  const token = await tokenFrom(deps, request);
  names.set(reply, token.name);
  if (!deps.throttles.requests.hit(token.id))
    throw new Problem('too-many', `a token may make ${deps.office.perMinute} requests in a minute (crm.perMinute)`, {
      headers: { 'retry-after': '60' },
    });
  if (!token.scopes.includes(operation.scope))
    throw new Problem('forbidden', `this needs the scope ${operation.scope}; the token has ${token.scopes.join(', ')}`);
  const call = readCall(deps, operation, request, token);
  const answer = operation.writes
    ? await deps.db.transaction((tx) => remembered(deps, operation, request, { ...call, db: tx }))
    : keptOf(await operation.run(call));
  if (operation.writes) deps.office.kick();
  return reply
    .code(answer.status)
    .headers(absolute(answer.headers, request, operation))
    .type('application/json; charset=utf-8')
    .send(answer.body);
}

const names = new WeakMap<FastifyReply, string>();

/** Whose request it was; null: no valid token came. */
export function tokenNameOf(reply: FastifyReply): string | null {
  return names.get(reply) ?? null;
}

/** Looked up by its hash: how long that takes tells nothing of the token. */
async function tokenFrom({ db, clock, throttles }: ApiDeps, request: FastifyRequest): Promise<ApiToken> {
  const written = /^bearer +(\S{1,200}) *$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
  const token = looksLikeApiToken(written) ? await tokenOf(db, hashOf(written), clock.now()) : null;
  if (token !== null) return token;
  if (written !== '' && !throttles.wrong.hit(request.ip))
    throw new Problem('too-many', 'too many wrong tokens from this address', { headers: { 'retry-after': '60' } });
  const detail =
    written === ''
      ? 'send Authorization: Bearer and a token; tokens are made by `letopis token add`'
      : 'the token is wrong, expired or revoked';
  throw new Problem('not-signed-in', detail, { headers: { 'www-authenticate': 'Bearer' } });
}

function readCall(deps: ApiDeps, operation: Operation, request: FastifyRequest, token: ApiToken): Call {
  const { '*': key, ...parts } = textsOf(request.params);
  const params = key === undefined ? parts : { ...parts, key };
  // Anything else can be nobody's id, and the database takes nothing else for one.
  if (parts['id'] !== undefined && !isUuid(parts['id'])) throw notFound('such thing');
  const may = (scope: Scope) => token.scopes.includes(scope);
  const { db, clock, newId, office } = deps;
  const query = operation.query === undefined ? noQuery(request) : readQuery(operation.query, request.query);
  const body = bodyOf(operation, request);
  return { db, clock, newId, office, token, params, query, body, ifMatch: ifMatchOf(request), may };
}

function noQuery(request: FastifyRequest): undefined {
  const [name] = Object.keys(request.query ?? {});
  if (name === undefined) return undefined;
  const detail = 'nothing is asked by the query here';
  throw new Problem('invalid', `${name}: ${detail}`, { errors: [{ parameter: name, detail }] });
}

function bodyOf({ body: schema }: Operation, { body, method }: FastifyRequest): unknown {
  if (schema === undefined) {
    if (
      method !== 'GET' &&
      body instanceof Uint8Array &&
      body.length > 0 &&
      JSON.stringify(readJsonBody(body)) !== '{}'
    )
      throw new Problem('bad-request', 'nothing is sent here');
    return undefined;
  }
  if (!(body instanceof Uint8Array)) throw new Problem('bad-request', 'expected a body of JSON');
  return readBody(schema, readJsonBody(body));
}

function ifMatchOf(request: FastifyRequest): string | null {
  const written = request.headers['if-match'];
  if (written === undefined) return null;
  return written.trim().replace(/^(W\/)?"(.*)"$/, '$2');
}

/** A key is of use for as long as anybody tries again. */
const rememberMs = 86_400_000;

/** Does what is asked, once for every Idempotency-Key: the answer is kept in the transaction that did it. */
async function remembered(
  { clock }: ApiDeps,
  operation: Operation,
  request: FastifyRequest,
  call: Call,
): Promise<KeptAnswer> {
  const key = request.headers['idempotency-key'];
  if (operation.method !== 'POST' || key === undefined) return keptOf(await operation.run(call));
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,255}$/.test(key)) {
    const detail = 'expected 1 to 255 letters, digits or signs, such as a UUID';
    throw new Problem('invalid', `Idempotency-Key: ${detail}`, { errors: [{ header: 'Idempotency-Key', detail }] });
  }
  const requestHash = createHash('sha256')
    .update(`${operation.id} ${JSON.stringify(call.params)}\n`)
    .update(request.body instanceof Uint8Array ? request.body : '')
    .digest();
  const now = clock.now();
  const of = { tokenId: call.token.id, key, requestHash };
  const claimed = await claimAnswer(call.db, of, now, new Date(now.getTime() - rememberMs));
  if (claimed.kind === 'other')
    throw new Problem('key-reused', 'a new request needs a new key; the same request is sent with the very same body');
  if (claimed.kind === 'again')
    return { ...claimed.answer, headers: { ...claimed.answer.headers, 'idempotency-replayed': 'true' } };
  const answer = keptOf(await operation.run(call));
  await keepAnswer(call.db, of, answer);
  return answer;
}

function keptOf({ status, body, headers }: Answer): KeptAnswer {
  return { status, headers: headers ?? {}, body: body === undefined ? '' : JSON.stringify(body) };
}

/** `Location` is given below the API's root; the path before it is as the caller wrote it. */
function absolute(
  headers: KeptAnswer['headers'],
  request: FastifyRequest,
  { path }: Operation,
): Record<string, string> {
  const { location, ...others } = headers;
  if (location === undefined) return { ...others };
  const parts = (request.url.split('?')[0] ?? '').split('/');
  const root = parts.slice(0, parts.length - path.split('/').length + 1).join('/');
  return { ...others, location: `${root}/${location}` };
}

function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(text);
}

/** Parts of the address, as the database can take them. */
function textsOf(values: unknown): Record<string, string> {
  if (typeof values !== 'object' || values === null) return {};
  return Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (typeof value === 'string' ? [[name, oneLine(value)]] : [])),
  );
}
