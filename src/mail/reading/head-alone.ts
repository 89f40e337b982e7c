import type { MailHead, MailRead } from './mail-read.ts';

/** A mail of which only the header is here; everything else is empty. */
export function headAlone(head: MailHead): MailRead {
  return {
    fullness: 'whole',
    notes: [],
    sizeBytes: 0,
    head,
    text: '',
    signedText: '',
    fullText: '',
    html: null,
    attachments: [],
    forwarded: null,
    report: null,
    calendar: null,
    journal: null,
  };
}
