/** The mailbox a fax gateway writes to: every mail in it is a fax, or tells of one. What IT sets up: ./README.md */
import { defineSession } from '../../src/connector/index.ts';
import {
  backfillImap,
  backfillMaildir,
  listenImap,
  listenMaildir,
  probeImap,
  probeMaildir,
} from '../../src/mailbox/index.ts';
import { Config } from './config.ts';

export const faxMail = defineSession({
  kind: 'fax-mail',
  config: Config,
  mail: ({ rules }) => rules,
  run: (session) => {
    const { source, rules } = session.config;
    return source.kind === 'imap'
      ? listenImap(session, source.imap, rules)
      : listenMaildir(session, source.maildir, rules);
  },
  probe: (session) => {
    const { source } = session.config;
    return source.kind === 'imap' ? probeImap(session, source.imap) : probeMaildir(source.maildir);
  },
  backfill: (past) => {
    const { source, rules } = past.config;
    return source.kind === 'imap'
      ? backfillImap(past, source.imap, rules)
      : backfillMaildir(past, source.maildir, rules);
  },
});
