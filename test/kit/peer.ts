import { describe, test } from 'vitest';

/** Real programs that suites talk to. `npm test` brings them up (test/peers) and tells where they are by environment. */
export type PeerName =
  | 'redis'
  | 'postgresql'
  | 'mariadb'
  | 'chromium'
  | 'openssl'
  | 'asterisk'
  | 'dovecot'
  | 'openldap';

export type PeerState =
  | { readonly here: true /** An URL or a path, as test/peers/index.ts says. */; readonly address: string }
  | { readonly here: false; readonly reason: string };

type Environment = Readonly<Record<string, string | undefined>>;

/** LETOPIS_PEER_REDIS=redis://… when it runs, LETOPIS_PEER_REDIS_MISSING=why when it does not. */
export function peerState(name: PeerName, environment: Environment = process.env): PeerState {
  const variable = `LETOPIS_PEER_${name.toUpperCase()}`;
  const address = environment[variable];
  if (address) return { here: true, address };
  return {
    here: false,
    reason: environment[`${variable}_MISSING`] ?? `not brought up: use npm test, or set ${variable}`,
  };
}

/**
 * A suite that needs a real peer. Without it the suite is left out and the run names the reason; with CI=true it fails.
 *
 * @param body registers the tests. It runs even when the suite is left out (its tests are counted as skipped, `address`
 *   is then empty): connect inside hooks and tests, not in the body.
 */
export function describePeer(name: PeerName, title: string, body: (address: string) => void): void {
  const state = peerState(name);
  if (state.here) describe(title, () => body(state.address));
  else if (process.env['CI'] === 'true') {
    describe(title, () => {
      test(`has the peer ${name}`, () => {
        throw new Error(`the peer ${name} is missing: ${state.reason}`);
      });
    });
  } else describe.skipIf(true)(leftOut(title, name, state.reason), () => body(''));
}

/** The title carries the reason, so that the summary of the run can name it; read by test/kit/summary.ts. */
function leftOut(title: string, name: PeerName, reason: string): string {
  return `${title} (left out: no ${name}, ${reason})`;
}
