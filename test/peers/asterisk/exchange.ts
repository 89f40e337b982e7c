import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { AmiSession } from './ami-session.ts';

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));

/** Debian suites the matrix takes its exchanges from: `sid` has Asterisk 22, `bullseye` Asterisk 16. */
export type Suite = 'sid' | 'bullseye';

/** Manager users: `full` may do and sees everything, `crm` is the reader we recommend, `crmlean` the same, thinned by the server. */
export type ManagerUser = 'full' | 'crm' | 'crmlean';

export interface ExchangeOptions {
  readonly suite: Suite;
  /** first three bytes of a loopback network, e.g. `127.0.16`: each exchange that runs at the same time needs its own */
  readonly block: string;
  readonly ports?: { readonly ami?: number; readonly amitls?: number; readonly http?: number; readonly sip?: number };
  /** address of the exchange that plays the provider; by default where `neighbourOf` puts it, started only when needed */
  readonly neighbour?: string;
}

export interface Exchange {
  readonly suite: Suite;
  readonly block: string;
  readonly version: string;
  readonly address: string;
  readonly amiPort: number;
  readonly sipPort: number;
  readonly secret: string;
  readonly folder: string;
  /** rows of the CDR file with linked id and fractions of seconds, oldest first */
  cdrRows(): string[];
  open(user: ManagerUser): Promise<AmiSession>;
  /** kill -9, as a power cut does it */
  kill(): Promise<void>;
  /** starts again after kill() */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Unpacked packages live here, outside the tree; instances share them. */
export function peersFolder(): string {
  const folder = process.env['LETOPIS_PEERS'] ?? join(tmpdir(), 'letopis-peers');
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** The loopback network of the provider beside an exchange: 127.0.16 → 127.1.16. */
export function neighbourOf(block: string): string {
  const [first = '127', second = '0', third = '0'] = block.split('.');
  return `${first}.${Number(second) + 1}.${third}`;
}

export function packagesFolder(suite: Suite): string {
  return join(peersFolder(), `asterisk-${suite}`);
}

/** Starts a throw-away Asterisk at `block`.1; about 3 s, the first time a minute more for the packages. */
export async function startExchange(options: ExchangeOptions): Promise<Exchange> {
  const folder = mkdtempSync(join(peersFolder(), `run-${options.suite}-`));
  const parameters = [
    `suite=${options.suite}`,
    `root=${packagesFolder(options.suite)}`,
    `block=${options.block}`,
    `neighbour=${options.neighbour ?? `${neighbourOf(options.block)}.1`}`,
    ...Object.entries(options.ports ?? {}).map(([name, port]) => `${name}=${port}`),
  ];
  const up = async (): Promise<{ version: string; address: string; ami: number; sip: number }> => {
    const { stdout } = await run('bash', [join(here, 'up.sh'), folder, ...parameters], { timeout: 300_000 });
    return JSON.parse(stdout);
  };
  const down = (how: 'now' | 'kill'): Promise<unknown> => run('bash', [join(here, 'down.sh'), folder, how]);
  const { version, address, ami, sip } = await up();
  const secret = 'labsecret';
  return {
    suite: options.suite,
    block: options.block,
    version: /^[\d.]+/.exec(version)?.[0] ?? version,
    address,
    amiPort: ami,
    sipPort: sip,
    secret,
    folder,
    cdrRows: () => cdrRows(folder),
    open: (user) => AmiSession.openSoon({ address, port: ami, user, secret }),
    kill: async () => void (await down('kill')),
    restart: async () => void (await up()),
    stop: async () => {
      await down('now');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function cdrRows(folder: string): string[] {
  try {
    return readFileSync(join(folder, 'log/cdr-custom/Full.csv'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return []; // the file appears with the first call
  }
}
