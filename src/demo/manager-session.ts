import { createHash, timingSafeEqual } from 'node:crypto';
import type { Socket } from 'node:net';
import { field } from './recording.ts';

/** What a manager session asks of its exchange. */
export interface ManagedExchange {
  readonly username: string;
  readonly secret: string;
  nowMs(): number;
  /** Digits for a login challenge. */
  challenge(): string;
  /** Items of a list action (CoreShowChannels, Status, BridgeList), without ActionID; null for any other action. */
  list(action: string): { readonly message: string; readonly done: string; readonly items: string[][] } | null;
  startedAt(): Date;
  /** How many conversations go on now. */
  openCalls(): number;
}

/** A client that sends more than this without an empty line is not a manager client. */
const longestActionBytes = 64 * 1024;
/** A client that does not read is dropped, as `writetimeout` in manager.conf does. */
const mostUnreadBytes = 16 * 1024 * 1024;

/** One TCP client of the simulated exchange. Answers are word for word those of Asterisk 22. */
export class ManagerSession {
  private readonly socket: Socket;
  private readonly exchange: ManagedExchange;
  private unread = '';
  private challenge: string | null = null;
  private loggedIn = false;
  /** Event classes the client wants; null = all. */
  private mask: ReadonlySet<string> | null = null;

  constructor(socket: Socket, exchange: ManagedExchange) {
    this.socket = socket;
    this.exchange = exchange;
    socket.setEncoding('utf8');
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    socket.on('data', (text: string) => this.read(text));
    socket.write('Asterisk Call Manager/11.0.0\r\n');
  }

  /** Sends an event to a client that is logged in and wants its class. True when it was written to the socket. */
  tell(lines: readonly string[]): boolean {
    if (!this.loggedIn || this.socket.destroyed || !this.socket.writable) return false;
    const classes = (field(lines, 'Privilege') ?? '').split(',').filter((name) => name !== 'all');
    const mask = this.mask;
    if (mask !== null && !classes.some((name) => mask.has(name))) return false;
    if (this.socket.writableLength > mostUnreadBytes) {
      this.socket.destroy();
      return false;
    }
    this.send(lines);
    return true;
  }

  /** Cuts the connection without a word. */
  drop(): void {
    this.socket.destroy();
  }

  private read(text: string): void {
    this.unread += text;
    for (;;) {
      const end = /\r?\n\r?\n/.exec(this.unread);
      if (end === null) break;
      const lines = this.unread.slice(0, end.index).split(/\r?\n/);
      this.unread = this.unread.slice(end.index + end[0].length);
      this.act(lines.filter((line) => line !== ''));
      if (this.socket.destroyed || !this.socket.writable) return;
    }
    if (this.unread.length > longestActionBytes) this.drop();
  }

  private act(lines: readonly string[]): void {
    const action = (value(lines, 'Action') ?? '').toLowerCase();
    if (action === 'login') return this.login(lines);
    if (action === 'challenge') return this.giveChallenge(lines);
    if (action === 'logoff') return this.logoff(lines);
    if (!this.loggedIn) return this.answer(lines, 'Error', ['Message: Permission denied']);
    const list = this.exchange.list(action);
    if (list !== null) return this.answerList(lines, list);
    switch (action) {
      case 'ping': {
        const time = (this.exchange.nowMs() / 1000).toFixed(6);
        return this.answer(lines, 'Success', ['Ping: Pong', `Timestamp: ${time}`]);
      }
      case 'events':
        this.mask = maskOf(value(lines, 'EventMask'));
        return this.answer(lines, 'Success', [`Events: ${this.mask?.size === 0 ? 'Off' : 'On'}`]);
      case 'filter':
        // events are few here: the filter is accepted and everything is sent, a filter is a convenience only
        return this.answer(lines, 'Success', ['Message: Filter added successfully']);
      case 'corestatus':
        return this.answer(lines, 'Success', this.coreStatus());
      case 'coresettings':
        return this.answer(lines, 'Success', [
          'AMIversion: 11.0.0',
          'AsteriskVersion: 22.10.1-simulated',
          'SystemName: ',
        ]);
      case 'originate':
      case 'command':
      case 'redirect':
      case 'hangup':
        return this.answer(lines, 'Error', ['Message: Permission denied']);
      default: {
        const said = value(lines, 'Action') ?? '';
        const cure = 'Use Action: ListCommands to show available commands.';
        return this.answer(lines, 'Error', [`Message: Invalid/unknown command: ${said}. ${cure}`]);
      }
    }
  }

  private giveChallenge(lines: readonly string[]): void {
    if (value(lines, 'AuthType')?.toLowerCase() !== 'md5') {
      return this.answer(lines, 'Error', ['Message: Must specify AuthType']);
    }
    this.challenge = this.exchange.challenge();
    this.answer(lines, 'Success', [`Challenge: ${this.challenge}`]);
  }

  private login(lines: readonly string[]): void {
    const { username, secret } = this.exchange;
    const right =
      value(lines, 'AuthType')?.toLowerCase() === 'md5'
        ? this.challenge !== null && same(value(lines, 'Key'), md5(this.challenge + secret))
        : same(value(lines, 'Secret'), secret);
    if (!right || value(lines, 'Username') !== username) {
      this.answer(lines, 'Error', ['Message: Authentication failed']);
      this.socket.end();
      return;
    }
    this.loggedIn = true;
    this.mask = maskOf(value(lines, 'Events'));
    this.answer(lines, 'Success', ['Message: Authentication accepted']);
    if (this.mask?.size === 0) return;
    const seconds = Math.floor((this.exchange.nowMs() - this.exchange.startedAt().getTime()) / 1000);
    const times = [`Uptime: ${seconds}`, `LastReload: ${seconds}`];
    this.send(['Event: FullyBooted', 'Privilege: system,all', ...times, 'Status: Fully Booted']);
  }

  private logoff(lines: readonly string[]): void {
    this.answer(lines, 'Goodbye', ['Message: Thanks for all the fish.']);
    this.socket.end();
  }

  private answerList(lines: readonly string[], list: NonNullable<ReturnType<ManagedExchange['list']>>): void {
    this.answer(lines, 'Success', ['EventList: start', `Message: ${list.message}`]);
    const id = value(lines, 'ActionID');
    const withId = ([event = '', ...rest]: string[]) =>
      id === null ? [event, ...rest] : [event, `ActionID: ${id}`, ...rest];
    for (const item of list.items) this.send(withId(item));
    this.send(withId([`Event: ${list.done}`, 'EventList: Complete', `ListItems: ${list.items.length}`]));
  }

  private coreStatus(): string[] {
    const [date = '', time = ''] = this.exchange.startedAt().toISOString().slice(0, 19).split('T');
    const start = [`CoreStartupDate: ${date}`, `CoreStartupTime: ${time}`];
    return [
      ...start,
      `CoreReloadDate: ${date}`,
      `CoreReloadTime: ${time}`,
      `CoreCurrentCalls: ${this.exchange.openCalls()}`,
    ];
  }

  private answer(lines: readonly string[], response: string, rest: readonly string[]): void {
    const id = value(lines, 'ActionID');
    this.send([`Response: ${response}`, ...(id === null ? [] : [`ActionID: ${id}`]), ...rest]);
  }

  private send(lines: readonly string[]): void {
    this.socket.write(`${lines.join('\r\n')}\r\n\r\n`);
  }
}

/** Clients write keys in any case. */
function value(lines: readonly string[], key: string): string | null {
  const found = lines
    .map((line) => /^([^:]+):\s*(.*)$/.exec(line))
    .find((one) => one?.[1]?.toLowerCase() === key.toLowerCase());
  return found?.[2] ?? null;
}

function maskOf(text: string | null): ReadonlySet<string> | null {
  const wanted = (text ?? 'on').toLowerCase();
  if (['on', 'all', 'yes', 'true', '1'].includes(wanted)) return null;
  if (['off', 'none', 'no', 'false', '0', ''].includes(wanted)) return new Set();
  return new Set(wanted.split(',').map((name) => name.trim()));
}

function md5(text: string): string {
  return createHash('md5').update(text).digest('hex');
}

function same(given: string | null, right: string): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(right)];
  return a.length === b.length && timingSafeEqual(a, b);
}
