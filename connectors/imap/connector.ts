/** A mailbox on a mail server, read over IMAP and never changed. What IT sets up: ./README.md */
import { defineSession } from '../../src/connector/index.ts';
import { backfillImap, listenImap, probeImap } from '../../src/mailbox/index.ts';
import { Config } from './config.ts';

export const imap = defineSession({
  kind: 'imap',
  config: Config,
  mail: ({ rules }) => rules,
  run: (session) => listenImap(session, session.config.imap, session.config.rules),
  probe: (session) => probeImap(session, session.config.imap),
  backfill: (past) => backfillImap(past, past.config.imap, past.config.rules),
});
