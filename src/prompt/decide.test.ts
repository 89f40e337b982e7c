import { expect, test } from 'vitest';
import { type AskingFacts, type AskingRules, askAt, decideAsk, type EarlierPrompt } from './decide.ts';

const now = new Date('2026-11-23T10:00:00Z'); // noon in Kyiv
const facts: AskingFacts = {
  state: 'draft',
  asks: true,
  channel: 'call',
  createdAt: now,
  ownerId: 'anna',
  ownerEmail: 'anna@office.example',
  ownerActive: true,
  zone: 'Europe/Kyiv',
};
const rules: AskingRules = { when: { email: { kind: 'never' } }, quiet: { from: 20 * 60, until: 8 * 60 } };
const prompt: EarlierPrompt = { employeeId: 'anna', generation: 1, sentAt: null, revokedAt: null };

test.each<[string, Partial<AskingFacts>, readonly EarlierPrompt[], unknown]>([
  ['first time', {}, [], { kind: 'send', generation: 1, isNew: true, canMail: true }],
  ['the answer was lost: the same link', {}, [prompt], { kind: 'send', generation: 1, isNew: false, canMail: true }],
  ['sent already', {}, [{ ...prompt, sentAt: now }], { kind: 'nothing', because: 'sent' }],
  ['completed meanwhile', { state: 'completed' }, [], { kind: 'nothing', because: 'no-draft' }],
  ['the past asks nobody', { asks: false }, [], { kind: 'nothing', because: 'not-asking' }],
  ['this channel is never asked', { channel: 'email' }, [], { kind: 'nothing', because: 'never' }],
  ['the owner left', { ownerActive: false }, [], { kind: 'nothing', because: 'inactive' }],
  [
    'a new owner',
    { ownerId: 'boris' },
    [{ ...prompt, sentAt: now }],
    { kind: 'send', generation: 1, isNew: true, canMail: true },
  ],
  [
    'the owner is back',
    {},
    [
      { ...prompt, sentAt: now, revokedAt: now },
      { ...prompt, employeeId: 'boris' },
    ],
    { kind: 'send', generation: 2, isNew: true, canMail: true },
  ],
  ['nobody to mail to', { ownerEmail: null }, [], { kind: 'send', generation: 1, isNew: true, canMail: false }],
])('%s', (_story, part, earlier, expected) => {
  expect(decideAsk({ ...facts, ...part }, earlier, rules, now)).toEqual(expected);
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
  [
    'digest today',
    '2026-11-23T10:00Z',
    '2026-11-23T10:00Z',
    { when: { call: { kind: 'digest', at: 16 * 60 + 30 } } },
    '2026-11-23T14:30Z',
  ],
  [
    'digest tomorrow',
    '2026-11-23T15:00Z',
    '2026-11-23T15:00Z',
    { when: { call: { kind: 'digest', at: 16 * 60 + 30 } } },
    '2026-11-24T14:30Z',
  ],
  [
    'the digest has come: it is not put off again',
    '2026-11-23T10:00Z',
    '2026-11-23T14:31Z',
    { when: { call: { kind: 'digest', at: 16 * 60 + 30 } } },
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
    { when: { email: { kind: 'digest', at: 16 * 60 + 30 } } },
    '2026-11-23T10:00Z',
  ],
  ['no quiet hours', '2026-11-23T23:30Z', '2026-11-23T23:30Z', { quiet: null }, '2026-11-23T23:30Z'],
])('asks %s', (_story, createdAt, at, part, expected) => {
  const asked = askAt({ ...facts, createdAt: new Date(createdAt) }, { ...rules, ...part }, new Date(at));
  expect(asked).toEqual(new Date(expected));
});
