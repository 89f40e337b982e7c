import { expect, test } from 'vitest';
import { readDomain, readEmail } from './email.ts';

test.each([
  ['Ivan.Petrov@Romashka.Example', 'ivan.petrov@romashka.example'],
  ['  a@b.example ', 'a@b.example'],
  ['Иван Петров <ivan@romashka.example>', 'ivan@romashka.example'],
  ['"Petrov, Ivan" <ivan@romashka.example>', 'ivan@romashka.example'],
  ['<ivan@romashka.example>', 'ivan@romashka.example'],
  ['mailto:ivan@romashka.example?subject=x', 'ivan@romashka.example'],
  ['E-mail: ivan@romashka.example;', 'ivan@romashka.example'],
  ['ivan+claims@romashka.example', 'ivan+claims@romashka.example'],
  ['info@ромашка.укр', 'info@xn--80aa3agjl3d.xn--j1amh'],
  ["o'neil@romashka.example", "o'neil@romashka.example"],
] as const)('%j is %s', (text, email) => {
  expect(readEmail(text)).toEqual({ email, reason: null });
});

test.each([
  ['', 'empty'],
  ['0441234567', 'no @: not an e-mail address'],
  ['@romashka.example', 'not an e-mail address'],
  ['ivan@', 'not an e-mail address'],
  ['ivan@localhost', 'not an e-mail address'],
  ['ivan petrov@romashka.example', 'not an e-mail address'],
  [`${'a'.repeat(65)}@romashka.example`, 'not an e-mail address'],
  ['a'.repeat(100_000), 'too long for an e-mail address'],
] as const)('%.20j is no address', (text, reason) => {
  expect(readEmail(text)).toEqual({ email: null, reason });
});

test.each([
  ['Romashka.Example', 'romashka.example'],
  ['https://www.romashka.example/contacts', 'romashka.example'],
  ['@romashka.example', 'romashka.example'],
  ['romashka', null],
  ['10.0.0.5', null],
  ['a b.example', null],
] as const)('domain %j', (text, domain) => {
  expect(readDomain(text)).toBe(domain);
});
