import { expect, test } from 'vitest';
import { Frame } from './frame.ts';
import { CallTracker } from './track.ts';

const at = new Date('2026-11-22T09:00:00Z');

function frame(event: string, fields: Readonly<Record<string, string>>): Frame {
  return new Frame(
    [`Event: ${event}`, ...Object.entries(fields).map(([name, value]) => `${name}: ${value}`)].join('\r\n'),
  );
}

/** A click-to-call that rings the phone 101. */
function originate(tracker: CallTracker, id: string, channel: string): void {
  tracker.push(frame('Newchannel', { Channel: channel, Uniqueid: id, Linkedid: id }), at);
  tracker.push(frame('DialBegin', { DestChannel: channel, DestUniqueid: id, DestLinkedid: id, DialString: '101' }), at);
}

const failure = frame('OriginateResponse', { Response: 'Failure', Channel: 'PJSIP/101', Uniqueid: '<unknown>' });

test('a failed Originate names no channel: its answer goes to the one that still waits for one', () => {
  const tracker = new CallTracker(/^\d{3}$/);
  originate(tracker, '1795332801.1', 'PJSIP/101-00000001');
  expect(tracker.push(failure, at)).toBe('1795332801.1');
  originate(tracker, '1795332802.2', 'PJSIP/101-00000002');
  expect(tracker.push(failure, at)).toBe('1795332802.2');
});

test('… also where the same phone has begun another call meanwhile', () => {
  const tracker = new CallTracker(/^\d{3}$/);
  originate(tracker, '1795332801.1', 'PJSIP/101-00000001');
  tracker.push(
    frame('Newchannel', { Channel: 'PJSIP/101-00000009', Uniqueid: '1795332803.9', Linkedid: '1795332803.9' }),
    at,
  );
  expect(tracker.push(failure, at)).toBe('1795332801.1');
});
