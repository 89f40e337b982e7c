import type { MailAddress } from '../mime/addresses.ts';
import type { ForwardedFrom } from '../text/forward-head.ts';
import type { Prefix } from '../text/quote-words.ts';

/**
 * A mail as read: plain data that can be sent between threads. Every text is fit for the database (no NUL, no lone
 * surrogates), but says what the sender said: nothing in it may be believed.
 */
export interface MailRead {
  /**
   * whole · partly: something could not be read, `notes` say what · headers: the body could not be read ·
   * nothing: these bytes are no mail.
   */
  readonly fullness: 'whole' | 'partly' | 'headers' | 'nothing';
  /** In words, for people; empty when everything was read. */
  readonly notes: readonly string[];
  readonly sizeBytes: number;
  readonly head: MailHead;
  /** What the sender wrote now, without quotes and signature. */
  readonly text: string;
  /** The same with his signature; of a mail that one of us passed on, of whoever wrote it. */
  readonly signedText: string;
  /** The whole text, quotes under `>`. */
  readonly fullText: string;
  /** The HTML as it came, null when there is none: for showing it, sanitised. */
  readonly html: string | null;
  readonly attachments: readonly MailAttachment[];
  /** A mail somebody passed on: in the text, or as an attached mail. */
  readonly forwarded: ForwardedFrom | null;
  readonly report: MailReport | null;
  readonly calendar: MailCalendar | null;
  /** The envelope of a journal report; `head`, text and attachments are those of the mail inside it. */
  readonly journal: MailJournal | null;
}

export interface MailHead {
  /** In angle brackets; null when missing. At most 998 signs: what is longer stands by its hash. */
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  /** Oldest first, at most 200. */
  readonly references: readonly string[];
  /** Of the Date field, else of the first Received field; null when neither says one. */
  readonly date: Date | null;
  readonly subject: string;
  readonly prefix: Prefix;
  readonly from: MailAddress | null;
  /** Those who stand in From beside the first. */
  readonly otherFrom: readonly MailAddress[];
  readonly sender: MailAddress | null;
  readonly replyTo: readonly MailAddress[];
  readonly to: readonly MailAddress[];
  readonly cc: readonly MailAddress[];
  readonly bcc: readonly MailAddress[];
  /** Null: not told. '' is the null sender of reports and automatic answers. */
  readonly returnPath: string | null;
  /** The mailboxes it was delivered into (Delivered-To, X-Original-To, Envelope-To). */
  readonly deliveredTo: readonly string[];
  /** The fields that decisions look at, by lower-case name, topmost first; see `decidingFields`. */
  readonly fields: Readonly<Record<string, readonly string[]>>;
}

export interface MailAttachment {
  /** Cleaned: no folders, no control characters; never empty. */
  readonly name: string;
  readonly type: string;
  /** When decoded. */
  readonly sizeBytes: number;
  /** A picture of the HTML, not something the sender attached. */
  readonly isInline: boolean;
  /** Of a fax document (TIFF, PDF); null: not counted. */
  readonly pages: number | null;
  /** Of the decoded bytes of a fax document; null for others. */
  readonly sha256: string | null;
}

export interface MailReport {
  readonly kind: 'delivery' | 'disposition' | 'feedback';
  /** Of the mail it reports on; null when it does not say. */
  readonly originalMessageId: string | null;
  readonly recipient: string | null;
  readonly action: string | null;
  readonly status: string | null;
}

export interface MailCalendar {
  /** REQUEST, REPLY, CANCEL …; upper case. */
  readonly method: string;
  readonly summary: string | null;
}

export interface MailJournal {
  /** The head of the report itself: who claims that the mail in it was sent. */
  readonly report: MailHead;
  readonly sender: string | null;
  readonly recipients: readonly string[];
}
