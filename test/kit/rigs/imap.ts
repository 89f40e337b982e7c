import { imap } from '../../../connectors/imap/connector.ts';
import { clientMail } from '../client-mail.ts';
import { imapPassword, imapUser, startScriptedImap } from '../scripted-imap.ts';
import type { SessionRig } from './rig.ts';
import { untyped } from './untyped.ts';

export const imapRig: SessionRig = {
  shape: 'session',
  async start() {
    const server = await startScriptedImap();
    const options = {
      scope: 'all',
      host: '127.0.0.1',
      port: server.port,
      tls: 'none',
      user: imapUser,
      auth: { password: imapPassword },
    };
    return {
      connector: untyped(imap),
      options,
      wrongPassword: { ...options, auth: { password: 'letmein' } },
      tell: (n) => void server.add(clientMail(n)),
      cut: () => server.cut(),
      fallSilent: () => server.fallSilent(),
      flood() {
        const mails = 700;
        for (let n = 1; n <= mails; n++) server.add(clientMail(1000 + n));
        return mails;
      },
      holdsBack: () => server.fetched.size < server.folder().mails.length,
      stop: () => server.stop(),
    };
  },
};
