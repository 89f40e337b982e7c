import { type CastOptions, type Conversation, readRinging } from '../../src/calls/index.ts';
import type { Ringing, Session } from '../../src/connector/index.ts';

type Teller = Pick<Session<unknown>, 'announce' | 'log'> & { readonly office: CastOptions };

/** Tells the live page what changed about a call, and nothing twice. Best effort: it never costs a call its record. */
export class Announcements {
  readonly #session: Teller;
  readonly #last = new Map<string, { readonly state: string; readonly ringing: Ringing }>();

  constructor(session: Teller) {
    this.#session = session;
  }

  tell(conversation: Conversation): void {
    try {
      const ringing = readRinging(conversation, this.#session.office);
      if (!ringing) return;
      for (const id of conversation.linkedIds) if (id !== ringing.call) this.#letGo(id);
      // Nobody is concerned yet; and only a moment later the exchange may say that the caller wants to be hidden.
      const isQuiet = ringing.rings.length === 0 && ringing.answeredBy === null;
      if (isQuiet && !this.#last.has(ringing.call)) return;
      const state = JSON.stringify([ringing.rings, ringing.answeredBy, ringing.outside]);
      if (this.#last.get(ringing.call)?.state === state) return;
      this.#last.set(ringing.call, { state, ringing });
      this.#session.announce(ringing);
    } catch (err) {
      this.#session.log.error({ err, call: conversation.linkedIds[0] }, 'ami.announcement_failed');
    }
  }

  forget(ids: readonly string[]): void {
    for (const id of ids) this.#last.delete(id);
  }

  /** A call that became part of another (a transfer, a conference) rings and talks under that one's name from now on. */
  #letGo(id: string): void {
    const known = this.#last.get(id);
    if (!known) return;
    this.#last.delete(id);
    this.#session.announce({ ...known.ringing, rings: [], answeredBy: null });
  }
}
