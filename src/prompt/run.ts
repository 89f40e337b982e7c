import type { Clock } from '../core/clock.ts';
import { Fault } from '../core/fault.ts';
import { type Language, languageOf } from '../core/language.ts';
import { hashOf, type Key, linkToken, messageIdOf } from '../core/token.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import { contactView } from '../store/contacts.ts';
import type { Db } from '../store/db.ts';
import {
  type Asking,
  addPrompt,
  claimPrompt,
  linksSince,
  lockAsking,
  markSent,
  markUnsent,
  promptsOf,
  putOff,
  revokeOthers,
  revokeOwn,
} from '../store/prompts.ts';
import { type AskingRules, decideAsk } from './decide.ts';
import { type Mailer, senderDomain } from './mailer.ts';
import { askLetter } from './mails.ts';

export interface PromptDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly mailer: Mailer;
  /** From the key file; at least 32 bytes. */
  readonly key: Key;
  readonly options: PromptOptions;
  readonly metrics?: Pick<Metrics, 'promptsSent'>;
}

export interface PromptOptions extends AskingRules {
  /** Where the pages are, with the base path and without a slash at the end: https://letopis.example/base */
  readonly publicUrl: string;
  /** The sender of our mails: our Message-IDs end in its domain. */
  readonly from: string;
  readonly office: { readonly language: Language; readonly zone: string };
  /** How long a link opens its draft. */
  readonly linkDays: number;
}

/** Longest one attempt to send may take before another worker may try. */
const claimMs = 90_000;

/** New links for one contact; more would only fill a mailbox. */
const renewalsPerHour = 3;

/** What is to be sent to whom; made and committed before the mail goes out. */
interface Errand {
  readonly promptId: string;
  readonly messageId: string;
  readonly link: string;
  readonly to: string;
  readonly language: Language;
  readonly zone: string;
}

/**
 * Asks a contact's owner for the gist: the work behind the job `prompt`. May run any number of times: the owner gets one
 * mail with one link. Puts itself off (a new outbox row) in quiet hours and until the digest.
 * @throws Fault mail.not_accepted, prompt.in_hand (retry)
 */
export async function promptContact(deps: PromptDeps, contactId: string): Promise<void> {
  const errand = await deps.db.transaction((db) => prepare(deps, db, contactId));
  if (errand) await send(deps, contactId, errand);
}

/**
 * A new link for an employee whose old one expired; the old ones are closed. Sent at once, to the address on file.
 * Nothing happens when the contact is not his any more, or had three links within the hour.
 */
export async function renewLink(deps: PromptDeps, contactId: string, employeeId: string): Promise<void> {
  const errand = await deps.db.transaction(async (db) => {
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
    return errandOf(deps, db, asking, generation, true);
  });
  if (errand) await send(deps, contactId, errand);
}

async function prepare(deps: PromptDeps, db: Db, contactId: string): Promise<Errand | null> {
  const asking = await lockAsking(db, contactId);
  if (!asking) return null;
  const now = deps.clock.now();
  const zone = asking.ownerZone ?? deps.options.office.zone;
  const decision = decideAsk({ ...asking, zone }, await promptsOf(db, contactId), deps.options, now);
  if (asking.state === 'draft') await revokeOthers(db, contactId, asking.ownerId, now);
  switch (decision.kind) {
    case 'nothing':
      deps.log.debug({ contact: contactId, because: decision.because }, 'prompt.not_needed');
      return null;
    case 'later':
      await putOff(db, contactId, decision.at);
      deps.log.info({ contact: contactId, at: decision.at }, 'prompt.put_off');
      return null;
    case 'send':
      return errandOf(deps, db, asking, decision.generation, decision.isNew);
  }
}

async function errandOf(
  deps: PromptDeps,
  db: Db,
  asking: Asking,
  generation: number,
  isNew: boolean,
): Promise<Errand | null> {
  const scope = { contactId: asking.id, employeeId: asking.ownerId, generation };
  const token = linkToken(deps.key, scope);
  const now = deps.clock.now();
  const row = isNew
    ? await addPrompt(db, {
        ...scope,
        tokenHash: hashOf(token),
        messageId: messageIdOf(deps.key, scope, senderDomain(deps.options.from)),
        createdAt: now,
        expiresAt: new Date(now.getTime() + deps.options.linkDays * 86_400_000),
      })
    : (await promptsOf(db, asking.id)).find((p) => p.employeeId === asking.ownerId && p.generation === generation);
  if (!row) return null;
  if (asking.ownerEmail === null) {
    await markUnsent(db, row.id, 'no-email');
    // A person must act: the draft waits in the list «my drafts», and this employee gets no mail about any.
    deps.log.warn({ contact: asking.id, employee: asking.ownerId }, 'prompt.no_email');
    return null;
  }
  return {
    promptId: row.id,
    messageId: row.messageId,
    link: `${deps.options.publicUrl}/d/${token}`,
    to: asking.ownerEmail,
    language: languageOf(asking.ownerLanguage, deps.options.office.language),
    zone: asking.ownerZone ?? deps.options.office.zone,
  };
}

async function send(deps: PromptDeps, contactId: string, errand: Errand): Promise<void> {
  const contact = await contactView(deps.db, contactId);
  if (!contact) return;
  const now = deps.clock.now();
  if (!(await claimPrompt(deps.db, errand.promptId, now, new Date(now.getTime() + claimMs)))) {
    // Sent meanwhile, or in the hands of a worker that may yet fail: look again later.
    throw new Fault('prompt.in_hand', 'retry', { prompt: errand.promptId });
  }
  try {
    const letter = askLetter(contact, errand.link, errand);
    await deps.mailer.send({ ...letter, to: errand.to, messageId: errand.messageId });
  } catch (error) {
    await markUnsent(deps.db, errand.promptId, error instanceof Fault ? error.code : 'bug');
    throw error;
  }
  await markSent(deps.db, errand.promptId, deps.clock.now());
  deps.metrics?.promptsSent.inc({ kind: 'ask' });
  deps.log.info({ contact: contactId, prompt: errand.promptId }, 'prompt.sent');
}
