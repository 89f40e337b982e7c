import type { ImapFlow, ImapFlowOptions } from 'imapflow';
import { type Clock, Fault, type Session } from '../../connector/index.ts';
import { byeFault, imapFault, type Place } from './faults.ts';
import { accessToken, forgetToken } from './oauth.ts';
import type { ImapOptions } from './options.ts';
import { modseqOf, type Told } from './position.ts';

/** A server that says nothing for this long while it owes an answer is taken for dead. */
const patienceMs = 20_000;
const connectMs = 15_000;
const mb = 1024 * 1024;

type Tools = Pick<Session<unknown>, 'clock' | 'signal'>;

/** One connection to a mailbox. Every loss becomes a Fault; nothing is retried here, nothing is ever written to the mailbox. */
export class ImapLink {
  readonly #client: ImapFlow;
  readonly #place: Place;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** Everybody who waits for the server. A race against one promise for all of them would keep every answer for ever. */
  readonly #waiting = new Set<(error: Fault) => void>();
  #loss: Fault | null = null;
  #heard: () => void = () => {};
  #hasNews = false;

  private constructor(client: ImapFlow, place: Place, { clock, signal }: Tools) {
    this.#client = client;
    this.#place = place;
    this.#clock = clock;
    this.#signal = signal;
    client.on('error', (error: unknown) => this.#fail(imapFault(error, place)));
    client.on('close', () => this.#fail(this.#closed()));
    client.on('exists', ({ count, prevCount }: { readonly count: number; readonly prevCount: number }) => {
      if (count <= prevCount) return;
      this.#hasNews = true;
      this.#heard();
    });
    signal.addEventListener('abort', this.#abort, { once: true });
  }

  /**
   * Connects and logs in.
   * @throws Fault imap.unreachable, imap.tls_refused, imap.login_refused, imap.busy, imap.silent, imap.connection_lost,
   *   imap.refused, oauth.refused, oauth.unreachable
   */
  static async open(options: ImapOptions, tools: Tools): Promise<ImapLink> {
    const { login } = options;
    if (login.kind === 'password') return ImapLink.#connect(options, { pass: login.password }, tools);
    for (;;) {
      const { token, isNew } = await accessToken(login.oauth2, tools.clock, tools.signal);
      try {
        return await ImapLink.#connect(options, { accessToken: token }, tools);
      } catch (error) {
        if (!(error instanceof Fault) || error.code !== 'imap.login_refused') throw error;
        forgetToken(login.oauth2);
        if (isNew) throw error; // an older one may have been withdrawn before its time
      }
    }
  }

  static async #connect(
    options: ImapOptions,
    proof: { readonly pass: string } | { readonly accessToken: string },
    tools: Tools,
  ): Promise<ImapLink> {
    const { host, port, user } = options;
    // With all it loads a megabyte of sources, which an office without a mailbox need not have in memory.
    const { ImapFlow } = await import('imapflow');
    const client = new ImapFlow({ ...clientOptions(options), auth: { user, ...proof } });
    const link = new ImapLink(client, { host, port, user }, tools);
    try {
      if (tools.signal.aborted) client.close();
      await link.#inTime('login', client.connect());
      return link;
    } catch (error) {
      link.close();
      throw imapFault(error, link.#place);
    }
  }

  get isOpen(): boolean {
    return this.#loss === null && this.#client.usable && this.#client.byeReason === undefined;
  }

  /** Does it number what happens in its folders (CONDSTORE, RFC 7162)? */
  get hasSequences(): boolean {
    return this.#client.capabilities.has('CONDSTORE');
  }

  /**
   * Asks the server something. What it answers with NO or BAD is Fault imap.refused.
   * @throws Fault imap.refused, imap.busy, imap.silent, imap.connection_lost
   */
  async ask<T>(what: string, question: (client: ImapFlow) => Promise<T>): Promise<T> {
    try {
      if (!this.isOpen) throw this.#closed();
      const answer = await this.#inTime(what, question(this.#client));
      // imapflow answers some questions with `false` when the connection is lost
      if (!this.isOpen) throw this.#closed();
      return answer;
    } catch (error) {
      const fault = imapFault(error, this.#place);
      throw fault.code === 'imap.connection_lost' ? this.#closed(error) : fault;
    }
  }

  /** Opens a folder for reading alone: no flag is ever changed by it. */
  async examine(folder: string): Promise<Told> {
    this.#hasNews = false;
    const mailbox = await this.ask('EXAMINE', (client) => client.mailboxOpen(folder, { readOnly: true }));
    const validity = String(mailbox.uidValidity ?? 0);
    const exists = mailbox.exists ?? 0;
    const told = mailbox.uidNext ?? 0;
    const modseq = modseqOf(mailbox.highestModseq);
    if (told > 0) return { validity, exists, uidNext: told, isExact: true, modseq };
    return { validity, exists, uidNext: exists === 0 ? 1 : await this.#afterLast(), isExact: false, modseq };
  }

  /** Waits until the server tells of new mail in the open folder, at most so long. A server without IDLE tells nothing. */
  async idle(ms: number): Promise<void> {
    const waiting = new AbortController();
    const heard = new Promise<void>((resolve) => {
      this.#heard = resolve;
      if (this.#hasNews) resolve();
      this.#clock.sleep(ms, waiting.signal).then(resolve, resolve);
    });
    if (!this.#hasNews) this.#client.idle().catch(() => {}); // the loss is told to all; the next question breaks it off
    try {
      await this.#unlessLost(heard);
    } finally {
      waiting.abort();
    }
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#abort);
    this.#client.close();
  }

  readonly #abort = (): void => this.#client.close();

  async #afterLast(): Promise<number> {
    const last = await this.ask('FETCH', (client) => client.fetchOne('*', { uid: true }));
    return last === false || last === undefined ? 1 : last.uid + 1;
  }

  /** @throws Fault imap.silent when no byte comes for so long, however much is still to come */
  async #inTime<T>(what: string, work: Promise<T>): Promise<T> {
    const over = new AbortController();
    void this.#watch(what, over.signal);
    try {
      return await this.#unlessLost(work);
    } finally {
      over.abort();
    }
  }

  async #watch(what: string, over: AbortSignal): Promise<void> {
    let received = -1;
    for (let silentMs = 0; ; silentMs += patienceMs / 4) {
      const now = this.#client.stats().received;
      if (now !== received) silentMs = 0;
      received = now;
      const saidBye = this.#client.byeReason !== undefined; // and does not hang up
      if (saidBye || silentMs >= patienceMs) {
        const silent = new Fault('imap.silent', 'retry', { ...this.#place, what, seconds: patienceMs / 1000 });
        this.#fail(saidBye ? this.#closed() : silent);
        return this.#client.close();
      }
      const isOver = await this.#clock.sleep(patienceMs / 4, over).then(
        () => false,
        () => true,
      );
      if (isOver) return;
    }
  }

  #unlessLost<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#loss !== null) reject(this.#loss);
      this.#waiting.add(reject);
      const end = () => this.#waiting.delete(reject);
      work.then(resolve, reject).then(end, end);
    });
  }

  #fail(fault: Fault): void {
    this.#loss ??= fault;
    for (const reject of this.#waiting) reject(this.#loss);
  }

  #closed(error?: unknown): Fault {
    const { byeReason } = this.#client;
    if (byeReason !== undefined) return byeFault(byeReason, this.#place, error);
    if (error instanceof Fault) return error;
    return new Fault('imap.connection_lost', 'retry', { ...this.#place }, error);
  }
}

function clientOptions({ host, port, tls, ca, insecure, largestMb }: ImapOptions): ImapFlowOptions {
  return {
    host,
    port,
    secure: tls === 'implicit',
    doSTARTTLS: tls === 'starttls',
    tls: { rejectUnauthorized: !insecure, ...(ca === null ? {} : { ca }) },
    logger: false,
    clientInfo: { name: 'Letopis', version: false, vendor: false, 'support-url': false },
    disableAutoIdle: true, // we say when
    disableAutoEnable: true, // a folder's highest modification sequence is told without it; those of its mails are nothing to us
    disableIMAP4rev2: true,
    disableCompression: true, // its buffers cost more than the rest of an idle connection
    connectionTimeout: connectMs,
    greetingTimeout: connectMs,
    // A server that ignores partial FETCH sends a whole mail where its beginning was asked for.
    maxLiteralSize: (largestMb + 1) * mb,
    maxResponseSize: (largestMb + 2) * mb,
    maxLineLength: 32 * mb,
  };
}
