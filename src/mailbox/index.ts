// Floor 2: how a mailbox is listened to. The one door through which connectors look.
export { backfillImap } from './imap/backfill.ts';
export { listenImap, probeImap } from './imap/listen.ts';
export { type ImapOptions, imapFields, imapOptions } from './imap/options.ts';
export { addressOf, journalField, mailboxFields, rulesOf, scopeField } from './options.ts';
