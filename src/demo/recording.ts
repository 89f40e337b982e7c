import { readFileSync } from 'node:fs';
import { Fault } from '../core/fault.ts';

/** One event of a recorded AMI stream. */
export interface RecordedEvent {
  /** The exchange's clock when it happened, milliseconds since 1970 with the fraction the exchange gave. */
  readonly atMs: number;
  /** Its lines without line ends. */
  readonly lines: readonly string[];
}

/** The events of one recorded conversation, in order; never empty. */
export type Recording = readonly RecordedEvent[];

/**
 * Reads the events out of what an AMI client once received. Banners, answers to actions (and the list items that carry
 * their ActionID) and FullyBooted are left out: the simulated exchange says those itself.
 *
 * @throws Fault `demo.recording_unreadable` when the file is missing or has no event with a time (`timestampevents = yes`)
 */
export function readRecording(path: string): Recording {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new Fault('demo.recording_unreadable', 'reconfigure', { path, cure: 'name an existing file' }, error);
  }
  const events = parseRecording(text);
  if (events.length === 0) {
    throw new Fault('demo.recording_unreadable', 'reconfigure', { path, cure: 'record with timestampevents = yes' });
  }
  return events;
}

export function parseRecording(text: string): Recording {
  let atMs: number | null = null;
  const events: RecordedEvent[] = [];
  for (const frame of text.split(/\r?\n\r?\n/)) {
    const lines = frame.split(/\r?\n/).filter((line) => line !== '');
    const name = field(lines, 'Event');
    // list items carry the ActionID of the question and no time; OriginateResponse has both and is news
    const isAnswer = field(lines, 'ActionID') !== null && field(lines, 'Timestamp') === null;
    if (name === null || name === 'FullyBooted' || isAnswer) continue;
    const seconds = Number(field(lines, 'Timestamp') ?? Number.NaN);
    if (Number.isFinite(seconds)) atMs = seconds * 1000;
    if (atMs !== null) events.push({ atMs, lines: lines.slice(lines.findIndex((line) => line.startsWith('Event:'))) });
  }
  return events;
}

/** The value of the first line with this key, null without one. An empty value is ''. */
export function field(lines: readonly string[], key: string): string | null {
  const start = `${key}:`;
  const line = lines.find((one) => one.startsWith(start));
  return line === undefined ? null : line.slice(start.length).trim();
}
