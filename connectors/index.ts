// Every connector kind, by hand: the one list a newcomer reads and the only file that knows them all.
import { asteriskAmi } from './asterisk-ami/connector.ts';
import { faxMail } from './fax-mail/connector.ts';
import { imap } from './imap/connector.ts';
import { maildir } from './maildir/connector.ts';
import { pbxWebhook } from './pbx-webhook/connector.ts';
import { webForm } from './web-form/connector.ts';

export const connectors = {
  'asterisk-ami': asteriskAmi,
  'fax-mail': faxMail,
  imap,
  maildir,
  'pbx-webhook': pbxWebhook,
  'web-form': webForm,
} as const;
