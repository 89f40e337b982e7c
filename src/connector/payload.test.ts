import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fieldOf, readPayload, textOf } from './payload.ts';

const read = (body: string | Uint8Array, type = '') =>
  readPayload({ headers: { 'content-type': type }, body: typeof body === 'string' ? Buffer.from(body) : body });

describe('told apart by type, else by the first character', () => {
  test.each([
    ['{"a":1}', '', { a: 1 }],
    ['{"a":1}', 'application/json', { a: 1 }],
    ['{"a":1}', 'text/plain', { a: 1 }],
    ['\ufeff {"a":1}', '', { a: 1 }],
    ['[{"a":1}]', 'application/json', { 0: { a: 1 } }],
    ['a=1&b=', 'application/x-www-form-urlencoded', { a: '1', b: '' }],
    ['a=1', '', { a: '1' }],
    ['', '', {}],
    ['a=%7B%22x%22%3A1%7D', 'application/x-www-form-urlencoded', { a: '{"x":1}' }],
    ['"text"', 'application/json', null],
    ['12', 'application/json', null],
    ['a=1', 'application/json', null],
    ['{"a":', '', null],
    ['hello', '', null],
    ['--x\r\n', 'multipart/form-data; boundary=x', null],
  ])('%j as %j', (body, type, expected) => expect(read(body, type)).toEqual(expected));
});

describe('forms', () => {
  test.each([
    ['a[b][c]=1&a[b][d]=2&e=3', { a: { b: { c: '1', d: '2' } }, e: '3' }],
    ['a=1&a=2', { a: '1' }],
    ['list[]=1', { list: '1' }],
    ['a%5Bb%5D=1', { a: { b: '1' } }],
    ['[x]=1', { '[x]': '1' }],
    ['a+b=c+d%2Be', { 'a b': 'c d+e' }],
    ['a=100%&b=%zz', { a: '100%', b: '%zz' }],
    ['a=b=c', { a: 'b=c' }],
    ['&&a=1&', { a: '1' }],
    ['%D0%B8%D0%BC%D1%8F=%D0%9E%D0%BB%D1%8F', { имя: 'Оля' }],
  ])('%s', (body, expected) => expect(read(body, 'application/x-www-form-urlencoded')).toEqual(expected));

  test('a page in windows-1251', () =>
    expect(read('name=%CE%EB%FF', 'application/x-www-form-urlencoded; charset=windows-1251')).toEqual({ name: 'Оля' }));
  test('a charset nobody knows is UTF-8', () =>
    expect(read('name=%D0%9E', 'application/x-www-form-urlencoded; charset=klingon')).toEqual({ name: 'О' }));
  test('thousands of fields are refused', () =>
    expect(
      read(Array.from({ length: 2001 }, (_, i) => `a${i}=1`).join('&'), 'application/x-www-form-urlencoded'),
    ).toBeNull());
});

describe('a form with files', () => {
  const type = 'multipart/form-data; boundary="----Form7MA4"';
  const part = (head: string, value: string) =>
    `------Form7MA4\r\nContent-Disposition: form-data; ${head}\r\n\r\n${value}\r\n`;

  test('its texts are read, its files are left out', () => {
    const file = part('name="file"; filename="a.png"\r\nContent-Type: image/png', '\u0089PNG\0 name="x"');
    const body = `${part('name="name"', 'Оля')}${file}${part('name="text"', 'one\r\n\r\ntwo')}${part('name="a[b]"', '1')}------Form7MA4--\r\n`;
    expect(read(body, type)).toEqual({ name: 'Оля', text: 'one\r\n\r\ntwo', a: { b: '1' } });
  });
  test.each([
    ['no boundary', part('name="a"', '1'), 'multipart/form-data'],
    ['another boundary', part('name="a"', '1'), 'multipart/form-data; boundary=other'],
    ['nothing in it', '', type],
    ['half a head', '------Form7MA4\r\nContent-Disposition: form-data; name="a"', type],
  ])('%s', (_story, body, of) => expect(read(body, of)).toBeNull());
});

test('paths', () => {
  const payload = read('{"a":{"b":[{"c":7}]},"a.b":"whole","t":true,"n":null,"s":"  ","__proto__":{"x":1}}') ?? {};
  const paths = ['a.b.0.c', 'a.b', 't', 'n', 's', 'a', 'a.b.length', '__proto__.x', 'constructor', 'toString', ''];
  expect(paths.map((path) => textOf(payload, path))).toEqual([
    '7',
    'whole',
    'true',
    null,
    null,
    null,
    null,
    '1',
    null,
    null,
    null,
  ]);
  expect(fieldOf({}, 'hasOwnProperty')).toBeUndefined();
});

test('numbers too long for JavaScript keep every digit', () => {
  const text =
    '{"id":12345678901234567890,"small":1234567890123456,"text":"12345678901234567890","float":1500000000000000000.5}';
  expect(read(text)).toEqual({
    id: '12345678901234567890',
    small: '1234567890123456',
    text: '12345678901234567890',
    float: 1.5e18,
  });
  expect(read('{"legs":[{"id":-12345678901234567890}]}')).toEqual({ legs: [{ id: '-12345678901234567890' }] });
});

test('a megabyte of anything takes no time to speak of', () => {
  const million = 1_000_000;
  const bombs = [
    '['.repeat(million),
    '['.repeat(million / 2) + ']'.repeat(million / 2),
    '"\\"'.repeat(million / 3),
    `a${'[b]'.repeat(million / 3)}=1`,
    '%'.repeat(million),
    '&'.repeat(million),
  ];
  for (const bomb of bombs)
    for (const type of [
      'application/json',
      'application/x-www-form-urlencoded',
      '',
      'multipart/form-data; boundary=[b]',
    ]) {
      const since = performance.now();
      read(bomb, type);
      expect(performance.now() - since).toBeLessThan(1000);
    }
});

test('never throws, and never touches a prototype', () => {
  const type = fc.constantFrom('', 'application/json', 'application/x-www-form-urlencoded');
  fc.assert(
    fc.property(
      fc.oneof(fc.json(), fc.webQueryParameters(), fc.string({ unit: 'binary' })),
      type,
      fc.string(),
      (text, of, path) => {
        const payload = read(text, of);
        if (payload) textOf(payload, path);
        expect(Object.keys(Object.prototype)).toEqual([]);
      },
    ),
  );
});
