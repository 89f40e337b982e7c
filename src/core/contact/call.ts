/** How a call ended. See DESIGN §14: calls no person answered are `missed` (inbound) or `no-answer` (outbound). */
export const callOutcomes = [
  'answered',
  'missed',
  'no-answer',
  'busy',
  'rejected',
  'failed',
  'voicemail',
  'fax',
  'interrupted',
] as const;
export type CallOutcome = (typeof callOutcomes)[number];

export interface Talk {
  /** An extension or, after a forward or transfer to the outside and in outbound calls, the outside number. */
  readonly who: string;
  readonly seconds: number;
}

export interface Transfer {
  readonly kind: 'blind' | 'attended' | 'park' | 'forward';
  readonly from: string | null;
  readonly to: string;
  readonly answered: boolean;
}

/**
 * One conversation as the exchange told it. Numbers stand as on the wire; seconds have one decimal.
 * The fields and their names are the contract of `letopis calls --json`.
 */
export interface CallFacts {
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly outcome: CallOutcome;
  readonly caller: string | null;
  readonly callerName: string | null;
  readonly withheld: boolean;
  readonly called: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date;
  readonly ringSeconds: number;
  readonly talkSeconds: number;
  readonly answeredBy: string | null;
  readonly talks: readonly Talk[];
  readonly lastTalkedTo: string | null;
  readonly employees: readonly string[];
  readonly rang: readonly string[];
  readonly transfers: readonly Transfer[];
  readonly queue: string | null;
  readonly recording: string | null;
  readonly voicemail: string | null;
  readonly linkedIds: readonly string[];
}
