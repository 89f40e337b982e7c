import { Fault } from '../core/fault.ts';
import { answerMessageIdOf } from '../core/token.ts';
import { type ClaimedAnswer, claimTelling, isToBeTold, markTold, markUntold } from '../store/prompts/digest-answers.ts';
import { claimMs, type PromptDeps } from './deps.ts';
import { contactsOf, readerOf } from './digest.ts';
import { senderDomain } from './mailer.ts';
import { unplacedLetter } from './mails.ts';

/**
 * Tells who answered a digest what of his answer could not be placed, and how to say it. What is no answer, or was told, is left.
 * May run any number of times; one mail goes out, at once, for he has just written, and to his address on file, whatever
 * address he wrote from.
 * @throws Fault mail.not_accepted, prompt.in_hand (retry)
 */
export async function tellBack(deps: PromptDeps, answerId: string): Promise<void> {
  const now = deps.clock.now();
  const messageId = answerMessageIdOf(deps.key, answerId, senderDomain(deps.options.from));
  const answer = await claimTelling(deps.db, answerId, messageId, now, new Date(now.getTime() + claimMs));
  if (answer === null) {
    // Told meanwhile, or in the hands of a worker that may yet fail: look again later.
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
