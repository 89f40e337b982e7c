import { hashOf, type LinkScope, linkToken, messageIdOf } from '../core/token.ts';
import type { Db } from '../store/base/db.ts';
import { addPrompt, markUnsent } from '../store/prompts/prompts.ts';
import type { PromptDeps } from './deps.ts';
import { senderDomain } from './mailer.ts';

/** What a prompt's link is: made again whenever it is needed, for only its hash is stored. */
export function linkOf({ key, options }: PromptDeps, scope: LinkScope): string {
  return `${options.publicUrl}/d/${linkToken(key, scope)}`;
}

/** The Message-ID of the mail that carries this link alone. */
export function mailIdOf({ key, options }: PromptDeps, scope: LinkScope): string {
  return messageIdOf(key, scope, senderDomain(options.from));
}

export interface NewLink extends LinkScope {
  /** The mail it goes out with; null: its own. */
  readonly digestId: string | null;
  /** Whether it takes a part of its owner's daily quota. */
  readonly counts: boolean;
}

/** Stores the prompt behind a link that is to be mailed. */
export function addLink(deps: PromptDeps, db: Db, link: NewLink): Promise<{ id: string; messageId: string }> {
  const now = deps.clock.now();
  return addPrompt(db, {
    ...link,
    tokenHash: hashOf(linkToken(deps.key, link)),
    messageId: mailIdOf(deps, link),
    createdAt: now,
    expiresAt: new Date(now.getTime() + deps.options.linkDays * 86_400_000),
  });
}

/** There is no address to mail it to: the draft waits in the list "my drafts". */
export async function keepUnsent(deps: PromptDeps, db: Db, promptId: string, scope: LinkScope): Promise<void> {
  await markUnsent(db, promptId, 'no-email');
  // A person must act: this employee gets no mail about any draft.
  deps.log.warn({ contact: scope.contactId, employee: scope.employeeId }, 'prompt.no_email');
}
