import { z } from 'zod';
import {
  addressOf,
  imapFields,
  imapOptions,
  journalField,
  mailboxFields,
  rulesOf,
  scopeField,
} from '../../src/mailbox/index.ts';

const Written = z.strictObject({ ...scopeField, ...imapFields, ...mailboxFields, ...journalField });

export const Config = Written.transform((written, context) => {
  const imap = imapOptions(written, context);
  if (imap === null) return z.NEVER;
  const address = addressOf(written.address, written.user);
  return { imap, rules: rulesOf({ ...written, address }) };
});
export type Config = z.output<typeof Config>;
