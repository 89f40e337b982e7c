import { Fault } from '../core/fault.ts';
import { type Language, languageOf } from '../core/language.ts';
import type { Db } from '../store/base/db.ts';
import { contactView } from '../store/contacts/contacts.ts';
import {
  type Asking,
  claimPrompt,
  linksSince,
  lockAsking,
  lockOwner,
  markSent,
  markUnsent,
  promptsOf,
  putOff,
  revokeOthers,
  revokeOwn,
} from '../store/prompts/prompts.ts';
import { ask, type LinkToSend } from './ask.ts';
import { sendClarification } from './clarification.ts';
import { decideAsk } from './decide.ts';
import { claimMs, type PromptDeps } from './deps.ts';
import { sendDigest } from './digest.ts';
import { askLetter } from './letters.ts';
import { addLink, linkOf } from './links.ts';

export type { PromptDeps, PromptOptions } from './deps.ts';

/** New links for one contact; more would only fill a mailbox. */
const renewalsPerHour = 3;

/** What is to be sent to whom; made and committed before the mail goes out. */
interface PromptEmail {
  readonly promptId: string;
  readonly messageId: string;
  readonly link: string;
  readonly to: string;
  readonly language: Language;
  readonly zone: string;
}

type Step =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'no-contact' }
  | { readonly kind: 'mail'; readonly email: PromptEmail }
  | { readonly kind: 'digest'; readonly id: string };

interface Prepared {
  readonly step: Step;
  readonly ownerId: string | null;
  /** Contacts made bare, because the owner's daily quota is used up. */
  readonly capped: readonly string[];
}

const nothing: Prepared = { step: { kind: 'nothing' }, ownerId: null, capped: [] };

/**
 * Asks a contact's owner for the gist: the work behind the job `prompt`. May run any number of times: the owner gets one
 * mail with one link, or one digest with a link for each of all that wait for it. Puts itself off (a new outbox row) in
 * quiet hours, until the digest, and while the thread rests.
 *
 * @param ref a contact; or an answer to a digest that needs a clarification: see `sendClarification`
 * @throws Fault mail.not_accepted, prompt.in_hand, prompt.owner_changed (retry)
 */
export async function promptContact(deps: PromptDeps, ref: string): Promise<void> {
  const { step, ownerId, capped } = await deps.db.transaction((db) => prepare(deps, db, ref));
  if (capped.length > 0) {
    deps.metrics?.promptsCapped.inc(capped.length);
    deps.log.info({ employee: ownerId, contacts: capped }, 'prompts.capped');
  }
  if (step.kind === 'mail') await send(deps, ref, step.email);
  if (step.kind === 'digest') await sendDigest(deps, ref, step.id);
  if (step.kind === 'no-contact') await sendClarification(deps, ref);
}

/**
 * A new link for an employee whose old one expired; the old ones are closed. Sent at once, to the address on file.
 * Nothing happens when the contact is not his any more, or had three links within the hour.
 */
export async function renewLink(deps: PromptDeps, contactId: string, employeeId: string): Promise<void> {
  const email = await deps.db.transaction(async (db) => {
    const asking = await lockAsking(db, contactId);
    if (asking?.ownerId !== employeeId || !asking.ownerActive || asking.ownerEmail === null) return null;
    const hourAgo = new Date(deps.clock.now().getTime() - 3_600_000);
    if ((await linksSince(db, contactId, hourAgo)) >= renewalsPerHour) {
      deps.log.warn({ contact: contactId }, 'prompt.renewal_throttled');
      return null;
    }
    const own = (await promptsOf(db, contactId)).filter((prompt) => prompt.employeeId === employeeId);
    await revokeOwn(db, contactId, employeeId, deps.clock.now());
    const generation = Math.max(0, ...own.map((prompt) => prompt.generation)) + 1;
    await addLink(deps, db, { contactId, employeeId, generation, digestId: null, counts: false });
    return promptEmailOf(deps, db, asking, generation);
  });
  if (email) await send(deps, contactId, email);
}

async function prepare(deps: PromptDeps, db: Db, contactId: string): Promise<Prepared> {
  const ownerId = await lockOwner(db, contactId);
  if (ownerId === null) return { ...nothing, step: { kind: 'no-contact' } };
  const asking = await lockAsking(db, contactId);
  if (!asking) return nothing;
  // It got another owner while we waited for the lock of the first.
  if (asking.ownerId !== ownerId) throw new Fault('prompt.owner_changed', 'retry', { contact: contactId });
  const now = deps.clock.now();
  const zone = asking.ownerZone ?? deps.options.office.zone;
  const decision = decideAsk(
    { ...asking, zone, week: asking.ownerWeek, threadAskedAt: null }, // looked at when its turn has come: `ask`
    await promptsOf(db, contactId),
    deps.options,
    now,
  );
  if (asking.state === 'draft') await revokeOthers(db, [contactId], ownerId, now);
  switch (decision.kind) {
    case 'nothing':
      deps.log.debug({ contact: contactId, because: decision.because }, 'prompt.not_needed');
      return nothing;
    case 'later':
      await putOff(db, contactId, decision.at);
      deps.log.info({ contact: contactId, at: decision.at }, 'prompt.put_off');
      return nothing;
    case 'again':
      return { ...nothing, step: await stepOf(deps, db, asking, decision) };
    case 'ask': {
      const { send, capped } = await ask(deps, db, asking, decision.together);
      return { step: send ? await stepOf(deps, db, asking, send) : nothing.step, ownerId, capped };
    }
  }
}

async function stepOf(deps: PromptDeps, db: Db, asking: Asking, link: LinkToSend): Promise<Step> {
  if (link.digestId !== null) return { kind: 'digest', id: link.digestId };
  const email = await promptEmailOf(deps, db, asking, link.generation);
  return email ? { kind: 'mail', email } : nothing.step;
}

/** The mail with this one link; null without an address. */
async function promptEmailOf(
  deps: PromptDeps,
  db: Db,
  asking: Asking,
  generation: number,
): Promise<PromptEmail | null> {
  const scope = { contactId: asking.id, employeeId: asking.ownerId, generation };
  const prompts = await promptsOf(db, asking.id);
  const prompt = prompts.find((one) => one.employeeId === asking.ownerId && one.generation === generation);
  if (!prompt || asking.ownerEmail === null) return null;
  return {
    promptId: prompt.id,
    messageId: prompt.messageId,
    link: linkOf(deps, scope),
    to: asking.ownerEmail,
    language: languageOf(asking.ownerLanguage, deps.options.office.language),
    zone: asking.ownerZone ?? deps.options.office.zone,
  };
}

async function send(deps: PromptDeps, contactId: string, email: PromptEmail): Promise<void> {
  const contact = await contactView(deps.db, contactId);
  if (!contact) return;
  const now = deps.clock.now();
  if (!(await claimPrompt(deps.db, email.promptId, now, new Date(now.getTime() + claimMs)))) {
    // Sent meanwhile, or in the hands of a worker that may yet fail: look again later.
    throw new Fault('prompt.in_hand', 'retry', { prompt: email.promptId });
  }
  try {
    const letter = askLetter(contact, email.link, email);
    await deps.mailer.send({ ...letter, to: email.to, messageId: email.messageId });
  } catch (error) {
    await markUnsent(deps.db, email.promptId, error instanceof Fault ? error.code : 'bug');
    throw error;
  }
  await markSent(deps.db, email.promptId, deps.clock.now());
  deps.metrics?.promptsSent.inc({ kind: 'ask' });
  deps.log.info({ contact: contactId, prompt: email.promptId }, 'prompt.sent');
}
