import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, test } from 'vitest';
import { Recording } from '../calls/index.ts';
import type { CallFacts } from '../core/contact/call.ts';
import { parseRecording } from './recording.ts';
import { retell } from './retelling.ts';

// What the simulated exchange tells must be the same call as the recorded one: same people, same seconds.
const folders = ['src/demo/recordings', 'test/recordings/22'].map((name) => join(import.meta.dirname, '../..', name));
const files = folders.flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.ami') && !/^asterisk-restart|^ami-dropped/.test(name)) // those hold a cut, not a call
    .map((name) => [`${basename(folder)}/${name}`, join(folder, name)] as const),
);

test.each(files)('%s', (_name, path) => {
  const text = readFileSync(path, 'utf8');
  let count = 70_000;
  const fresh = { next: () => count++, uuid: () => `00000000-0000-4000-8000-${`${count++}`.padStart(12, '0')}` };
  const how = { startMs: Date.parse('2026-12-01T08:00:00.250Z'), speed: 1, replace: { '79031112233': '380671112233' } };
  const recording = parseRecording(text);
  if (recording.length === 0) return; // a number that does not exist: nothing was said
  const { events, linkedIds } = retell(recording, how, fresh);
  const retold = callsOf(events.map(({ lines }) => `${lines.join('\r\n')}\r\n\r\n`).join(''));
  const recorded = callsOf(text.replace(/(?<!\d)79031112233(?!\d)/g, '380671112233'));
  expect(retold.map(timeless)).toEqual(recorded.map(timeless));
  expect(linkedIds).toEqual(expect.arrayContaining(retold.flatMap((call) => call.linkedIds)));
});

function callsOf(text: string): CallFacts[] {
  const options = { charset: 'utf-8', extensions: /^\d{2,5}$/, isColleague: () => false };
  const reader = new Recording(options);
  reader.push(Buffer.from(text));
  return reader.end();
}

/** Everything but what a retelling must change; starts and seconds may differ by the rounding of one tenth. */
function timeless({ linkedIds, startedAt: _start, endedAt: _end, recording, ...call }: CallFacts) {
  return {
    ...call,
    ids: linkedIds.length,
    recorded: recording !== null,
    ringSeconds: expect.closeTo(call.ringSeconds, 0),
    talkSeconds: expect.closeTo(call.talkSeconds, 0),
    talks: call.talks.map(({ who, seconds }) => ({ who, seconds: expect.closeTo(seconds, 0) })),
  };
}
