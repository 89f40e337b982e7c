import type { Db } from '../../src/store/index.ts';
import { lookInto } from '../kit/look-into.ts';
import { writeMailOffice } from '../kit/mail-office.ts';
import { makeOfficeFolder, type OfficeFolder } from '../kit/office-folder.ts';
import { type Program, startProgram } from '../kit/program.ts';
import { ourDomain, type World } from '../mailbox/world.ts';

/** The program in a process of its own, with mailboxes on a Dovecot that is not in it. */
export interface MailOfficeRunning {
  readonly daemon: Program;
  /** Its database, seen through a connection of our own. */
  readonly db: Db;
  close(): Promise<void>;
}

/** @param users each has a mailbox and a connector of that name */
export async function openMailOffice(world: World, port: number, users: readonly string[]): Promise<MailOfficeRunning> {
  const office = makeOfficeFolder();
  writeMailOffice(office, world, { connectors: users.map((user) => connectorOf(user, port)) });
  const daemon = startProgram(['run', '--config', office.file]);
  try {
    await daemon.line(/^listening on /, 60_000);
    const store = await lookInto(office.dataDir);
    return {
      daemon,
      db: store.db,
      async close() {
        await store.close();
        await end(daemon, office);
      },
    };
  } catch (error) {
    await end(daemon, office);
    throw error;
  }
}

function connectorOf(user: string, port: number): string {
  const login = `user: ${user}@${ourDomain}, auth: { password: secret }`;
  return `{ name: ${user}, kind: imap, scope: all, host: 127.0.0.1, port: ${port}, tls: none, ${login} }`;
}

async function end(daemon: Program, office: OfficeFolder): Promise<void> {
  if (daemon.ended === null) await daemon.end('SIGTERM', 30_000);
  office.remove();
}
