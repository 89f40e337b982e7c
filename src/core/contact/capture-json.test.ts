import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CallFacts } from './call.ts';
import type { Capture, CaptureDetails } from './capture.ts';
import { CaptureFacts, factsOf, PostedFacts, postedJson } from './capture-json.ts';

const word = fc.string({ unit: 'binary', maxLength: 12 });
const wordOrNone = fc.option(word);
const moment = fc.date({ min: new Date('1990-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });
const address = fc.record({ kind: fc.constantFrom('phone' as const, 'email' as const), value: word });
const call: fc.Arbitrary<CallFacts> = fc.record({
  direction: fc.constantFrom('inbound', 'outbound'),
  outcome: fc.constantFrom('answered', 'missed', 'busy'),
  caller: wordOrNone,
  callerName: wordOrNone,
  withheld: fc.boolean(),
  called: wordOrNone,
  startedAt: moment,
  endedAt: moment,
  ringSeconds: fc.nat(100),
  talkSeconds: fc.nat(100),
  answeredBy: wordOrNone,
  talks: fc.array(fc.record({ who: word, seconds: fc.nat(9) }), { maxLength: 2 }),
  lastTalkedTo: wordOrNone,
  employees: fc.array(word, { maxLength: 2 }),
  rang: fc.array(word, { maxLength: 2 }),
  transfers: fc.array(
    fc.record({
      kind: fc.constantFrom('blind' as const, 'park' as const),
      from: wordOrNone,
      to: word,
      answered: fc.boolean(),
    }),
    { maxLength: 2 },
  ),
  queue: wordOrNone,
  recording: wordOrNone,
  voicemail: wordOrNone,
  linkedIds: fc.array(word, { minLength: 1, maxLength: 3 }),
});
const details: fc.Arbitrary<CaptureDetails> = fc.oneof(
  call.map((facts) => ({ channel: 'call' as const, call: facts })),
  fc.record({ name: wordOrNone, message: wordOrNone }).map((written) => ({
    channel: 'web' as const,
    form: { phone: null, email: null, page: null, more: [{ label: 'a', value: 'b' }], ...written },
  })),
  fc.constant({ channel: 'meeting' as const }),
);
const capture: fc.Arbitrary<Capture> = fc.record({
  identity: word,
  revision: fc.nat(),
  links: fc.array(word, { minLength: 1, maxLength: 3 }),
  channel: fc.constantFrom('call', 'web', 'meeting'),
  direction: fc.constantFrom('inbound', 'outbound'),
  occurredAt: moment,
  endedAt: moment,
  outside: fc.option(address),
  outsideName: wordOrNone,
  ours: fc.option(address),
  employees: fc.array(address, { maxLength: 2 }),
  details,
  evidence: word,
  asks: fc.boolean(),
});

test('what waits to be taken in is read as it was told, in one line', () => {
  fc.assert(
    fc.property(capture, (told) => {
      const json = postedJson(told);
      expect(json).not.toMatch(/[\n\0]/);
      expect(PostedFacts.parse(JSON.parse(json))).toEqual(factsOf(told));
    }),
  );
});

test('what stands in the database is read as it was told', () => {
  fc.assert(
    fc.property(capture, (told) => {
      expect(CaptureFacts.parse(JSON.parse(JSON.stringify(factsOf(told))))).toEqual(factsOf(told));
    }),
  );
});
