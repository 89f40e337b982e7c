import { createTransport } from 'nodemailer';
import { Fault } from '../core/fault.ts';
import { oneLine } from '../core/text.ts';

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** In angle brackets; the same at every attempt to send the same mail. Without it the mailer makes one. */
  readonly messageId?: string;
}

export interface Mailer {
  /** Resolves once the server has accepted the mail. @throws Fault mail.not_accepted (retry) */
  send(mail: Mail): Promise<void>;
  close(): void;
}

export interface MailerOptions {
  /** smtp://user:password@host:port or smtps://… */
  readonly smtp: string;
  /** `Letopis <letopis@office.example>` */
  readonly from: string;
  /** Longest wait for the server's greeting, and for each of its answers; default 15 000. */
  readonly timeoutMs?: number;
}

/** Sends over at most three connections that are kept open between mails. */
export function createMailer(options: MailerOptions): Mailer {
  const timeoutMs = options.timeoutMs ?? 15_000;
  const transport = createTransport({
    url: options.smtp,
    pool: true,
    maxConnections: 3,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send(mail) {
      try {
        await transport.sendMail({
          from: options.from,
          to: { name: '', address: oneLine(mail.to) },
          subject: oneLine(mail.subject),
          text: mail.text,
          html: mail.html,
          ...(mail.messageId ? { messageId: mail.messageId } : {}),
          // RFC 3834: nobody's out-of-office answers us; Outlook's own sign for the same.
          headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        });
      } catch (error) {
        // Also 5xx: what a server refuses today (full mailbox, grey list, a rule just changed) it may take later.
        throw new Fault('mail.not_accepted', 'retry', answerOf(error), withoutAddresses(error));
      }
    },
    close: () => transport.close(),
  };
}

/** What the server said; never the address, which errors of nodemailer carry. */
function answerOf(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return {};
  return {
    ...('code' in error ? { code: error.code } : {}),
    ...('responseCode' in error ? { responseCode: error.responseCode } : {}),
    ...('command' in error ? { command: error.command } : {}),
  };
}

/** What is logged of the cause: servers repeat the address they refuse, and errors of nodemailer repeat the server. */
function withoutAddresses(error: unknown): Error {
  const words = error instanceof Error ? error.message : String(error);
  const cause = new Error(words.replace(/[^\s<>"'(),;:]+@[^\s<>"'(),;:]+/g, '(address)'));
  cause.name = error instanceof Error ? error.name : 'Error';
  return cause;
}

/** The domain of the sender: our Message-IDs end in it. */
export function senderDomain(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1]?.toLowerCase() ?? 'letopis.invalid';
}
