// Floor 2: how a mailbox is listened to. The one door through which connectors look.
export { backfillImap } from './imap/backfill.ts';
export { listenImap, probeImap } from './imap/listen.ts';
export { type ImapOptions, imapFields, imapOptions } from './imap/options.ts';
export { backfillMaildir, listenMaildir, probeMaildir } from './maildir/listen.ts';
export { type MaildirOptions, maildirFields, maildirPath } from './maildir/options.ts';
export { addressOf, journalField, mailboxFields, rulesOf, scopeField } from './options.ts';
