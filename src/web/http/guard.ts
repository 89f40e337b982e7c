import { isLocalName, isLoopback } from '../../core/loopback.ts';
/** What a browser tells of where a request comes from. */
export interface Provenance {
  readonly origin: string | undefined;
  readonly fetchSite: string | undefined;
  /** The Host header, or what a trusted proxy says it was. */
  readonly host: string | undefined;
}

/**
 * Was this sent by a page of ours? Asked of everything that changes state, besides the form's own proof.
 * Our pages send no referrer, so browsers say `Origin: null` for their forms; then Sec-Fetch-Site decides, and in a browser
 * too old for it the proof alone.
 */
export function isOurs(request: Provenance, publicUrl: string): boolean {
  const { origin, fetchSite, host } = request;
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return false;
  if (origin === undefined || origin === 'null') return true;
  return sameOrigin(origin, publicUrl, host);
}

/** The WebSocket handshake always carries an Origin, and no form's proof: it must be ours. */
export function mayConnect(request: Provenance, publicUrl: string): boolean {
  return (
    request.origin !== undefined && request.origin !== 'null' && sameOrigin(request.origin, publicUrl, request.host)
  );
}

/** Reached by the public address, or by the address in the browser's own bar (loopback names of one machine differ). */
function sameOrigin(origin: string, publicUrl: string, host: string | undefined): boolean {
  const given = URL.parse(origin);
  if (!given) return false;
  return given.origin === URL.parse(publicUrl)?.origin || given.host === host;
}

/** Sent with every answer. A page may load from us alone, be framed by nobody, and tells nobody where its reader came from. */
export function securityHeaders(isHttps: boolean): Readonly<Record<string, string>> {
  return {
    'content-security-policy':
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
      "base-uri 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'x-robots-tag': 'noindex, nofollow',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': 'camera=(), geolocation=(), microphone=()',
    ...(isHttps ? { 'strict-transport-security': 'max-age=31536000' } : {}),
  };
}

/** The session's cookie. `__Host-` needs https; a loopback demo has none. */
export function cookieName(isHttps: boolean): string {
  return isHttps ? '__Host-letopis' : 'letopis';
}

export function setCookie(isHttps: boolean, value: string, maxAgeSeconds: number): string {
  const secure = isHttps ? '; Secure' : '';
  return `${cookieName(isHttps)}=${value}; Path=/; Max-Age=${maxAgeSeconds}; HttpOnly; SameSite=Lax${secure}`;
}

/** The value of one cookie; null when it is not there. */
export function readCookie(header: string | undefined, name: string): string | null {
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return null;
}

/**
 * Does a program of this machine ask for itself? What a proxy passes on does not count, trusted or not: the sender writes the
 * beginning of X-Forwarded-For. Nor does a name of our machine that somebody else's DNS made up (rebinding): a browser sends it.
 */
export function isNear(request: {
  readonly remote: string | undefined;
  readonly forwardedFor: string | readonly string[] | undefined;
  /** The Host header as it came. */
  readonly host: string | undefined;
}): boolean {
  const { remote, forwardedFor, host } = request;
  return isLoopback(remote ?? '') && forwardedFor === undefined && (host === undefined || isLocalName(host));
}
