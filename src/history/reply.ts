import { readDigestAnswer, type Unplaced } from '../core/contact/digest-answer.ts';
import type { ReplyToPrompt } from '../core/contact/mail.ts';
import { sha256 } from '../core/hash.ts';
import { lockHuman } from '../store/contacts/human-edits.ts';
import { claimIdentity, knownOfMails } from '../store/intake/mails.ts';
import {
  type AnsweredDigest,
  claimAnswer,
  type DigestItem,
  digestByMessageId,
  digestItems,
  keepUnplaced,
} from '../store/prompts/digest-answers.ts';
import { promptByMessageId } from '../store/prompts/prompts.ts';
import { type Author, gistOfReply, type Wish } from './decide.ts';
import { completeContact, type HistoryDeps } from './run.ts';

export type Replied = 'taken' | 'taken in part' | 'nothing new' | 'not his' | 'unknown prompt' | 'not proven';

/**
 * An employee answered a prompt's mail: what he wrote is the gist; in an answer to a digest, what he wrote behind each number.
 * Our Message-IDs are made with a key, so who names one has had the mail; his address must be on file, and our own mail server
 * must not have found it forged.
 */
export async function takeReply(deps: HistoryDeps, reply: ReplyToPrompt): Promise<Replied> {
  if (reply.authenticity === 'claimed') return 'not proven';
  const prompt = await promptByMessageId(deps.db, reply.promptIds, deps.clock.now());
  const digest = prompt === null ? await digestByMessageId(deps.db, reply.promptIds) : null;
  const asked = prompt ?? digest;
  if (asked === null) {
    // Taken once, it may come again when its link has long expired: nobody needs to look at it.
    const { identities } = await knownOfMails(deps.db, [], [keyOf(reply)]);
    return identities.size > 0 ? 'nothing new' : 'unknown prompt';
  }
  if (!asked.addresses.includes(reply.from.toLowerCase())) return 'not his';
  return deps.db.transaction(async (db) => {
    if (digest !== null) return takeAnswer({ ...deps, db }, digest, reply);
    if (prompt === null) return 'unknown prompt';
    // A copy from another mailbox, or of a later look back, must not bring back what was edited since.
    if ((await lockHuman(db, prompt.contactId)) === null) return 'nothing new';
    if (!(await claimIdentity(db, keyOf(reply), prompt.contactId))) return 'nothing new';
    return addGist({ ...deps, db }, prompt.employeeId, prompt.contactId, reply.text);
  });
}

/**
 * What stands behind a number goes to its draft, as an answer to that draft's own mail would. The rest is told back to who
 * wrote it and, since nothing may be lost, set aside with the whole mail.
 */
async function takeAnswer(deps: HistoryDeps, digest: AnsweredDigest, reply: ReplyToPrompt): Promise<Replied> {
  const { db } = deps;
  const now = deps.clock.now();
  const identity = keyOf(reply);
  const known = await claimAnswer(db, { digestId: digest.digestId, identity, mailId: reply.mailId, at: now });
  // Read again (the process was killed before the mail was settled, or a person asked for it), it is what it was; a copy is nothing.
  if (known !== null) return known.mailId === reply.mailId && !known.isWhole ? 'taken in part' : 'nothing new';
  const items = await digestItems(db, digest.digestId, now);
  const { gists, unplaced } = readDigestAnswer(
    reply.text,
    items.map(({ number }) => number),
  );
  const { closed, isNew } = await placeGists(deps, digest.employeeId, items, gists);
  const rest = [...unplaced, ...closed];
  if (rest.length > 0) await keepUnplaced(db, identity, rest);
  if (rest.length > 0) return 'taken in part';
  return isNew ? 'taken' : 'nothing new';
}

/** In the order of contacts, not of numbers: two answers at once must not wait for each other crosswise. */
async function placeGists(
  deps: HistoryDeps,
  employeeId: string,
  items: readonly DigestItem[],
  gists: readonly { readonly number: number; readonly text: string }[],
): Promise<{ readonly closed: readonly Unplaced[]; readonly isNew: boolean }> {
  const byContact = gists
    .flatMap((gist) => items.filter(({ number }) => number === gist.number).map((item) => ({ ...item, ...gist })))
    .sort((a, b) => (a.contactId < b.contactId ? -1 : a.contactId > b.contactId ? 1 : a.number - b.number));
  const closed: Unplaced[] = [];
  let isNew = false;
  for (const { number, text, contactId, isOpen } of byContact) {
    const became = isOpen ? await addGist(deps, employeeId, contactId, text) : 'not his';
    if (became === 'not his') closed.push({ because: 'closed', number, text });
    if (became === 'taken') isNew = true;
  }
  return { closed, isNew };
}

/** His words are the gist; behind those that stand there already. In the caller's transaction. `not his`: or gone. */
async function addGist(
  deps: HistoryDeps,
  employeeId: string,
  contactId: string,
  text: string,
): Promise<'taken' | 'nothing new' | 'not his'> {
  const now = await lockHuman(deps.db, contactId);
  if (now === null) return 'not his';
  const gist = gistOfReply(now.gist, text);
  if (gist === null) return 'nothing new';
  const { outcome, occasion, nextStep, version } = now;
  const wish: Wish = { gist, outcome, occasion, nextStep, client: 'keep', version };
  const author: Author = { employeeId, role: 'employee', via: 'mail' };
  const saved = await completeContact(deps, author, contactId, wish);
  return saved.kind === 'saved' ? 'taken' : saved.kind === 'forbidden' ? 'not his' : 'nothing new';
}

function keyOf({ identity }: ReplyToPrompt): Buffer {
  return sha256(`reply:${identity}`);
}
