import { createServer, type Socket } from 'node:net';
import { answerOf, type Command, ScriptedFolder } from './scripted-folder.ts';

export const imapUser = 'sales@ours.example';
export const imapPassword = 'tr0ub4dor';

export interface ImapScript {
  /** In place of `* OK ready`. */
  readonly greeting?: string;
  readonly capabilities?: string;
  /**
   * What is answered to a command in place of what a server would: lines without the last CRLF, in which TAG stands for
   * the command's tag; 'silence', 'cut'; undefined: what a server would.
   */
  readonly answer?: (command: Command, default_: () => string) => string | undefined;
  /** IDLE is offered and tells nothing. */
  readonly forgetsToTell?: boolean;
  /** A mail is sent as a whole, whatever part of it is asked for. */
  readonly ignoresPartial?: boolean;
  /** After so many bytes of an answer the connection is cut; asked anew for each. */
  readonly cutAfter?: (command: Command) => number | undefined;
}

export interface ScriptedImap {
  readonly port: number;
  /** Every command that ever came, without its tag: `UID FETCH 1:3 (…)`. */
  readonly commands: readonly string[];
  readonly open: number;
  /** A folder; made when it is first named. */
  folder(name?: string): ScriptedFolder;
  /** Puts a mail into a folder; whoever idles there is told. @returns its UID */
  add(mail: string, more?: { readonly folder?: string; readonly at?: Date; readonly size?: number }): number;
  /** Says something to everybody: `* BYE going down`. */
  say(line: string): void;
  /** Cuts every connection without a word. */
  cut(): void;
  /** From now on nothing is answered any more, connections stay open. */
  fallSilent(): void;
  /** How many mails were fetched as a whole. */
  readonly fetched: ReadonlySet<string>;
  stop(): Promise<void>;
}

/** A mail server on loopback that does what the test scripts: the oddities a real one does not show on demand. */
export async function startScriptedImap(script: ImapScript = {}): Promise<ScriptedImap> {
  const folders = new Map<string, ScriptedFolder>([['INBOX', new ScriptedFolder('INBOX')]]);
  const lines = new Set<Line>();
  const commands: string[] = [];
  const fetched = new Set<string>();
  const state = { isSilent: false };
  const folder = (name = 'INBOX') => {
    const found = folders.get(name) ?? new ScriptedFolder(name);
    folders.set(name, found);
    return found;
  };
  const server = createServer((socket) => {
    const line: Line = new Line(socket, script, { folders, commands, fetched, state }, () => lines.delete(line));
    lines.add(line);
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  const each = (what: (line: Line) => void) => {
    for (const line of lines) what(line);
  };
  return {
    port,
    commands,
    fetched,
    get open() {
      return lines.size;
    },
    folder,
    add(mail, more = {}) {
      const uid = folder(more.folder).add(mail, more);
      each((line) => line.notice());
      return uid;
    },
    say: (text) => each((line) => line.say(text)),
    cut: () => each((line) => line.cut()),
    fallSilent: () => {
      state.isSilent = true;
    },
    stop: () => {
      each((line) => line.cut());
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

interface World {
  readonly folders: ReadonlyMap<string, ScriptedFolder>;
  readonly commands: string[];
  readonly fetched: Set<string>;
  readonly state: { readonly isSilent: boolean };
}

class Line {
  readonly #socket: Socket;
  readonly #script: ImapScript;
  readonly #world: World;
  #unread = '';
  #selected: ScriptedFolder | null = null;
  #told = 0;
  #idleTag: string | null = null;

  constructor(socket: Socket, script: ImapScript, world: World, closed: () => void) {
    this.#socket = socket;
    this.#script = script;
    this.#world = world;
    socket.setNoDelay(true);
    socket.setEncoding('latin1');
    socket.on('error', () => {});
    socket.on('close', closed);
    socket.on('data', (text: string) => this.#read(text));
    if (!world.state.isSilent) this.say(script.greeting ?? '* OK ready');
  }

  say(line: string): void {
    if (this.#socket.writable) this.#socket.write(Buffer.from(`${line}\r\n`, 'latin1'));
  }

  cut(): void {
    this.#socket.destroy();
  }

  /** New mail is told while the client idles. */
  notice(): void {
    const count = this.#selected?.mails.length ?? 0;
    if (this.#world.state.isSilent || this.#script.forgetsToTell || this.#idleTag === null || count === this.#told)
      return;
    this.#told = count;
    this.say(`* ${count} EXISTS`);
  }

  #read(text: string): void {
    this.#unread += text;
    for (let end = this.#unread.indexOf('\r\n'); end >= 0; end = this.#unread.indexOf('\r\n')) {
      const line = this.#unread.slice(0, end);
      this.#unread = this.#unread.slice(end + 2);
      if (!this.#world.state.isSilent) this.#act(line);
    }
  }

  #act(line: string): void {
    if (line === 'DONE') {
      this.say(`${this.#idleTag} OK idle ended`);
      this.#idleTag = null;
      return;
    }
    const [tag = '', ...words] = line.split(' ');
    const command: Command = { tag, text: words.join(' '), folder: this.#selected };
    this.#world.commands.push(command.text);
    const usual = () => this.#usual(command);
    const answer = this.#script.answer?.(command, usual) ?? usual();
    if (answer === 'silence') return;
    if (answer === 'cut') return this.cut();
    this.#send(answer.replaceAll('TAG', tag), this.#script.cutAfter?.(command));
  }

  #usual(command: Command): string {
    const { text, tag } = command;
    if (/^IDLE$/i.test(text)) {
      this.#idleTag = tag;
      setImmediate(() => this.notice());
      return '+ idling';
    }
    if (/^LOGIN /i.test(text)) {
      const isRight = text.includes(imapUser) && text.includes(imapPassword);
      return isRight ? 'TAG OK logged in' : 'TAG NO [AUTHENTICATIONFAILED] Invalid credentials';
    }
    const opened = /^(?:EXAMINE|SELECT) "?([^"]*)"?/i.exec(text)?.[1];
    if (opened !== undefined) {
      this.#selected = this.#world.folders.get(opened) ?? null;
      this.#told = this.#selected?.mails.length ?? 0;
    }
    const { capabilities = 'IMAP4rev1 IDLE', ignoresPartial = false } = this.#script;
    const asked = ignoresPartial ? text.replace(/<\d+\.\d+>/g, '') : text;
    return answerOf({ ...command, text: asked, folder: this.#selected }, { ...this.#world, capabilities });
  }

  #send(answer: string, cutAfter: number | undefined): void {
    const bytes = Buffer.from(`${answer}\r\n`, 'latin1');
    if (!this.#socket.writable) return;
    if (cutAfter === undefined || cutAfter >= bytes.length) this.#socket.write(bytes);
    else this.#socket.write(bytes.subarray(0, cutAfter), () => this.cut());
  }
}
