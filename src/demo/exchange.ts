import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { Fault } from '../core/fault.ts';
import type { Clock } from '../core/time/clock.ts';
import { type ManagedExchange, ManagerSession } from './manager-session.ts';
import { OpenChannels } from './open-channels.ts';
import { readRecording } from './recording.ts';
import { type Retelling, retell } from './retelling.ts';

export interface ExchangeOptions {
  /** 0 or nothing: any free port. */
  readonly port?: number;
  readonly username: string;
  readonly secret: string;
  /** Folder of the recordings: `play('hold')` reads `hold.ami` there, else `hold.crm.ami`. */
  readonly recordings: string;
  /** 20 plays every call twenty times faster; 1 without it. */
  readonly speed?: number;
  readonly clock: Clock;
  /** Random bytes: challenges, bridge names, where the counters start. */
  readonly chance: (count: number) => Buffer;
}

export interface PlayOptions {
  /** Instead of the exchange's own speed. */
  readonly speed?: number;
  /** Words exchanged in every field: numbers, extensions, names. `{ '79031112233': '380671112233', '101': '204' }` */
  readonly replace?: Readonly<Record<string, string>>;
}

/** What the exchange said about one conversation: the truth a test compares the database with. */
export interface PlayedCall {
  readonly recording: string;
  /** Fresh for every play; in order of appearance. */
  readonly linkedIds: readonly string[];
  readonly startedAt: Date;
  readonly firstEventAt: Date | null;
  readonly lastEventAt: Date | null;
  /** Events told so far, and how many of them were written to at least one logged-in client. Written is not read. */
  readonly toldEvents: number;
  readonly writtenEvents: number;
  /** True when a logged-in client saw one of its channels in a list (CoreShowChannels, Status). */
  readonly listed: boolean;
  readonly state: 'open' | 'over' | 'broken off';
}

export interface SimulatedExchange {
  readonly port: number;
  /**
   * Tells a recorded conversation with its own timing, fresh ids and the present time; resolves after its last event, or
   * when the exchange stops. Any number may run at once.
   *
   * @throws Fault `demo.recording_unreadable`
   */
  play(name: string, options?: PlayOptions): Promise<PlayedCall>;
  /** Conversations whose events are being told. */
  openCalls(): readonly PlayedCall[];
  /** Everything played since the start, in order. */
  ledger(): readonly PlayedCall[];
  /** Cuts every client's connection without a word; calls go on, and clients may come back. */
  drop(): void;
  /** Cuts everybody, breaks off what is played and frees the port. */
  stop(): Promise<void>;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** An exchange that speaks AMI over TCP on loopback and replays recorded calls: for the demo and for tests. */
export async function startSimulatedExchange(options: ExchangeOptions): Promise<SimulatedExchange> {
  const { clock, chance } = options;
  const sessions = new Set<ManagerSession>();
  const channels = new OpenChannels();
  const played: Mutable<PlayedCall>[] = [];
  const over = new AbortController();
  // an exchange counts from zero; we start anywhere, so that two of them within one second never give the same id
  let counter = chance(2).readUInt16BE();
  const fresh = { next: () => counter++, uuid: () => uuidOf(chance(16)) };
  const managed = manage(options, channels, played);

  const server = createServer((socket) => {
    const session = new ManagerSession(socket, managed);
    sessions.add(session);
    socket.once('close', () => sessions.delete(session));
  });
  const port = await listen(server, options.port ?? 0);

  async function play(
    name: string,
    { speed = options.speed ?? 1, replace = {} }: PlayOptions = {},
  ): Promise<PlayedCall> {
    const recording = recordingOf(options.recordings, name);
    const startedAt = clock.now();
    const told = retell(recording, { startMs: startedAt.getTime(), speed, replace }, fresh);
    const call: Mutable<PlayedCall> = {
      recording: name,
      linkedIds: told.linkedIds,
      startedAt,
      firstEventAt: null,
      lastEventAt: null,
      toldEvents: 0,
      writtenEvents: 0,
      listed: false,
      state: 'open',
    };
    played.push(call);
    await tell(told, call);
    channels.forget(told.linkedIds);
    return call;
  }

  async function tell({ events }: Retelling, call: Mutable<PlayedCall>): Promise<void> {
    for (const { atMs, lines } of events) {
      const waitMs = atMs - clock.now().getTime();
      if (waitMs > 0) await clock.sleep(waitMs, over.signal).catch(() => undefined);
      if (over.signal.aborted) {
        call.state = 'broken off';
        return;
      }
      channels.learn(lines, atMs);
      const written = [...sessions].filter((session) => session.tell(lines)).length > 0;
      call.firstEventAt ??= clock.now();
      call.lastEventAt = clock.now();
      call.toldEvents += 1;
      if (written) call.writtenEvents += 1;
    }
    call.state = 'over';
  }

  return {
    port,
    play,
    openCalls: () => played.filter(({ state }) => state === 'open').map((call) => ({ ...call })),
    ledger: () => played.map((call) => ({ ...call })),
    drop: () => {
      for (const session of sessions) session.drop();
    },
    stop: () => {
      over.abort(new Error('the exchange stops'));
      for (const session of sessions) session.drop();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** What the sessions see of the exchange. */
function manage(options: ExchangeOptions, channels: OpenChannels, played: Mutable<PlayedCall>[]): ManagedExchange {
  const startedAt = options.clock.now();
  const nowMs = () => options.clock.now().getTime();
  const noteListed = () => {
    const listed = channels.linkedIds();
    for (const call of played) if (call.linkedIds.some((id) => listed.includes(id))) call.listed = true;
  };
  return {
    username: options.username,
    secret: options.secret,
    nowMs,
    startedAt: () => startedAt,
    openCalls: () => played.filter(({ state }) => state === 'open').length,
    challenge: () => `${options.chance(4).readUInt32BE() % 1_000_000_000}`,
    list: (action) => {
      switch (action) {
        case 'coreshowchannels':
          noteListed();
          return { message: 'Channels will follow', done: 'CoreShowChannelsComplete', items: channels.show(nowMs()) };
        case 'status':
          noteListed();
          return { message: 'Channel status will follow', done: 'StatusComplete', items: channels.status(nowMs()) };
        case 'bridgelist':
          return { message: 'Bridge listing will follow', done: 'BridgeListComplete', items: channels.bridges() };
        default:
          return null;
      }
    },
  };
}

function recordingOf(folder: string, name: string) {
  if (!/^[\w-]+$/.test(name)) {
    throw new Fault('demo.recording_unreadable', 'reconfigure', {
      name,
      cure: 'name a recording without its folder and ending',
    });
  }
  try {
    return readRecording(join(folder, `${name}.ami`));
  } catch (error) {
    try {
      return readRecording(join(folder, `${name}.crm.ami`));
    } catch {
      throw error;
    }
  }
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => reject(new Fault('demo.port_refused', 'reconfigure', { port }, error)));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

function uuidOf(bytes: Buffer): string {
  bytes.writeUInt8(0x40 | (bytes.readUInt8(6) & 0x0f), 6);
  bytes.writeUInt8(0x80 | (bytes.readUInt8(8) & 0x3f), 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
