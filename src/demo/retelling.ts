import { field, type RecordedEvent, type Recording } from './recording.ts';

/** Where a retelling takes what must differ from every other one. */
export interface Fresh {
  /** A number never given before: the end of a unique id, a channel or a call id. */
  next(): number;
  uuid(): string;
}

export interface Retelling {
  /** Events with fresh ids and the times of this retelling, in order. */
  readonly events: readonly RetoldEvent[];
  /** Every linked id of the conversation, in order of appearance; transfers have more than one. */
  readonly linkedIds: readonly string[];
}

export interface RetoldEvent {
  /** When it is due, milliseconds since 1970. */
  readonly atMs: number;
  readonly lines: readonly string[];
}

export interface HowToRetell {
  readonly startMs: number;
  /** 1 = as it was, 20 = twenty times faster. */
  readonly speed: number;
  /** Words to exchange: numbers, extensions, names; only whole words are matched. */
  readonly replace: Readonly<Record<string, string>>;
}

/**
 * Tells a recorded conversation again as if it happened now: unique and linked ids, channel and bridge names and call ids
 * are new, consistently in every field, and times run from `startMs`. One recording can so be told many times at once.
 */
export function retell(recording: Recording, how: HowToRetell, fresh: Fresh): Retelling {
  const originMs = recording[0]?.atMs ?? 0;
  const timeOf = (recordedMs: number) => how.startMs + (recordedMs - originMs) / how.speed;
  const names = freshNames(recording, timeOf, how.replace, fresh);
  const rename = replacer(names);
  return {
    events: recording.map((event) => {
      const atMs = timeOf(event.atMs);
      return { atMs, lines: event.lines.map((line) => retime(rename(line), atMs, timeOf, how.speed)) };
    }),
    linkedIds: [...new Set(recording.flatMap(linkedIdOf))].map((id) => names.get(id) ?? id),
  };
}

/** Old word → new word, for everything that has to differ. */
function freshNames(
  recording: Recording,
  timeOf: (recordedMs: number) => number,
  replace: Readonly<Record<string, string>>,
  fresh: Fresh,
): Map<string, string> {
  const names = new Map(Object.entries(replace));
  const words = replacer(new Map(names));
  const hex = (count: number) => count.toString(16).padStart(8, '0').slice(-8);
  const learn = (old: string, make: () => string) => {
    if (!names.has(old)) names.set(old, make());
  };
  for (const { atMs, lines } of recording) {
    for (const line of lines) {
      const [, key = '', value = ''] = /^([^:]+): ?(.*)$/.exec(line) ?? [];
      if (/(unique|linked)id$/i.test(key)) {
        const id = /^(.*?)\d{10}\.\d+$/.exec(value);
        if (id) learn(value, () => `${id[1]}${Math.floor(timeOf(atMs) / 1000)}.${fresh.next()}`);
      }
      if (/channel$/i.test(key)) {
        const channel = /^([^/]+\/)(.+)-[0-9a-f]{8}(?=$|;\d$)/.exec(value);
        if (channel) learn(channel[0], () => `${channel[1]}${words(channel[2] ?? '')}-${hex(fresh.next())}`);
      }
      for (const [uuid] of line.matchAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g)) {
        learn(uuid, fresh.uuid);
      }
      for (const [call] of line.matchAll(/\bC-[0-9a-f]{8}\b/g)) learn(call, () => `C-${hex(fresh.next())}`);
    }
  }
  return names;
}

/** Exchanges whole words in one pass, the longest first, so that no replacement is replaced again. */
function replacer(names: ReadonlyMap<string, string>): (text: string) => string {
  if (names.size === 0) return (text) => text;
  const words = [...names.keys()]
    .sort((a, b) => b.length - a.length)
    .map((word) => word.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  const pattern = new RegExp(`(?<![\\p{L}\\p{N}])(?:${words.join('|')})(?![\\p{L}\\p{N}])`, 'gu');
  return (text) => text.replace(pattern, (word) => names.get(word) ?? word);
}

/** The exchange writes its own zone in CDR and CEL times; the recordings were made in UTC. */
function retime(line: string, atMs: number, timeOf: (recordedMs: number) => number, speed: number): string {
  const [, key = '', value = ''] = /^(\w+): (.+)$/.exec(line) ?? [];
  switch (key) {
    case 'Timestamp':
      return `Timestamp: ${(atMs / 1000).toFixed(6)}`;
    case 'EventTime':
    case 'StartTime':
    case 'AnswerTime':
    case 'EndTime': {
      const recordedMs = Date.parse(`${value.replace(' ', 'T')}Z`);
      return Number.isNaN(recordedMs) ? line : `${key}: ${wallTime(timeOf(recordedMs))}`;
    }
    case 'Duration':
    case 'BillableSeconds':
    case 'HoldTime':
    case 'RingTime':
    case 'TalkTime':
      return /^\d+$/.test(value) ? `${key}: ${Math.round(Number(value) / speed)}` : line;
    default:
      return line;
  }
}

function wallTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

function linkedIdOf({ lines }: RecordedEvent): string[] {
  const id = field(lines, 'Linkedid') ?? field(lines, 'LinkedID');
  return id ? [id] : [];
}
