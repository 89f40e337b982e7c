import { expect, test } from 'vitest';
import { formProof, hashOf, linkToken, looksLikeToken, messageIdOf, sameProof } from './token.ts';

const key = Buffer.alloc(32, 7);
const scope = { contactId: 'c1', employeeId: 'e1', generation: 1 };

test('a retry derives the same link and the same Message-ID', () => {
  expect(linkToken(key, scope)).toBe(linkToken(key, { ...scope }));
  expect(messageIdOf(key, scope, 'office.example')).toBe(messageIdOf(key, { ...scope }, 'office.example'));
});

test('every part of the scope and the key change the link', () => {
  const links = [
    linkToken(key, scope),
    linkToken(key, { ...scope, contactId: 'c2' }),
    linkToken(key, { ...scope, employeeId: 'e2' }),
    linkToken(key, { ...scope, generation: 2 }),
    linkToken(Buffer.alloc(32, 8), scope),
    linkToken(key, { contactId: 'c1e', employeeId: '1', generation: 1 }),
  ];
  expect(new Set(links).size).toBe(links.length);
});

test('a link token is 32 bytes in base64url and nothing of it stands in the Message-ID', () => {
  const token = linkToken(key, scope);
  expect(Buffer.from(token, 'base64url').length).toBe(32);
  expect(looksLikeToken(token)).toBe(true);
  expect(messageIdOf(key, scope, 'office.example')).toMatch(/^<letopis\.[\w-]{32}@office\.example>$/);
  expect(messageIdOf(key, scope, 'office.example')).not.toContain(token.slice(0, 16));
});

test('a short key is refused', () => {
  expect(() => linkToken(Buffer.alloc(16), scope)).toThrow('32 bytes');
});

test.each([
  ['the right one', formProof(key, hashOf('a'), 'save'), true],
  ['for another visitor', formProof(key, hashOf('b'), 'save'), false],
  ['for another purpose', formProof(key, hashOf('a'), 'undo'), false],
  ['empty', '', false],
  ['missing', undefined, false],
  ['repeated field', ['a', 'b'], false],
])('form proof: %s', (_story, given, expected) => {
  expect(sameProof(formProof(key, hashOf('a'), 'save'), given)).toBe(expected);
});

test.each(['', 'a'.repeat(42), 'a'.repeat(44), `${'a'.repeat(42)}/`, `${'a'.repeat(42)}\n`])(
  '%j is no token',
  (text) => {
    expect(looksLikeToken(text)).toBe(false);
  },
);
