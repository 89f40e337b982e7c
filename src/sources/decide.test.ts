import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideFields, decideList, decideTaking, type FieldValues, retryWaitMs } from './decide.ts';

const rule = { below: 0.7, fewer: 20 };
const nobody = { accepted: null, discarded: null };

test.each([
  ['the first time', null, 5, nobody, 'take'],
  ['the first time, nothing', null, 0, nobody, 'take'],
  ['more', 100, 130, nobody, 'take'],
  ['a little fewer', 100, 71, nobody, 'take'],
  ['far fewer', 100, 69, nobody, 'hold'],
  ['far fewer of a few', 20, 5, nobody, 'take'],
  ['just as many fewer as count', 30, 10, nobody, 'hold'],
  ['nothing, of a few', 3, 0, nobody, 'hold'],
  ['nothing, as before', 0, 0, nobody, 'take'],
  ['a person said yes', 100, 60, { accepted: 60, discarded: null }, 'take'],
  ['a person said yes to about so many', 1000, 590, { accepted: 600, discarded: null }, 'take'],
  ['a person said yes, now it is far fewer again', 1000, 300, { accepted: 600, discarded: null }, 'hold'],
  ['a person said yes to none', 100, 0, { accepted: 0, discarded: null }, 'take'],
  ['a person said no', 100, 50, { accepted: null, discarded: 50 }, 'pass-over'],
  ['a person said no, nearly the same again', 100, 54, { accepted: null, discarded: 50 }, 'pass-over'],
  ['a person said no, now it is something else', 100, 20, { accepted: null, discarded: 50 }, 'hold'],
  ['a person said no, now it is well', 100, 99, { accepted: null, discarded: 50 }, 'take'],
] as const)('%s', (_story, last, now, verdict, expected) => {
  expect(decideTaking(last, now, rule, verdict)).toBe(expected);
});

describe('a field', () => {
  const values = (of: string | null): FieldValues => ({ name: 'Acme', class: of, responsibleId: null });
  const decided = (before: string | null | undefined, now: string | null, stands: string | null, byPerson: boolean) =>
    decideFields(before === undefined ? null : values(before), values(now), values(stands), () => byPerson);

  test.each([
    [
      'says it for the first time, nothing stands there',
      undefined,
      'A',
      null,
      false,
      { write: { class: 'A' }, kept: {} },
    ],
    [
      'says it for the first time, a machine wrote otherwise',
      undefined,
      'A',
      'B',
      false,
      { write: { class: 'A' }, kept: {} },
    ],
    [
      'says it for the first time, a person wrote otherwise',
      undefined,
      'A',
      'B',
      true,
      { write: {}, kept: { class: 'A' } },
    ],
    ['repeats what stands there', 'A', 'A', 'A', false, { write: {}, kept: {} }],
    ['repeats it, a person wrote otherwise', 'A', 'A', 'B', true, { write: {}, kept: { class: 'A' } }],
    ['repeats it, a person emptied it', 'A', 'A', null, true, { write: {}, kept: { class: 'A' } }],
    ['repeats it, another source wrote otherwise', 'A', 'A', 'B', false, { write: {}, kept: {} }],
    ['changes it', 'A', 'C', 'A', false, { write: { class: 'C' }, kept: {} }],
    ['changes it over the word of a person', 'A', 'C', 'B', true, { write: { class: 'C' }, kept: {} }],
    ['changes it to what a person wrote', 'A', 'B', 'B', true, { write: {}, kept: {} }],
    ['empties what it had filled', 'A', null, 'A', false, { write: { class: null }, kept: {} }],
    ['empties what a person wrote since', 'A', null, 'B', true, { write: {}, kept: {} }],
    ['never said anything', undefined, null, 'B', false, { write: {}, kept: {} }],
  ] as const)('the source %s', (_story, before, now, stands, byPerson, expected) => {
    expect(decided(before, now, stands, byPerson)).toEqual(expected);
  });

  test('what a source repeats never changes anything', () => {
    const word = fc.option(fc.constantFrom('A', 'B', 'C'));
    fc.assert(
      fc.property(word, word, fc.boolean(), (said, stands, byPerson) => {
        const { write } = decided(said, said, stands, byPerson);
        expect(write).toEqual({});
      }),
    );
  });
});

test('lists: what came and what went', () => {
  const fold = (name: string) => name.toLowerCase();
  expect(decideList(['Ann', 'Bob'], ['bob', 'Cid'], fold)).toEqual({ came: ['Cid'], went: ['Ann'] });
});

test.each([
  [1, 900_000, null, 60_000],
  [2, 900_000, null, 120_000],
  [5, 900_000, null, 900_000],
  [50, 900_000, null, 900_000],
  [1, 30_000, null, 60_000],
  [50, null, null, 3_600_000],
  [1, 900_000, '1800', 1_800_000],
  [1, 900_000, 'Wed, 21 Oct 2026 07:28:00 GMT', 60_000],
] as const)('after %i failures, usually every %s ms', (failures, every, retryAfter, expected) => {
  expect(retryWaitMs(failures, every, retryAfter)).toBe(expected);
});
