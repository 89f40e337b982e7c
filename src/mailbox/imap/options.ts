import { z } from 'zod';
import type { History } from '../options.ts';
import { OAuth, type OAuthOptions, oauthOf } from './oauth.ts';

const Auth = z.strictObject({
  password: z
    .string()
    .min(1)
    .describe('its password, or an app password; write ${env:NAME} or ${file:PATH}')
    .optional(),
  oauth2: OAuth.describe('instead of a password: tokens, as Google and Microsoft want them').optional(),
});

/** What is needed to reach a mailbox by IMAP; connectors spread these fields into their own schema. */
export const imapFields = {
  host: z
    .string()
    .min(1)
    .describe('host name or address of the mail server')
    .meta({ examples: ['imap.romashka.example'] }),
  port: z.int().min(1).max(65535).describe('993; with tls starttls or none 143').optional(),
  user: z
    .string()
    .min(1)
    .describe('how to log in, mostly the mailbox’s address; with oauth2 the mailbox that is to be read')
    .meta({ examples: ['sales@romashka.example'] }),
  auth: Auth.describe('password or oauth2').meta({ examples: [{ password: '${env:SALES_PASSWORD}' }] }),
  tls: z
    .enum(['implicit', 'starttls', 'none'])
    .describe(
      'how it is encrypted: implicit (from the first byte), starttls (before the login, or there is none), none',
    )
    .default('implicit'),
  ca: z
    .string()
    .min(1)
    .describe('PEM text of the authority that signed the server’s certificate; write ${file:PATH}')
    .optional(),
  insecure: z.boolean().describe('accept any certificate').default(false),
  folders: z
    .array(z.string().min(1))
    .min(1)
    .describe('names as the server has them, or \\Sent, \\Archive …; "*": all but junk, trash and drafts')
    .meta({ example: ['INBOX', '\\Sent'] })
    .default(['INBOX']),
} as const;

const Written = z.strictObject(imapFields);
type Written = z.output<typeof Written>;

/** How one mailbox is reached and what of it is taken. */
export interface ImapOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly login: Login;
  readonly tls: 'implicit' | 'starttls' | 'none';
  readonly ca: string | null;
  readonly insecure: boolean;
  readonly folders: readonly string[];
  readonly excludeFolders: readonly string[];
  readonly history: History;
  readonly poll: number;
  readonly largestMb: number;
}

export type Login =
  | { readonly kind: 'password'; readonly password: string }
  | { readonly kind: 'oauth2'; readonly oauth2: OAuthOptions };

/** What every mailbox has (`mailboxFields`), as far as reading it needs it. */
interface Common {
  readonly exclude: { readonly folders: readonly string[] };
  readonly history: History;
  readonly poll: number;
  readonly largestMb: number;
}

/** @returns null when `auth` is not exactly one of both, or not complete; then it is told to `context` */
export function imapOptions(written: Written & Common, context: z.core.$RefinementCtx): ImapOptions | null {
  const { host, user, tls, ca, insecure, folders, history, poll, largestMb, exclude } = written;
  const login = loginOf(written.auth, context);
  if (login === null) return null;
  const port = written.port ?? (tls === 'implicit' ? 993 : 143);
  const excludeFolders = exclude.folders;
  return { host, port, user, login, tls, ca: ca ?? null, insecure, folders, excludeFolders, history, poll, largestMb };
}

function loginOf({ password, oauth2 }: Written['auth'], context: z.core.$RefinementCtx): Login | null {
  if ((password === undefined) === (oauth2 === undefined)) {
    const message = 'either password or oauth2';
    context.addIssue({ code: 'custom', path: ['auth'], message, input: undefined });
    return null;
  }
  if (password !== undefined) return { kind: 'password', password };
  const options = oauth2 === undefined ? null : oauthOf(oauth2, context);
  return options === null ? null : { kind: 'oauth2', oauth2: options };
}
