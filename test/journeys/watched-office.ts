import { afterAll, beforeAll } from 'vitest';
import type { Store } from '../../src/store/index.ts';
import { lookInto } from '../kit/look-into.ts';
import { type MailServer, startMailServer } from '../kit/mail-server.ts';
import { makeOfficeFolder, type OfficeFolder } from '../kit/office-folder.ts';
import { endAllPrograms, startProgram } from '../kit/program.ts';
import { type Dovecot, startDovecot } from '../peers/dovecot/index.ts';

/** The program with one mailbox, `office@romashka.example`, and a mail server for its prompts. */
export interface WatchedOffice {
  readonly folder: OfficeFolder;
  readonly dovecot: Dovecot;
  readonly smtp: MailServer;
  readonly store: Store;
  /** Puts a mail into the mailbox. @param fields of its header, but for MIME */
  deliver(fields: readonly string[], text: string): void;
}

/**
 * Begins before the tests of the file's peer and ends after them.
 * @param prompts what stands in YAML under `prompts:`
 * @returns the office, once it is there
 */
export function watchOffice(prompts: () => string): () => WatchedOffice {
  let office: WatchedOffice | null = null;
  beforeAll(async () => {
    const folder = makeOfficeFolder();
    const dovecot = await startDovecot();
    const smtp = await startMailServer();
    const box = `{ name: office, kind: imap, scope: all, host: 127.0.0.1, port: ${dovecot.port}, tls: none, user: office@romashka.example, auth: { password: secret }, poll: 5 }`;
    folder.write({ smtp: smtp.url, trunks: [], connectors: [box], prompts: prompts() });
    await startProgram(['run', '--config', folder.file]).line(/^listening on /);
    const store = await lookInto(folder.dataDir);
    const mime = ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=utf-8'];
    const deliver = (fields: readonly string[], text: string) =>
      dovecot.deliver('office', [...fields, ...mime, '', text].join('\r\n'));
    office = { folder, dovecot, smtp, store, deliver };
  });
  afterAll(async () => {
    await office?.store.close();
    await endAllPrograms();
    await office?.smtp.close();
    await office?.dovecot.stop();
    office?.folder.remove();
  });
  return () => {
    if (office === null) throw new Error('the office is not there yet');
    return office;
  };
}
