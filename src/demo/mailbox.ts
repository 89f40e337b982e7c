import type { Mail, Mailer } from '../prompt/mailer.ts';

export interface Received extends Mail {
  readonly at: Date;
  readonly link: string | null;
}

/** The demo's mail server, mailbox and postman in one: what is sent is told at once and can be looked at. */
export interface Mailbox extends Mailer {
  readonly mails: readonly Received[];
}

/** @param onMail told of every mail when it arrives, with the one link in it */
export function createMailbox(now: () => Date, onMail: (mail: Mail, link: string | null) => void): Mailbox {
  const mails: Received[] = [];
  return {
    mails,
    async send(mail) {
      // A retry carries the same Message-ID, and a mailbox keeps one of them.
      if (mail.messageId !== undefined && mails.some(({ messageId }) => messageId === mail.messageId)) return;
      const link = linkIn(mail.text);
      mails.push({ ...mail, at: now(), link });
      onMail(mail, link);
    },
    close: () => {},
  };
}

/** The one link of a prompt or of a sign-in mail. */
function linkIn(text: string): string | null {
  return /https?:\/\/\S+/.exec(text)?.[0] ?? null;
}
