import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Recording } from '../../src/calls/index.ts';
import type { CallFacts } from '../../src/core/contact/call.ts';
import { field, parseRecording } from '../../src/demo/recording.ts';

/** A recording as the simulated exchange tells it, with the calls that are in it. */
export interface ToldRecording {
  readonly name: string;
  /** The linked ids in the order of `PlayedCall.linkedIds`: the n-th here is told as the n-th there. */
  readonly linkedIds: readonly string[];
  /**
   * Per event told, in order: its linked ids when it tells that a line to the outside exists or just ended; else none. One of
   * our phones alone may be a colleague calling a colleague, or a call that was never made.
   */
  readonly proofs: readonly (readonly string[])[];
  readonly calls: readonly CallFacts[];
}

export const folder = join(import.meta.dirname, '../recordings/22');
export const extensions = /^\d{2,5}$/;

/** Those hold a cut of the reader or of the exchange, many calls at once, or clients without ids of their own. */
const noSingleStory =
  /^(ami-dropped|asterisk-restart|killed-with|restart-with|twenty-calls|conference|inbound-unknown)/;

/** A channel that is told about by one of these is known to exist; a Cdr or a variable proves nothing. */
const proving = new Set(['Newchannel', 'Newstate', 'NewCallerid', 'DialBegin', 'DialState', 'BridgeEnter', 'Hangup']);

/** Every recording of Asterisk 22 that one exchange can tell many times at once, each call of it with ids of its own. */
export function toldRecordings(): ToldRecording[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.crm.ami') && !noSingleStory.test(file))
    .sort()
    .map((file) => readTold(file.replace('.crm.ami', '')))
    .filter(({ calls }) => calls.every(({ linkedIds }) => linkedIds.length > 0));
}

function readTold(name: string): ToldRecording {
  const bytes = readFileSync(join(folder, `${name}.crm.ami`));
  const events = parseRecording(bytes.toString('utf8'));
  const linkedIds = new Set<string>();
  const proofs = events.map(({ lines }) => {
    const id = field(lines, 'Linkedid') ?? field(lines, 'LinkedID');
    if (!id) return [];
    linkedIds.add(id);
    const isLine = ['Channel', 'DestChannel'].some((key) => /^\w+\/[a-z]*trunk/.test(field(lines, key) ?? ''));
    return isLine && proving.has(field(lines, 'Event') ?? '') ? [id] : [];
  });
  const reader = new Recording({ charset: 'windows-1251', extensions, isColleague: () => false });
  reader.push(bytes);
  return { name, linkedIds: [...linkedIds], proofs, calls: reader.end() };
}

/** Numbers from a seed: the same run again, as far as a run that kills can be. */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
