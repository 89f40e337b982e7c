import type { Past } from '../../connector/index.ts';
import type { MailRules } from '../../mail/index.ts';
import { foldersOf } from './folders.ts';
import { ImapLink } from './link.ts';
import { Mailbox, type Taker } from './mailbox.ts';
import type { ImapOptions } from './options.ts';
import { type FolderPosition, readPosition, type Told } from './position.ts';

/**
 * Takes what the folders have since `past.since`, newest first, with the identities it would have live, and asks nobody. Goes on
 * where an earlier one stopped.
 *
 * @throws every Fault of ImapLink and foldersOf
 */
export async function backfillImap(past: Past<unknown>, options: ImapOptions, rules: MailRules): Promise<void> {
  const link = await ImapLink.open(options, past);
  try {
    const folders = await foldersOf(link, options);
    const mailbox = new Mailbox(takerOf(past), link, options, rules, readPosition(await past.position()) ?? {});
    for (const folder of folders) {
      const told = await mailbox.examine(folder);
      const known = mailbox.position(folder);
      if (known?.validity !== told.validity) mailbox.set(folder, pastOf(told, past));
    }
    await takeAll(mailbox, folders, past);
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

function pastOf({ validity, uidNext }: Told, { since, clock }: Past<unknown>): FolderPosition {
  const last = uidNext - 1;
  return {
    validity,
    seen: last,
    todo: last === 0 ? [] : [[1, last]],
    newest: null,
    firstAt: clock.now().toISOString(),
    past: { upTo: last, since: since.toISOString(), asks: false },
    careful: null,
    troubled: [],
  };
}

/** What looks back has no counters, and tells of a mail it had to leave out in the log. */
function takerOf(past: Past<unknown>): Taker {
  return {
    ...past,
    skipped: () => {},
    setAside: async (_raw, err) => past.log.warn({ err }, 'imap.mail_left_out'),
  };
}
