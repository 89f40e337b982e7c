/** A mailbox that lies in files on this machine, read and never changed. What IT sets up: ./README.md */
import { defineSession } from '../../src/connector/index.ts';
import { backfillMaildir, listenMaildir, probeMaildir } from '../../src/mailbox/index.ts';
import { Config } from './config.ts';

export const maildir = defineSession({
  kind: 'maildir',
  config: Config,
  mail: ({ rules }) => rules,
  run: (session) => listenMaildir(session, session.config.maildir, session.config.rules),
  probe: ({ config }) => probeMaildir(config.maildir),
  backfill: (past) => backfillMaildir(past, past.config.maildir, past.config.rules),
});
