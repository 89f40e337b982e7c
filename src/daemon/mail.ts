import type { Config } from '../config.ts';
import { Fault } from '../core/fault.ts';
import type { Logger } from '../ops/log.ts';
import { createMailer, type Mailer } from '../prompt/mailer.ts';

/** The configured mail server; without one every prompt waits, drafts are still found under "my drafts". */
export function mailerOf({ mail }: Config, log: Logger): Mailer {
  if (mail) return createMailer({ smtp: mail.smtp, from: mail.from });
  log.warn({ cure: 'set mail: { smtp, from }' }, 'mail.not_configured');
  return {
    send: async () => {
      throw new Fault('mail.not_configured', 'retry', { cure: 'set mail: { smtp, from } in the configuration' });
    },
    close: () => {},
  };
}
