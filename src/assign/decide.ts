import type { CallOutcome } from '../core/contact/call.ts';
import type { Channel, Direction } from '../core/contact/capture.ts';
import type { ContactState } from '../core/contact/human.ts';

/** What the decisions need to know of a contact. */
export interface ContactFacts {
  readonly channel: Channel;
  readonly direction: Direction;
  /** Calls only. */
  readonly outcome: CallOutcome | null;
  readonly talkSeconds: number;
  /** There is an address that can be called or written to. */
  readonly reachable: boolean;
  /** False for a backfill. */
  readonly asks: boolean;
  /** Sent by a program. */
  readonly automatic: boolean;
  /** Somebody said that this is no client. */
  readonly ofNobody: boolean;
  /** Another draft of its thread is open, and asked about. */
  readonly joins: boolean;
}

/** Did a person of ours and the client really talk? A break in mid-talk does not undo it. */
export function wasReached(facts: ContactFacts): boolean {
  if (facts.channel !== 'call' || facts.direction === 'internal') return false;
  return facts.outcome === 'answered' || (facts.outcome === 'interrupted' && facts.talkSeconds > 0);
}

/** A client called, by voice, and talked to nobody. */
export function wasMissed(facts: ContactFacts): boolean {
  return facts.channel === 'call' && facts.direction === 'inbound' && facts.outcome !== 'fax' && !wasReached(facts);
}

export interface StateDecision {
  readonly state: 'draft' | 'bare' | 'automatic';
  /** A missed call that waits for ours. */
  readonly callBack: boolean;
}

/**
 * Is the gist of this contact worth somebody's time?
 *
 * Not asked: who somebody said is no client, the past (backfill), what programs send, what we wrote ourselves (the text is the gist), a mail more in a thread
 * of which one is asked about already, calls that reached nobody from our side,
 * and missed calls that can neither be called back nor listened to. A talk of three seconds is asked about: "call me at
 * five" takes no longer, and a slipped hand is one tap ("no content").
 */
export function decideState(facts: ContactFacts, hasVoicemail: boolean): StateDecision {
  const bare = { state: 'bare', callBack: false } as const;
  if (facts.automatic) return { state: 'automatic', callBack: false };
  if (facts.ofNobody || !facts.asks || facts.direction === 'internal') return bare;
  if (facts.channel === 'email' || facts.channel === 'fax')
    return facts.direction === 'outbound' || facts.joins ? bare : asked(false);
  if (facts.channel !== 'call') return asked(false);
  if (facts.outcome === 'fax') return asked(false);
  if (wasReached(facts)) return asked(false);
  if (facts.direction === 'outbound') return bare;
  return facts.reachable || hasVoicemail ? asked(facts.reachable) : bare;
}

function asked(callBack: boolean): StateDecision {
  return { state: 'draft', callBack };
}

/** The state a contact has now, and what of it came from people. */
export interface Standing {
  readonly state: ContactState;
  /** A person saved or is typing something. */
  readonly touched: boolean;
  /** A prompt was, or is about to be, sent. */
  readonly prompted: boolean;
}

/**
 * The state after a decision that may be a second one (a late leg, a CDR row). What people decided stands; a draft whose
 * owner was asked and whose time lapsed is not opened again.
 */
export function settleState(now: Standing, decided: StateDecision['state']): ContactState {
  if (now.touched || (now.state !== 'draft' && now.state !== 'bare')) return now.state;
  if (now.state === 'bare' && now.prompted) return 'bare';
  return decided;
}
