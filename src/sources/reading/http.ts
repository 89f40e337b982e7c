import { readFile } from 'node:fs/promises';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { createGunzip } from 'node:zlib';
import { Fault } from '../../core/fault.ts';
import { oneLine, shorten } from '../../core/text.ts';
import { linkLocal, namesLinkLocal, neverLinkLocal } from '../../ops/link-local.ts';
import type { HttpRequest } from './source.ts';

export interface HttpLimits {
  readonly timeoutMs: number;
  readonly maxBytes: number;
}

export interface HttpAnswer {
  readonly bytes: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  /** Where it came from in the end. */
  readonly url: string;
}

const mostRedirects = 5;

/**
 * One request, its whole answer. Certificates are checked. Redirects are followed five times: on the same host, and to the
 * hosts the YAML names, without our headers: a token is for whom it was made. Never from https to http, and never anywhere
 * else: whoever runs the source would choose what this machine asks of its own network.
 *
 * @throws Fault source.unreachable, source.timed_out, source.cut_short, source.answered_error (retry or reconfigure),
 *   source.bad_certificate, source.too_large, source.redirects (reconfigure)
 */
export async function fetchBytes(request: HttpRequest, limits: HttpLimits): Promise<HttpAnswer> {
  const ca = request.ca === null ? null : await readCa(request.ca);
  let now = request;
  for (let hops = 0; hops <= mostRedirects; hops += 1) {
    const answer = await fetchOnce(now, limits, ca);
    const next = answer.status >= 300 && answer.status < 400 ? answer.headers['location'] : undefined;
    if (next === undefined) {
      if (answer.status >= 200 && answer.status < 300) return { ...answer, url: now.url };
      throw answeredError(now.url, answer);
    }
    now = redirected(now, next, answer.status);
  }
  const cure = 'write the address it leads to in the end';
  throw new Fault('source.redirects', 'reconfigure', { place: placeOf(request.url), redirects: mostRedirects, cure });
}

/** An address as it may be shown: no password, and no query, where tokens stand. */
export function placeOf(url: string): string {
  if (!URL.canParse(url)) return 'the address';
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

function redirected(from: HttpRequest, location: string, status: number): HttpRequest {
  const refuse = (cure: string) => new Fault('source.redirects', 'reconfigure', { place: placeOf(from.url), cure });
  if (!URL.canParse(location, from.url)) throw refuse('it sends to an address that is none: ask who runs it');
  const [before, after] = [new URL(from.url), new URL(location, from.url)];
  if (!['http:', 'https:'].includes(after.protocol)) throw refuse('it sends to something that is no web address');
  if (before.protocol === 'https:' && after.protocol === 'http:')
    throw refuse('it sends from https to http, where everybody could read along: write the right address');
  const isElsewhere = before.origin !== after.origin;
  if (isElsewhere && !isSameButSafe(before, after) && !isNamed(from.hosts, after.hostname))
    throw refuse(`it sends to ${after.host}: write that address, or name the host in hosts:`);
  const keepsBody = status === 307 || status === 308;
  return {
    ...from,
    url: after.href,
    headers: isElsewhere ? {} : from.headers,
    method: keepsBody && !isElsewhere ? from.method : 'GET',
    body: keepsBody && !isElsewhere ? from.body : null,
  };
}

/** From http to https of the same host, each at its usual port. */
function isSameButSafe(before: URL, after: URL): boolean {
  return before.hostname === after.hostname && before.port === '' && after.protocol === 'https:' && after.port === '';
}

function isNamed(hosts: readonly string[], host: string): boolean {
  return hosts.some((one) =>
    one.startsWith('*.') ? host.endsWith(one.slice(1).toLowerCase()) : host === one.toLowerCase(),
  );
}

interface RawAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

async function fetchOnce(request: HttpRequest, limits: HttpLimits, ca: string[] | null): Promise<RawAnswer> {
  const url = new URL(request.url);
  const place = placeOf(request.url);
  if (namesLinkLocal(url)) throw lineFault(place, 'connecting', new Error(linkLocal));
  const body = request.body === null ? null : Buffer.from(JSON.stringify(request.body));
  const options: RequestOptions & https.RequestOptions = {
    method: request.method,
    agent: false,
    lookup: neverLinkLocal,
    headers: {
      accept: 'application/json, text/csv, */*;q=0.5',
      'accept-encoding': 'gzip',
      'user-agent': 'Letopis',
      ...(body === null ? {} : { 'content-type': 'application/json', 'content-length': String(body.length) }),
      ...request.headers,
    },
    ...(ca === null ? {} : { ca }),
  };
  return new Promise((resolve, reject) => {
    let doing = 'connecting';
    const sent = (url.protocol === 'https:' ? https : http).request(url, options);
    const deadline = setTimeout(() => {
      const cure = 'is it overloaded? else give it more time with timeout:';
      const after = `${limits.timeoutMs / 1000} s`;
      sent.destroy(new Fault('source.timed_out', 'retry', { place, while: doing, after, cure }));
    }, limits.timeoutMs);
    const fail = (error: Error) => {
      clearTimeout(deadline);
      reject(error instanceof Fault ? error : lineFault(place, doing, error));
    };
    sent.on('socket', (socket) => socket.once('connect', () => (doing = 'waiting for the answer')));
    sent.on('error', fail);
    sent.on('response', (response) => {
      doing = 'reading the answer';
      collect(response, limits.maxBytes, place).then((bytes) => {
        clearTimeout(deadline);
        sent.destroy();
        resolve({ status: response.statusCode ?? 0, headers: headersOf(response), bytes });
      }, fail);
    });
    sent.end(body ?? undefined);
  });
}

async function collect(response: IncomingMessage, maxBytes: number, place: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  const isPacked = response.headers['content-encoding'] === 'gzip';
  const stream = isPacked ? response.pipe(createGunzip()) : response;
  // A pipe does not carry the error of its source along.
  if (isPacked) response.on('error', (error) => stream.destroy(error)).on('aborted', () => stream.destroy());
  for await (const chunk of stream) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    if (size > maxBytes) {
      response.destroy();
      throw tooLarge(place, maxBytes);
    }
    chunks.push(bytes);
  }
  if (!response.complete) throw cutShort(place, `${size} bytes came`);
  return Buffer.concat(chunks);
}

export function tooLarge(place: string, maxBytes: number): Fault {
  const most = `${Math.round(maxBytes / 1_000_000)} MB`;
  const cure = 'is it the right one? else allow more with maxSize:, or read it in pages';
  return new Fault('source.too_large', 'reconfigure', { place, most, cure });
}

function cutShort(place: string, found: string): Fault {
  const cure = 'nothing of it was taken over; the next try is on its way';
  return new Fault('source.cut_short', 'retry', { place, found, cure });
}

function answeredError(url: string, { status, headers, bytes }: RawAnswer): Fault {
  const remedy = status === 408 || status === 429 || status >= 500 ? 'retry' : 'reconfigure';
  const cure =
    status === 401 || status === 403
      ? 'check the token or password in headers:'
      : status === 404 || status === 410
        ? 'check the address'
        : remedy === 'retry'
          ? 'the fault is there: it is asked again by itself'
          : 'check address, method and headers';
  const said = beginningOf(bytes);
  const retryAfter = headers['retry-after'] ?? null;
  return new Fault('source.answered_error', remedy, { place: placeOf(url), status, said, retryAfter, cure });
}

/** For people: what an answer begins with. */
export function beginningOf(bytes: Uint8Array): string {
  return shorten(oneLine(Buffer.from(bytes.subarray(0, 400)).toString('utf8')), 120);
}

function lineFault(place: string, doing: string, error: Error): Fault {
  const code = 'code' in error ? String(error.code) : error.message;
  if (/CERT|SELF_SIGNED|UNABLE_TO_|ERR_TLS|ERR_SSL/i.test(code)) {
    const cure = 'name the certificate that signed it with ca:, or have a valid one put up';
    return new Fault('source.bad_certificate', 'reconfigure', { place, found: code, cure }, error);
  }
  if (doing === 'reading the answer') return cutShort(place, code);
  const cure = code === 'ENOTFOUND' ? 'check the name of the host' : 'is it running, and may this machine reach it?';
  return new Fault('source.unreachable', 'retry', { place, while: doing, found: code, cure }, error);
}

function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}

/** The usual authorities and those of the file. @throws Fault source.bad_certificate */
export async function readCa(file: string): Promise<string[]> {
  try {
    return [...rootCertificates, await readFile(file, 'utf8')];
  } catch (error) {
    const cure = 'does the file of ca: exist, may Letopis read it?';
    throw new Fault('source.bad_certificate', 'reconfigure', { place: file, cure }, error);
  }
}
