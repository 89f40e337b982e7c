import type { Mail, Mailer } from '../prompt/mailer.ts';

export interface Received extends Mail {
  readonly at: Date;
  readonly links: readonly string[];
}

/** The demo's mail server, mailbox and postman in one: what is sent is told at once and can be looked at. */
export interface Mailbox extends Mailer {
  readonly mails: readonly Received[];
}

/** @param onMail told of every mail when it arrives, with the links in it: a digest has one for each draft */
export function createMailbox(now: () => Date, onMail: (mail: Mail, links: readonly string[]) => void): Mailbox {
  const mails: Received[] = [];
  return {
    mails,
    async send(mail) {
      // A retry carries the same Message-ID, and a mailbox keeps one of them.
      if (mail.messageId !== undefined && mails.some(({ messageId }) => messageId === mail.messageId)) return;
      const links: readonly string[] = mail.text.match(/https?:\/\/\S+/g) ?? [];
      mails.push({ ...mail, at: now(), links });
      onMail(mail, links);
    },
    close: () => {},
  };
}
