import { expect, test } from 'vitest';
import type { Human } from '../core/contact/human.ts';
import { type Author, decideRestore, decideSave, decideUndo, mayRead, mayWrite, type Wish } from './decide.ts';

const at = new Date('2026-11-22T12:00:00Z');
const anna: Author = { employeeId: 'anna', role: 'employee', via: 'link' };
const draft: Human = {
  id: 'c',
  version: 3,
  ownerId: 'anna',
  state: 'draft',
  gist: null,
  outcome: null,
  occasion: null,
  nextStep: null,
  callBack: false,
  client: { id: 'acme', personId: null, byHand: false },
  completed: null,
};
const wish: Wish = {
  gist: 'Asked for prices.',
  outcome: null,
  occasion: null,
  nextStep: null,
  client: 'keep',
  version: 3,
};
const completed: Human = {
  ...draft,
  version: 4,
  state: 'completed',
  gist: 'Asked for prices.',
  completed: { at: at.toISOString(), by: 'anna' },
};
const call = { kind: 'call', on: '2026-11-23' } as const;

test.each<[string, Human, Partial<Wish>, unknown]>([
  ['a gist completes', draft, {}, { state: 'completed', gist: 'Asked for prices.', version: 4 }],
  ['nothing completes nothing', draft, { gist: null }, 'empty'],
  ['an occasion alone completes nothing', draft, { gist: null, occasion: 'order' }, 'empty'],
  ['an explicit outcome needs no gist', draft, { gist: null, outcome: 'not-reached' }, { state: 'completed' }],
  ['spam leaves the history', draft, { gist: null, outcome: 'spam' }, { state: 'dismissed' }],
  ['private leaves the history', draft, { outcome: 'private' }, { state: 'dismissed' }],
  ['an automatic contact stays one', { ...draft, state: 'automatic' }, {}, { state: 'automatic' }],
  ['a bare one gets its gist', { ...draft, state: 'bare' }, {}, { state: 'completed' }],
  ['older version', draft, { version: 2 }, 'conflict'],
  ['pressed twice', completed, {}, 'same'],
  ['another text on what was saved meanwhile', completed, { gist: 'Other' }, 'conflict'],
  ['correcting keeps who completed it', completed, { gist: 'More', version: 4 }, { completed: completed.completed }],
  ['the machine was right', draft, { client: { id: 'acme', personId: null } }, { client: draft.client }],
  [
    'another client',
    draft,
    { client: { id: 'z', personId: 'p' } },
    { client: { id: 'z', personId: 'p', byHand: true } },
  ],
  [
    'none of them',
    draft,
    { client: { id: null, personId: null } },
    { client: { id: null, personId: null, byHand: true } },
  ],
  ['will call back', { ...draft, callBack: true }, { nextStep: call }, { callBack: true }],
  ['not reached yet', { ...draft, callBack: true }, { outcome: 'not-reached' }, { callBack: true }],
  ['no call needed', { ...draft, callBack: true }, {}, { callBack: false }],
  ['spam is not called back', { ...draft, callBack: true }, { outcome: 'spam', nextStep: call }, { callBack: false }],
])('%s', (_story, now, part, expected) => {
  const decision = decideSave(now, [], { ...wish, ...part }, anna, at);
  if (typeof expected === 'string') expect(decision).toEqual({ kind: expected });
  else expect(decision).toMatchObject({ kind: 'save', after: expected });
});

test('every changed field is told once, with what it was', () => {
  const decision = decideSave(draft, [], { ...wish, occasion: 'order' }, anna, at);
  expect(decision).toMatchObject({
    changes: [
      { field: 'state', old: 'draft', new: 'completed' },
      { field: 'gist', old: null, new: 'Asked for prices.' },
      { field: 'occasion', old: null, new: 'order' },
      { field: 'completed', old: null, new: { at: at.toISOString(), by: 'anna' } },
    ],
  });
});

test('undo brings back what was, version apart', () => {
  const saved = decideSave(
    { ...draft, callBack: true },
    [],
    { ...wish, client: { id: 'z', personId: null } },
    anna,
    at,
  );
  if (saved.kind !== 'save') throw new Error(saved.kind);
  const rows = saved.changes.map((change, i) => ({ ...change, id: String(i), authorId: 'anna' }));
  const undone = decideUndo(saved.after, [], { version: 4, rows }, anna);
  expect(undone).toMatchObject({ kind: 'undo', after: { ...draft, callBack: true, version: 5 } });
  if (undone.kind === 'undo')
    expect(undone.changes[0]).toEqual({ field: 'state', old: 'completed', new: 'draft', undoes: '0' });
});

test.each([
  ['twice', 4, [], 'nothing'],
  ['after somebody wrote more', 5, [{ id: '1', authorId: 'anna', field: 'gist', old: null, new: 'x' }], 'conflict'],
  ['what another wrote', 4, [{ id: '1', authorId: 'olga', field: 'gist', old: null, new: 'x' }], 'forbidden'],
])('undo %s', (_story, version, rows, expected) => {
  expect(decideUndo({ ...completed, version }, [], { version: 4, rows }, anna)).toEqual({ kind: expected });
});

test.each<[string, Author, readonly string[], boolean]>([
  ['the owner by link', anna, [], true],
  ['another by link', { ...anna, employeeId: 'boris' }, ['boris'], false],
  ['another by session', { employeeId: 'boris', role: 'employee', via: 'session' }, [], false],
  ['who talked too, by session', { employeeId: 'boris', role: 'employee', via: 'session' }, ['boris'], true],
  ['the supervisor by session', { employeeId: 'olga', role: 'supervisor', via: 'session' }, [], true],
  ['IT reads no talk', { employeeId: 'ivan', role: 'it', via: 'session' }, [], false],
])('may write: %s', (_story, author, talkers, expected) => {
  expect(mayWrite(author, 'anna', talkers)).toBe(expected);
});

test.each<[string, Partial<Author>, boolean, boolean]>([
  ['the owner', { employeeId: 'anna' }, false, true],
  ['who wrote it, got it, or is responsible for the client', { employeeId: 'boris' }, false, true],
  ['a colleague', { employeeId: 'vera' }, false, false],
  ['a colleague, of what was written to all of us', { employeeId: 'vera' }, true, true],
  ['the supervisor', { employeeId: 'vera', role: 'supervisor' }, false, true],
  ['IT', { employeeId: 'vera', role: 'it' }, false, false],
  ['the owner by his link', { employeeId: 'anna', via: 'link' }, false, true],
  ['another one’s link', { employeeId: 'boris', via: 'link' }, true, false],
])('reads what was written: %s', (_story, author, isForAll, expected) => {
  expect(mayRead({ ...anna, via: 'session', ...author }, 'anna', ['anna', 'boris'], isForAll)).toBe(expected);
});

const boss: Author = { employeeId: 'boss', role: 'supervisor', via: 'session' };
const was = (field: string, old: unknown) => ({ id: '7', field, old });

test.each<[string, Human, ReturnType<typeof was>, number, Author, unknown]>([
  ['an older text', completed, was('gist', 'Old.'), 4, boss, { gist: 'Old.', version: 5, state: 'completed' }],
  ['what stands there', completed, was('gist', 'Asked for prices.'), 4, boss, 'nothing'],
  ['somebody wrote meanwhile', completed, was('gist', 'Old.'), 3, boss, 'conflict'],
  ['nobody’s business', completed, was('gist', 'Old.'), 4, { ...boss, role: 'employee' }, 'forbidden'],
  ['a machine’s field', completed, was('state', 'draft'), 4, boss, 'nothing'],
  ['a completed contact must say something', completed, was('gist', null), 4, boss, 'empty'],
  ['a draft need not', { ...draft, gist: 'x' }, was('gist', null), 3, boss, { gist: null, state: 'draft' }],
  [
    'a client, as a person’s choice',
    completed,
    was('client', { id: 'z', personId: null, byHand: false }),
    4,
    boss,
    { client: { id: 'z', personId: null, byHand: true } },
  ],
  [
    'no client, as a person’s choice',
    completed,
    was('client', null),
    4,
    boss,
    { client: { id: null, personId: null, byHand: true } },
  ],
  [
    'private again: out of the history',
    completed,
    was('outcome', 'private'),
    4,
    boss,
    { state: 'dismissed', outcome: 'private' },
  ],
  [
    'no spam after all',
    { ...completed, state: 'dismissed', outcome: 'spam' },
    was('outcome', null),
    4,
    boss,
    { state: 'completed' },
  ],
])('restoring: %s', (_story, now, change, version, author, expected) => {
  const decision = decideRestore(now, [], change, version, author);
  if (decision.kind !== 'restore') return expect(decision.kind).toBe(expected);
  expect(decision.after).toMatchObject(Object(expected));
  return expect(decision.changes.find(({ field }) => field === change.field)).toMatchObject({ undoes: '7' });
});
