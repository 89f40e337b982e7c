import { sha256Hex } from '../../core/hash.ts';
import type { MailHead } from '../../mail/index.ts';

type Ids = Pick<MailHead, 'messageId' | 'inReplyTo' | 'references'>;

/** Every Message-ID that tells which thread a mail is of, oldest first, as the database knows them; the root in front. */
export function threadIds(head: Ids): readonly string[] {
  const chain = [...head.references, ...(head.inReplyTo === null ? [] : [head.inReplyTo])];
  const all = [...chain, ...(head.messageId === null ? [] : [head.messageId])];
  return [...new Set(all.map((id) => sha256Hex(id)))];
}

/**
 * The thread of each mail, whatever the order in which they came: a Message-ID that is known leads to its thread, else the
 * oldest one named makes it. Pure; null for a mail that names no Message-ID.
 *
 * @param mails the `threadIds` of each
 * @param known thread by hashed Message-ID
 * @returns the threads, and what is new to remember
 */
export function resolveThreads(
  mails: readonly (readonly string[])[],
  known: ReadonlyMap<string, string>,
): { readonly threads: readonly (string | null)[]; readonly fresh: ReadonlyMap<string, string> } {
  const fresh = new Map<string, string>();
  const threads = mails.map((ids) => {
    const [root] = ids;
    if (root === undefined) return null;
    const found = ids.map((id) => known.get(id) ?? fresh.get(id)).find((thread) => thread !== undefined);
    const thread = found ?? root.slice(0, 32);
    for (const id of ids) if (!known.has(id) && !fresh.has(id)) fresh.set(id, thread);
    return thread;
  });
  return { threads, fresh };
}
