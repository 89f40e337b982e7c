import { crc32 } from 'node:zlib';
import {
  type CallFacts,
  type CallOutcome,
  Fault,
  type Office,
  type Payload,
  textOf,
} from '../../src/connector/index.ts';
import type { Config, Line } from './config.ts';
import type { DirectionWord, EventWord, OutcomeWord, Paths } from './presets.ts';
import { isHidden, oneDecimal, readMoment, readSeconds } from './values.ts';

/** What one request says of a call, in our words but not yet a call. */
export interface Told {
  readonly event: EventWord;
  readonly id: string;
  readonly ring: string;
  readonly links: readonly string[];
  readonly direction: DirectionWord;
  /** As on the wire; null when hidden or not said. */
  readonly outside: string | null;
  readonly isHidden: boolean;
  readonly employee: string | null;
  readonly line: string | null;
  readonly name: string | null;
}

/** No field of a call is longer; a longer id would be another call’s when it is cut. */
const longest = 500;

export type Reader = (paths: Paths | undefined) => string | null;

/** Reads fields by their paths; `$path` is what follows the connector's address. */
export function readerOf(payload: Payload, path: string): Reader {
  return (paths) => {
    for (const one of paths === undefined ? [] : typeof paths === 'string' ? [paths] : paths) {
      const text = one === '$path' ? path || null : textOf(payload, one);
      if (text === null) continue;
      return text.length <= longest ? text : [...text.slice(0, 2 * longest)].slice(0, longest).join('');
    }
    return null;
  };
}

/** The raw word for what happened; '' where the source has none. */
export function eventNameOf(read: Reader, { map }: Config): string {
  return read(map.event) ?? '';
}

export function eventOf(name: string, { map, events }: Config): EventWord {
  if (map.event === undefined || events.length === 0) return 'end';
  if (name === '') return 'end';
  return wordOf(events, name) ?? 'ignore';
}

/** @throws Fault pbx.no_call_id (set-aside) */
export function readTold(read: Reader, event: EventWord, config: Config, office: Office): Told {
  const { map } = config;
  const id = read(map.id);
  if (id === null || (id.length >= longest && [...id].length >= longest))
    throw new Fault('pbx.no_call_id', 'set-aside', {
      paths: map.id,
      cure: 'let map.id name where the call’s id stands',
    });
  const direction = directionOf(read, config, office);
  const sides = (direction === 'inbound' ? map.inbound : direction === 'outbound' ? map.outbound : undefined) ?? {};
  const [theirs, ours] = direction === 'outbound' ? [map.to, map.from] : [map.from, map.to];
  const isOurs = (number: string | null) => number !== null && office.extensions.test(number);
  const outside = read(sides.outside) ?? read(map.outside) ?? read(theirs);
  const other = read(ours);
  const employee = read(sides.employee) ?? read(map.employee) ?? (isOurs(other) ? other : null);
  const line = read(sides.line) ?? read(map.line) ?? (isOurs(other) ? null : other);
  const hidden = isHidden(outside);
  return {
    event,
    id,
    ring: read(map.ring) ?? id,
    links: linksOf(read, map.links, id),
    direction,
    outside: hidden ? null : outside,
    isHidden: hidden && direction === 'inbound',
    employee,
    line,
    name: read(map.name),
  };
}

function directionOf(read: Reader, { map, directions }: Config, office: Office): DirectionWord {
  const written = read(map.direction);
  const said = written === null ? null : wordOf(directions, written);
  if (said !== null) return said;
  const [fromOurs, toOurs] = [read(map.from), read(map.to)].map((n) => n !== null && office.extensions.test(n));
  if (fromOurs && toOurs) return 'internal';
  return fromOurs ? 'outbound' : 'inbound';
}

function linksOf(read: Reader, paths: Paths | undefined, id: string): string[] {
  const all = (paths === undefined ? [] : typeof paths === 'string' ? [paths] : paths).map((path) => read(path));
  return [...new Set([id, ...all.filter((link) => link !== null)])];
}

/** The word of the first pattern that fits the whole text. */
export function wordOf<Word extends string>(table: readonly Line<Word>[], text: string): Word | null {
  return table.find(({ pattern }) => pattern.matches(text.trim()))?.word ?? null;
}

export interface TimedCall {
  readonly call: CallFacts;
  /** False where the source said no time: then it is counted back from the arrival. */
  readonly isDated: boolean;
}

/**
 * The finished call. Pure: the same words give the same call.
 * @throws Fault pbx.time_unreadable, pbx.seconds_unreadable (set-aside)
 */
export function callOf(told: Told, read: Reader, config: Config, receivedAt: Date): TimedCall {
  const { map } = config;
  const moment = (paths: Paths | undefined) => momentOf(read(paths), config.timezone);
  const answeredAt = moment(map.answeredAt);
  const ended = moment(map.endedAt);
  const talk = secondsOf(read(map.talkSeconds));
  const ring = secondsOf(read(map.ringSeconds));
  const started = moment(map.startedAt);
  const talkSeconds = talk ?? (answeredAt && ended ? between(answeredAt, ended) : 0);
  const startedAt = started ?? new Date((ended ?? receivedAt).getTime() - 1000 * (ring ?? 0) - 1000 * talkSeconds);
  const word = read(map.outcome);
  const outcome = outcomeOf(word === null ? null : wordOf(config.outcomes, word), told, talkSeconds);
  const wasTalked = outcome === 'answered';
  const talked = wasTalked ? talkSeconds : 0;
  const ringSeconds = ring ?? (answeredAt ? between(startedAt, answeredAt) : restOf(startedAt, ended, talked));
  const endedAt = ended ?? new Date(startedAt.getTime() + 1000 * (ringSeconds + talked));
  const call: CallFacts = {
    direction: told.direction,
    outcome,
    ...partiesOf(told, wasTalked, talked),
    startedAt,
    endedAt: endedAt < startedAt ? startedAt : endedAt,
    ringSeconds,
    talkSeconds: talked,
    transfers: [],
    queue: read(map.queue),
    recording: read(map.recording),
    voicemail: null,
    linkedIds: told.links,
  };
  return { call, isDated: started !== null || ended !== null };
}

type Parties = Pick<
  CallFacts,
  'caller' | 'callerName' | 'withheld' | 'called' | 'answeredBy' | 'talks' | 'lastTalkedTo' | 'employees' | 'rang'
>;

/** Who stands where: as the assembler of an exchange's events writes it. */
function partiesOf(told: Told, wasTalked: boolean, seconds: number): Parties {
  const { employee, outside, line } = told;
  const outbound = told.direction === 'outbound';
  const answeredBy = wasTalked ? (outbound ? outside : employee) : null;
  return {
    caller: outbound ? (employee ?? line) : outside,
    callerName: told.name,
    withheld: told.isHidden,
    called: outbound ? outside : (line ?? employee),
    answeredBy,
    talks: answeredBy === null ? [] : [{ who: answeredBy, seconds }],
    lastTalkedTo: answeredBy,
    employees: wasTalked && employee !== null ? [employee] : [],
    rang: outbound || employee === null ? [] : [employee],
  };
}

function outcomeOf(word: OutcomeWord | null, { direction }: Told, talkSeconds: number): CallOutcome {
  const unanswered = direction === 'outbound' ? 'no-answer' : 'missed';
  switch (word) {
    case null:
    case 'ended':
      return talkSeconds > 0 ? 'answered' : unanswered;
    case 'missed':
    case 'no-answer':
      return unanswered;
    case 'answered':
    case 'busy':
    case 'rejected':
    case 'failed':
    case 'voicemail':
    case 'fax':
      return word;
  }
}

function momentOf(text: string | null, zone: string | null): Date | null {
  if (text === null || /^0+$/.test(text)) return null; // 0 since 1970: it did not come to pass
  const moment = readMoment(text, zone);
  if (moment instanceof Date) return moment;
  const cure = moment === 'no-zone' ? 'set timezone' : 'write ISO 8601, date and time, or seconds since 1970';
  throw new Fault('pbx.time_unreadable', 'set-aside', { text: text.slice(0, 60), cure });
}

function secondsOf(text: string | null): number | null {
  if (text === null) return null;
  const seconds = readSeconds(text);
  if (seconds === null)
    throw new Fault('pbx.seconds_unreadable', 'set-aside', {
      text: text.slice(0, 60),
      cure: 'let map.talkSeconds and map.ringSeconds name fields with seconds or 01:05',
    });
  return seconds;
}

function between(from: Date, until: Date): number {
  return oneDecimal(Math.max(0, until.getTime() - from.getTime()) / 1000);
}

function restOf(startedAt: Date, endedAt: Date | null, talked: number): number {
  return endedAt === null ? 0 : oneDecimal(Math.max(0, between(startedAt, endedAt) - talked));
}

/**
 * Orders what is said several times of one call, whatever order it arrives in: the longer call is the later word, then the
 * one that knows more; what says the same has the same number. 15 bits of seconds, 4 of completeness, 12 of the words
 * themselves.
 *
 * Where the source says no time, the time of arrival must not make a repetition another word.
 */
export function revisionOf({ call, isDated }: TimedCall): number {
  const { startedAt, endedAt } = call;
  const lasted = isDated ? between(startedAt, endedAt) : call.ringSeconds + call.talkSeconds;
  const known = [call.answeredBy, call.recording, call.queue, call.callerName, call.caller, call.called];
  const complete = known.filter((value) => value !== null).length;
  // Put together by hand: JSON and a cryptographic hash of all this took a fourteenth of the time to the answer (measured).
  const { direction, outcome, withheld, ringSeconds, talkSeconds, employees, linkedIds } = call;
  const words = `${known.join('\0')}\0${direction}\0${outcome}\0${withheld}\0${ringSeconds}\0${talkSeconds}\0${employees}\0${linkedIds.join('\0')}`;
  const text = isDated ? `${words}\0${startedAt.getTime()}\0${endedAt.getTime()}` : words;
  return Math.min(Math.round(lasted), 0x7fff) * 0x10000 + complete * 0x1000 + (crc32(text) & 0xfff);
}
