/** A file that came with a mail. */
export interface MailFile {
  /** Cleaned: no folders, no control characters; never empty. */
  readonly name: string;
  readonly type: string;
  /** When decoded. */
  readonly sizeBytes: number;
  /** A picture of the HTML, not something the sender attached. */
  readonly isInline: boolean;
  /** Of a fax document (TIFF, PDF); null: not counted. */
  readonly pages: number | null;
}

/** What a mail says, as it stands in the history; its bytes stand in the table `mail` under `mailId`. */
export interface MailFacts {
  readonly mailId: string;
  /** In angle brackets; null when the mail has none. */
  readonly messageId: string | null;
  /** The same for all mails of one thread; null where nothing tells which. */
  readonly thread: string | null;
  readonly subject: string;
  readonly from: string | null;
  readonly to: readonly string[];
  /** What the sender wrote now, without quotes and signature. */
  readonly text: string;
  /** Numbers in it and in the signature, E.164: hints at whose it may be. Absent in what was kept by older versions. */
  readonly numbers?: readonly string[];
  readonly files: readonly MailFile[];
  /** Sent by a program: kept, and nobody is asked. Null: a person wrote it. */
  readonly automatic: 'reply' | 'bounce' | 'receipt' | 'bulk' | 'calendar' | 'notice' | null;
  /** Why it was taken for what it is, in words. */
  readonly reason: string;
  /** Of a mail that one of us passed on: whose it was. */
  readonly originalSender: string | null;
  /** Is the From field true? `claimed`: our own mail server found that it is not proven. */
  readonly authenticity: 'confirmed' | 'claimed' | 'unknown';
  /** `headers`: the body could not be read. */
  readonly fullness: 'whole' | 'partly' | 'headers';
  /** What could not be read, in words. */
  readonly notes: readonly string[];
  /** sha256 of the whole text and the names of the files: tells copies of a mail from another one with the same Message-ID. */
  readonly bodyHash: string;
}

/** What a fax gateway's mail tells of a fax. */
export interface FaxFacts {
  readonly status: 'received' | 'failed' | 'sent-report';
  /** The outside party in both directions, E.164; null: withheld, or not told. */
  readonly number: string | null;
  /** The station's own name for itself (TSI, CSID, remote ID). */
  readonly station: string | null;
  readonly name: string | null;
  /** Null where the mail does not say, 0 when failed. */
  readonly pages: number | null;
  /** Name of the attached document; null: none, or a link. */
  readonly document: string | null;
  /** Our number (E.164), extension or person. */
  readonly to: string | null;
  readonly error: string | null;
}

/** One of us answered the mail in which he was asked. */
export interface ReplyToPrompt {
  /** Message-IDs of ours that it answers. */
  readonly promptIds: readonly string[];
  /** Copies of the same mail have the same. */
  readonly identity: string;
  /** The row of the mail it was read from: the same where one is read again, another for each copy. */
  readonly mailId: string;
  readonly from: string;
  /** The new text, without quotes and signature. */
  readonly text: string;
  readonly authenticity: 'confirmed' | 'claimed' | 'unknown';
}
