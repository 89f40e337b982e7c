import type { Pattern } from '../core/pattern.ts';
import { callerNumber, numberOfDial, readChannelName } from './channel.ts';
import { Frame } from './frame.ts';
import { channelIds, isHoldingBridge, isRelevant, linkedIds, timeInId, timeOf } from './relevant.ts';

/** A message with the time it speaks of and its place in the stream. */
export interface Moment {
  readonly frame: Frame;
  readonly at: Date;
  readonly order: number;
}

/** Why a conversation is over. `vanished`: the exchange knows its channels no more and never said how they ended. */
export type Ending = 'hung-up' | 'vanished' | 'shutdown';

/**
 * Everything that was said about one conversation, through all its linked ids. The number of moments tells one state of
 * it from the next: a late leg is a revision.
 */
export interface Conversation {
  readonly linkedIds: readonly string[];
  readonly moments: readonly Moment[];
  /** Null while channels are open. */
  readonly endedAt: Date | null;
  readonly ending: Ending | null;
}

class Thread implements Conversation {
  linkedIds: string[] = [];
  moments: Moment[] = [];
  open = new Set<string>();
  seen = new Set<string>();
  endedAt: Date | null = null;
  ending: Ending | null = null;
  /** Given out as finished with this many moments; null: never. */
  givenWith: number | null = null;
  /** When the last message about it came, by the reader's clock. */
  touchedAt = new Date(0);
  /** Somebody put the phone down, so an end just before a shutdown was no shutdown. */
  wasHungUp = false;
  /** Where it is to be found, so that merging and forgetting touch only its own keys. */
  held: [index: Map<string, Thread>, key: string][] = [];

  /** How many moments were there when they were last made small. */
  compactWith = 0;

  compact(): void {
    this.moments = this.moments.map((moment) => ({ ...moment, frame: moment.frame.compact() }));
    this.compactWith = this.moments.length;
  }

  hold(index: Map<string, Thread>, key: string): void {
    if (index.get(key) === this) return;
    index.set(key, this);
    this.held.push([index, key]);
  }
}

/** Late CDRs come up to 3 ms after the last hangup, a Shutdown up to 2 s: measured on Asterisk 16 and 22. */
const shutdownReachMs = 3000;
/** A call that leaves by a line and comes back to this very exchange does so within this time. */
export const hairpinMs = 3000;
/** A finished conversation still hears late words for this long. */
const rememberMs = 30_000;

/**
 * Sorts an exchange's messages into conversations: union-find over linked ids, channels and bridges.
 * No rules about calls here: what a conversation was is read from its messages once it has ended (see read-call.ts).
 */
export class CallTracker {
  readonly #byLinked = new Map<string, Thread>();
  readonly #byChannel = new Map<string, Thread>();
  readonly #byName = new Map<string, Thread>();
  readonly #byBridge = new Map<string, Thread>();
  readonly #threads = new Set<Thread>();
  readonly #extensions: Pattern;
  /** Dials to the outside of the last moments: one of them may come back to us. */
  #dialledOut: { readonly number: string; readonly shown: readonly string[]; readonly at: number; thread: Thread }[] =
    [];
  #order = 0;
  #snapshot: Set<string> | null = null;
  #uptime: { readonly seconds: number; readonly at: Date } | null = null;

  /** @param extensions numbers of this form are our phones */
  constructor(extensions: Pattern) {
    this.#extensions = extensions;
  }

  /**
   * @param receivedAt when the message reached us; stands in for messages that carry no time
   * @returns the linked id under which the message should be journaled; null when it says nothing about a call
   */
  push(frame: Frame, receivedAt: Date): string | null {
    if (!isRelevant(frame)) return null;
    const at = timeOf(frame, receivedAt);
    if (frame.isBanner) return null;
    switch (frame.event) {
      case 'FullyBooted':
        this.#booted(frame, receivedAt);
        return null;
      case 'Shutdown':
        this.#shutdown(frame, at);
        return '';
      case 'CoreShowChannelsComplete':
        this.#snapshotComplete(receivedAt);
        return null;
      case 'CoreShowChannel':
        this.#snapshot ??= new Set();
        for (const id of channelIds(frame)) this.#snapshot.add(id);
        break;
    }
    const thread = this.#threadOf(frame, at);
    if (!thread) return null;
    if (frame.event === 'DialBegin') this.#rememberDial(frame, thread, at);
    this.#note(thread, frame, at, receivedAt);
    return thread.linkedIds[0] ?? null;
  }

  /** The stream broke: a list of channels that had begun will never be completed. */
  connectionLost(): void {
    this.#snapshot = null;
  }

  /**
   * Nothing more will come, or the exchange is known to have forgotten: every open conversation ends here and now as it is.
   * @param at null: at the last thing that was heard of each
   */
  endAll(ending: Ending, at: Date | null): void {
    for (const thread of this.#threads) if (thread.endedAt === null) this.#vanish(thread, ending, at);
  }

  /** Conversations that ended at least `graceMs` before `now` and are new or were added to since they were given out. */
  finished(now: Date, graceMs: number): Conversation[] {
    const out: Thread[] = [];
    for (const thread of this.#threads) {
      if (thread.endedAt === null || now.getTime() - thread.touchedAt.getTime() < graceMs) continue;
      if (thread.givenWith === thread.moments.length) continue;
      thread.givenWith = thread.moments.length;
      out.push(thread);
    }
    return out.sort((a, b) => startOf(a) - startOf(b));
  }

  /** The conversation a linked id belongs to. */
  conversation(linkedId: string): Conversation | undefined {
    return this.#byLinked.get(linkedId);
  }

  /** Forgets conversations finished a while ago. @returns their linked ids: nothing of them needs to be kept */
  forget(now: Date): string[] {
    const gone: string[] = [];
    for (const thread of this.#threads) {
      if (thread.givenWith === null) continue;
      if (thread.compactWith !== thread.moments.length) thread.compact();
      if (now.getTime() - thread.touchedAt.getTime() < rememberMs) continue;
      this.#threads.delete(thread);
      for (const [index, key] of thread.held) if (index.get(key) === thread) index.delete(key);
      gone.push(...thread.linkedIds);
    }
    return gone;
  }

  /** True when a conversation waits for its end, its grace or its late words. */
  get busy(): boolean {
    return this.#threads.size > 0;
  }

  #threadOf(frame: Frame, at: Date): Thread | null {
    const linked = linkedIds(frame);
    const channels = channelIds(frame);
    // The Shutdown of `core restart` and the next start re-use channel names: names only where there are no ids.
    const byName = channels.length > 0 || linked.length > 0 ? undefined : this.#byName.get(frame.get('channel') ?? '');
    const found = new Set<Thread>();
    for (const id of linked) add(found, this.#byLinked.get(id));
    for (const id of channels) add(found, this.#byChannel.get(id));
    add(found, byName);
    if (frame.event === 'OriginateResponse' && found.size === 0) add(found, this.#originated(frame));
    if (frame.event === 'Newchannel' && found.size === 0) add(found, this.#cameBack(frame, at));
    const bridge = this.#bridgeOf(frame);
    if (bridge !== null && (linked.length > 0 || channels.length > 0)) add(found, this.#byBridge.get(bridge));

    let thread = this.#union([...found]);
    if (!thread) {
      if (linked.length === 0 && channels.length === 0) return null;
      if (frame.event === 'Cdr' || frame.event === 'OriginateResponse' || frame.event === 'VarSet') return null;
      thread = new Thread();
      this.#threads.add(thread);
    }
    for (const id of linked) {
      thread.hold(this.#byLinked, id);
      if (!thread.linkedIds.includes(id)) thread.linkedIds.push(id);
    }
    for (const id of channels) thread.hold(this.#byChannel, id);
    if (bridge !== null) thread.hold(this.#byBridge, bridge);
    const name = frame.get('channel');
    if (name !== undefined && channels.length > 0) thread.hold(this.#byName, name);
    return thread;
  }

  #rememberDial(frame: Frame, thread: Thread, at: Date): void {
    const number = numberOfDial(frame.get('dialstring') ?? '');
    if (number === null || this.#extensions.test(number)) return;
    const shown = ['calleridnum', 'destcalleridnum', 'destconnectedlinenum'].flatMap((name) => frame.get(name) ?? []);
    this.#dialledOut = this.#dialledOut.filter((dial) => at.getTime() - dial.at <= hairpinMs);
    this.#dialledOut.push({ number, shown, at: at.getTime(), thread });
  }

  /** The conversation whose outgoing leg this new incoming channel is the other end of: same numbers, same moment. */
  #cameBack(frame: Frame, at: Date): Thread | undefined {
    const number = callerNumber(frame.get('calleridnum'));
    const { role } = readChannelName(frame.get('channel') ?? '', number ?? '', this.#extensions);
    if (role !== 'outside' || number === null) return undefined;
    const exten = frame.get('exten');
    const dial = this.#dialledOut.find(
      (d) => d.number === exten && d.shown.includes(number) && at.getTime() - d.at <= hairpinMs,
    );
    return dial && this.#threads.has(dial.thread) ? dial.thread : undefined;
  }

  /** A failed OriginateResponse names no channel id, only the channel's name or what was dialled. */
  #originated(frame: Frame): Thread | undefined {
    const name = frame.get('channel') ?? '';
    const exact = this.#byName.get(name);
    if (exact) return exact;
    const recent = [...this.#byName].flatMap(([known, thread]) => {
      const isRecent = thread.endedAt === null || thread.givenWith === null;
      return name !== '' && isRecent && known.startsWith(`${name.split('@')[0]}-`) ? [thread] : [];
    });
    return recent.findLast(awaitsOriginate) ?? recent.at(-1); // the phone may ring or talk in other calls as well
  }

  /** The bridge that ties conversations together: any in which people hear one another. */
  #bridgeOf(frame: Frame): string | null {
    switch (frame.event) {
      case 'BridgeEnter':
      case 'BridgeLeave':
      case 'ConfbridgeJoin':
      case 'ConfbridgeLeave':
        return isHoldingBridge(frame) ? null : (frame.get('bridgeuniqueid') ?? null);
      case 'CoreShowChannel':
        return /park|hold/i.test(frame.get('application') ?? '') ? null : frame.get('bridgeid') || null;
      default:
        return null;
    }
  }

  #union(threads: Thread[]): Thread | null {
    const [first, ...others] = threads.sort((a, b) => startOf(a) - startOf(b));
    if (!first) return null;
    for (const other of others) this.#merge(first, other);
    return first;
  }

  #merge(into: Thread, from: Thread): void {
    into.moments = [...into.moments, ...from.moments].sort((a, b) => a.order - b.order);
    for (const id of from.linkedIds) if (!into.linkedIds.includes(id)) into.linkedIds.push(id);
    for (const id of from.open) into.open.add(id);
    for (const id of from.seen) into.seen.add(id);
    into.wasHungUp ||= from.wasHungUp;
    if (from.givenWith !== null) into.givenWith ??= 0;
    if (into.open.size > 0) into.endedAt = into.ending = null;
    for (const [index, key] of from.held) into.hold(index, key);
    this.#threads.delete(from);
  }

  #note(thread: Thread, frame: Frame, at: Date, receivedAt: Date): void {
    thread.moments.push({ frame, at, order: this.#order++ });
    thread.touchedAt = receivedAt;
    if (frame.event === 'HangupRequest') thread.wasHungUp = true;
    if (frame.event === 'Hangup') {
      for (const id of channelIds(frame)) {
        thread.open.delete(id);
        thread.seen.add(id);
      }
      if (thread.open.size === 0) {
        thread.endedAt = at;
        thread.ending = 'hung-up';
      }
      return;
    }
    if (!tellsOfOpenChannel.has(frame.event)) return;
    for (const id of channelIds(frame)) {
      if (thread.seen.has(id)) continue; // hung up already: a late word does not raise it
      thread.open.add(id);
      this.#snapshot?.add(id); // born while the exchange lists its channels
      thread.endedAt = thread.ending = null;
    }
  }

  #snapshotComplete(at: Date): void {
    const present = this.#snapshot ?? new Set<string>();
    this.#snapshot = null;
    for (const thread of this.#threads) {
      if (thread.endedAt !== null) continue;
      for (const id of thread.open) {
        if (present.has(id)) continue;
        thread.open.delete(id);
        thread.seen.add(id);
        // Gone while nobody looked: said in the exchange's own words, so that whoever reads the call sees it leave.
        const frame = new Frame(
          `Event: Hangup\r\nUniqueid: ${id}\r\nCause: 0\r\nCause-txt: not in the list of channels`,
        );
        if (thread.open.size > 0) thread.moments.push({ frame, at, order: this.#order++ });
      }
      if (thread.open.size === 0) this.#vanish(thread, 'vanished', null, at);
    }
  }

  /** `FullyBooted` tells the exchange's uptime: when it is younger than our last login says, it has been restarted. */
  #booted(frame: Frame, receivedAt: Date): void {
    const seconds = Number(frame.get('uptime') ?? Number.NaN);
    if (!Number.isFinite(seconds)) return;
    const before = this.#uptime;
    this.#uptime = { seconds, at: receivedAt };
    if (before && seconds < before.seconds) this.endAll('vanished', null);
  }

  #shutdown(frame: Frame, at: Date): void {
    for (const thread of this.#threads) {
      if (thread.endedAt === null) this.#vanish(thread, 'shutdown', at);
      else if (
        thread.ending === 'hung-up' &&
        !thread.wasHungUp &&
        at.getTime() - thread.endedAt.getTime() <= shutdownReachMs
      ) {
        thread.ending = 'shutdown';
        thread.moments.push({ frame, at, order: this.#order++ });
      }
    }
  }

  #vanish(thread: Thread, ending: Ending, at: Date | null, touchedAt?: Date): void {
    const last = thread.moments.at(-1)?.at ?? new Date(startOf(thread));
    thread.endedAt = at !== null && at > last ? at : last;
    thread.ending = ending;
    for (const id of thread.open) thread.seen.add(id);
    thread.open.clear();
    if (touchedAt) thread.touchedAt = touchedAt;
  }
}

/** Events that prove that their channels exist; a Cdr, a variable or a late answer to an Originate proves nothing. */
const tellsOfOpenChannel = new Set([
  'Newchannel',
  'Newstate',
  'NewCallerid',
  'DialBegin',
  'DialState',
  'BridgeEnter',
  'Hold',
  'Unhold',
  'QueueCallerJoin',
  'LocalBridge',
  'CoreShowChannel',
  'Pickup',
]);

/** A phone was dialled by the exchange itself, and nothing told yet what became of it. */
function awaitsOriginate({ moments }: Thread): boolean {
  const isOriginate = ({ frame }: Moment) => frame.event === 'DialBegin' && frame.get('uniqueid') === undefined;
  return moments.some(isOriginate) && !moments.some(({ frame }) => frame.event === 'OriginateResponse');
}

function add(set: Set<Thread>, thread: Thread | undefined): void {
  if (thread) set.add(thread);
}

function startOf(thread: Thread): number {
  const first = thread.moments[0];
  if (first) return first.at.getTime();
  return timeInId(thread.linkedIds[0] ?? '')?.getTime() ?? 0;
}
