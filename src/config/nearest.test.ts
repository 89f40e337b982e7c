import { expect, test } from 'vitest';
import { didYouMean, editDistance, nearest } from './nearest.ts';

test.each([
  ['timezon', ['timezone', 'language'], 'timezone'],
  ['TIMEZONE', ['timezone'], 'timezone'],
  ['tiemzone', ['timezone'], 'timezone'],
  ['lang', ['timezone', 'language'], 'language'],
  ['ua', ['ru', 'uk', 'en'], 'uk'],
  ['host', ['port', 'username'], undefined],
  ['xyzzy', ['port', 'host'], undefined],
  ['Олена Ковал', ['Олена Коваль', 'Андрій Бондар'], 'Олена Коваль'],
  ['a', ['b'], 'b'],
  ['', ['port'], undefined],
  ['port', [], undefined],
])('%j of %j is %j', (written, candidates, expected) => expect(nearest(written, candidates)).toBe(expected));

test('as the end of a sentence', () => {
  expect(didYouMean('chek', ['check', 'due'])).toBe(', did you mean check?');
  expect(didYouMean('xyzzy', ['check', 'due'])).toBe('');
});

test.each([
  ['', '', 0],
  ['', 'abc', 3],
  ['kitten', 'sitting', 3],
  ['ab', 'ba', 1],
  ['abc', 'abc', 0],
])('from %j to %j it takes %i', (a, b, distance) => {
  expect(editDistance(a, b)).toBe(distance);
  expect(editDistance(b, a)).toBe(distance);
});
