import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '../../connector/index.ts';
import { codeOf } from './files.ts';
import { isMaildir } from './folder.ts';
import { folderName, isWaste, subfolder } from './names.ts';
import type { MaildirOptions } from './options.ts';

export interface FolderPlace {
  /** As the YAML calls it: INBOX, Sent, Archive/2026. */
  readonly name: string;
  readonly path: string;
}

/**
 * Where the folders lie that the options mean.
 * @throws Fault maildir.no_such_folder naming those there are, maildir.not_readable
 */
export async function foldersOf(options: MaildirOptions): Promise<readonly FolderPlace[]> {
  const { path, folders, excludeFolders } = options;
  try {
    const listed = await listFolders(path);
    const chosen = folders.flatMap((name) => {
      if (name !== '*') return [find(listed, name) ?? missing(name, path, listed)];
      return listed.filter((one) => !isWaste(one.name) && !excludeFolders.some((other) => isSame(one, other)));
    });
    return [...new Set(chosen)];
  } catch (error) {
    throw error instanceof Fault ? error : notReadable(path, error);
  }
}

/** @throws what the file system throws */
async function listFolders(path: string): Promise<FolderPlace[]> {
  if (!(await isMaildir(path))) return [];
  const entries = await readdir(path, { withFileTypes: true });
  const found = entries.flatMap(({ name }) => (name.length > 1 && name.startsWith('.') && name !== '..' ? [name] : []));
  const places = found.map((name) => ({ name: folderName(name), path: join(path, name) }));
  const are = await Promise.all(places.map((place) => isMaildir(place.path)));
  return [{ name: 'INBOX', path }, ...places.filter((_place, i) => are[i])];
}

function find(listed: readonly FolderPlace[], name: string): FolderPlace | undefined {
  return listed.find((one) => isSame(one, name));
}

function isSame(place: FolderPlace, name: string): boolean {
  if (place.name === 'INBOX') return name.toUpperCase() === 'INBOX';
  return place.path.endsWith(`/${subfolder(name)}`);
}

function missing(name: string, path: string, listed: readonly FolderPlace[]): never {
  const cure =
    listed.length === 0
      ? 'a maildir has the folders new and cur: is the path right, is its file system mounted?'
      : `folders: ${listed.map((one) => one.name).join(', ')}`;
  throw new Fault('maildir.no_such_folder', 'reconfigure', { path, folder: name, cure });
}

export function notReadable(path: string, error: unknown): Fault {
  const cure = 'let the user that Letopis runs as read the maildir and the files in it (group, umask, ACL)';
  return new Fault('maildir.not_readable', 'reconfigure', { path, code: codeOf(error), cure }, error);
}
