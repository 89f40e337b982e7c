import { Fault } from '../../connector/index.ts';
import type { ImapLink } from './link.ts';
import type { ImapOptions } from './options.ts';

/** A folder as far as choosing among them needs it. */
export interface Folder {
  readonly path: string;
  /** `\Sent`, as the server says, or as its name lets suppose. */
  readonly use: string | null;
}

/** What nobody wants who asks for every folder: waste, drafts, and Gmail's second sight of everything. */
const left = ['\\Junk', '\\Trash', '\\Drafts', '\\All', '\\Flagged', '\\Important'];

/** @throws Fault imap.no_such_folder, and those of asking */
export async function foldersOf(link: ImapLink, options: ImapOptions): Promise<readonly string[]> {
  const listed = await link.ask('LIST', (client) => client.list());
  const folders = listed
    .filter(({ flags }) => !flags.has('\\Noselect') && !flags.has('\\NonExistent'))
    .map(({ path, specialUse }) => ({ path, use: specialUse ?? null }));
  return chooseFolders(folders, options);
}

/**
 * The folders the options mean, in their order. A name is taken as the server writes it; `\Sent` is the folder of that use;
 * `Sent` is too where no folder has just this name.
 *
 * @throws Fault imap.no_such_folder naming those there are
 */
export function chooseFolders(
  folders: readonly Folder[],
  { folders: wanted, excludeFolders }: Pick<ImapOptions, 'folders' | 'excludeFolders'>,
): readonly string[] {
  const chosen = wanted.flatMap((name) => {
    if (name === '*') {
      const unwanted = excludeFolders.flatMap((one) => find(folders, one) ?? []);
      return folders
        .filter(({ path, use }) => !left.includes(use ?? '') && !unwanted.includes(path))
        .map(({ path }) => path);
    }
    const path = find(folders, name);
    if (path !== null) return [path];
    throw new Fault('imap.no_such_folder', 'reconfigure', {
      folder: name,
      cure: `folders: ${folders
        .map(({ path: one, use }) => (use === null ? one : `${one} (${use})`))
        .slice(0, 60)
        .join(', ')}`,
    });
  });
  return [...new Set(chosen)];
}

function find(folders: readonly Folder[], name: string): string | null {
  const exact = folders.find(({ path }) => path === name);
  const inbox = name.toUpperCase() === 'INBOX' ? folders.find(({ path }) => path.toUpperCase() === 'INBOX') : undefined;
  const use = `\\${name.replace(/^\\/, '')}`.toLowerCase();
  const used = folders.find((one) => one.use?.toLowerCase() === use);
  return (exact ?? inbox ?? used)?.path ?? null;
}
