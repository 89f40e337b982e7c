import { z } from 'zod';
import {
  addressOf,
  type ImapOptions,
  imapFields,
  imapOptions,
  type MaildirOptions,
  mailboxFields,
  maildirPath,
  rulesOf,
} from '../../src/mailbox/index.ts';
import { Profiles } from './profiles.ts';

const { host, user, auth, ...imap } = imapFields;
const Written = z.strictObject({
  host: host.optional(),
  user: user.optional(),
  auth: auth.optional(),
  ...imap,
  path: maildirPath.describe('in place of host, user and auth: a maildir on this machine').optional(),
  profiles: Profiles.optional(),
  ...mailboxFields,
});
type Written = z.output<typeof Written>;

/** Where the faxes come to. */
export type Source =
  | { readonly kind: 'imap'; readonly imap: ImapOptions }
  | { readonly kind: 'maildir'; readonly maildir: MaildirOptions };

export const Config = Written.transform((written, context) => {
  const source = sourceOf(written, context);
  if (source === null) return z.NEVER;
  const address = addressOf(written.address, written.user ?? null);
  const rules = {
    ...rulesOf({ ...written, scope: 'all', journal: false, address }),
    isFaxMailbox: true,
    faxProfiles: written.profiles ?? null,
  };
  return { source, rules };
});
export type Config = z.output<typeof Config>;

function sourceOf(written: Written, context: z.core.$RefinementCtx): Source | null {
  const { host, user, auth, path, folders, history, poll, largestMb, exclude } = written;
  const refuse = (key: string, message: string) => {
    context.addIssue({ code: 'custom', path: [key], message, input: undefined });
    return null;
  };
  if (path !== undefined) {
    const other = Object.entries({ host, user, auth }).find(([, value]) => value !== undefined)?.[0];
    if (other !== undefined) return refuse(other, 'either a path, or host, user and auth');
    const excludeFolders = exclude.folders;
    return { kind: 'maildir', maildir: { path, folders, excludeFolders, history, poll, largestMb } };
  }
  if (host === undefined) return refuse('host', 'the mail server’s host, or the path of a maildir');
  if (user === undefined) return refuse('user', 'the mailbox’s user');
  if (auth === undefined) return refuse('auth', 'password or oauth2');
  const options = imapOptions({ ...written, host, user, auth }, context);
  return options === null ? null : { kind: 'imap', imap: options };
}
