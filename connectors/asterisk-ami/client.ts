import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { type Frame, FrameReader, FrameTooLong } from '../../src/calls/index.ts';
import { Fault } from '../../src/connector/index.ts';
import type { Config } from './config.ts';

/** The only actions ever sent: a login, a life sign and questions. The exchange needs to grant nothing else. */
type Action = 'Challenge' | 'Login' | 'Ping' | 'CoreShowChannels' | 'Logoff';

const banner = 'Asterisk Call Manager';

/** One TCP or TLS link to an exchange's manager interface. Every loss becomes a Fault; nothing is retried here. */
export class AmiClient {
  readonly #socket: Socket;
  readonly #reader: FrameReader;
  readonly #waiting = new Map<string, Waiting>();
  #gone: { readonly error: unknown } | null = null;
  readonly #onFrames: (frames: readonly Frame[]) => void;
  readonly #config: Config;
  #lost: (error: unknown) => void = () => {};
  #greeting = '';
  #actions = 0;
  /** Rejects when the link is gone; never resolves. */
  readonly lost: Promise<never>;

  private constructor(socket: Socket, config: Config, onFrames: (frames: readonly Frame[]) => void) {
    this.#socket = socket;
    this.#config = config;
    this.#onFrames = onFrames;
    this.#reader = new FrameReader(config.legacyCharset);
    this.lost = new Promise((_resolve, reject) => {
      this.#lost = (error) => {
        this.#gone ??= { error };
        // Each one by itself: a race against `lost` would keep every answer in memory for as long as the link lives.
        for (const { reject: fail } of this.#waiting.values()) fail(error);
        reject(error);
      };
    });
    this.lost.catch(() => {});
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('error', (error) => this.#lost(new Fault('ami.connection_lost', 'retry', this.#place(), error)));
    socket.on('close', () => this.#lost(new Fault('ami.connection_lost', 'retry', this.#place())));
  }

  /**
   * Connects and logs in.
   * @throws Fault ami.unreachable, ami.not_an_exchange, ami.tls_refused, ami.login_refused, ami.connection_lost
   */
  static async open(
    config: Config,
    signal: AbortSignal,
    onFrames: (frames: readonly Frame[]) => void,
  ): Promise<AmiClient> {
    const socket = await connect(config, signal);
    const client = new AmiClient(socket, config, onFrames);
    signal.addEventListener('abort', () => client.close(), { once: true });
    if (signal.aborted) client.close();
    try {
      await client.#login();
    } catch (error) {
      client.close();
      throw error;
    }
    return client;
  }

  /** Sends an action and waits for its answer. CR and LF in values are refused: they would be another action. */
  async ask(action: Action, fields: Readonly<Record<string, string>> = {}): Promise<Frame> {
    const id = `letopis-${++this.#actions}`;
    const lines = Object.entries({ Action: action, ActionID: id, ...fields }).map(([name, value]) => {
      if (/[\r\n]/.test(value)) throw new Fault('ami.value_refused', 'reconfigure', { field: name });
      return `${name}: ${value}\r\n`;
    });
    if (this.#gone !== null) throw this.#gone.error;
    const answered = new Promise<Frame>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    answered.catch(() => {}); // the link may be lost while the action is written
    const timer = setTimeout(() => {
      this.#lost(new Fault('ami.silent', 'retry', { ...this.#place(), action, seconds: this.#config.timeoutSeconds }));
    }, this.#config.timeoutSeconds * 1000);
    try {
      this.#socket.write(`${lines.join('')}\r\n`);
      return await answered;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  /** Stops reading until resumed; the exchange keeps what it has to say (30,000 events measured, none lost). */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#socket.destroy();
  }

  async #login(): Promise<void> {
    const { username, secret, auth } = this.#config;
    const proof = auth === 'plain' ? { Secret: secret } : await this.#challenged(secret);
    const answer = await this.ask('Login', { Username: username, ...proof });
    if (answer.get('response') === 'Success') return;
    const message = answer.get('message') ?? '';
    throw new Fault('ami.login_refused', 'reconfigure', {
      ...this.#place(),
      username,
      message,
      cure: 'compare username and secret with manager.conf (FreePBX: manager_custom.conf) and its permit lines',
    });
  }

  async #challenged(secret: string): Promise<Record<string, string>> {
    const answer = await this.ask('Challenge', { AuthType: 'MD5' });
    const challenge = answer.get('challenge');
    if (challenge === undefined)
      throw new Fault('ami.login_refused', 'reconfigure', {
        ...this.#place(),
        message: answer.get('message') ?? 'no challenge',
        cure: 'the exchange offers no MD5 login: set auth: plain (and tls)',
      });
    return { AuthType: 'MD5', Key: createHash('md5').update(`${challenge}${secret}`).digest('hex') };
  }

  /** Whatever goes wrong in here ends this session, not the daemon: nobody else would catch it. */
  #take(chunk: Buffer): void {
    try {
      this.#read(chunk);
    } catch (error) {
      const isTooLong = error instanceof FrameTooLong;
      this.#lost(isTooLong ? new Fault('ami.message_too_long', 'retry', this.#place(), error) : error);
      this.#socket.destroy();
    }
  }

  #read(chunk: Buffer): void {
    this.#greet(chunk);
    const frames = this.#reader.push(chunk);
    for (const frame of frames) {
      const id = frame.event === '' ? frame.get('actionid') : undefined;
      if (id !== undefined) this.#waiting.get(id)?.resolve(frame);
    }
    if (frames.length > 0) this.#onFrames(frames);
  }

  /** @throws Fault ami.not_an_exchange when the first bytes are not those of a manager interface */
  #greet(chunk: Buffer): void {
    if (this.#greeting.length >= banner.length) return;
    this.#greeting += chunk.toString('latin1', 0, 40);
    if (banner.startsWith(this.#greeting) || this.#greeting.startsWith(banner)) return;
    throw new Fault('ami.not_an_exchange', 'retry', {
      ...this.#place(),
      received: JSON.stringify(this.#greeting),
      cure: 'something else than the manager interface answers here: check host, port and tls',
    });
  }

  #place(): { readonly host: string; readonly port: number } {
    return { host: this.#config.host, port: this.#config.port };
  }
}

interface Waiting {
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: unknown) => void;
}

async function connect(config: Config, signal: AbortSignal): Promise<Socket> {
  const { host, port, tls } = config;
  const socket = tls
    ? connectTls({ host, port, rejectUnauthorized: !tls.insecure, ...(tls.ca ? { ca: tls.ca } : {}) })
    : connectTcp({ host, port });
  socket.setNoDelay(true).setKeepAlive(true, 10_000);
  const timeout = AbortSignal.any([signal, AbortSignal.timeout(config.timeoutSeconds * 1000)]);
  try {
    await once(socket, tls ? 'secureConnect' : 'connect', { signal: timeout });
  } catch (error) {
    socket.on('error', () => {}).destroy();
    throw refused(error, config);
  }
  return socket;
}

function refused(error: unknown, { host, port }: Config): Fault {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (/^EPROTO$|^ERR_SSL/.test(code)) {
    const cure = 'no TLS is spoken here: give the port of tlsbindaddr (5039), or leave tls out';
    return new Fault('ami.tls_refused', 'reconfigure', { host, port, code, cure }, error);
  }
  if (/CERT|TLS|SELF_SIGNED|UNABLE_TO/.test(code)) {
    const cure = 'the certificate is not trusted: give tls.ca, or tls.insecure: true if you must';
    return new Fault('ami.tls_refused', 'reconfigure', { host, port, code, cure }, error);
  }
  const cure = 'is the exchange up, enabled = yes in manager.conf, bindaddr and firewall open for this machine?';
  return new Fault('ami.unreachable', 'retry', { host, port, code, cure }, error);
}
