import { expect, test } from 'vitest';
import { type AskingFacts, type AskingRules, askAt, decideAsk, type EarlierPrompt, type TimeFacts } from './decide.ts';

const now = new Date('2026-11-23T10:00:00Z'); // noon in Kyiv
const facts: AskingFacts = {
  state: 'draft',
  asks: true,
  channel: 'call',
  callBack: false,
  createdAt: now,
  ownerId: 'anna',
  ownerActive: true,
  zone: 'Europe/Kyiv',
  week: null,
  lastDigestAt: null,
  threadAskedAt: null,
};
const atHalfPastFour = { kind: 'digest', at: 16 * 60 + 30 } as const;
const atNoon = { kind: 'digest', at: 12 * 60 } as const;
const rules: AskingRules = {
  when: { email: { kind: 'never' }, web: atNoon, message: atHalfPastFour },
  quiet: { from: 20 * 60, until: 8 * 60 },
  perDay: 12,
};
const prompt: EarlierPrompt = { employeeId: 'anna', generation: 1, digestId: null, sentAt: null, revokedAt: null };
const inDigest: EarlierPrompt = { ...prompt, digestId: 'd' };
const alone = { kind: 'ask', together: false };
const inQuiet = new Date('2026-11-23T19:00:00Z');

test.each<[string, Partial<AskingFacts>, readonly EarlierPrompt[], unknown, Date?]>([
  ['first time', {}, [], alone],
  ['the answer was lost: the same link', {}, [prompt], { kind: 'again', generation: 1, digestId: null }],
  ['sent already', {}, [{ ...prompt, sentAt: now }], { kind: 'nothing', because: 'sent' }],
  ['completed meanwhile', { state: 'completed' }, [], { kind: 'nothing', because: 'no-draft' }],
  ['the past asks nobody', { asks: false }, [], { kind: 'nothing', because: 'not-asking' }],
  ['this channel is never asked', { channel: 'email' }, [], { kind: 'nothing', because: 'never' }],
  ['the owner left', { ownerActive: false }, [], { kind: 'nothing', because: 'inactive' }],
  ['a new owner', { ownerId: 'boris' }, [{ ...prompt, sentAt: now }], alone],
  [
    'the owner is back',
    {},
    [
      { ...prompt, sentAt: now, revokedAt: now },
      { ...prompt, employeeId: 'boris' },
    ],
    alone,
  ],
  ['the digest has come', { channel: 'web' }, [], { kind: 'ask', together: true }],
  ['a client waits: no digest', { channel: 'message', callBack: true }, [], alone],
  ['the digest is still to come', { channel: 'message' }, [], { kind: 'later', at: new Date('2026-11-23T14:30Z') }],
  ['in a digest not sent', { channel: 'web' }, [inDigest], { kind: 'again', generation: 1, digestId: 'd' }],
  [
    'in a digest not sent, which was made just now: it is not put off till the next',
    { channel: 'web', lastDigestAt: now },
    [inDigest],
    { kind: 'again', generation: 1, digestId: 'd' },
  ],
  [
    'quiet hours hold for a second attempt',
    { channel: 'web' },
    [inDigest],
    { kind: 'later', at: new Date('2026-11-24T06:00Z') },
    inQuiet,
  ],
])('%s', (_story, part, earlier, expected, at = now) => {
  expect(decideAsk({ ...facts, ...part }, earlier, rules, at)).toEqual(expected);
});

test.each<[string, string, string, Partial<AskingRules>, string]>([
  ['by day: now', '2026-11-23T10:00Z', '2026-11-23T10:00Z', {}, '2026-11-23T10:00Z'],
  ['in the evening: next morning', '2026-11-23T18:30Z', '2026-11-23T18:30Z', {}, '2026-11-24T06:00Z'],
  ['at night: this morning', '2026-11-23T23:30Z', '2026-11-23T23:30Z', {}, '2026-11-24T06:00Z'],
  ['eight sharp is not quiet', '2026-11-23T06:00Z', '2026-11-23T06:00Z', {}, '2026-11-23T06:00Z'],
  [
    'quiet within a day',
    '2026-11-23T10:00Z',
    '2026-11-23T10:00Z',
    { quiet: { from: 11 * 60, until: 13 * 60 } },
    '2026-11-23T11:00Z',
  ],
  ['digest today', '2026-11-23T10:00Z', '2026-11-23T10:00Z', { when: { call: atHalfPastFour } }, '2026-11-23T14:30Z'],
  [
    'digest tomorrow',
    '2026-11-23T15:00Z',
    '2026-11-23T15:00Z',
    { when: { call: atHalfPastFour } },
    '2026-11-24T14:30Z',
  ],
  [
    'the digest has come: it is not put off again',
    '2026-11-23T10:00Z',
    '2026-11-23T14:31Z',
    { when: { call: atHalfPastFour } },
    '2026-11-23T14:31Z',
  ],
  [
    'a digest in quiet hours',
    '2026-11-23T10:00Z',
    '2026-11-23T10:00Z',
    { when: { call: { kind: 'digest', at: 21 * 60 } } },
    '2026-11-24T06:00Z',
  ],
  [
    'another channel',
    '2026-11-23T10:00Z',
    '2026-11-23T10:00Z',
    { when: { email: atHalfPastFour } },
    '2026-11-23T10:00Z',
  ],
  ['no quiet hours', '2026-11-23T23:30Z', '2026-11-23T23:30Z', { quiet: null }, '2026-11-23T23:30Z'],
])('asks %s', (_story, createdAt, at, part, expected) => {
  const asked = askAt({ ...facts, createdAt: new Date(createdAt) }, { ...rules, ...part }, new Date(at));
  expect(asked).toEqual(new Date(expected));
});

const digest: Partial<AskingRules> = { when: { email: atHalfPastFour } };
test.each<[string, Partial<TimeFacts>, string, string]>([
  [
    'the draft missed the digest it could have been in: the next',
    { lastDigestAt: at('23T14:30') },
    '23T14:31',
    '24T14:30',
  ],
  ['the digest of yesterday was another', { lastDigestAt: at('22T14:30') }, '23T14:31', '23T14:31'],
  ['the thread was asked about three days ago', { threadAskedAt: at('20T11:00') }, '23T12:00', '27T14:30'],
  [
    'its rest ends after the digest: the one of the next day',
    { threadAskedAt: at('16T14:31') },
    '23T14:30',
    '24T14:30',
  ],
  ['its rest is over', { threadAskedAt: at('16T09:00') }, '23T14:30', '23T14:30'],
  ['at once after the rest', { channel: 'fax', threadAskedAt: at('20T11:00') }, '23T12:00', '27T11:00'],
  ['the rest ends in quiet hours', { channel: 'fax', threadAskedAt: at('20T19:00') }, '23T12:00', '28T06:00'],
  ['no digest holds a call back', { callBack: true, lastDigestAt: at('23T14:30') }, '23T14:31', '23T14:31'],
])('%s', (_story, part, moment, expected) => {
  expect(askAt({ ...facts, channel: 'email', ...part }, { ...rules, ...digest }, at(moment))).toEqual(at(expected));
});

/** A moment of November 2026 in UTC: Kyiv is two hours ahead. */
function at(dayAndTime: string): Date {
  return new Date(`2026-11-${dayAndTime}Z`);
}

test.each<[string, string, string]>([
  ['he works: now', '2026-11-23T08:00Z', '2026-11-23T08:00Z'],
  ['his day is over: his next one', '2026-11-23T12:00Z', '2026-11-25T07:00Z'],
  ['before he comes', '2026-11-25T06:30Z', '2026-11-25T07:00Z'],
  ['on his days off', '2026-11-27T10:00Z', '2026-11-30T07:00Z'],
])('own hours, Monday and Wednesday 9 to 13: %s', (_story, at, expected) => {
  const span = [{ from: 540, until: 780 }];
  const week = [span, [], span, [], [], [], []];
  expect(askAt({ ...facts, createdAt: new Date(at), week }, rules, new Date(at))).toEqual(new Date(expected));
});

test('own hours that all lie in the quiet ones: quiet wins, and somebody is asked', () => {
  const at = new Date('2026-11-23T18:30Z');
  const week = Array(7).fill([{ from: 21 * 60, until: 23 * 60 }]);
  expect(askAt({ ...facts, createdAt: at, week }, rules, at)).toEqual(new Date('2026-11-24T06:00Z'));
});
