import { CallTracker, type CastOptions, Frame, readCalls, readRinging } from '../../src/calls/index.ts';
import { type Capture, Fault, type JournalEntry, type Session } from '../../src/connector/index.ts';
import { toCapture } from './capture.ts';
import { AmiClient } from './client.ts';
import type { Config } from './config.ts';

/** A call is given out this long after its last hangup: late CDRs (±3 ms) and a transfer's next leg belong to it. */
const graceMs = 1000;
const tickMs = 100;
/** The life sign on both ends; also how far back a gap may reach too far. */
const pingMs = 10_000;
/** Above this many messages not yet on disk the exchange has to wait. */
const backlog = 5000;

/**
 * One session: take up the calls that were open, log in, ask which channels are open now, then listen. Every message about
 * a call is in the journal before anything is made of it, so that a kill -9 in mid-call loses nothing that was received.
 */
export async function listen(session: Session<Config>): Promise<void> {
  const link = new Listening(session);
  try {
    await link.run();
  } catch (error) {
    if (session.signal.aborted) return;
    throw error;
  } finally {
    await link.close();
  }
}

class Listening {
  readonly #session: Session<Config>;
  readonly #tracker: CallTracker;
  readonly #options: CastOptions;
  readonly #touched = new Set<string>();
  readonly #announced = new Map<string, string>();
  #pending: JournalEntry[] = [];
  #writing: Promise<void> | null = null;
  #client: AmiClient | null = null;
  #failed: (error: unknown) => void = () => {};
  #warned = false;
  #forgotten: string[] = [];

  constructor(session: Session<Config>) {
    this.#session = session;
    this.#tracker = new CallTracker(session.office.extensions);
    this.#options = session.office;
  }

  async run(): Promise<void> {
    const session = this.#session;
    const aborted = new Promise<never>((_resolve, reject) => {
      session.signal.addEventListener('abort', () => reject(session.signal.reason), { once: true });
    });
    const failed = new Promise<never>((_resolve, reject) => {
      this.#failed = reject;
    });
    aborted.catch(() => {});
    failed.catch(() => {});

    const lastSeen = await this.#takeUp();
    const opened = AmiClient.open(session.config, session.signal, (frames) => this.#receive(frames));
    const client = await Promise.race([opened, aborted]);
    this.#client = client;
    const since = session.clock.now();
    await this.#askWhatIsOpen(client);
    if (lastSeen && since.getTime() - lastSeen.getTime() >= 1000)
      await session.gap(lastSeen, since, 'ami.not_connected');
    session.listening();
    session.log.info({ host: session.config.host }, 'ami.session_opened');
    await Promise.race([client.lost, aborted, failed, this.#tick(), this.#ping(client)]);
  }

  /** Writes what is still in hand; the link is closed first, so that nothing new comes. */
  async close(): Promise<void> {
    this.#client?.close();
    await this.#writing?.catch(() => {});
    if (this.#pending.length > 0) await this.#session.journal.append(this.#pending).catch(() => {});
    this.#pending = [];
  }

  /** Replays the journal of calls not finished. @returns when the exchange was last heard, null on the first run */
  async #takeUp(): Promise<Date | null> {
    const entries = await this.#session.journal.replay();
    for (const { text, receivedAt } of entries) {
      this.#tracker.push(new Frame(text, this.#session.config.legacyCharset), receivedAt);
    }
    const heard = entries.at(-1)?.receivedAt.getTime() ?? 0;
    const alive = Date.parse((await this.#session.position()) ?? '') || 0;
    return Math.max(heard, alive) > 0 ? new Date(Math.max(heard, alive)) : null;
  }

  async #askWhatIsOpen(client: AmiClient): Promise<void> {
    const answer = await client.ask('CoreShowChannels');
    if (answer.get('response') === 'Success') return;
    const cure = 'grant write = reporting in manager.conf, or calls open at a reconnect cannot be told from ended ones';
    this.#session.log.warn({ message: answer.get('message'), cure }, 'ami.snapshot_denied');
  }

  #receive(frames: readonly Frame[]): void {
    const receivedAt = this.#session.clock.now();
    for (const frame of frames) {
      const group = this.#tracker.push(frame, receivedAt);
      if (group === null) continue;
      this.#pending.push({ group, receivedAt, text: frame.text });
      this.#touched.add(group);
      if (!this.#warned && frame.get('timestamp') === undefined && frame.event === 'Newchannel') this.#warnOfTimes();
    }
    if (this.#pending.length > backlog) this.#client?.pause();
    this.#write();
    this.#announce();
  }

  #warnOfTimes(): void {
    this.#warned = true;
    const cure = 'set timestampevents = yes in manager.conf: without it seconds are counted by arrival';
    this.#session.log.warn({ cure }, 'ami.timestamps_missing');
  }

  /** Group commit: while one batch is being written the next one gathers. */
  #write(): void {
    if (this.#writing || this.#pending.length === 0) return;
    const batch = this.#pending;
    this.#pending = [];
    this.#writing = this.#session.journal
      .append(batch)
      .then(() => {
        this.#writing = null;
        if (this.#pending.length <= backlog) this.#client?.resume();
        this.#write();
      })
      .catch((error: unknown) => {
        this.#pending = [...batch, ...this.#pending];
        this.#writing = null;
        this.#failed(error);
      });
  }

  /** Best effort: tells the live page what changed. */
  #announce(): void {
    for (const group of this.#touched) {
      const conversation = this.#tracker.conversation(group);
      const ringing = conversation && readRinging(conversation, this.#options);
      if (!ringing) continue;
      const state = JSON.stringify([ringing.rings, ringing.answeredBy, ringing.outside]);
      if (this.#announced.get(ringing.call) === state) continue;
      this.#announced.set(ringing.call, state);
      this.#session.announce(ringing);
    }
    this.#touched.clear();
  }

  async #tick(): Promise<never> {
    for (;;) {
      await this.#session.clock.sleep(tickMs, this.#session.signal);
      if (this.#tracker.busy) await this.#giveOut();
    }
  }

  async #giveOut(): Promise<void> {
    const { clock, exchange, journal, emit } = this.#session;
    const now = clock.now();
    const captures: Capture[] = [];
    for (const conversation of this.#tracker.finished(now, graceMs)) {
      for (const call of readCalls(conversation, this.#options)) {
        const capture = toCapture(call, conversation, exchange);
        if (capture) captures.push(capture);
      }
    }
    if (captures.length > 0) await emit(captures, now.toISOString());
    this.#forgotten.push(...this.#tracker.forget(now));
    if (this.#forgotten.length === 0) return;
    for (const id of this.#forgotten) this.#announced.delete(id);
    await journal.forget(this.#tracker.busy ? this.#forgotten : [...this.#forgotten, '']);
    this.#forgotten = [];
  }

  async #ping(client: AmiClient): Promise<never> {
    const { clock, signal, emit } = this.#session;
    for (;;) {
      await emit([], clock.now().toISOString());
      await clock.sleep(pingMs, signal);
      const answer = await client.ask('Ping');
      if (answer.get('response') === 'Error')
        throw new Fault('ami.ping_refused', 'retry', { message: answer.get('message') });
    }
  }
}
