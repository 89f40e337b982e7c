import { readFileSync } from 'node:fs';
import { Recording } from '../../src/calls/index.ts';
import type { CallFacts } from '../../src/core/contact/call.ts';
import { recordings } from '../kit/recordings.ts';

export const reading = { extensions: /^\d{2,5}$/, isColleague: () => false, charset: 'windows-1251' };

export interface AmiStream {
  readonly bytes: Buffer;
  readonly events: number;
  /** What each recording gives when it is read alone, once for every time it is told in the stream. */
  readonly calls: readonly CallFacts[];
  /** The number of calls the phones counted. */
  readonly trueCalls: number;
}

/** One recording with the blocks of its stream and when each of them came, in milliseconds. */
interface Tale {
  readonly blocks: readonly { readonly text: string; readonly atMs: number }[];
  readonly calls: readonly CallFacts[];
  readonly trueCalls: number;
  /** Its connection broke or its exchange ended: nothing else can be told beside it. */
  readonly isAlone: boolean;
}

interface Block {
  readonly text: string;
  readonly atMs: number;
}

/**
 * What a busy exchange would say: every recording of a real one, twenty calls at once, as often as it takes. Each telling
 * has ids, channels, bridges and times of its own, so no two of them are one conversation.
 */
export function amiStream(sizeBytes: number): AmiStream {
  const tales = readTales();
  const told: Tale[] = [];
  const chunks: Buffer[] = [];
  let size = 0;
  let clockMs = Math.ceil(Math.max(...tales.map(endOf)) / 1000) * 1000;
  const write = (blocks: readonly Block[]) => {
    const chunk = Buffer.from(blocks.map(({ text }) => `${text}\r\n\r\n`).join(''), 'latin1');
    chunks.push(chunk);
    size += chunk.byteLength;
    clockMs = Math.ceil((blocks.at(-1)?.atMs ?? clockMs) / 1000) * 1000 + 60_000;
  };
  const tell = (tale: Tale, startMs: number) => retell(tale, startMs, told.push(tale));
  while (size < sizeBytes) {
    write(
      sideBySide(
        tales.filter((tale) => !tale.isAlone),
        20,
        clockMs,
        tell,
      ),
    );
    for (const tale of tales) if (tale.isAlone) write(tell(tale, clockMs));
  }
  const bytes = Buffer.concat(chunks);
  return {
    bytes,
    events: bytes.toString('latin1').match(/^Event: /gm)?.length ?? 0,
    calls: told.flatMap(({ calls }) => calls),
    trueCalls: told.reduce((sum, { trueCalls }) => sum + trueCalls, 0),
  };
}

/** Calls `take` with the stream as it comes from a socket. */
export function inChunks(bytes: Buffer, take: (chunk: Buffer) => void, size = 64 * 1024): void {
  for (let at = 0; at < bytes.length; at += size) take(bytes.subarray(at, at + size));
}

function readTales(): Tale[] {
  return recordings()
    .filter(({ name }) => name.endsWith('.crm.ami'))
    .map(({ stream, truth }) => {
      const bytes = readFileSync(stream);
      const recording = new Recording(reading);
      recording.push(bytes);
      const text = bytes.toString('latin1');
      const isAlone = /\nEvent: Shutdown\r\n/.test(text) || text.split('Asterisk Call Manager/').length > 2;
      const calls = recording.end();
      return { blocks: blocksOf(text, isAlone), calls, trueCalls: truth.length, isAlone };
    });
}

/** Said to a reader that has just logged in; told among the calls of others it would say that they are over. */
const greeting = /^(?:Asterisk Call Manager|Response:|Event: (?:FullyBooted|CoreShowChannel))/;

function blocksOf(text: string, withGreeting: boolean): Block[] {
  const texts = text.split('\r\n\r\n').filter((block) => block !== '' && (withGreeting || !greeting.test(block)));
  const times = texts.map((block) => Number(/^Timestamp: (\d+\.\d+)/m.exec(block)?.[1] ?? 0) * 1000);
  let atMs = times.find((time) => time > 0) ?? 0;
  return texts.map((block, i) => {
    atMs = Math.max(atMs, times[i] ?? 0);
    return { text: block, atMs };
  });
}

function endOf({ blocks }: Tale): number {
  return blocks.at(-1)?.atMs ?? 0;
}

/** Deals the tales out to lanes; in each one follows the other, and the lanes run at the same time. */
function sideBySide(
  tales: readonly Tale[],
  lanes: number,
  startMs: number,
  tell: (tale: Tale, startMs: number) => Block[],
): Block[] {
  const freeAt = Array.from({ length: lanes }, (_none, lane) => startMs + lane * 1000);
  const blocks = tales.flatMap((tale, i) => {
    const told = tell(tale, freeAt[i % lanes] ?? startMs);
    freeAt[i % lanes] = Math.ceil((told.at(-1)?.atMs ?? startMs) / 1000) * 1000 + 1000;
    return told;
  });
  return blocks.sort((a, b) => a.atMs - b.atMs);
}

/** Ids and times (seconds, a point, digits), the numbers of channels, the first part of bridge ids. */
const moving = /\b(1\d{9})\.(\d+)\b|-([0-9a-f]{8})(?![0-9a-f-])|\b([0-9a-f]{8})(?=-[0-9a-f]{4}-[0-9a-f]{4}-)/g;

/** @param telling a number no other telling has */
function retell(tale: Tale, startMs: number, telling: number): Block[] {
  const shift = Math.floor((startMs - (tale.blocks[0]?.atMs ?? 0)) / 1000);
  const hex = (text: string, by: number) => ((Number.parseInt(text, 16) + by) >>> 0).toString(16).padStart(8, '0');
  const move = (word: string, seconds?: string, count?: string, channel?: string, bridge?: string) => {
    if (seconds !== undefined && count !== undefined) {
      const isTime = count.length === 6;
      return `${Number(seconds) + shift}.${isTime ? count : Number(count) + telling * 100_000}`;
    }
    if (channel !== undefined) return `-${hex(channel, telling * 0x1000)}`;
    return bridge === undefined ? word : hex(bridge, telling * 0x9e3779b1);
  };
  return tale.blocks.map(({ text, atMs }) => ({ text: text.replace(moving, move), atMs: atMs + shift * 1000 }));
}
