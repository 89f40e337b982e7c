import { setTimeout as pause } from 'node:timers/promises';
import { Config } from '../../connectors/imap/config.ts';
import type { MailOfficeOptions } from '../../src/mail/index.ts';
import { type Db, sql } from '../../src/store/index.ts';
import { positionOf } from '../../src/store/intake/captures.ts';
import { countUnread } from '../../src/store/intake/mails.ts';
import { byMessageId, expectedContacts, type FoundContact } from '../kit/mail-office.ts';
import type { GeneratedMail } from '../mailbox/make-mailbox.ts';
import { ourDomain, type World } from '../mailbox/world.ts';
import type { Dovecot } from '../peers/dovecot/index.ts';
import { require } from './bench.ts';

/** A mailbox on a Dovecot, filled by the generator. */
export interface GeneratedBox {
  readonly port: number;
  readonly user: string;
  readonly mails: number;
  readonly bytes: number;
  /** What must stand in the history once all of it is read. */
  readonly contacts: readonly FoundContact[];
}

export function fillBox(dovecot: Dovecot, user: string, mails: readonly GeneratedMail[]): GeneratedBox {
  for (const { raw, truth } of mails) dovecot.deliver(user, raw, 'INBOX', new Date(truth.date));
  return {
    port: dovecot.port,
    user,
    mails: mails.length,
    bytes: mails.reduce((sum, { raw }) => sum + raw.length, 0),
    contacts: expectedContacts(mails.map(({ truth }) => truth)),
  };
}

/** Who the company of the mailbox is to a mail. */
export function officeOfWorld({ employees, captureBox, faxBox }: World): MailOfficeOptions {
  const people = employees.map(({ email }) => email);
  return { domains: [ourDomain], people, mailboxes: [captureBox, faxBox], region: 'UA' };
}

/** As IT would write it into YAML; Dovecot knows users by what stands before the @. */
export function configOf({ port, user }: Pick<GeneratedBox, 'port' | 'user'>, scope: 'all' | 'known'): Config {
  const login = { user: `${user}@${ourDomain}`, auth: { password: 'secret' } };
  return Config.parse({ scope, host: '127.0.0.1', port, tls: 'none', ...login });
}

/**
 * Until the connector has nothing left to do and every mail it kept is read and stored.
 * @param ended the session's; what ends it before is thrown
 */
export async function untilCaughtUp(db: Db, connector: string, ended?: Promise<unknown>): Promise<void> {
  let end: { readonly because: unknown } | null = null;
  void ended?.then((because) => {
    end = { because };
  });
  while (!(await isThrough(db, connector)) || (await countUnread(db)) > 0) {
    if (end !== null) throw new Error('the session ended before it had caught up', { cause: end });
    await pause(10);
  }
}

async function isThrough(db: Db, connector: string): Promise<boolean> {
  const position = await positionOf(db, connector);
  return position !== null && !position.includes('"todo":[[');
}

/** Every mail that is a contact stands in the history once, and nothing else does. */
export async function checkContacts(db: Db, { contacts }: Pick<GeneratedBox, 'contacts'>): Promise<void> {
  const rows = await db.rows<FoundContact>(sql`
    select facts #>> '{details,mail,messageId}' as "messageId", channel, direction from contact
     where merged_into is null and facts #>> '{details,mail,automatic}' is null`);
  const [found, wanted] = [[...rows].sort(byMessageId), [...contacts].sort(byMessageId)];
  require(found.length === wanted.length, `${found.length} contacts, ${wanted.length} expected`);
  for (const [i, expected] of wanted.entries()) {
    const [is, must] = [found[i], expected].map((one) => JSON.stringify(one));
    require(is === must, `a contact is ${is} and not ${must}`);
  }
}
