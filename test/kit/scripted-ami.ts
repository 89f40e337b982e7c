import { createHash } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export type Fields = Readonly<Record<string, string>>;

export interface AmiScript {
  readonly secret?: string;
  readonly tls?: { readonly key: string; readonly cert: string };
  /** Sent to whoever connects, instead of Asterisk's own line. */
  readonly greeting?: Buffer | string;
  /** Old exchanges and some gateways offer no challenge. */
  readonly plainOnly?: boolean;
  /** Actions that are never answered. */
  readonly silentOn?: readonly string[];
  /** Actions that the user has no right to. */
  readonly denied?: readonly string[];
  /** Items of CoreShowChannels at the nth login (from 0), as messages without the empty line. */
  readonly channels?: (login: number) => readonly string[];
  /** Said after the answer to that login, and after the list of channels was sent. */
  readonly onLogin?: (line: AmiLine, login: number) => void;
  readonly onListed?: (line: AmiLine, login: number) => void;
}

export interface AmiLine {
  /** Bytes as they are to arrive; a string is Latin-1. */
  say(bytes: Buffer | string): void;
  /** Sends what was said, then closes. */
  end(): void;
}

export interface ScriptedAmi {
  readonly port: number;
  /** Every action that ever came, in order. */
  readonly actions: readonly Fields[];
  readonly logins: number;
  /** How many connections are open. */
  readonly open: number;
  /** To everybody logged in. */
  say(bytes: Buffer | string): void;
  /** Bytes said that nobody has taken from us yet. */
  unsentBytes(): number;
  /** Ends every connection after what was said has arrived. */
  close(): void;
  /** Cuts every connection at once. */
  cut(): void;
  stop(): Promise<void>;
}

export const username = 'letopis';
export const secret = 'tr0ub4dor';

/** A manager interface on loopback that says what the test scripts, word for word as Asterisk 22 does. */
export async function startScriptedAmi(script: AmiScript = {}): Promise<ScriptedAmi> {
  const lines = new Set<Line>();
  const actions: Fields[] = [];
  let logins = 0;
  const accept = (socket: Socket) => {
    const line: Line = new Line(socket, script, {
      heard: (action) => void actions.push(action),
      loggedIn: () => logins++,
      closed: () => void lines.delete(line),
    });
    lines.add(line);
  };
  const server = script.tls ? createTlsServer({ ...script.tls }, accept) : createServer(accept);
  server.on('tlsClientError', () => {}); // a client that does not trust us
  const port = await listen(server);
  return {
    port,
    actions,
    get logins() {
      return logins;
    },
    get open() {
      return lines.size;
    },
    say: (bytes) => {
      for (const line of lines) if (line.isIn) line.say(bytes);
    },
    unsentBytes: () => [...lines].reduce((sum, line) => sum + line.unsentBytes, 0),
    close: () => {
      for (const line of lines) line.end();
    },
    cut: () => {
      for (const line of lines) line.cut();
    },
    stop: () => {
      for (const line of lines) line.cut();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface Listener {
  heard(action: Fields): void;
  /** @returns the number of the login, from 0 */
  loggedIn(): number;
  closed(): void;
}

class Line implements AmiLine {
  isIn = false;
  readonly #socket: Socket;
  readonly #script: AmiScript;
  readonly #listener: Listener;
  readonly #challenge = '447802190';
  #login = 0;
  #unread = '';

  constructor(socket: Socket, script: AmiScript, listener: Listener) {
    this.#socket = socket;
    this.#script = script;
    this.#listener = listener;
    socket.setNoDelay(true);
    socket.setEncoding('utf8');
    socket.on('error', () => {});
    socket.on('close', () => listener.closed());
    socket.on('data', (text: string) => this.#read(text));
    this.say(script.greeting ?? 'Asterisk Call Manager/11.0.0\r\n');
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  say(bytes: Buffer | string): void {
    if (this.#socket.writable) this.#socket.write(typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes);
  }

  end(): void {
    this.#socket.end();
  }

  cut(): void {
    this.#socket.destroy();
  }

  #read(text: string): void {
    this.#unread += text;
    for (let end = this.#unread.indexOf('\r\n\r\n'); end >= 0; end = this.#unread.indexOf('\r\n\r\n')) {
      const action = fieldsOf(this.#unread.slice(0, end));
      this.#unread = this.#unread.slice(end + 4);
      this.#listener.heard(action);
      this.#act(action);
    }
  }

  #act(action: Fields): void {
    const { Action = '' } = action;
    if (this.#script.silentOn?.includes(Action)) return;
    if (this.#script.denied?.includes(Action)) return this.#answer(action, 'Error', 'Message: Permission denied');
    switch (Action) {
      case 'Challenge':
        if (this.#script.plainOnly) return this.#answer(action, 'Error', 'Message: Must specify AuthType');
        return this.#answer(action, 'Success', `Challenge: ${this.#challenge}`);
      case 'Login':
        return this.#logIn(action);
      case 'Ping':
        return this.#answer(action, 'Success', 'Ping: Pong', 'Timestamp: 1795333729.524690');
      case 'CoreShowChannels':
        return this.#list(action);
      default:
        return this.#answer(action, 'Error', 'Message: Permission denied');
    }
  }

  #logIn(action: Fields): void {
    const right = this.#script.secret ?? secret;
    const key = createHash('md5').update(`${this.#challenge}${right}`).digest('hex');
    const proven = action['AuthType'] === 'MD5' ? action['Key'] === key : action['Secret'] === right;
    if (!proven || action['Username'] !== username) {
      this.#answer(action, 'Error', 'Message: Authentication failed');
      this.#socket.end();
      return;
    }
    this.#login = this.#listener.loggedIn();
    this.isIn = true;
    this.#answer(action, 'Success', 'Message: Authentication accepted');
    this.say('Event: FullyBooted\r\nPrivilege: system,all\r\nUptime: 561\r\nStatus: Fully Booted\r\n\r\n');
    this.#script.onLogin?.(this, this.#login);
  }

  #list(action: Fields): void {
    const id = `ActionID: ${action['ActionID'] ?? ''}`;
    const items = this.#script.channels?.(this.#login) ?? [];
    this.#answer(action, 'Success', 'EventList: start', 'Message: Channels will follow');
    for (const item of items) {
      const [event = '', ...rest] = item.split('\r\n').filter((line) => !line.startsWith('ActionID:'));
      this.say(`${[event, id, ...rest].join('\r\n')}\r\n\r\n`);
    }
    const complete = ['Event: CoreShowChannelsComplete', id, 'EventList: Complete', `ListItems: ${items.length}`];
    this.say(`${complete.join('\r\n')}\r\n\r\n`);
    this.#script.onListed?.(this, this.#login);
  }

  #answer(action: Fields, response: string, ...rest: readonly string[]): void {
    this.say([`Response: ${response}`, `ActionID: ${action['ActionID'] ?? ''}`, ...rest, '', ''].join('\r\n'));
  }
}

function fieldsOf(message: string): Fields {
  return Object.fromEntries(
    message.split('\r\n').map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon), line.slice(colon + 1).trimStart()];
    }),
  );
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
