import { Fault } from '../core/fault.ts';
import { answerMessageIdOf } from '../core/token.ts';
import { type ClaimedAnswer, claimTelling, isToBeTold, markTold, markUntold } from '../store/prompts/digest-answers.ts';
import { claimMs, type PromptDeps } from './deps.ts';
import { contactsOf, readerOf } from './digest.ts';
import { unplacedLetter } from './letters.ts';
import { senderDomain } from './mailer.ts';

/**
 * Mails the author of an answer to a digest which words could not be placed, and how to write them.
 *
 * Idempotent: one mail goes out, at once, because the person has just written. It goes to the address on file, whatever
 * the answer's sender. An unknown answer, or one already clarified, is left alone.
 * @throws Fault mail.not_accepted, prompt.in_hand (retry)
 */
export async function sendClarification(deps: PromptDeps, answerId: string): Promise<void> {
  const now = deps.clock.now();
  const messageId = answerMessageIdOf(deps.key, answerId, senderDomain(deps.options.from));
  const answer = await claimTelling(deps.db, answerId, messageId, now, new Date(now.getTime() + claimMs));
  if (answer === null) {
    // Sent meanwhile, or claimed by a worker that may yet fail: look again later.
    if (await isToBeTold(deps.db, answerId)) throw new Fault('prompt.in_hand', 'retry', { answer: answerId });
    return;
  }
  if (answer.email === null) {
    await markUntold(deps.db, answerId, 'no-email');
    return;
  }
  try {
    await mailAnswer(deps, answer, answer.email, messageId);
  } catch (error) {
    await markUntold(deps.db, answerId, error instanceof Fault ? error.code : 'bug');
    throw error;
  }
  await markTold(deps.db, answerId, deps.clock.now());
  deps.metrics?.promptsSent.inc({ kind: 'tell-back' });
  deps.log.info({ employee: answer.employeeId, digest: answer.digestId, answer: answerId }, 'answer.told_back');
}

async function mailAnswer(deps: PromptDeps, answer: ClaimedAnswer, to: string, messageId: string): Promise<void> {
  const contacts = await contactsOf(deps, answer.digestId, answer.employeeId);
  const waiting = contacts
    .flatMap((contact) => (contact.number === null ? [] : [{ ...contact, number: contact.number }]))
    .sort((a, b) => a.number - b.number);
  const letter = unplacedLetter(answer.unplaced, waiting, { ...readerOf(deps, answer), now: deps.clock.now() });
  await deps.mailer.send({ ...letter, to, messageId });
}
