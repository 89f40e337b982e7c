import { execFile, spawn } from 'node:child_process';
import { chmod, chown, lstat, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Binaries, copyBinaries } from './binaries.ts';
import { cannotStart, serverInstead } from './fault.ts';

/** A way to run PostgreSQL, which refuses uid 0, under the user we are. */
export interface Runner {
  readonly way: string;
  /** The programs as this way reaches them. */
  readonly binaries: Binaries;
  /** Who owns the cluster's files. */
  readonly uid: number;
  readonly gid: number;
  /** Runs to the end; rejects with what it said on stderr. */
  run(command: string, args: readonly string[]): Promise<void>;
  /** Starts what outlives us: a process group of its own, so that Ctrl+C in the terminal reaches the daemon only. */
  start(command: string, args: readonly string[], output: number): number;
}

export interface Way {
  readonly way: string;
  readonly uid: number;
  readonly gid: number;
  readonly prefix: readonly string[];
  readonly dropsTo?: { readonly uid: number; readonly gid: number };
}

/** Only what PostgreSQL needs: not our secrets, and no PG… variable that would change its mind. */
const environment = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C', TZ: 'UTC' };

/**
 * The first way that works here. As root: a user namespace in which we are somebody else (files stay ours), else the user
 * postgres or nobody. As anybody else: directly, else, where our uid has no name (initdb insists on one), a namespace.
 *
 * @param endsWithUs for tests: PostgreSQL ends when our process does, however that ends
 * @throws Fault store.embedded_cannot_start (reconfigure) with what was tried and why each failed
 */
export async function findRunner(
  binaries: Binaries,
  dataDir: string,
  endsWithUs: boolean,
  ways?: readonly Way[],
): Promise<Runner> {
  const tried: string[] = [];
  for (const way of ways ?? (await possibleWays(process.geteuid?.() ?? 1, process.getegid?.() ?? 1))) {
    try {
      return await tryWay(way, binaries, dataDir, endsWithUs);
    } catch (error) {
      tried.push(`${way.way}: ${reasonOf(error)}`);
    }
  }
  throw cannotStart(tried, `run Letopis as a user that has a name in /etc/passwd, or ${serverInstead}`);
}

async function tryWay(way: Way, binaries: Binaries, dataDir: string, endsWithUs: boolean): Promise<Runner> {
  const runner = runnerOf(way, binaries, endsWithUs);
  if (!way.dropsTo) {
    await runner.run(binaries.postgres, ['--version']);
    return runner;
  }
  // the other user owns the cluster; the folder above it, with the password, stays ours and only lets him pass
  await chmod(dataDir, 0o711);
  await ownAll(path.join(dataDir, 'cluster'), way.uid, way.gid);
  try {
    await runner.run(binaries.postgres, ['--version']);
    return runner;
  } catch {
    // our programs may lie where he cannot go, below /root for instance
    const copied = runnerOf(way, await copyBinaries(binaries, dataDir), endsWithUs);
    await ownAll(path.join(dataDir, 'binaries'), way.uid, way.gid);
    await copied.run(copied.binaries.postgres, ['--version']);
    return copied;
  }
}

export async function possibleWays(uid: number, gid: number): Promise<readonly Way[]> {
  const users = await readUsers();
  const somebody = users.find((user) => user.name === 'nobody') ?? users.find((user) => user.uid !== 0);
  const map = somebody ? [`--map-user=${somebody.uid}`, `--map-group=${somebody.gid}`] : [];
  const namespace: Way = { way: 'user namespace (unshare)', uid, gid, prefix: ['unshare', '--user', ...map] };
  if (uid !== 0) {
    const named = users.length === 0 || users.some((user) => user.uid === uid);
    return named ? [{ way: `as uid ${uid}`, uid, gid, prefix: [] }] : [namespace];
  }
  const others = ['postgres', 'nobody'].flatMap((name) => users.filter((user) => user.name === name));
  return [namespace, ...others.map((user) => droppingTo(user.name, user.uid, user.gid))];
}

function droppingTo(name: string, uid: number, gid: number): Way {
  return { way: `as user ${name}`, uid, gid, prefix: [], dropsTo: { uid, gid } };
}

async function readUsers(): Promise<readonly { readonly name: string; readonly uid: number; readonly gid: number }[]> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '');
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    return name && uid && gid ? [{ name, uid: Number(uid), gid: Number(gid) }] : [];
  });
}

function runnerOf({ way, uid, gid, prefix, dropsTo }: Way, binaries: Binaries, endsWithUs: boolean): Runner {
  const env = binaries.libraries ? { ...environment, [loaderPath]: binaries.libraries } : environment;
  return {
    way,
    binaries,
    uid,
    gid,
    async run(command, args) {
      const [file = command, ...rest] = [...prefix, command, ...args];
      await promisify(execFile)(file, rest, { env, cwd: '/', timeout: 120_000, ...dropsTo });
    },
    start(command, args, output) {
      // inside the namespace, since entering one forgets the wish to die with the parent
      const tie = endsWithUs && process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'QUIT'] : [];
      const [file = command, ...rest] = [...prefix, ...tie, command, ...args];
      const child = spawn(file, rest, { env, cwd: '/', detached: true, stdio: ['ignore', output, output], ...dropsTo });
      child.on('error', () => {}); // tells that the file is missing; a missing process says the same later
      child.unref();
      return child.pid ?? 0;
    },
  };
}
const loaderPath = process.platform === 'darwin' ? 'DYLD_LIBRARY_PATH' : 'LD_LIBRARY_PATH';

/** Changes the owner of a whole tree where it is not yet `uid`; links are not followed; a missing tree is none. */
export async function ownAll(file: string, uid: number, gid: number): Promise<void> {
  const info = await lstat(file).catch(() => null);
  if (!info || info.isSymbolicLink()) return;
  if (info.uid !== uid) await chown(file, uid, gid);
  if (!info.isDirectory()) return;
  for (const name of await readdir(file)) await ownAll(path.join(file, name), uid, gid);
}

/** The last line a program said before it failed. */
export function reasonOf(error: unknown): string {
  const said = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : '';
  return said.split('\n').at(-1) || (error instanceof Error ? error.message : String(error));
}
