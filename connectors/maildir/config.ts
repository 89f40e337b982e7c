import { z } from 'zod';
import {
  addressOf,
  journalField,
  mailboxFields,
  maildirFields,
  maildirPath,
  rulesOf,
  scopeField,
} from '../../src/mailbox/index.ts';

const Written = z.strictObject({
  ...scopeField,
  path: maildirPath
    .describe('the maildir: the folder that has new and cur in it')
    .meta({ examples: ['/var/mail/sales/Maildir'] }),
  ...maildirFields,
  ...mailboxFields,
  ...journalField,
});

export const Config = Written.transform((written) => {
  const { path, folders, history, poll, largestMb, exclude } = written;
  return {
    maildir: { path, folders, excludeFolders: exclude.folders, history, poll, largestMb },
    rules: rulesOf({ ...written, address: addressOf(written.address, null) }),
  };
});
export type Config = z.output<typeof Config>;
