import { describe, expect, test } from 'vitest';
import type { ContactState } from '../core/contact/human.ts';
import { type ContactFacts, decideState, settleState, wasMissed, wasReached } from './decide.ts';

const call: ContactFacts = {
  channel: 'call',
  direction: 'inbound',
  outcome: 'answered',
  talkSeconds: 60,
  reachable: true,
  asks: true,
  automatic: false,
  ofNobody: false,
  joins: false,
};
const ask = { state: 'draft', callBack: false };
const callBack = { state: 'draft', callBack: true };
const bare = { state: 'bare', callBack: false };
const automatic = { state: 'automatic', callBack: false };

describe('is anybody asked', () => {
  test.each<[string, Partial<ContactFacts>, object]>([
    ['a talk', {}, ask],
    ['a talk of one second', { talkSeconds: 1 }, ask],
    ['we called and talked', { direction: 'outbound' }, ask],
    ['we called and talked for a moment', { direction: 'outbound', talkSeconds: 2 }, ask],
    ['we called in vain', { direction: 'outbound', outcome: 'no-answer', talkSeconds: 0 }, bare],
    ['we called, busy', { direction: 'outbound', outcome: 'busy', talkSeconds: 0 }, bare],
    ['we called, failed', { direction: 'outbound', outcome: 'failed', talkSeconds: 0 }, bare],
    ['missed', { outcome: 'missed', talkSeconds: 0 }, callBack],
    ['we were busy', { outcome: 'busy', talkSeconds: 0 }, callBack],
    ['rejected', { outcome: 'rejected', talkSeconds: 0 }, callBack],
    ['voicemail', { outcome: 'voicemail', talkSeconds: 0 }, callBack],
    ['the exchange failed', { outcome: 'failed', talkSeconds: 0 }, callBack],
    ['broken off before anybody talked', { outcome: 'interrupted', talkSeconds: 0 }, callBack],
    ['broken off in mid-talk', { outcome: 'interrupted', talkSeconds: 30 }, ask],
    [
      'our call broken off before anybody talked',
      { direction: 'outbound', outcome: 'interrupted', talkSeconds: 0 },
      bare,
    ],
    ['a fax call', { outcome: 'fax', talkSeconds: 0 }, ask],
    ['missed, number withheld', { outcome: 'missed', talkSeconds: 0, reachable: false }, bare],
    ['a talk, number withheld', { reachable: false }, ask],
    ['between colleagues', { direction: 'internal' }, bare],
    ['a talk of last year', { asks: false }, bare],
    ['missed last year', { asks: false, outcome: 'missed', talkSeconds: 0 }, bare],
    ['a mail to us', { channel: 'email', outcome: null, talkSeconds: 0 }, ask],
    ['a mail of ours', { channel: 'email', direction: 'outbound', outcome: null, talkSeconds: 0 }, bare],
    ['a program’s mail', { channel: 'email', outcome: null, talkSeconds: 0, automatic: true }, automatic],
    ['a program’s mail of last year', { channel: 'email', outcome: null, automatic: true, asks: false }, automatic],
    ['one mail more in a thread', { channel: 'email', outcome: null, talkSeconds: 0, joins: true }, bare],
    ['a fax of ours', { channel: 'fax', direction: 'outbound', outcome: null, talkSeconds: 0 }, bare],
    ['somebody who is no client', { ofNobody: true }, { state: 'bare', callBack: false }],
    ['a fax that failed', { channel: 'fax', outcome: null, talkSeconds: 0, automatic: true }, automatic],
    ['a fax', { channel: 'fax', outcome: null, talkSeconds: 0 }, ask],
    ['a web request', { channel: 'web', outcome: null, talkSeconds: 0 }, ask],
  ])('%s', (_story, part, expected) => {
    expect(decideState({ ...call, ...part }, false)).toEqual(expected);
  });

  test('a message of somebody who withheld his number is listened to, but nobody can call back', () => {
    expect(decideState({ ...call, outcome: 'voicemail', talkSeconds: 0, reachable: false }, true)).toEqual(ask);
  });
});

test.each<[string, Partial<ContactFacts>, boolean, boolean]>([
  ['answered', {}, true, false],
  ['answered for a second', { talkSeconds: 1 }, true, false],
  ['our call, answered', { direction: 'outbound' }, true, false],
  ['broken off in mid-talk', { outcome: 'interrupted' }, true, false],
  ['broken off while ringing', { outcome: 'interrupted', talkSeconds: 0 }, false, true],
  ['missed', { outcome: 'missed', talkSeconds: 0 }, false, true],
  ['our call, in vain', { direction: 'outbound', outcome: 'no-answer', talkSeconds: 0 }, false, false],
  ['a colleague', { direction: 'internal' }, false, false],
  ['a fax call', { outcome: 'fax', talkSeconds: 0 }, false, false],
  ['a mail', { channel: 'email', outcome: null }, false, false],
])('reached, missed: %s', (_story, part, reached, missed) => {
  const facts = { ...call, ...part };
  expect([wasReached(facts), wasMissed(facts)]).toEqual([reached, missed]);
});

test.each<[string, ContactState, boolean, boolean, 'draft' | 'bare', ContactState]>([
  ['first decision', 'draft', false, false, 'draft', 'draft'],
  ['not worth asking', 'draft', false, false, 'bare', 'bare'],
  ['a late leg shows that they did talk', 'bare', false, false, 'draft', 'draft'],
  ['a late leg, but the draft has lapsed', 'bare', false, true, 'draft', 'bare'],
  ['a late leg shows that nobody talked', 'draft', false, true, 'bare', 'bare'],
  ['somebody is typing', 'draft', true, true, 'bare', 'draft'],
  ['completed', 'completed', true, true, 'draft', 'completed'],
  ['dismissed', 'dismissed', true, true, 'draft', 'dismissed'],
  ['completion undone', 'draft', true, true, 'bare', 'draft'],
  ['automatic', 'automatic', false, false, 'draft', 'automatic'],
])('decided again: %s', (_story, state, touched, prompted, decided, expected) => {
  expect(settleState({ state, touched, prompted }, decided)).toBe(expected);
});
