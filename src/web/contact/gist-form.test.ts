import { expect, test } from 'vitest';
import { fieldsOf } from '../http/fields.ts';
import { nextStepOf, problemsOf, readGistForm } from './gist-form.ts';

const read = (body: Record<string, unknown>) => readGistForm(fieldsOf(body));

test('a whole form', () => {
  const form = read({
    gist: ' Asked for prices.\r\nDecides on Friday. ',
    outcome: '',
    occasion: 'o1',
    next: 'meeting',
    on: '2026-11-24',
    day: '',
    client: 'c1.p1',
    remember: '1',
    version: '3',
  });
  expect(form).toEqual({
    gist: 'Asked for prices.\nDecides on Friday.',
    outcome: null,
    occasion: 'o1',
    next: 'meeting',
    on: '2026-11-24',
    client: 'c1.p1',
    clientName: '',
    remember: true,
    version: 3,
  });
  expect(problemsOf(form)).toEqual([]);
  expect(nextStepOf(form)).toEqual({ kind: 'meeting', on: '2026-11-24' });
});

test.each([
  ['nothing at all', {}, ['empty']],
  ['only blanks', { gist: ' \n\t' }, ['empty']],
  ['only a client', { client: 'none' }, ['empty']],
  ['an outcome is enough', { outcome: 'spam' }, []],
  ['an unknown outcome is none', { outcome: 'bought' }, ['empty']],
  ['longer than the column', { gist: 'я'.repeat(4001) }, ['tooLong']],
  ['as long as the column', { gist: '😀'.repeat(4000) }, []],
  ['no such day', { gist: 'x', next: 'call', day: '2026-02-30' }, ['badDay']],
  ['a day without a step is ignored', { gist: 'x', day: '2026-02-30' }, []],
  ['another client without a name', { gist: 'x', client: 'other' }, ['clientNameMissing']],
  ['a field sent twice', { gist: ['x', 'y'] }, []],
  ['fields that are no text', { gist: { a: 1 }, outcome: 7 }, ['empty']],
])('problems: %s', (_story, body, expected) => {
  expect(problemsOf(read(body)).map((problem) => problem.code)).toEqual(expected);
});

test('the calendar beats the chips', () => {
  expect(nextStepOf(read({ next: 'call', on: '2026-11-24', day: '2026-12-01' }))).toEqual({
    kind: 'call',
    on: '2026-12-01',
  });
});
