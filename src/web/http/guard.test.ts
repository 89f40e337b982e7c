import { expect, test } from 'vitest';
import { isLoopback } from '../../core/loopback.ts';
import { cookieName, isNear, isOurs, mayConnect, readCookie, securityHeaders, setCookie } from './guard.ts';

const url = 'https://letopis.example/base';
const none = { origin: undefined, fetchSite: undefined, host: 'letopis.example' };

test.each([
  ['our page, no referrer', { ...none, origin: 'null', fetchSite: 'same-origin' }, true],
  ['our page in an old browser', none, true],
  ['our origin', { ...none, origin: 'https://letopis.example' }, true],
  ['the name in the browser bar', { ...none, origin: 'http://localhost:8080', host: 'localhost:8080' }, true],
  ['another site', { ...none, origin: 'https://evil.example', fetchSite: 'cross-site' }, false],
  ['another site in an old browser', { ...none, origin: 'https://evil.example' }, false],
  ['a sandboxed frame', { ...none, origin: 'null', fetchSite: 'cross-site' }, false],
  ['a sister site', { ...none, fetchSite: 'same-site' }, false],
  ['no origin at all', { ...none, origin: 'nonsense' }, false],
])('form: %s', (_story, request, expected) => {
  expect(isOurs(request, url)).toBe(expected);
});

test.each([
  ['ours', 'https://letopis.example', true],
  ['none', undefined, false],
  ['null', 'null', false],
  ['foreign', 'https://evil.example', false],
])('socket: %s', (_story, origin, expected) => {
  expect(mayConnect({ ...none, origin }, url)).toBe(expected);
});

test('cookies', () => {
  expect(setCookie(true, 'v', 60)).toBe('__Host-letopis=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure');
  expect(setCookie(false, 'v', 60)).toBe('letopis=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax');
  expect(readCookie('a=1; __Host-letopis=v; b=2', cookieName(true))).toBe('v');
  expect(readCookie('xletopis=1', 'letopis')).toBeNull();
  expect(readCookie(undefined, 'letopis')).toBeNull();
});

test('headers: everything shut, HSTS only over https', () => {
  expect(securityHeaders(false)).not.toHaveProperty('strict-transport-security');
  expect(securityHeaders(true)).toMatchObject({
    'content-security-policy': expect.stringMatching(/^default-src 'none';.*frame-ancestors 'none'$/),
    'x-content-type-options': 'nosniff',
    'referrer-policy': 'no-referrer',
    'cache-control': 'no-store',
    'strict-transport-security': 'max-age=31536000',
  });
});

test('loopback', () => {
  expect(['127.0.0.1', '::1', '::ffff:127.0.0.1', '10.0.0.1', '128.0.0.1'].map(isLoopback)).toEqual([
    true,
    true,
    true,
    false,
    false,
  ]);
});

test.each([
  ['this machine', { host: '127.0.0.1:8080' }, true],
  ['by name', { host: 'localhost:8080' }, true],
  ['IPv6', { remote: '::1', host: '[::1]:8080' }, true],
  ['HTTP/1.0, no name', { host: undefined }, true],
  ['another machine', { remote: '10.0.0.7' }, false],
  ['another machine that says it is ours', { remote: '10.0.0.7', forwardedFor: '127.0.0.1' }, false],
  ['through a proxy, whatever it adds to', { forwardedFor: '127.0.0.1, 8.8.8.8' }, false],
  ['a page elsewhere whose name leads here now', { host: 'evil.example:8080' }, false],
  ['a name that only begins like ours', { host: 'localhost.evil.example' }, false],
  ['a number that only begins like ours', { host: '127.0.0.1.evil.example' }, false],
  ['no name at all', { host: '///' }, false],
  ['nobody knows from where', { remote: undefined }, false],
])('metrics for %s', (_story, request, expected) => {
  expect(isNear({ remote: '127.0.0.1', forwardedFor: undefined, host: 'localhost', ...request })).toBe(expected);
});
