import type { Role } from './channel.ts';
import type { Frame } from './frame.ts';

/** One channel of a conversation, as far as its messages told. */
export interface Channel {
  readonly id: string;
  name: string;
  role: Role;
  /** Extension of a phone, name of an outside line. */
  peer: string;
  /** The far end's number: the caller's on a line that came in, the dialled one on a line that went out. */
  number: string | null;
  callerName: string | null;
  /** The caller id last set on it; on the employee's phone of a click-to-call the client's number. */
  shown: string | null;
  hidden: boolean;
  /** What was dialled on it when it began; the exchange overwrites it on every transfer. */
  readonly exten: string | null;
  readonly since: Date;
  hungUpAt: Date | null;
  cause: number | null;
  wasUp: boolean;
  rangAt: Date | null;
  ringEndedAt: Date | null;
  /** Made by a dial; `by` null: by the exchange itself (Originate, a recall). */
  dialled: { readonly by: string | null; readonly at: Date; readonly dialString: string } | null;
  dialStatus: string | null;
  originated: boolean;
}

/** One dial from one channel to another. */
export interface Dial {
  readonly at: Date;
  readonly from: string | null;
  readonly to: string;
  /** What the dialling channel stood in its dialplan at: the number asked for. */
  readonly exten: string | null;
  endedAt: Date | null;
  status: string | null;
  forward: string | null;
}

/** What happened, in order, in the words the reader of a call needs. */
export type Happening =
  | {
      readonly kind: 'enter';
      readonly at: Date;
      readonly channel: string;
      readonly bridge: string;
      /** Given when only a snapshot told: it happened between this time and `at`. */
      readonly notBefore: Date | null;
    }
  | { readonly kind: 'leave'; readonly at: Date; readonly channel: string; readonly bridge: string }
  | { readonly kind: 'hangup'; readonly at: Date; readonly channel: string }
  | { readonly kind: 'dial'; readonly at: Date; readonly dial: Dial }
  | { readonly kind: 'blind'; readonly at: Date; readonly from: string; readonly moved: string; readonly to: string }
  | { readonly kind: 'attended'; readonly at: Date; readonly frame: Frame }
  | { readonly kind: 'parked' | 'unparked'; readonly at: Date; readonly channel: string; readonly frame: Frame };

/** A conversation's messages, replayed: who was there, who was joined to whom, what was done. */
export interface Scene {
  readonly channels: ReadonlyMap<string, Channel>;
  readonly dials: readonly Dial[];
  readonly happenings: readonly Happening[];
  /** Local channel → its other half. */
  readonly halves: ReadonlyMap<string, string>;
  /** Channel → the bridge it stands in at the end of what was told. */
  readonly standing: ReadonlyMap<string, string>;
  readonly queue: string | null;
  readonly recording: string | null;
  readonly voicemail: { readonly mailbox: string | null; readonly at: Date } | null;
  readonly isFax: boolean;
  /** The number an Originate was to reach, and why it did not. */
  readonly originate: { readonly exten: string | null; readonly failed: boolean; readonly reason: number } | null;
}
