import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readPayload } from './payload.ts';
import { isSigned, type Signature, sameSecret } from './signature.ts';

const at = new Date('2026-03-02T09:00:00Z');
const nobody: Record<string, string | undefined> = {};
const ask = (signature: Signature, given: Partial<Parameters<typeof proof>[0]> = {}) =>
  isSigned(signature, proof(given));
function proof({ headers = nobody, query = {}, body = '', secret = 'secret', event = '', receivedAt = at } = {}) {
  const request = { headers, query: query as Record<string, string>, body: Buffer.from(body), receivedAt };
  return { request, payload: readPayload(request), secret, event };
}

describe('the secret itself', () => {
  test.each([
    ['as a bearer', { headers: { authorization: 'Bearer secret' } }, true],
    ['in any case of the word', { headers: { authorization: 'bearer  secret' } }, true],
    ['in the address', { query: { token: 'secret' } }, true],
    ['half of it', { query: { token: 'secre' } }, false],
    ['not at all', {}, false],
    ['an empty secret is none', { secret: '', query: { token: '' } }, false],
  ])('%s', (_story, given, expected) => expect(ask({ scheme: 'token' }, given)).toBe(expected));

  test('user and password', () => {
    const authorization = `Basic ${Buffer.from('letopis:пароль').toString('base64')}`;
    expect(ask({ scheme: 'basic' }, { secret: 'letopis:пароль', headers: { authorization } })).toBe(true);
    expect(ask({ scheme: 'basic' }, { secret: 'letopis:password', headers: { authorization } })).toBe(false);
  });

  test('none: anybody', () => expect(ask({ scheme: 'none' })).toBe(true));
  test('sameSecret takes any length', () => expect(sameSecret('a', 'a'.repeat(100_000))).toBe(false));
});

describe('a hash over the body', () => {
  // The example of GitHub’s documentation, "Validating webhook deliveries".
  const github = {
    body: 'Hello, World!',
    secret: "It's a Secret to Everybody",
    headers: { 'x-hub-signature-256': 'sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17' },
  };
  const rule: Signature = { scheme: 'hmac', header: 'X-Hub-Signature-256', prefix: 'sha256=' };

  test('as the sender writes it', () => expect(ask(rule, github)).toBe(true));
  test.each([
    ['one byte changed by a proxy', { body: 'Hello, World!\n' }],
    ['another secret', { secret: 'x' }],
    ['no prefix', { headers: { 'x-hub-signature-256': github.headers['x-hub-signature-256'].slice(7) } }],
    ['no header', { headers: {} }],
    ['an empty header', { headers: { 'x-hub-signature-256': '' } }],
  ])('%s', (_story, change) => expect(ask(rule, { ...github, ...change })).toBe(false));

  test.each(['sha1', 'sha256', 'sha512', 'md5'] as const)('%s, in hex, base64 and base64 of hex', (algorithm) => {
    const hash = createHmac(algorithm, 'secret').update('body=1').digest();
    const hex = hash.toString('hex');
    const written = { hex: hex.toUpperCase(), base64: hash.toString('base64'), 'base64-of-hex': btoa(hex) };
    for (const encoding of ['hex', 'base64', 'base64-of-hex'] as const) {
      const headers = { 'x-signature': written[encoding] };
      expect(ask({ scheme: 'hmac', algorithm, encoding }, { body: 'body=1', headers })).toBe(true);
      expect(ask({ scheme: 'hmac', algorithm, encoding }, { body: 'body=2', headers })).toBe(false);
    }
  });
});

describe('a hash over fields', () => {
  test('a field that is not there counts as nothing; the order of the list counts', () => {
    const sign = createHmac('sha256', 'secret').update('ab').digest('hex');
    const over = ['first', 'missing', 'second.inner'];
    const body = `first=a&second[inner]=b&sign=${sign}`;
    expect(ask({ scheme: 'hmac', over, field: 'sign' }, { body })).toBe(true);
    expect(ask({ scheme: 'hmac', over: [...over].reverse(), field: 'sign' }, { body })).toBe(false);
  });

  test('a plain hash with the secret among its parts', () => {
    const sign = createHash('md5').update('a:secret').digest('hex');
    const rule: Signature = { scheme: 'digest', algorithm: 'md5', over: ['first', '$secret'], field: 'sign' };
    expect(ask(rule, { body: `first=a:&sign=${sign}` })).toBe(true);
    expect(ask(rule, { body: `first=a:&sign=${sign}`, secret: 'other' })).toBe(false);
  });

  test('other fields for each event; an event without a rule is not believed', () => {
    const sign = createHmac('sha256', 'secret').update('a').digest('hex');
    const rule: Signature = { scheme: 'hmac', over: { begin: ['first'] }, field: 'sign' };
    expect(ask(rule, { body: `first=a&sign=${sign}`, event: 'begin' })).toBe(true);
    expect(ask(rule, { body: `first=a&sign=${sign}`, event: 'end' })).toBe(false);
    expect(ask(rule, { body: `first=a&sign=${sign}`, event: '__proto__' })).toBe(false);
  });

  test('a body that is not read signs nothing', () =>
    expect(ask({ scheme: 'hmac', over: ['first'], field: 'sign' }, { body: '\0' })).toBe(false));
});

describe('Standard Webhooks', () => {
  // The test vector that the specification's libraries share.
  const vector = {
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    body: '{"test": 2432232314}',
    receivedAt: new Date(1614265330_000),
  };
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const late = (seconds: number) => ({ receivedAt: new Date(1614265330_000 + seconds * 1000) });

  test.each([
    ['the vector', {}, true],
    ['its key without whsec_', { secret: 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' }, true],
    [
      'one of several',
      { headers: { ...headers, 'webhook-signature': `v1,AAAA ${headers['webhook-signature']} v2,x` } },
      true,
    ],
    [
      'of another version',
      { headers: { ...headers, 'webhook-signature': `v2${headers['webhook-signature'].slice(2)}` } },
      false,
    ],
    ['the body changed', { body: '{"test":2432232314}' }, false],
    ['another id', { headers: { ...headers, 'webhook-id': 'msg_1' } }, false],
    ['another time', { headers: { ...headers, 'webhook-timestamp': '1614265331' } }, false],
    ['no time', { headers: { ...headers, 'webhook-timestamp': '' } }, false],
    ['a time that is none', { headers: { ...headers, 'webhook-timestamp': '1614265330.0' } }, false],
    ['five minutes late', late(300), true],
    ['more than that: a replay', late(301), false],
    ['five minutes early', late(-300), true],
    ['more than that', late(-301), false],
  ])('%s', (_story, change, expected) =>
    expect(ask({ scheme: 'standard-webhooks' }, { ...vector, headers, ...change })).toBe(expected),
  );

  test('the tolerance can be set', () =>
    expect(ask({ scheme: 'standard-webhooks', toleranceSeconds: 10 }, { ...vector, headers, ...late(11) })).toBe(
      false,
    ));
});
