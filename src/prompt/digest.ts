import { Fault } from '../core/fault.ts';
import { type Language, languageOf } from '../core/language.ts';
import type { LinkScope } from '../core/token.ts';
import { contactViews } from '../store/contacts/contacts.ts';
import {
  type ClaimedDigest,
  claimDigest,
  markDigestSent,
  markDigestUnsent,
  numberPrompts,
  openLinksOf,
} from '../store/prompts/digests.ts';
import { putOff } from '../store/prompts/prompts.ts';
import { claimMs, type PromptDeps } from './deps.ts';
import { type AskedContact, askLetter, digestLetter } from './letters.ts';
import { linkOf, mailIdOf } from './links.ts';

/**
 * Sends a digest: what of it is still a draft, in one mail under its one Message-ID. `contactId` is the draft whose turn
 * it was; where another of the digest is being served, it looks again once that attempt must have ended.
 * @throws Fault mail.not_accepted (retry)
 */
export async function sendDigest(deps: PromptDeps, contactId: string, digestId: string): Promise<void> {
  const now = deps.clock.now();
  const until = new Date(now.getTime() + claimMs);
  const digest = await claimDigest(deps.db, digestId, now, until);
  if (digest === null) {
    // No fault: all drafts of a digest come at its one moment, and all but the first find it taken.
    await putOff(deps.db, contactId, until);
    return;
  }
  try {
    await mailDigest(deps, digestId, digest);
  } catch (error) {
    await markDigestUnsent(deps.db, digestId, error instanceof Fault ? error.code : 'bug');
    throw error;
  }
}

async function mailDigest(deps: PromptDeps, digestId: string, digest: ClaimedDigest): Promise<void> {
  const { employeeId, email } = digest;
  const contacts = await contactsOf(deps, digestId, employeeId);
  const [first, ...others] = contacts;
  if (first === undefined || email === null) {
    await markDigestUnsent(deps.db, digestId, email === null ? 'no-email' : 'nothing-left');
    return;
  }
  const reader = { ...readerOf(deps, digest), now: deps.clock.now() };
  if (others.length === 0) {
    // Under its own Message-ID: an answer to it is about this one draft, whatever an earlier attempt has told of.
    const letter = askLetter(first, first.link, reader);
    await deps.mailer.send({ ...letter, to: email, messageId: mailIdOf(deps, first.scope) });
  } else {
    const numbered = await numbersFor(deps, digestId, contacts);
    const more = { count: digest.more, link: `${deps.options.publicUrl}/` };
    const letter = digestLetter(numbered, more, deps.options.readsMail, reader);
    await deps.mailer.send({ ...letter, to: email, messageId: digest.messageId });
  }
  const promptIds = contacts.map(({ promptId }) => promptId);
  await markDigestSent(deps.db, digestId, promptIds, deps.clock.now());
  deps.metrics?.promptsSent.inc({ kind: 'digest' });
  deps.log.info({ employee: employeeId, digest: digestId, contacts: contacts.map(({ id }) => id) }, 'digest.sent');
}

/** Numbers are stored before the mail goes out: an answer may come before we hear that it did. */
async function numbersFor(
  deps: PromptDeps,
  digestId: string,
  contacts: readonly DigestContact[],
): Promise<(DigestContact & { readonly number: number })[]> {
  const promptIds = contacts.map(({ promptId }) => promptId);
  const numbers = await numberPrompts(deps.db, digestId, promptIds);
  return contacts
    .flatMap((contact) => {
      const number = numbers.get(contact.promptId);
      return number === undefined ? [] : [{ ...contact, number }];
    })
    .sort((a, b) => a.number - b.number);
}

/** A draft of a digest, with its link. */
export type DigestContact = AskedContact & {
  readonly id: string;
  readonly promptId: string;
  readonly scope: LinkScope;
  readonly link: string;
  /** What it was called in the mail; null: no mail of several drafts has told of it. */
  readonly number: number | null;
};

/** What of a digest is still to be asked about, oldest first. */
export async function contactsOf(deps: PromptDeps, digestId: string, employeeId: string): Promise<DigestContact[]> {
  const links = await openLinksOf(deps.db, digestId);
  const views = await contactViews(
    deps.db,
    links.map(({ contactId }) => contactId),
  );
  const contacts = links.flatMap(({ promptId, contactId, generation, number }) => {
    const view = views.find(({ id }) => id === contactId);
    const scope = { contactId, employeeId, generation };
    return view === undefined ? [] : [{ ...view, promptId, number, scope, link: linkOf(deps, scope) }];
  });
  return contacts.sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime() || (a.id < b.id ? -1 : 1));
}

/** How a mail about a digest is written. */
export function readerOf(
  { options: { office } }: PromptDeps,
  { language, zone }: Pick<ClaimedDigest, 'language' | 'zone'>,
): { readonly language: Language; readonly zone: string } {
  return { language: languageOf(language, office.language), zone: zone ?? office.zone };
}
