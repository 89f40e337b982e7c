import { isLocalName } from '../core/loopback.ts';
import { wantsTls } from '../sources/reading/sql.ts';

/**
 * May the connection to this address be read, and answered, by others on the wire? `safe`: it is encrypted and the other
 * side's certificate is checked, or it never leaves the machine. Else what makes it so.
 */
export function wayTo(
  address: string,
): { readonly is: 'safe' | 'local' } | { readonly is: 'open'; readonly cure: string } {
  const url = new URL(address);
  if (url.protocol === 'https:') return { is: 'safe' };
  if (url.protocol === 'http:') return isLocalName(url.host) ? { is: 'local' } : { is: 'open', cure: 'https://' };
  return /^postgres/.test(url.protocol) ? wayToPostgres(url) : wayToMysql(url);
}

/** As pg reads it: `prefer` and `no-verify` take whoever answers, and so does `require` as libpq understands it. */
function wayToPostgres(url: URL): ReturnType<typeof wayTo> {
  const named = url.searchParams.getAll('host');
  const hosts = named.length > 0 ? named : [decodeURIComponent(url.hostname)];
  // A folder is that of a socket; no host at all is this machine.
  if (hosts.every((host) => host === '' || host.startsWith('/') || isLocalName(host))) return { is: 'local' };
  const modes = url.searchParams.getAll('sslmode');
  const wishes = [...modes, ...url.searchParams.getAll('ssl')];
  const right = url.searchParams.has('uselibpqcompat')
    ? modes.length > 0 && modes.every((mode) => mode === 'verify-full')
    : wishes.length > 0 && wishes.every((wish) => ['require', 'verify-ca', 'verify-full', 'true', '1'].includes(wish));
  return right ? { is: 'safe' } : { is: 'open', cure: '?sslmode=verify-full' };
}

function wayToMysql(url: URL): ReturnType<typeof wayTo> {
  if (isLocalName(url.host)) return { is: 'local' };
  return wantsTls(url) ? { is: 'safe' } : { is: 'open', cure: '?ssl=true' };
}
