import type { MailOfficeOptions } from '../../src/mail/index.ts';

/** Who the office of the tests is to a mail. */
export const officeMail: MailOfficeOptions = { domains: ['ours.example'], region: 'UA' };
