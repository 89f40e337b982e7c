import { setTimeout as pause } from 'node:timers/promises';
import { type Store, sql } from '../../src/store/index.ts';
import { lookInto } from '../kit/look-into.ts';
import { byMessageId, expectedContacts, type FoundContact, writeMailOffice } from '../kit/mail-office.ts';
import { makeOfficeFolder, type OfficeFolder } from '../kit/office-folder.ts';
import { type Program, startProgram } from '../kit/program.ts';
import { seeded } from '../kit/told-calls.ts';
import { type GeneratedMail, makeMailbox } from '../mailbox/make-mailbox.ts';
import type { World } from '../mailbox/world.ts';
import { type Dovecot, startDovecot } from '../peers/dovecot/index.ts';

export interface MailKillOptions {
  readonly seed: number;
  readonly mails: number;
  readonly kills: number;
}

export interface MailKillReport {
  readonly expected: readonly FoundContact[];
  readonly found: readonly FoundContact[];
  readonly kills: number;
  /** Mails that stand unread. */
  readonly unread: number;
}

/** It starts in a second or two; so that half of the kills hit the catch-up and half the start. */
const longestLifeMs = 4000;

/**
 * A generated mailbox on a real Dovecot; the daemon is killed at random moments while mails come in and the old ones are
 * caught up with. At the end every mail that is a contact stands in the history once, and nothing else does.
 */
export async function killWhileMailsCome(options: MailKillOptions): Promise<MailKillReport> {
  const { mails, world } = makeMailbox({ n: options.mails, seed: options.seed, medianBytes: 6000 });
  const dovecot = await startDovecot();
  const office = makeOfficeFolder();
  let daemon: Program | null = null;
  try {
    writeOffice(office, dovecot, world);
    const half = Math.floor(mails.length / 2);
    for (const mail of mails.slice(0, half)) deliver(dovecot, mail);
    const chance = seeded(options.seed);
    const late = mails.slice(half);
    const perLife = Math.ceil(late.length / options.kills);
    for (let kill = 0; kill < options.kills; kill++) {
      daemon = startProgram(['run', '--config', office.file]);
      const lifeMs = 800 + chance() * longestLifeMs;
      await deliverSlowly(dovecot, late.slice(kill * perLife, (kill + 1) * perLife), lifeMs);
      await daemon.end('SIGKILL');
    }
    daemon = startProgram(['run', '--config', office.file]);
    await daemon.line(/^listening on /, 60_000);
    const expected = expectedContacts(mails.map(({ truth }) => truth));
    return { expected, kills: options.kills, ...(await untilStill(office, expected.length)) };
  } finally {
    if (daemon?.ended === null) await daemon.end('SIGTERM', 30_000);
    await dovecot.stop();
    office.remove();
  }
}

/** Two mailboxes of one company that see much of the same, as mailboxes do. */
function writeOffice(office: OfficeFolder, { port }: Dovecot, world: World): void {
  const box = (name: string, user: string) =>
    `{ name: ${name}, kind: imap, scope: all, host: 127.0.0.1, port: ${port}, tls: none, user: ${user}, auth: { password: secret }, poll: 5 }`;
  writeMailOffice(office, world, {
    connectors: [box('crm', world.captureBox), box('second', 'second@ourfirm.example')],
  });
}

/** Every third mail is in both mailboxes. Dovecot knows users by what stands before the @. */
function deliver(dovecot: Dovecot, { raw, truth }: GeneratedMail): void {
  dovecot.deliver('crm', raw);
  if (Number(truth.file.slice(0, 6)) % 3 === 0) dovecot.deliver('second', raw);
}

async function deliverSlowly(dovecot: Dovecot, mails: readonly GeneratedMail[], ms: number): Promise<void> {
  const steps = 8;
  for (let step = 0; step < steps; step++) {
    const from = Math.floor((mails.length * step) / steps);
    for (const mail of mails.slice(from, Math.floor((mails.length * (step + 1)) / steps))) deliver(dovecot, mail);
    await pause(ms / steps);
  }
}

/** Until as many contacts stand there as there must be, and then a little longer, in case more come. */
async function untilStill(
  { dataDir }: OfficeFolder,
  expected: number,
): Promise<{ readonly found: readonly FoundContact[]; readonly unread: number }> {
  const store = await lookInto(dataDir);
  try {
    let found = await contactsIn(store);
    for (const until = performance.now() + 90_000; found.length < expected && performance.now() < until; ) {
      await pause(300);
      found = await contactsIn(store);
    }
    await pause(3000);
    const [row] = await store.db.rows<{ n: number }>(sql`select count(*)::int as n from mail where read_at is null`);
    return { found: await contactsIn(store), unread: row?.n ?? 0 };
  } finally {
    await store.close();
  }
}

async function contactsIn({ db }: Store): Promise<readonly FoundContact[]> {
  const rows = await db.rows<FoundContact>(sql`
    select facts #>> '{details,mail,messageId}' as "messageId", channel, direction from contact
     where merged_into is null and facts #>> '{details,mail,automatic}' is null`);
  return [...rows].sort(byMessageId);
}
