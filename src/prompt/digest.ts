import { Fault } from '../core/fault.ts';
import { languageOf } from '../core/language.ts';
import { contactViews } from '../store/contacts.ts';
import { type ClaimedDigest, claimDigest, markDigestSent, markDigestUnsent, openLinksOf } from '../store/digests.ts';
import { putOff } from '../store/prompts.ts';
import { claimMs, type PromptDeps } from './deps.ts';
import { linkOf } from './links.ts';
import { type AskedContact, askLetter, digestLetter } from './mails.ts';

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
  const { contacts, promptIds } = await contactsOf(deps, digestId, digest);
  const [first, ...others] = contacts;
  if (first === undefined || email === null) {
    await markDigestUnsent(deps.db, digestId, email === null ? 'no-email' : 'nothing-left');
    return;
  }
  const reader = {
    language: languageOf(digest.language, deps.options.office.language),
    zone: digest.zone ?? deps.options.office.zone,
  };
  const more = { count: digest.more, link: `${deps.options.publicUrl}/` };
  const letter =
    others.length === 0
      ? askLetter(first, first.link, reader)
      : digestLetter(contacts, more, { ...reader, now: deps.clock.now() });
  await deps.mailer.send({ ...letter, to: email, messageId: digest.messageId });
  await markDigestSent(deps.db, digestId, promptIds, deps.clock.now());
  deps.metrics?.promptsSent.inc({ kind: 'digest' });
  deps.log.info({ employee: employeeId, digest: digestId, contacts: contacts.map(({ id }) => id) }, 'digest.sent');
}

/** What is still to be asked about, oldest first. */
async function contactsOf(deps: PromptDeps, digestId: string, { employeeId }: ClaimedDigest) {
  const links = await openLinksOf(deps.db, digestId);
  const generations = new Map(links.map(({ contactId, generation }) => [contactId, generation]));
  const views = await contactViews(deps.db, [...generations.keys()]);
  const contacts: (AskedContact & { readonly id: string; readonly link: string })[] = views
    .sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime() || (a.id < b.id ? -1 : 1))
    .map((view) => {
      const scope = { contactId: view.id, employeeId, generation: generations.get(view.id) ?? 1 };
      return { ...view, link: linkOf(deps, scope) };
    });
  return { contacts, promptIds: links.map(({ promptId }) => promptId) };
}
