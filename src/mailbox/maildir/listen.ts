import { Fault, type Past, type Session } from '../../connector/index.ts';
import type { MailRules } from '../../mail/index.ts';
import { historyStart } from '../options.ts';
import { untilAborted } from '../until-aborted.ts';
import { codeOf, listNames } from './files.ts';
import { Folder } from './folder.ts';
import { foldersOf, notReadable } from './folders.ts';
import { Maildir } from './maildir.ts';
import type { MaildirOptions } from './options.ts';
import { readPosition } from './position.ts';
import { watchFolders } from './watch.ts';

/** A delivery renames a file once, a mail program many: what follows at once is seen with it. */
const settleMs = 50;

/**
 * One session with a maildir: take what is there, newest first, then what comes; told by the file system, and looked for
 * every `poll` seconds. Returns when the signal aborts.
 *
 * @throws Fault maildir.no_such_folder, maildir.not_readable, maildir.gone
 */
export function listenMaildir(session: Session<unknown>, options: MaildirOptions, rules: MailRules): Promise<void> {
  return untilAborted(session.signal, () => listen(session, options, rules));
}

/** Looks whether the folders are there and can be read. Throws what `listenMaildir` would throw. */
export async function probeMaildir(options: MaildirOptions): Promise<void> {
  for (const { path } of await foldersOf(options)) await named(path, () => listNames(path));
}

/** Takes what the folders have since `past.since`, with the identities it would have live, and asks nobody. */
export function backfillMaildir(past: Past<unknown>, options: MaildirOptions, rules: MailRules): Promise<void> {
  return untilAborted(past.signal, () => backfill(past, options, rules));
}

async function listen(session: Session<unknown>, options: MaildirOptions, rules: MailRules): Promise<void> {
  const { clock, log, signal } = session;
  const text = await session.position();
  const known = readPosition(text);
  if (text !== null && known === null) log.warn({}, 'maildir.position_unreadable');
  const now = clock.now();
  const start = options.history === 'none' ? 'none' : historyStart(options.history, now);
  const places = await foldersOf(options);
  const folders = places.map(({ name, path }) => new Folder({ name, path, known: known?.get(name), now, start }));
  const maildir = new Maildir(session, options, rules, folders, true);
  const watching = watchFolders(
    folders.map(({ path }) => path),
    (err) => log.warn({ err, poll: options.poll }, 'maildir.not_watched'),
  );
  const look = async (folder: Folder) => {
    const wasOdd = folders.some(({ odd }) => odd !== null);
    await scan(folder, clock.now());
    // Once a session is enough: it lies there until somebody takes it away.
    if (!wasOdd && folder.odd !== null) log.warn({ folder: folder.name, path: folder.odd }, 'maildir.odd_entry');
  };
  try {
    for (const folder of folders) {
      const isFirst = folder.isFirst;
      await look(folder);
      if (isFirst) log.info({ folder: folder.name, mails: folder.waiting }, 'maildir.folder_met');
    }
    session.listening();
    log.info({ folders: folders.length }, 'maildir.session_opened');
    await maildir.keep();
    for (;;) {
      await takeAll(maildir, folders, signal);
      await watching.changed(clock, options.poll * 1000, signal);
      signal.throwIfAborted();
      await clock.sleep(settleMs, signal);
      for (const folder of folders) await look(folder);
    }
  } finally {
    watching.close();
  }
}

/** One batch of each folder in turn, so that the newest of all come first. */
async function takeAll(maildir: Maildir, folders: readonly Folder[], signal: AbortSignal): Promise<void> {
  while (folders.some(({ waiting }) => waiting > 0))
    for (const folder of folders) {
      await maildir.step(folder);
      signal.throwIfAborted();
    }
}

async function backfill(past: Past<unknown>, options: MaildirOptions, rules: MailRules): Promise<void> {
  const known = readPosition(await past.position());
  const now = past.clock.now();
  const places = await foldersOf(options);
  const folders = places.map(
    ({ name, path }) => new Folder({ name, path, known: known?.get(name), now, start: past.since, looksBack: true }),
  );
  const maildir = new Maildir(past, options, rules, folders, false);
  for (const folder of folders) await scan(folder, now);
  const total = folders.reduce((sum, { waiting }) => sum + waiting, 0);
  past.progress(0, total);
  for (let looked = 0; folders.some(({ waiting }) => waiting > 0); past.progress(looked, total))
    for (const folder of folders) {
      looked += await maildir.step(folder);
      past.signal.throwIfAborted();
    }
}

function scan(folder: Folder, now: Date): Promise<void> {
  return named(folder.path, () => folder.scan(now));
}

/** A folder that was there and is not any more is perhaps not mounted at the moment. */
async function named<T>(path: string, look: () => Promise<T>): Promise<T> {
  try {
    return await look();
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EACCES' || code === 'EPERM') throw notReadable(path, error);
    throw code === 'unknown' ? error : new Fault('maildir.gone', 'retry', { path, code }, error);
  }
}
