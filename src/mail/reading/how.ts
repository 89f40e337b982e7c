/** How much is read of a mail. */
export interface How {
  /** See `briefly`: less to hand over between threads. Default: everything. */
  readonly brief: boolean;
  /** See `ReadMailOptions`. */
  readonly documents: 'all' | 'of-faxes';
  /** See `ReadMailOptions`. */
  readonly journal: 'any' | 'signed' | 'none';
}

/** What a thread is given. */
export interface MailToRead {
  readonly bytes: Uint8Array;
  readonly how: How;
}
