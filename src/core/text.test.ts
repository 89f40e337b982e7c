import { expect, test } from 'vitest';
import { fill, manyLines, oneLine, shorten, showPhone, splitText, typedText } from './text.ts';

test.each([
  ['a header cannot be broken', 'Ann\r\nBcc: all@example', 'Ann Bcc: all@example'],
  ['NUL and escapes go', 'A\u0000n\u001b[31mn', 'An[31mn'],
  ['direction marks are seen', 'cod.\u202egnp', 'cod.␣gnp'],
  ['zero width is seen', 'Ro\u200bmashka', 'Ro␣mashka'],
  ['a lone surrogate goes', 'A\ud800B', 'AB'],
  ['an emoji stays', 'A😀B', 'A😀B'],
])('one line: %s', (_story, text, expected) => {
  expect(oneLine(text)).toBe(expected);
});

test.each([
  ['line ends', 'a\r\nb\rc\u2028d', 'a\nb\nc\nd'],
  ['a family of emoji', '👨\u200d👩\u200d👧', '👨\u200d👩\u200d👧'],
  ['signs that turn the order round', 'a\u202eb\u2067c', 'abc'],
  ['escapes, NUL, half a character', 'a\u001b[2J\u0000\ud800b', 'a[2Jb'],
  ['a page of nothing', 'a \n\t\n\n\n\nb\n', 'a\n\nb'],
])('many lines: %s', (_story, text, expected) => {
  expect(manyLines(text)).toBe(expected);
});

test('a long run of blanks takes no longer than other text', () => {
  const began = performance.now();
  expect(manyLines(`a${' '.repeat(300_000)}b`)).toHaveLength(300_002);
  expect(performance.now() - began).toBeLessThan(1000);
});

test.each([
  ['short', 'one two', 20, ['one two', '']],
  ['a little longer is not hidden', 'one two three', 11, ['one two three', '']],
  ['at the end of a line', 'one two\nthree four five', 9, ['one two', 'three four five']],
  ['else of a word', 'one two three four five', 14, ['one two three', 'four five']],
  ['else in the middle, not of an emoji', '😀😀😀😀😀😀', 5, ['😀😀', '😀😀😀😀']],
] as const)('split: %s', (_story, text, length, expected) => {
  expect(splitText(text, length)).toEqual(expected);
});

test('shortens by characters, not by halves of them', () => {
  expect(shorten('😀😀😀', 2)).toBe('😀…');
  expect(shorten('ab', 2)).toBe('ab');
});

test.each([
  ['line ends', 'a\r\nb\rc', 'a\nb\nc'],
  ['what PostgreSQL refuses', 'a\u0000b\ud800', 'ab\ufffd'],
  ['blank', ' \n\t ', ''],
])('typed text: %s', (_story, text, expected) => {
  expect(typedText(text)).toBe(expected);
});

test.each([
  ['+380671234567', '+380 67 123-45-67'],
  ['+79161234567', '+7 916 123-45-67'],
  ['+442079460000', '+442079460000'],
])('shows %s as %s', (number, expected) => {
  expect(showPhone(number)).toBe(expected);
});

test('what is filled in is never read again as a place or a pattern', () => {
  expect(fill('{who} called {where}, {who}', { who: '$& {where}', where: 'us' })).toBe(
    '$& {where} called us, $& {where}',
  );
  expect(fill('{unknown}', {})).toBe('{unknown}');
});
