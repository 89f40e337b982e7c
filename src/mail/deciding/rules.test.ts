import { expect, test } from 'vitest';
import { isForAll } from './rules.ts';

const mail = { channel: 'email', to: ['sales@ours.example', 'olga@ours.example'] };
const shared = { scope: 'all', mailbox: 'sales@ours.example', isJournal: false } as const;

test.each([
  ['written to the mailbox of all of us', mail, shared, true],
  ['a copy of it in a personal one', mail, { ...shared, scope: 'known' as const }, false],
  ['it came there without being written to it', { ...mail, to: ['olga@ours.example'] }, shared, false],
  ['the mailbox does not say its address', mail, { ...shared, mailbox: null }, false],
  ['a journal of everybody’s letters', mail, { ...shared, isJournal: true }, false],
  ['a fax', { channel: 'fax', to: [] }, { ...shared, mailbox: null }, true],
  ['a fax for one of us', { channel: 'fax', to: [] }, { ...shared, scope: 'known' as const }, false],
])('for all of us: %s', (_story, one, rules, expected) => {
  expect(isForAll(one, rules)).toBe(expected);
});
