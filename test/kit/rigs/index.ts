import { asteriskAmiRig } from './asterisk-ami.ts';
import { imapRig } from './imap.ts';
import { faxMailRig, maildirFileRig } from './maildir.ts';
import { pbxWebhookRig } from './pbx-webhook.ts';
import type { Rig } from './rig.ts';
import { webFormRig } from './web-form.ts';

export type { Rig, RiggedSource, SessionRig, WebhookRig } from './rig.ts';

/** One rig per kind of connectors/index.ts: a kind without one fails the suite. */
export const rigs: Readonly<Record<string, Rig>> = {
  'asterisk-ami': asteriskAmiRig,
  'fax-mail': faxMailRig,
  imap: imapRig,
  maildir: maildirFileRig,
  'pbx-webhook': pbxWebhookRig,
  'web-form': webFormRig,
};
