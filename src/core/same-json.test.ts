import { expect, test } from 'vitest';
import { isSameJson } from './same-json.ts';

test.each([
  [{ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 }, true],
  [[1, 2], [2, 1], false],
  [undefined, null, true],
  ['1', 1, false],
  [{ a: null }, {}, false],
])('%j and %j: %s', (a, b, same) => expect(isSameJson(a, b)).toBe(same));
