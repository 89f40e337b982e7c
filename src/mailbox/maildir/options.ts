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

/** A path of the YAML, absolute by the time it is parsed: see `format` in src/config/connectors.ts. */
export const maildirPath = z.string().min(1).meta({ format: 'path' });

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
