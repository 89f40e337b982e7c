import { isAbsolute } from 'node:path';
import { z } from 'zod';
import type { History } from '../options.ts';

/** What is needed to reach a mailbox that lies in files; connectors spread these fields into their own schema. */
export const maildirFields = {
  folders: z
    .array(z.string().min(1))
    .min(1)
    .describe('INBOX is the maildir itself, Sent its subfolder .Sent; "*": all but junk, trash and drafts')
    .meta({ example: ['INBOX', 'Sent'] })
    .default(['INBOX']),
} as const;

/** A path of the YAML; connectors give it a name of their own. */
export const maildirPath = z
  .string()
  .min(1)
  .refine(isAbsolute, { error: 'an absolute path such as /var/mail/sales/Maildir' });

/** Where one mailbox lies and what of it is taken. */
export interface MaildirOptions {
  readonly path: string;
  readonly folders: readonly string[];
  readonly excludeFolders: readonly string[];
  readonly history: History;
  /** Seconds. */
  readonly poll: number;
  readonly largestMb: number;
}
