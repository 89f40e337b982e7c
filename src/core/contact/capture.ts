import type { CallFacts } from './call.ts';
import type { FormFacts } from './form.ts';
import type { FaxFacts, MailFacts } from './mail.ts';
import type { NotedFacts } from './noted.ts';

/** How the contact happened. Why it happened (the occasion) is for the employee to say. */
export type Channel = 'call' | 'email' | 'fax' | 'web' | 'meeting' | 'letter' | 'message';
export type Direction = 'inbound' | 'outbound' | 'internal';

/** One end of a contact, exactly as the source wrote it; normalising is the matcher's work. */
export interface Address {
  readonly kind: 'phone' | 'email' | 'fax' | 'extension';
  readonly value: string;
}

/**
 * One sighting of a contact by one connector. Immutable: a source that speaks again about the same thing
 * (a late leg, a CDR row) sends a capture with the same `identity` and a higher `revision`.
 */
export interface Capture {
  /** The source's own identity. (connector, sha256 of identity and revision) is unique: delivering twice is harmless. */
  readonly identity: string;
  readonly revision: number;
  /** Every identity under which another sighting may know the same contact; the first is the main one. Never empty. */
  readonly links: readonly string[];
  readonly channel: Channel;
  readonly direction: Direction;
  /** When the contact began and ended by the source's clock. */
  readonly occurredAt: Date;
  readonly endedAt: Date;
  /** The outside party; null when withheld or unknown: recorded, never matched. */
  readonly outside: Address | null;
  /** The outside party's own name for itself (caller name, From name), null when it gave none. */
  readonly outsideName: string | null;
  /** Our number, mailbox or fax number that was used, null when the source does not say. */
  readonly ours: Address | null;
  /** Our people's addresses, the one who should own the draft first. */
  readonly employees: readonly Address[];
  readonly details: CaptureDetails;
  /** The raw words of the source, to read again when we know better. */
  readonly evidence: string;
  /** False for a backfill: the past is recorded, nobody is asked. */
  readonly asks: boolean;
}

/** What only one channel has. */
export type CaptureDetails =
  | { readonly channel: 'call'; readonly call: CallFacts }
  | { readonly channel: 'web'; readonly form: FormFacts }
  | { readonly channel: 'email'; readonly mail: MailFacts }
  | { readonly channel: 'fax'; readonly fax: FaxFacts; readonly mail: MailFacts }
  /** No machine saw it: a program told of it. */
  | { readonly channel: 'meeting' | 'letter' | 'message' }
  /** A contact of whatever channel that somebody had written down before we were there. */
  | { readonly channel: 'noted'; readonly noted: NotedFacts };

/** A call that rings or just stopped ringing. Not a fact of contact yet: it feeds the live page and is forgotten. */
export interface Ringing {
  /** Same string for every announcement of one call. */
  readonly call: string;
  readonly outside: Address | null;
  readonly outsideName: string | null;
  readonly ours: Address | null;
  /** Extensions whose phones ring now; empty once nobody is being rung. */
  readonly rings: readonly string[];
  /** Extension that talks, null while nobody answered. */
  readonly answeredBy: string | null;
  readonly since: Date;
}
