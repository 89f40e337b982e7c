import fc from 'fast-check';
import { expect, test } from 'vitest';
import { firstPage, nextPage, type Page } from './paging.ts';
import { cellAt, valuesAt } from './paths.ts';
import type { HttpRequest, Paging } from './source.ts';

const request: HttpRequest = {
  url: 'https://crm.example/v1/clients?a=1',
  method: 'GET',
  headers: {},
  body: null,
  ca: null,
  hosts: [],
};
const page = (json: unknown, more: Partial<Page> = {}): Page => ({
  json,
  headers: {},
  items: 2,
  sum: 2,
  number: 1,
  ...more,
});
const next = (paging: Paging, told: Page, from = request) => {
  const answer = nextPage(from, firstPage(from, paging), paging, told);
  return answer && (answer.body === null ? answer.url : answer.body);
};

test.each<[string, Paging, Page, unknown]>([
  [
    'a link in the answer',
    { by: 'next', next: 'links.next' },
    page({ links: { next: '/v1/clients?page=2' } }),
    'https://crm.example/v1/clients?page=2',
  ],
  ['no link', { by: 'next', next: 'links.next' }, page({ links: { next: null } }), null],
  [
    'the Link header',
    { by: 'next', next: 'Link' },
    page([], { headers: { link: '<https://crm.example/x?p=1>; rel="prev", <https://crm.example/x?p=3>; rel="next"' } }),
    'https://crm.example/x?p=3',
  ],
  [
    'no more in the Link header',
    { by: 'next', next: 'Link' },
    page([], { headers: { link: '<https://crm.example/x?p=1>; rel="prev"' } }),
    null,
  ],
  [
    'numbers',
    { by: 'page', page: 'page', first: 1, in: 'query' },
    page([]),
    'https://crm.example/v1/clients?a=1&page=2',
  ],
  [
    'numbers from 0',
    { by: 'page', page: 'page', first: 0, in: 'query' },
    page([], { number: 3 }),
    'https://crm.example/v1/clients?a=1&page=3',
  ],
  ['an empty page is the end', { by: 'page', page: 'page', first: 1, in: 'query' }, page([], { items: 0 }), null],
  [
    'a cursor',
    { by: 'cursor', cursor: 'next', parameter: 'start', in: 'query' },
    page({ next: 50 }),
    'https://crm.example/v1/clients?a=1&start=50',
  ],
  ['no cursor', { by: 'cursor', cursor: 'next', parameter: 'start', in: 'query' }, page({ total: 50 }), null],
  [
    'an offset',
    { by: 'offset', offset: 'skip', in: 'query' },
    page([], { sum: 200 }),
    'https://crm.example/v1/clients?a=1&skip=200',
  ],
])('%s', (_story, paging, told, expected) => expect(next(paging, told)).toBe(expected));

test('in the body of a POST', () => {
  const posted = { ...request, method: 'POST' as const, body: { filter: 'x' } };
  expect(next({ by: 'offset', offset: 'skip', in: 'body' }, page([], { sum: 200 }), posted)).toEqual({
    filter: 'x',
    skip: 200,
  });
});

test('another host never gets our headers', () => {
  const paging: Paging = { by: 'next', next: 'next' };
  for (const url of ['https://evil.example/x', 'http://crm.example/x', '//evil.example/x', 'file:///etc/passwd'])
    expect(() => next(paging, page({ next: url }))).toThrow('source.paging');
});

test.each([
  ['a.b', { a: { b: 1 } }, [1]],
  ['a.*.b', { a: [{ b: 1 }, { b: 2 }, {}] }, [1, 2]],
  ['a.b', { a: [{ b: 1 }, { b: 2 }] }, [1, 2]],
  ['a.1', { a: [1, 2] }, [2]],
  ['a.b', { 'a.b': 3, a: { b: 1 } }, [3]],
  ['*.b', { x: { b: 1 }, y: { b: 2 } }, [1, 2]],
  ['', [1], [[1]]],
  ['a.b', null, []],
  ['constructor', {}, []],
  ['__proto__', {}, []],
] as const)('%s', (path, value, expected) => expect(valuesAt(value, path)).toEqual(expected));

test('a cell joins texts and numbers, leaves blocks out', () =>
  expect(cellAt({ p: ['+1', 2, null, { x: 1 }, ' '], q: true }, ['p', 'q', 'r'])).toBe('+1;2;true'));

test('any path in any JSON: never throws, never leads to a prototype', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.string(), (value, path) => {
      for (const found of valuesAt(value, path)) expect(typeof found).not.toBe('function');
    }),
  );
});
