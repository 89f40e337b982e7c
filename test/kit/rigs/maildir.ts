import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { faxMail } from '../../../connectors/fax-mail/connector.ts';
import { maildir } from '../../../connectors/maildir/connector.ts';
import type { SessionConnector } from '../../../src/connector/index.ts';
import { clientMail } from '../client-mail.ts';
import type { SessionRig } from './rig.ts';
import { untyped } from './untyped.ts';

/** A mailbox in files. It has no password: a path that leads nowhere is what IT must correct. */
function maildirRig<Config>(
  connector: SessionConnector<Config>,
  optionsFor: (path: string) => Readonly<Record<string, unknown>>,
): SessionRig {
  return {
    shape: 'session',
    async start() {
      const folder = mkdtempSync(join(tmpdir(), 'letopis-maildir-'));
      const path = join(folder, 'Maildir');
      for (const inner of ['cur', 'new', 'tmp']) mkdirSync(join(path, inner), { recursive: true });
      let told = 0;
      const tell = (n: number) => {
        told += 1;
        writeFileSync(join(path, 'tmp', `${n}.test`), clientMail(n));
        renameSync(join(path, 'tmp', `${n}.test`), join(path, 'new', `${n}.test`));
      };
      return {
        connector: untyped(connector),
        options: { ...optionsFor(path), poll: 5 },
        wrongPassword: optionsFor(join(folder, 'elsewhere')),
        tell,
        cut: () => renameSync(path, join(folder, 'gone')),
        fallSilent: () => {}, // a file system is asked and answers
        flood() {
          const mails = 700;
          for (let n = 1; n <= mails; n++) tell(1000 + n);
          return mails;
        },
        holdsBack: (offered) => offered < told,
        stop: async () => rmSync(folder, { recursive: true, force: true }),
      };
    },
  };
}

export const maildirFileRig = maildirRig(maildir, (path) => ({ scope: 'all', path }));
export const faxMailRig = maildirRig(faxMail, (path) => ({ path }));
