import { expect, test } from 'vitest';
import type { CallFacts, CallOutcome } from '../core/contact/call.ts';
import type { CaptureFacts } from '../core/contact/capture-json.ts';
import { leadingCapture } from './decide.ts';

const at = new Date('2026-03-02T09:00:00Z');

/** `1.1 r7 answered +1.2`: identity, revision, outcome, further links. */
function sighting(text: string): CaptureFacts {
  const [, identity = '', revision = '', outcome = '', more = ''] =
    /^(\S+) r(\d+) (\S+)(?: \+(\S+))?$/.exec(text) ?? [];
  const links = [identity, ...more.split(',')].filter((link) => link !== '');
  return {
    identity,
    revision: Number(revision),
    links,
    channel: 'call',
    direction: 'inbound',
    occurredAt: at,
    endedAt: at,
    outside: null,
    outsideName: null,
    ours: null,
    employees: [],
    details: { channel: 'call', call: call(outcome === 'interrupted' ? 'interrupted' : 'answered', links) },
    asks: true,
  };
}

function call(outcome: CallOutcome, linkedIds: readonly string[]): CallFacts {
  const nobody = { caller: null, callerName: null, called: null, answeredBy: null, lastTalkedTo: null };
  const nothing = { queue: null, recording: null, voicemail: null, talks: [], employees: [], rang: [], transfers: [] };
  const times = { startedAt: at, endedAt: at, ringSeconds: 0, talkSeconds: 0 };
  return { direction: 'inbound', outcome, withheld: false, linkedIds, ...nobody, ...nothing, ...times };
}

test.each([
  ['of one source the last word counts', ['1.1 r7 answered', '1.1 r9 answered'], '1.1 r9 answered'],
  ['also when it is a shutdown: cut off after all', ['1.1 r7 answered', '1.1 r8 interrupted'], '1.1 r8 interrupted'],
  ['also when an end was seen after all', ['1.1 r7 interrupted', '1.1 r9 answered'], '1.1 r9 answered'],
  ['of two sources the one that saw the end', ['1.1 r9 interrupted', '2.2 r1 answered'], '2.2 r1 answered'],
  ['who knows more ids knows more', ['1.1 r9 answered', '2.2 r1 answered +1.1'], '2.2 r1 answered +1.1'],
] as const)('%s, whatever came first', (_story, captures, leading) => {
  expect(leadingCapture(captures.map(sighting))).toEqual(sighting(leading));
  expect(leadingCapture(captures.map(sighting).reverse())).toEqual(sighting(leading));
});
