import type { SipCall } from './sip-call.ts';

export interface TransferTruth {
  readonly type: 'blind' | 'attended' | 'park' | 'forward';
  readonly from: string;
  readonly to: string;
  readonly answered: boolean;
}

export interface TalkTruth {
  readonly who: string;
  readonly sec: number;
}

/**
 * One conversation as its phones lived it; nothing here is read from the manager interface. Seconds with one decimal.
 * `ringSec` runs from the first ringing (not the menu before it), `talkSec` from the first human answer, holds included.
 */
export interface CallTruth {
  readonly direction: 'inbound' | 'outbound' | 'internal';
  readonly disposition: 'answered' | 'missed' | 'busy' | 'rejected' | 'failed' | 'voicemail' | 'fax' | 'interrupted';
  readonly caller: string | null;
  readonly callerName?: string | null;
  readonly withheld?: boolean;
  readonly called: string;
  readonly ringSec: number;
  readonly talkSec: number;
  readonly answeredBy: string | null;
  readonly transfers: readonly TransferTruth[];
  readonly talks?: readonly TalkTruth[];
  readonly lastTalkedTo?: string;
  /** phones that really rang */
  readonly rang?: readonly string[];
  readonly busy?: readonly string[];
  readonly queue?: string;
  readonly recording: string | null;
  readonly voicemail?: { readonly mailbox: string };
  /** where the truth needs words, or a rule of ours rather than a measurement decides */
  readonly note?: string;
  /** further measurements, not compared */
  readonly [remark: string]: unknown;
}

/** Every real number the outside calls from, unless the scenario is about numbers. */
export const client = '79031112233';
/** The outside number our people call and forward to. */
export const mobile = '79161234567';

export function seconds(from: number | undefined, to: number | undefined): number {
  return from && to ? Math.round((to - from) / 100) / 10 : 0;
}

/** The truth of a call seen from the phone that placed it; what the scenario knows better overrides. */
export function callTruth(call: SipCall, known: Partial<CallTruth> & { readonly called: string }): CallTruth {
  const { calling, answered, ended } = call.at;
  return {
    direction: 'inbound',
    caller: client,
    ringSec: seconds(calling, answered ?? ended),
    talkSec: seconds(answered, ended),
    disposition: 'answered',
    answeredBy: null,
    transfers: [],
    recording: null,
    ...known,
  };
}
