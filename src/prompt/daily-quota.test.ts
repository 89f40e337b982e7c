import { expect, test } from 'vitest';
import { applyDailyQuota, draftsPerEmail, type Waiting } from './daily-quota.ts';
import type { AskingRules } from './decide.ts';

const now = new Date('2026-11-23T14:30:00Z'); // 16:30 in Kyiv
const morning = new Date('2026-11-23T07:00:00Z');
const tomorrow = new Date('2026-11-24T14:30:00Z');
const rules: AskingRules = { when: { email: { kind: 'digest', at: 16 * 60 + 30 } }, quiet: null, perDay: 12 };
const mail: Waiting = {
  id: '',
  channel: 'email',
  callBack: false,
  createdAt: morning,
  zone: 'Europe/Kyiv',
  week: null,
  lastDigestAt: null,
  threadAskedAt: null,
  startedAt: morning,
  thread: null,
  talkSeconds: 0,
  isNew: false,
  occasions: [],
};
const minute = (n: number) => new Date(morning.getTime() + n * 60_000);
const a: Waiting = { ...mail, id: 'a', startedAt: minute(1) };
const b: Waiting = { ...mail, id: 'b', startedAt: minute(2) };
const c: Waiting = { ...mail, id: 'c', startedAt: minute(3) };
const talk = (id: string, talkSeconds: number): Waiting => ({ ...mail, id, channel: 'call', talkSeconds });

type Expected = { readonly asked: string; readonly capped?: string; readonly later?: string };
test.each<[string, readonly Waiting[], number, Expected]>([
  ['places for all: oldest first', [c, a, b], 3, { asked: 'abc' }],
  ['two places: the oldest', [c, a, b], 2, { asked: 'ab', capped: 'c' }],
  ['a new client goes first, and is read in his turn', [a, b, { ...c, isNew: true }], 2, { asked: 'ac', capped: 'b' }],
  [
    'then a claim',
    [a, { ...b, occasions: ['Заказ', 'Претензия'] }, { ...c, isNew: true }],
    2,
    { asked: 'bc', capped: 'a' },
  ],
  [
    'a claim by the stem of any of our languages',
    [a, { ...b, occasions: ['Скарга клієнта'] }],
    1,
    { asked: 'b', capped: 'a' },
  ],
  ['a training is no claim', [a, { ...b, occasions: ['Обучение'] }], 1, { asked: 'a', capped: 'b' }],
  ['then the longest talk', [talk('s', 20), talk('l', 600), a], 1, { asked: 'l', capped: 'sa' }],
  [
    'a new client of a short talk before a long talk',
    [{ ...talk('s', 5), isNew: true }, talk('l', 600)],
    1,
    { asked: 's', capped: 'l' },
  ],
  ['nobody is asked', [a, b], 0, { asked: '', capped: 'ab' }],
  ['fewer than no places: the YAML changed', [a], -3, { asked: '', capped: 'a' }],
  ['a call to return is exempt and takes no place', [{ ...talk('r', 0), callBack: true }, a], 1, { asked: 'ra' }],
  ['also where nobody is asked', [{ ...talk('r', 0), callBack: true }, a], 0, { asked: 'r', capped: 'a' }],
  ['a thread once in a mail', [{ ...a, thread: 't' }, { ...b, thread: 't' }, c], 9, { asked: 'ac', later: 'b' }],
  [
    'two threads',
    [
      { ...a, thread: 't' },
      { ...b, thread: 'u' },
    ],
    9,
    { asked: 'ab' },
  ],
  [
    'a thread asked about on Friday takes no place',
    [{ ...a, thread: 't', threadAskedAt: new Date('2026-11-20T14:30Z') }, b],
    1,
    { asked: 'b', later: 'a' },
  ],
  [
    'of a thread nobody is asked about none rests',
    [
      { ...a, thread: 't' },
      { ...b, thread: 't' },
    ],
    0,
    { asked: '', capped: 'ab' },
  ],
  [
    'what came while the mail was made waits for the next',
    [a, { ...b, createdAt: new Date(now.getTime() + 1) }],
    9,
    { asked: 'a', later: 'b' },
  ],
])('%s', (_story, waiting, left, { asked, capped = '', later = '' }) => {
  const places = applyDailyQuota(waiting, left, rules, now);
  const told = (drafts: readonly { readonly id: string }[]) => drafts.map(({ id }) => id).join('');
  expect([told(places.asked), told(places.capped), told(places.later), places.more]).toEqual([asked, capped, later, 0]);
});

test('a second contact of the thread comes in the digest after seven days', () => {
  const { later } = applyDailyQuota(
    [
      { ...a, thread: 't' },
      { ...b, thread: 't' },
    ],
    9,
    rules,
    now,
  );
  expect(later).toEqual([{ id: 'b', at: new Date('2026-11-30T14:30:00Z') }]);
});

test('more than a mail holds: the first of the row are in it, the others wait for the next digest', () => {
  const many = Array.from({ length: draftsPerEmail + 3 }, (_, i) => ({
    ...mail,
    id: `${100 + i}`,
    startedAt: minute(i),
  }));
  const last = { ...mail, id: 'new', isNew: true, startedAt: minute(600) };
  const { asked, capped, later, more } = applyDailyQuota([...many, last], 1000, rules, now);
  expect(asked.map(({ id }) => id)).toEqual([...many.slice(0, draftsPerEmail - 1).map(({ id }) => id), 'new']);
  expect(later).toEqual(['149', '150', '151', '152'].map((id) => ({ id, at: tomorrow })));
  expect([capped, more]).toEqual([[], 4]);
});
