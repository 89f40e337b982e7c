import { CallTracker, type Conversation, Frame, readCalls } from '../../src/calls/index.ts';
import { type Capture, Fault, type JournalEntry, type Session } from '../../src/connector/index.ts';
import { Announcements } from './announcements.ts';
import { evidenceOf, toCapture } from './capture.ts';
import { AmiClient } from './client.ts';
import type { Config } from './config.ts';

/** A call is given out this long after its last hangup: late CDRs (±3 ms) and a transfer's next leg belong to it. */
const graceMs = 1000;
const tickMs = 100;
/** The life sign on both ends; also how far back a gap may reach too far. */
const pingMs = 10_000;
/** No reconnect is faster; a caller who gives up at once may come and go within less than a second. */
const shortestGapMs = 100;
/** Above this many messages not yet on disk, or read while captures wait for the disk, the exchange has to wait. */
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
  readonly #announcements: Announcements;
  readonly #touched = new Set<string>();
  #pending: JournalEntry[] = [];
  #writing: Promise<void> | null = null;
  #client: AmiClient | null = null;
  #failed: (error: unknown) => void = () => {};
  #warned = false;
  #forgotten: string[] = [];
  #lastSeen: Date | null = null;
  /** What the session before did not see, until it is told. */
  #away: { readonly since: Date; readonly until: Date } | null = null;
  /** Nothing is journaled before the gap is told. */
  #isHeld = true;
  /** Messages that came while captures were being given out; null when none are. */
  #meanwhile: number | null = null;
  #paused = false;
  /** When the exchange was last heard, and up to when everything heard is on disk. */
  #heardAt: Date;
  #safeAt: Date;

  constructor(session: Session<Config>) {
    this.#session = session;
    this.#tracker = new CallTracker(session.office.extensions);
    this.#announcements = new Announcements(session);
    this.#heardAt = this.#safeAt = session.clock.now();
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

    this.#lastSeen = await this.#takeUp();
    const opened = AmiClient.open(session.config, session.signal, (frames) => this.#receive(frames));
    const client = await Promise.race([opened, aborted]);
    this.#client = client;
    const since = session.clock.now();
    if (this.#lastSeen) this.#away = { since: this.#lastSeen, until: since };
    await this.#askWhatIsOpen(client);
    await this.#release();
    session.listening();
    session.log.info({ host: session.config.host }, 'ami.session_opened');
    await Promise.race([client.lost, aborted, failed, this.#tick(), this.#ping(client)]);
  }

  /** Writes what is still in hand; the link is closed first, so that nothing new comes. */
  async close(): Promise<void> {
    this.#client?.close();
    if (this.#pending.length > 0) await this.#release().catch(() => {});
    await this.#writing?.catch(() => {});
    if (this.#pending.length > 0) await this.#session.journal.append(this.#pending).catch(() => {});
    this.#pending = [];
  }

  /**
   * Tells how long nobody listened, then lets the journal be written: its times tell the next session when we last heard,
   * so a kill -9 between the two would hide the gap for good.
   */
  async #release(): Promise<void> {
    const away = this.#away;
    this.#away = null;
    if (away && away.until.getTime() - away.since.getTime() >= shortestGapMs)
      await this.#session.gap(away.since, away.until, 'ami.not_connected');
    this.#isHeld = false;
    this.#write();
  }

  /** Replays the journal of calls not finished. @returns when the exchange was last heard, null on the first run */
  async #takeUp(): Promise<Date | null> {
    const entries = await this.#session.journal.replay();
    for (const { text, receivedAt } of entries) {
      this.#tracker.push(new Frame(text, this.#session.config.legacyCharset), receivedAt);
    }
    // A list of channels among what was replayed belongs to a session that is gone: the new one is to be asked anew.
    this.#tracker.connectionLost();
    const heard = entries.at(-1)?.receivedAt.getTime() ?? 0;
    const alive = Date.parse((await this.#session.position()) ?? '') || 0;
    return Math.max(heard, alive) > 0 ? new Date(Math.max(heard, alive)) : null;
  }

  async #askWhatIsOpen(client: AmiClient): Promise<void> {
    const answer = await client.ask('CoreShowChannels');
    if (answer.get('response') === 'Success') return;
    const cure = 'grant write = reporting in manager.conf, or calls open at a reconnect cannot be told from ended ones';
    this.#session.log.warn({ message: answer.get('message'), cure }, 'ami.snapshot_denied');
    // They are recorded as interrupted now, lest they never end; one that goes on is corrected by its own hangup.
    this.#tracker.endAll('vanished', null);
  }

  #receive(frames: readonly Frame[]): void {
    const receivedAt = this.#session.clock.now();
    this.#heardAt = receivedAt;
    if (this.#meanwhile !== null) this.#meanwhile += frames.length;
    for (const frame of frames) {
      const group = this.#tracker.push(frame, receivedAt);
      if (group === null) continue;
      this.#pending.push({ group, receivedAt, text: frame.text });
      this.#touched.add(group);
      if (!this.#warned && frame.get('timestamp') === undefined && frame.event === 'Newchannel') this.#warnOfTimes();
    }
    this.#write();
    this.#regulate();
    this.#announce();
  }

  /** Reads no faster than the disk takes: what waits here is bounded, the rest waits in the exchange. */
  #regulate(): void {
    const isBehind = this.#pending.length > backlog || (this.#meanwhile ?? 0) > backlog;
    if (isBehind === this.#paused) return;
    this.#paused = isBehind;
    if (isBehind) this.#client?.pause();
    else this.#client?.resume();
  }

  #warnOfTimes(): void {
    this.#warned = true;
    const cure = 'set timestampevents = yes in manager.conf: without it seconds are counted by arrival';
    this.#session.log.warn({ cure }, 'ami.timestamps_missing');
  }

  /** Group commit: while one batch is being written the next one gathers. */
  #write(): void {
    if (this.#isHeld || this.#writing || this.#pending.length === 0) return;
    const batch = this.#pending;
    this.#pending = [];
    this.#writing = this.#session.journal
      .append(batch)
      .then(() => {
        this.#writing = null;
        this.#safeAt = batch.at(-1)?.receivedAt ?? this.#safeAt;
        this.#write();
        this.#regulate();
      })
      .catch((error: unknown) => {
        this.#pending = [...batch, ...this.#pending];
        this.#writing = null;
        this.#failed(error);
      });
  }

  #announce(): void {
    for (const group of this.#touched) {
      const conversation = this.#tracker.conversation(group);
      if (conversation) this.#announcements.tell(conversation);
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
    const { clock, journal, emit } = this.#session;
    // A call is given out when all its messages are on disk, so that a forgotten journal stays forgotten.
    const onDisk = this.#writing === null ? Number.POSITIVE_INFINITY : this.#safeAt.getTime() - 1;
    const now = new Date(Math.min(clock.now().getTime(), onDisk + graceMs));
    this.#meanwhile = 0;
    const captures: Capture[] = [];
    for (const conversation of this.#tracker.finished(now, graceMs)) captures.push(...(await this.#read(conversation)));
    if (captures.length > 0) await emit(captures, this.#position());
    this.#forgotten.push(...this.#tracker.forget(now));
    if (this.#forgotten.length > 0) {
      this.#announcements.forget(this.#forgotten);
      await journal.forget(this.#tracker.busy ? this.#forgotten : [...this.#forgotten, '']);
      this.#forgotten = [];
    }
    this.#meanwhile = null;
    this.#regulate();
  }

  /** A call we cannot read is kept raw for a person; it must not hold up the others, now and after every restart. */
  async #read(conversation: Conversation): Promise<Capture[]> {
    const { exchange, office, setAside } = this.#session;
    try {
      return readCalls(conversation, office).flatMap((call) => toCapture(call, conversation, exchange) ?? []);
    } catch (error) {
      const fault = new Fault('ami.call_unreadable', 'set-aside', { call: conversation.linkedIds[0] }, error);
      await setAside(evidenceOf(conversation), fault);
      return [];
    }
  }

  /** Until when we certainly saw everything: a cut or a kill -9 leaves a gap from here on. */
  #position(): string {
    return (this.#writing === null ? this.#heardAt : this.#safeAt).toISOString();
  }

  async #ping(client: AmiClient): Promise<never> {
    const { clock, signal, emit } = this.#session;
    for (;;) {
      await emit([], this.#position());
      await clock.sleep(pingMs, signal);
      if (this.#paused) continue; // the answer would wait behind what we do not read: we are late, not the exchange
      const answer = await client.ask('Ping');
      if (answer.get('response') === 'Error')
        throw new Fault('ami.ping_refused', 'retry', { message: answer.get('message') });
    }
  }
}
