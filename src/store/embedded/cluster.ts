import { access, link, mkdir, open, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { randomBytes } from '../../ops/chance.ts';
import { cannotStart, serverInstead } from './fault.ts';
import { isAlive } from './process.ts';
import { ownAll, type Runner, reasonOf } from './runner.ts';

/** What lies in the data folder. The folder is ours alone; `cluster` is PostgreSQL's. */
export interface Layout {
  readonly dataDir: string;
  readonly cluster: string;
  readonly password: string;
  readonly port: string;
  readonly log: string;
}

export function layoutOf(dataDir: string): Layout {
  const at = (name: string) => path.join(dataDir, name);
  return { dataDir, cluster: at('cluster'), password: at('password'), port: at('port'), log: at('server.log') };
}

/** The folder's password: random, readable by us alone, made once. Two processes that make it at once agree on one. */
export async function readPassword(layout: Layout): Promise<string> {
  await mkdir(layout.dataDir, { recursive: true, mode: 0o700 });
  const known = await readFile(layout.password, 'utf8').catch(() => '');
  if (known.trim()) return known.trim();
  if (await exists(path.join(layout.cluster, 'PG_VERSION'))) {
    throw cannotStart(
      [`${layout.password} is missing or empty, but the database beside it was made with it`],
      'bring the file back from the backup',
    );
  }
  const draft = `${layout.password}.${process.pid}`;
  await writeFile(draft, `${randomBytes(24).toString('hex')}\n`, { mode: 0o600 });
  await rm(layout.password, { force: true });
  await link(draft, layout.password).catch(() => {}); // another process was faster: its password counts
  await rm(draft, { force: true });
  return (await readFile(layout.password, 'utf8')).trim();
}

/**
 * Makes the cluster when there is none: beside its place first, then moved there, so that a process killed in the middle
 * leaves no half-made one. scram for everybody, also on the same machine: local users cannot come in without the password.
 *
 * @param scratch for tests: not forced to disk
 */
export async function ensureCluster(layout: Layout, runner: Runner, scratch: boolean): Promise<void> {
  await removeHalfMade(layout);
  if (await exists(path.join(layout.cluster, 'PG_VERSION'))) {
    await refuseOtherMajor(layout);
    await ownAll(layout.cluster, runner.uid, runner.gid);
    return;
  }
  const draft = `${layout.cluster}.new-${process.pid}`;
  const passwordCopy = `${draft}.password`;
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordCopy, await readFile(layout.password), { mode: 0o600 });
  await ownAll(draft, runner.uid, runner.gid);
  await ownAll(passwordCopy, runner.uid, runner.gid);
  try {
    await runner.run(runner.binaries.initdb, [
      ...['-D', draft, '-U', 'letopis', '-A', 'scram-sha-256', `--pwfile=${passwordCopy}`, '-E', 'UTF8'],
      ...['--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--no-instructions'],
      ...(scratch ? ['--no-sync'] : []),
    ]);
    await rename(draft, layout.cluster);
  } catch (error) {
    throw cannotStart(
      [`initdb ${runner.way}: ${reasonOf(error)}`],
      `free the disk or make the data folder writable, or ${serverInstead}`,
      error,
    );
  } finally {
    await rm(passwordCopy, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

async function refuseOtherMajor(layout: Layout): Promise<void> {
  const major = (await readFile(path.join(layout.cluster, 'PG_VERSION'), 'utf8')).trim();
  if (major === '18') return;
  throw cannotStart(
    [`${layout.cluster} was made by PostgreSQL ${major}, this program brings 18`],
    'dump it with the Letopis that made it and restore it here',
  );
}

async function removeHalfMade(layout: Layout): Promise<void> {
  for (const name of await readdir(layout.dataDir)) {
    const pid = /^cluster\.new-(\d+)/.exec(name)?.[1];
    if (pid && (Number(pid) === process.pid || !(await isAlive(Number(pid))))) {
      await rm(path.join(layout.dataDir, name), { recursive: true, force: true });
    }
  }
}

/** Opens the server's log to append; what is above one megabyte moves to server.log.1 first. */
export async function openServerLog(layout: Layout): Promise<Awaited<ReturnType<typeof open>>> {
  const { size } = await stat(layout.log).catch(() => ({ size: 0 }));
  if (size > 1_000_000) await rename(layout.log, `${layout.log}.1`);
  return open(layout.log, 'a', 0o600);
}

/** A running server keeps its file; above ten megabytes it is emptied in place (it appends, so the next line is the first). */
export async function capServerLog(layout: Layout): Promise<void> {
  const { size } = await stat(layout.log).catch(() => ({ size: 0 }));
  if (size > 10_000_000) await truncate(layout.log, 0);
}

async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
