import type { Past } from '../../connector/index.ts';
import type { MailRules } from '../../mail/index.ts';
import { untilAborted } from '../until-aborted.ts';
import { isRefusal } from './fetch.ts';
import { foldersOf } from './folders.ts';
import { ImapLink } from './link.ts';
import { Mailbox } from './mailbox.ts';
import type { ImapOptions } from './options.ts';
import { type FolderPosition, readPosition, type Told } from './position.ts';

/**
 * Takes what the folders have since `past.since`, newest first, with the identities it would have live, and asks nobody. Goes on
 * where an earlier one stopped; returns when it is through, or when the signal aborts.
 *
 * @throws every Fault of ImapLink and foldersOf; imap.refused of a folder that cannot be opened, when the others are through
 */
export function backfillImap(past: Past<unknown>, options: ImapOptions, rules: MailRules): Promise<void> {
  return untilAborted(past.signal, () => backfill(past, options, rules));
}

async function backfill(past: Past<unknown>, options: ImapOptions, rules: MailRules): Promise<void> {
  const link = await ImapLink.open(options, past);
  try {
    const folders = await foldersOf(link, options);
    const mailbox = new Mailbox(past, link, options, rules, readPosition(await past.position()) ?? new Map());
    const refused = new Map<string, unknown>();
    for (const folder of folders) {
      const told = await mailbox.examine(folder).catch((error: unknown) => {
        if (!isRefusal(error)) throw error;
        refused.set(folder, error);
        past.log.warn({ err: error, folder }, 'imap.folder_refused');
        return null;
      });
      const known = mailbox.position(folder);
      if (told !== null && known?.validity !== told.validity) mailbox.set(folder, pastOf(told, past));
    }
    await takeAll(
      mailbox,
      folders.filter((folder) => !refused.has(folder)),
      past,
    );
    // The others are through; that one is missing must not look like all of it.
    for (const error of refused.values()) throw error;
  } finally {
    link.close();
  }
}

async function takeAll(mailbox: Mailbox, folders: readonly string[], past: Past<unknown>): Promise<void> {
  let total = 0;
  for (const folder of folders) total += await mailbox.countWork(folder);
  let looked = 0;
  past.progress(looked, total);
  while (folders.some((folder) => mailbox.hasWork(folder)))
    for (const folder of folders) {
      if (!mailbox.hasWork(folder)) continue;
      looked += await mailbox.step(folder);
      past.progress(Math.min(looked, total), total);
    }
  for (let tries = 0; tries < 2; tries++) for (const folder of folders) await mailbox.retry(folder);
}

function pastOf({ validity, uidNext, modseq }: Told, { since, clock }: Past<unknown>): FolderPosition {
  const last = uidNext - 1;
  return {
    validity,
    rewinds: 0,
    seen: last,
    todo: last === 0 ? [] : [[1, last]],
    newest: null,
    firstAt: clock.now().toISOString(),
    past: { upTo: last, since: since.toISOString(), asks: false },
    careful: null,
    troubled: [],
    modseq,
  };
}
