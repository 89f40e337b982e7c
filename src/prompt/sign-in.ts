import { type Language, languageOf } from '../core/language.ts';
import type { Clock } from '../core/time/clock.ts';
import { hashOf } from '../core/token.ts';
import type { Logger } from '../ops/log.ts';
import { addSignIn, lockEmployeeByEmail, openSignInLinks } from '../store/access/sessions.ts';
import type { Db } from '../store/base/db.ts';
import { signInLetter } from './letters.ts';
import type { Mailer } from './mailer.ts';

export interface SignInDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** src/ops/chance.ts */
  readonly randomBytes: (count: number) => Uint8Array;
  /** Where the pages are, without a slash at the end. */
  readonly publicUrl: string;
}

/** A sign-in link lives this long and works once. */
export const signInMinutes = 30;
/** With so many unused links on their way an employee gets no more: nobody's mailbox is flooded through us. */
const linksAtOnce = 3;

/** A link that signs this employee in, once, within `minutes` (default: thirty). Only its hash is stored. */
export async function issueSignInLink(deps: SignInDeps, employeeId: string, minutes = signInMinutes): Promise<string> {
  const token = Buffer.from(deps.randomBytes(32)).toString('base64url');
  const expiresAt = new Date(deps.clock.now().getTime() + minutes * 60_000);
  await addSignIn(deps.db, hashOf(token), employeeId, expiresAt);
  return `${deps.publicUrl}/sign-in/${token}`;
}

/**
 * Mails a sign-in link to this address if it belongs to an active employee. Tells nobody whether it does.
 * @throws Fault mail.not_accepted (retry)
 */
export async function mailSignInLink(
  deps: SignInDeps & { readonly mailer: Mailer; readonly language: Language },
  email: string,
): Promise<void> {
  // Locked: of several askings at once each must see the links of the others.
  const asked = await deps.db.transaction(async (db) => {
    const employee = await lockEmployeeByEmail(db, email);
    if (!employee?.email) return null;
    const isOver = (await openSignInLinks(db, employee.id, deps.clock.now())) >= linksAtOnce;
    if (isOver) deps.log.warn({ employee: employee.id }, 'sign_in.throttled');
    return isOver
      ? null
      : { ...employee, to: employee.email, link: await issueSignInLink({ ...deps, db }, employee.id) };
  });
  if (!asked) return;
  const letter = signInLetter(asked.link, signInMinutes, languageOf(asked.language, deps.language));
  await deps.mailer.send({ ...letter, to: asked.to });
  deps.log.info({ employee: asked.id }, 'sign_in.mailed');
}
