import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRecording, readRecording } from './recording.ts';
import { retell } from './retelling.ts';

const folder = join(import.meta.dirname, 'recordings');
const names = readdirSync(folder);
const counter = (first: number) => {
  let count = first;
  return { next: () => count++, uuid: () => `00000000-0000-4000-8000-${`${count++}`.padStart(12, '0')}` };
};
const how = { startMs: Date.parse('2026-12-01T08:00:00Z'), speed: 1, replace: {} };

describe('parsing a recording', () => {
  test('keeps events, drops what the exchange says about itself', () => {
    const text = [
      'Asterisk Call Manager/11.0.0\r\nResponse: Success\r\nActionID: L1\r\n',
      'Event: FullyBooted\r\nStatus: Fully Booted\r\n',
      'Event: Newchannel\r\nTimestamp: 1795332801.929067\r\nCallerIDName: \r\n',
      '\r\n--- connection dropped ---\r\nAsterisk Call Manager/11.0.0\r\nResponse: Success\r\n',
      'Event: CoreShowChannel\r\nActionID: S1\r\n',
      'Event: Hangup\r\nTimestamp: 1795332802.5\r\n\r\n',
    ].join('\r\n');
    expect(parseRecording(text)).toEqual([
      { atMs: 1795332801929.067, lines: ['Event: Newchannel', 'Timestamp: 1795332801.929067', 'CallerIDName: '] },
      { atMs: 1795332802500, lines: ['Event: Hangup', 'Timestamp: 1795332802.5'] },
    ]);
  });

  test('a file that is none is refused', () => {
    expect(() => readRecording(join(import.meta.dirname, 'recording.ts'))).toThrow('demo.recording_unreadable');
  });
});

describe('retelling', () => {
  const recorded = parseRecording(
    [
      'Event: Newchannel\nTimestamp: 1795332801.5\nChannel: PJSIP/101-0000000a\nCallerIDNum: 101\nExten: 4951000101\nUniqueid: 1795332801.4\nLinkedid: 1795332801.4',
      'Event: Newchannel\nTimestamp: 1795332801.6\nChannel: Local/102@in-0000000a;1\nUniqueid: 1795332801.40\nLinkedid: 1795332801.4',
      'Event: CEL\nTimestamp: 1795332803.5\nEventTime: 2026-11-22 07:33:23\nChannel: Local/102@in-0000000a;2\nUniqueID: 1795332801.41\nLinkedID: 1795332801.4\nExtra: {"bridge_id":"a0ba3639-a72e-4168-b75d-975e3e05f118","hangupsource":"PJSIP/101-0000000a"}',
      'Event: TestEvent\nTimestamp: 1795332803.6\nCallID: [C-00000008]',
      'Event: Cdr\nTimestamp: 1795332804.5\nDestination: 101\nStartTime: 2026-11-22 07:33:21\nAnswerTime: \nDuration: 3\nUniqueID: 1795332801.4\nUserField: in-101-1795332801.40.wav',
    ].join('\n\n'),
  );

  test('gives fresh names everywhere, new times, and other words', () => {
    expect(retell(recorded, { ...how, replace: { '101': '+38067', '+38067': 'never' } }, counter(100))).toEqual({
      linkedIds: ['1796112000.101'],
      events: [
        {
          atMs: how.startMs,
          lines: [
            'Event: Newchannel',
            'Timestamp: 1796112000.000000',
            'Channel: PJSIP/+38067-00000064',
            'CallerIDNum: +38067',
            'Exten: 4951000101',
            'Uniqueid: 1796112000.101',
            'Linkedid: 1796112000.101',
          ],
        },
        {
          atMs: expect.closeTo(how.startMs + 100, 3),
          lines: [
            'Event: Newchannel',
            'Timestamp: 1796112000.100000',
            'Channel: Local/102@in-00000066;1',
            'Uniqueid: 1796112000.103',
            'Linkedid: 1796112000.101',
          ],
        },
        {
          atMs: how.startMs + 2000,
          lines: [
            'Event: CEL',
            'Timestamp: 1796112002.000000',
            'EventTime: 2026-12-01 08:00:01',
            'Channel: Local/102@in-00000066;2',
            'UniqueID: 1796112002.104',
            'LinkedID: 1796112000.101',
            'Extra: {"bridge_id":"00000000-0000-4000-8000-000000000105","hangupsource":"PJSIP/+38067-00000064"}',
          ],
        },
        {
          atMs: expect.closeTo(how.startMs + 2100, 3),
          lines: ['Event: TestEvent', 'Timestamp: 1796112002.100000', 'CallID: [C-0000006a]'],
        },
        {
          atMs: how.startMs + 3000,
          lines: [
            'Event: Cdr',
            'Timestamp: 1796112003.000000',
            'Destination: +38067',
            'StartTime: 2026-12-01 07:59:59',
            'AnswerTime: ',
            'Duration: 3',
            'UniqueID: 1796112000.101',
            'UserField: in-+38067-1796112000.103.wav',
          ],
        },
      ],
    });
  });

  test('speed divides times and durations', () => {
    const { events } = retell(recorded, { ...how, speed: 10 }, counter(1));
    expect(events.map(({ atMs }) => Math.round(atMs - how.startMs))).toEqual([0, 10, 200, 210, 300]);
    expect(events[4]?.lines).toContain('Duration: 0');
  });

  test.each(names)('%s: two tellings share no id, and say the same otherwise', (name) => {
    const recording = readRecording(join(folder, name));
    const [one, two] = [retell(recording, how, counter(1_000)), retell(recording, how, counter(900_000))];
    const ids = (telling: typeof one) =>
      new Set(
        telling.events.flatMap(({ lines }) =>
          lines.flatMap((line) => line.match(/\b\d{10}\.\d{1,6}\b(?!\d)|-[0-9a-f]{8}\b|[0-9a-f-]{36}/g) ?? []),
        ),
      );
    const times = new Set(
      one.events.flatMap(({ lines }) => lines.flatMap((line) => /^(?:Timestamp|SentNTP): (.*)$/.exec(line)?.[1] ?? [])),
    );
    const shared = [...ids(one)].filter((id) => ids(two).has(id) && !times.has(id));
    expect(shared).toEqual([]);
    expect(one.linkedIds.length).toBeGreaterThan(0);
    // names keep their places: what was one id in the recording is one id in the telling
    const skeleton = (lines: readonly string[]) => lines.map((line) => line.split(':')[0]);
    expect(one.events.map(({ lines }) => skeleton(lines))).toEqual(recording.map(({ lines }) => skeleton(lines)));
    const distinct = (events: readonly { lines: readonly string[] }[], key: string) =>
      new Set(events.flatMap(({ lines }) => lines.filter((line) => line.startsWith(`${key}: `)))).size;
    for (const key of ['Uniqueid', 'Linkedid', 'Channel', 'BridgeUniqueid', 'CallerIDNum', 'CallID']) {
      expect(distinct(one.events, key), key).toBe(distinct(recording, key));
    }
  });
});
