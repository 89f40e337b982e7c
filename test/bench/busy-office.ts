import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type PlayedCall, type SimulatedExchange, startSimulatedExchange } from '../../src/demo/exchange.ts';
import { readRecording } from '../../src/demo/recording.ts';
import { randomBytes } from '../../src/ops/chance.ts';
import { systemClock } from '../../src/ops/clock.ts';
import { type MailServer, startMailServer } from '../kit/mail-server.ts';
import { amiSecret, makeOfficeFolder } from '../kit/office-folder.ts';
import { require } from './bench.ts';

/** The program in a process of its own, with an exchange and a mail server that are not in it. */
export interface BusyOffice {
  readonly daemonPid: number;
  readonly mail: MailServer;
  /** Plays calls at a steady pace, each from a caller of its own, and waits until everybody was asked about every one. */
  playCalls(count: number, everyMs: number): Promise<readonly AskedCall[]>;
  close(): Promise<void>;
}

export interface AskedCall {
  /** From the last Hangup the exchange told to the prompt that the mail server took. */
  readonly latencyMs: number;
}

const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));
const recordings = fileURLToPath(new URL('../../src/demo/recordings/', import.meta.url));
/** Calls last seconds, not minutes; what comes after them has its own pace. */
const speed = 10;
const repertoire = ['inbound-answered', 'hold', 'inbound-missed', 'queue-answered', 'ring-group'];

/** @param redis its URL; without it the queue is in the database */
export async function openBusyOffice(redis?: string): Promise<BusyOffice> {
  const exchange = await startSimulatedExchange({
    username: 'letopis',
    secret: amiSecret,
    recordings,
    speed,
    clock: systemClock,
    chance: randomBytes,
  });
  const mail = await startMailServer();
  const office = makeOfficeFolder();
  office.write({ smtp: mail.url, trunks: [{ name: 'pbx', port: exchange.port }], ...(redis ? { redis } : {}) });
  const daemon = spawn(process.execPath, [program, 'run', '--config', office.file], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const close = async () => {
    await exchange.stop();
    await endOf(daemon);
    await mail.close();
    office.remove();
  };
  try {
    await isListening(daemon);
  } catch (error) {
    await close();
    throw error;
  }
  let told = 0;
  return {
    daemonPid: daemon.pid ?? 0,
    mail,
    async playCalls(count, everyMs) {
      const plays: Promise<AskedCall>[] = [];
      const begin = performance.now();
      for (let i = 0; i < count; i++) {
        await pause(Math.max(0, begin + i * everyMs - performance.now()));
        const asked = playOne(exchange, mail, told++);
        asked.catch(() => {}); // told by Promise.all
        plays.push(asked);
      }
      return Promise.all(plays);
    },
    close,
  };
}

async function playOne(exchange: SimulatedExchange, mail: MailServer, number: number): Promise<AskedCall> {
  const recording = repertoire[number % repertoire.length] ?? 'ring-group';
  const caller = `7903${String(number).padStart(7, '0')}`;
  const before = mail.mails.length;
  const call = await exchange.play(recording, { replace: { '79031112233': caller } });
  const hungUpMs = lastHangupMs(call);
  for (let waited = 0; waited < 30_000; waited += 20) {
    const asked = mail.mails.slice(before).find(({ text }) => text.replace(/\D/g, '').includes(caller));
    if (asked) return { latencyMs: asked.acceptedAt.getTime() - hungUpMs };
    await pause(20);
  }
  throw new Error(`nobody was asked about ${recording} of ${caller}`);
}

/** The exchange tells a little more after it. */
function lastHangupMs({ recording, lastEventAt }: PlayedCall): number {
  const events = readRecording(join(recordings, `${recording}.ami`));
  const hangup = events.findLast(({ lines }) => lines[0] === 'Event: Hangup');
  const last = events.at(-1);
  require(hangup !== undefined && last !== undefined && lastEventAt !== null, `${recording} has no end`);
  return (lastEventAt?.getTime() ?? 0) - ((last?.atMs ?? 0) - (hangup?.atMs ?? 0)) / speed;
}

function isListening(daemon: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    daemon.stderr?.setEncoding('utf8').on('data', (text: string) => {
      if (said.length < 100_000) said += text;
      if (said.includes('ami.session_opened')) resolve();
    });
    daemon.once('close', (code) => reject(new Error(`the daemon ended with ${code}:\n${said}`)));
  });
}

async function endOf(daemon: ChildProcess): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = new Promise((resolve) => daemon.once('close', resolve));
  daemon.kill('SIGTERM');
  await ended;
}
