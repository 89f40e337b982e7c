import { expect, test } from 'vitest';
import { type Choices, decideMerge, type MergeSide } from './decide.ts';

const at = '2026-11-20T10:00:00.000000Z';
const values = {
  name: 'A',
  kind: 'organisation',
  class: null,
  note: null,
  responsibleId: null,
  mergedInto: null,
  removed: null,
} as const;
const [ever, always] = ['-infinity', 'infinity'];
const unmarked = {
  ...{ mobile: false, shared: false, reception: false },
  ...{ gateway: false, neverCapture: false, notClient: false },
};
type Of = Partial<MergeSide['points'][number]['values']> & { readonly id: string; readonly address?: string };

function side(
  id: string,
  more: Partial<MergeSide['values']> = {},
  people: MergeSide['people'] = [],
  points: readonly Of[] = [],
) {
  return {
    id,
    values: { ...values, ...more },
    people,
    points: points.map(({ id: point, address = '+1', ...own }) => ({
      id: point,
      kind: 'phone',
      address,
      values: { ...unmarked, clientId: id, personId: null, since: ever, until: always, ...own },
    })),
  };
}
const person = (id: string, clientId: string, name: string, post: string | null = null) => ({
  id,
  values: { clientId, name, post },
});

test.each<[string, MergeSide, MergeSide, string]>([
  ['itself', side('a'), side('a'), 'itself'],
  ['one that was taken back', side('a'), side('b', { removed: at }), 'removed'],
  ['into one that was taken back', side('a', { removed: at }), side('b'), 'removed'],
  ['one that is merged already', side('a'), side('b', { mergedInto: 'c' }), 'merged'],
  ['in a circle', side('a', { mergedInto: 'b' }), side('b'), 'merged'],
])('refused: %s', (_story, kept, gone, why) => {
  expect(decideMerge(kept, gone, {}, at)).toEqual({ kind: 'refused', why });
});

test.each<[string, Partial<MergeSide['values']>, Partial<MergeSide['values']>, Choices, unknown]>([
  ['the kept client’s stays', { class: 'A' }, { class: 'B' }, {}, {}],
  ['where it has none, the other’s', {}, { class: 'B', note: 'x' }, {}, { class: 'B', note: 'x' }],
  ['as chosen', { class: 'A', note: 'y' }, { class: 'B' }, { class: 'gone', note: 'gone' }, { class: 'B', note: null }],
])('fields: %s', (_story, one, other, choices, expected) => {
  const decision = decideMerge(side('a', one), side('b', other), choices, at);
  const written = decision.kind === 'merge' ? decision.clients.find(({ id }) => id === 'a') : null;
  expect(written?.values ?? {}).toMatchObject(Object(expected));
});

test('people of one name are one person, who has a post if one of them had it; the others come along', () => {
  const kept = side('a', {}, [person('a1', 'a', 'Ivan Petrov')]);
  const gone = side('b', {}, [person('b1', 'b', 'IVAN  petrov', 'director'), person('b2', 'b', 'Maria')]);
  expect(decideMerge(kept, gone, {}, at)).toMatchObject({
    joined: [{ from: 'b1', into: 'a1' }],
    people: [
      { id: 'a1', values: { post: 'director' } },
      { id: 'b1', values: { removed: at } },
      { id: 'b2', values: { clientId: 'a' } },
    ],
  });
});

test.each<[string, readonly Of[], readonly Of[], unknown]>([
  ['only at the other: it moves', [], [{ id: 'q' }], [{ id: 'q', values: { clientId: 'a' } }]],
  ['at both: once', [{ id: 'p' }], [{ id: 'q' }], [{ id: 'q', values: { until: ever } }]],
  [
    'shared at one of them: shared',
    [{ id: 'p' }],
    [{ id: 'q', shared: true }],
    [
      { id: 'q', values: { until: ever } },
      { id: 'p', values: { shared: true } },
    ],
  ],
  [
    'what else was said of it at one of them: said of it',
    [{ id: 'p', mobile: true, gateway: true }],
    [{ id: 'q', gateway: true, reception: true, neverCapture: true }],
    [
      { id: 'q', values: { until: ever } },
      { id: 'p', values: { reception: true, neverCapture: true } },
    ],
  ],
  [
    'from the same day, one longer: the longer time',
    [{ id: 'p', until: '2020' }],
    [{ id: 'q' }],
    [
      { id: 'q', values: { until: ever } },
      { id: 'p', values: { until: always } },
    ],
  ],
  [
    'at different times: both',
    [{ id: 'p', until: '2020' }],
    [{ id: 'q', since: '2021' }],
    [{ id: 'q', values: { clientId: 'a' } }],
  ],
  [
    'where it was taken back before: there again',
    [{ id: 'p', until: ever }],
    [{ id: 'q' }],
    [
      { id: 'q', values: { until: ever } },
      { id: 'p', values: { until: always } },
    ],
  ],
  ['taken back at the other: nothing', [], [{ id: 'q', until: ever }], []],
])('addresses: %s', (_story, one, other, expected) => {
  expect(decideMerge(side('a', {}, [], one), side('b', {}, [], other), {}, at)).toMatchObject({ points: expected });
});
