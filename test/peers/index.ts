import { startDebianMariadb } from '../kit/debian-mariadb.ts';
import { debianPostgres, startDebianPostgres } from '../kit/debian-postgres.ts';
import type { PeerName } from '../kit/peer.ts';
import { startRedis } from '../kit/redis.ts';
import { commandPath, installDebian } from './machine.ts';

/** A real program tests talk to, and how `npm test` brings it up. */
interface Peer {
  readonly name: PeerName;
  /** Why it is not there before anything is installed, null when it is. */
  lacks(): string | null | Promise<string | null>;
  readonly packages: readonly string[];
  /** @returns what suites get as its address */
  start(): Promise<{ readonly address: string; stop(): Promise<void> }>;
}

export interface BroughtUp {
  /** LETOPIS_PEER_… variables for the tests. */
  readonly environment: Readonly<Record<string, string>>;
  readonly missing: readonly { readonly name: string; readonly reason: string }[];
  stop(): Promise<void>;
}

const oldest = 15;

const peers: readonly Peer[] = [
  {
    name: 'redis',
    lacks: () => missingProgram('redis-server'),
    packages: ['redis-server'],
    start: async () => {
      const { url, stop } = await startRedis();
      return { address: url, stop };
    },
  },
  { name: 'postgresql', lacks: missingPostgresql, packages: ['postgresql-15'], start: startPostgresql },
  {
    name: 'mariadb',
    lacks: () => missingProgram('mariadbd'),
    packages: ['mariadb-server-core', 'mariadb-client-core'],
    start: startMariadb,
  },
  {
    name: 'chromium',
    lacks: () => missingProgram('chromium'),
    packages: ['chromium'],
    start: () => installed('chromium'),
  },
  { name: 'openssl', lacks: () => missingProgram('openssl'), packages: ['openssl'], start: () => installed('openssl') },
  {
    name: 'dovecot',
    lacks: () => missingProgram('dovecot'),
    packages: ['dovecot-imapd', 'openssl'],
    start: () => installed('dovecot'),
  },
  {
    name: 'openldap',
    lacks: () => missingProgram('slapd'),
    packages: ['slapd', 'openssl'],
    start: () => installed('slapd'),
  },
  { name: 'asterisk', lacks: () => missingProgram('openssl'), packages: ['openssl'], start: startAsterisk },
];

/** Installs what is missing and may be installed, starts what runs as a server, and says what is left. */
export async function bringUpPeers(): Promise<BroughtUp> {
  const environment: Record<string, string> = {};
  const missing: { name: string; reason: string }[] = [];
  const stops: (() => Promise<void>)[] = [];
  for (const { name, lacks, packages, start } of peers) {
    const variable = `LETOPIS_PEER_${name.toUpperCase()}`;
    try {
      const lacking = await lacks();
      const reason = lacking === null ? null : installDebian(packages);
      if (reason !== null) throw new Error(`${lacking}, and ${reason}`);
      const { address, stop } = await start();
      environment[variable] = address;
      stops.push(stop);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      environment[`${variable}_MISSING`] = reason;
      missing.push({ name, reason });
    }
  }
  return {
    environment,
    missing,
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

function missingProgram(name: string): string | null {
  return commandPath(name) === null ? `${name} is not installed` : null;
}

/** A program that each test starts by itself: its address is its path. */
async function installed(program: string): Promise<{ address: string; stop(): Promise<void> }> {
  const address = commandPath(program);
  if (address === null) throw new Error(`${program} is still missing after its installation`);
  return { address, stop: async () => undefined };
}

async function missingPostgresql(): Promise<string | null> {
  return (await debianPostgres(oldest)) === null ? `PostgreSQL ${oldest} is not installed` : null;
}

/** The oldest PostgreSQL we support, as Debian packs it: suites of the project `old-postgresql` run on it. */
async function startPostgresql(): Promise<{ address: string; stop(): Promise<void> }> {
  const bin = await debianPostgres(oldest);
  if (bin === null) throw new Error(`PostgreSQL ${oldest} is still missing after its installation`);
  const { url, stop } = await startDebianPostgres(bin, ['-c', 'max_connections=200']);
  return { address: url, stop };
}

async function startMariadb(): Promise<{ address: string; stop(): Promise<void> }> {
  const program = commandPath('mariadbd');
  if (program === null) throw new Error('mariadbd is still missing after its installation');
  const { url, stop } = await startDebianMariadb(program);
  return { address: url, stop };
}

/** Suites start exchanges of their own; here it is only said whether this machine can run one. */
async function startAsterisk(): Promise<{ address: string; stop(): Promise<void> }> {
  const { asteriskUnavailable } = await import('./asterisk/index.ts');
  const reason = await asteriskUnavailable();
  if (reason !== null) throw new Error(reason);
  return { address: 'ready', stop: async () => undefined };
}
