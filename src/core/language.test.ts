import { expect, test } from 'vitest';
import { languageOf, plural } from './language.ts';

const drafts = { one: '# запись', few: '# записи', many: '# записей', other: '# записи' };

test.each([
  [1, '1 запись'],
  [2, '2 записи'],
  [5, '5 записей'],
  [11, '11 записей'],
  [21, '21 запись'],
  [112, '112 записей'],
])('Russian counts: %i', (count, expected) => {
  expect(plural('ru', count, drafts)).toBe(expected);
});

test('English knows one and other', () => {
  const forms = { one: '# draft', other: '# drafts' };
  expect([1, 2, 21].map((count) => plural('en', count, forms))).toEqual(['1 draft', '2 drafts', '21 drafts']);
});

test('the person wishes first, then the office, then English', () => {
  expect(languageOf(null, 'uk')).toBe('uk');
  expect(languageOf('ru', 'uk')).toBe('ru');
  expect(languageOf('de', undefined)).toBe('en');
});
