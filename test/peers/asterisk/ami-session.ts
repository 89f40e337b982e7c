import { EventEmitter, once } from 'node:events';
import net from 'node:net';
import { untilThere } from './wait.ts';

export type AmiFields = Readonly<Record<string, string | readonly string[]>>;
export type AmiMessage = Readonly<Record<string, string>>;

/**
 * A bare manager session: logs in, sends actions, keeps every byte it receives. It understands only what the scenarios need:
 * of a repeated key the first value is kept.
 */
export class AmiSession extends EventEmitter {
  readonly chunks: Buffer[] = [];
  closed = false;
  private readonly socket: net.Socket;
  private text = '';
  private sequence = 0;
  private greeted = false;
  private readonly waiting = new Map<
    string,
    { list: boolean; items: AmiMessage[]; resolve: (items: AmiMessage[]) => void }
  >();

  private constructor(socket: net.Socket) {
    super();
    this.setMaxListeners(0);
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes) => {
      this.chunks.push(bytes);
      this.read(bytes);
    });
    socket.on('error', () => {});
    socket.on('close', () => {
      this.closed = true;
      for (const { resolve } of this.waiting.values()) resolve([]);
      this.emit('close');
    });
  }

  static async open(options: { address: string; port: number; user: string; secret: string }): Promise<AmiSession> {
    const socket = net.connect(options.port, options.address);
    await once(socket, 'connect');
    const session = new AmiSession(socket);
    const [answer] = await session.action({
      Action: 'Login',
      Username: options.user,
      Secret: options.secret,
      Events: 'on',
    });
    if (answer?.['Response'] !== 'Success')
      throw new Error(`login as ${options.user} refused: ${answer?.['Message'] ?? 'closed'}`);
    return session;
  }

  /** The same, patiently: an exchange that restarts refuses connections for a while. */
  static openSoon(options: { address: string; port: number; user: string; secret: string }): Promise<AmiSession> {
    return untilThere(60_000, 'a manager session', () => AmiSession.open(options).catch(() => undefined));
  }

  /** One response, or with `list` the items of a list answer. Empty when the session closed meanwhile. */
  action(fields: AmiFields, list = false): Promise<AmiMessage[]> {
    const id = `lab-${++this.sequence}`;
    const lines = Object.entries({ ...fields, ActionID: id }).flatMap(([key, value]) =>
      [value].flat().map((one) => `${key}: ${one}`),
    );
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
    return new Promise((resolve) => this.waiting.set(id, { list, items: [], resolve }));
  }

  nextEvent(fits: (event: AmiMessage) => boolean): Promise<AmiMessage> {
    return new Promise((resolve) => {
      const look = (event: AmiMessage): void => {
        if (!fits(event)) return;
        this.off('event', look);
        resolve(event);
      };
      this.on('event', look);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private read(bytes: Buffer): void {
    this.text += bytes.toString('latin1');
    if (!this.greeted) {
      const end = this.text.indexOf('\r\n');
      if (end < 0) return;
      this.greeted = true;
      this.text = this.text.slice(end + 2);
    }
    for (let end = this.text.indexOf('\r\n\r\n'); end >= 0; end = this.text.indexOf('\r\n\r\n')) {
      const message: Record<string, string> = {};
      for (const line of this.text.slice(0, end).split('\r\n')) {
        const [, key = '', value = ''] = /^([^:]*): ?(.*)$/s.exec(line) ?? [];
        if (!(key in message)) message[key] = value;
      }
      this.text = this.text.slice(end + 4);
      this.dispatch(message);
    }
  }

  private dispatch(message: AmiMessage): void {
    if (message['Event']) this.emit('event', message);
    const id = message['ActionID'] ?? '';
    const asked = this.waiting.get(id);
    if (!asked) return;
    if (message['EventList'] === 'start') return;
    if (message['Response']) asked.items.push(message);
    else if (message['EventList'] !== 'Complete') return void asked.items.push(message);
    this.waiting.delete(id);
    asked.resolve(asked.items);
  }
}
