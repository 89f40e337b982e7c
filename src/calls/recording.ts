import type { CallFacts } from '../core/contact/call.ts';
import type { CastOptions } from './cast.ts';
import { type Frame, FrameReader } from './frame.ts';
import { readCalls } from './read-call.ts';
import { ageOf, isRelevant, timeInId, timeOf } from './relevant.ts';
import { CallTracker, type Conversation } from './track.ts';

export interface RecordingOptions extends CastOptions {
  /** Of caller names that are not UTF-8. */
  readonly charset: string;
}

/**
 * Assembles the calls of a recorded AMI stream, in order of start. Time is the stream's own. A second banner is a lost
 * connection; a call still open at the end is `interrupted`.
 */
export class Recording {
  readonly #reader: FrameReader;
  readonly #tracker: CallTracker;
  readonly #options: RecordingOptions;
  readonly #calls = new Map<string, CallFacts>();
  #now = new Date(0);
  #frames = 0;
  #messages = 0;

  constructor(options: RecordingOptions) {
    this.#options = options;
    this.#reader = new FrameReader(options.charset);
    this.#tracker = new CallTracker(options.extensions);
  }

  push(chunk: Uint8Array): void {
    for (const frame of this.#reader.push(chunk)) this.#take(frame);
  }

  /** How many messages were AMI's own: none in a file means that it is no recording. */
  get messages(): number {
    return this.#messages;
  }

  end(): CallFacts[] {
    for (const frame of this.#reader.end()) this.#take(frame);
    this.#tracker.endAll('vanished', null);
    this.#keep(this.#tracker.finished(new Date(8.64e15), 0));
    return [...this.#calls.values()].sort((a, b) => a.startedAt.getTime() - b.startedAt.getTime());
  }

  #take(frame: Frame): void {
    if (frame.event !== '' || frame.isBanner || /^response:/i.test(frame.text)) this.#messages++;
    if (frame.isBanner) this.#tracker.connectionLost();
    if (!isRelevant(frame)) return; // before its time is read: most messages are never split
    const at = timeOf(frame, frame.event === 'CoreShowChannel' ? this.#snapshotTime(frame) : this.#now);
    if (this.#tracker.push(frame, at) === null) return;
    if (at > this.#now) this.#now = at;
    if (++this.#frames % 1000 !== 0) return;
    this.#keep(this.#tracker.finished(this.#now, 5000));
    this.#tracker.forget(this.#now);
  }

  /** A list of channels carries no time; the age of each channel tells it, to the second. */
  #snapshotTime(frame: Frame): Date {
    const born = timeInId(frame.get('uniqueid') ?? '')?.getTime() ?? 0;
    const age = ageOf(frame.get('duration'));
    return new Date(Math.max(this.#now.getTime(), born + age));
  }

  #keep(conversations: readonly Conversation[]): void {
    for (const conversation of conversations) {
      // A revision may have grown by linked ids: what it was known by before is replaced.
      for (const id of conversation.linkedIds) this.#calls.delete(id);
      for (const call of readCalls(conversation, this.#options)) this.#calls.set(call.linkedIds[0] ?? '', call);
    }
  }
}
