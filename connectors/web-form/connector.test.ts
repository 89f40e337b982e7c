import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { WebhookRequest } from '../../src/connector/index.ts';
import { Fault } from '../../src/connector/index.ts';
import { Config } from './config.ts';
import { webForm } from './connector.ts';

const office = { extensions: /^\d{2,5}$/, isColleague: () => false, mail: { domains: [] } };
const at = new Date('2026-03-02T09:04:00Z');
const token = 'form-key-1';

function post(fields: Record<string, string>, more: Partial<WebhookRequest> = {}): WebhookRequest {
  return {
    method: 'POST',
    path: '',
    query: { token },
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: Buffer.from(new URLSearchParams(fields).toString()),
    receivedAt: at,
    connector: 'site',
    exchange: 'site',
    ...more,
  };
}
const read = (request: WebhookRequest, written: object = { token }) =>
  webForm.read(request, Config.parse(written), office);
const visitor = { name: 'Олена', phone: '067 123-45-67', message: 'Скільки коштує\nдоставка?', page: '/prices' };

test('a request becomes a contact of channel web', () =>
  expect(
    read(post({ ...visitor, city: 'Львів', email: 'o@ukr.example' }), { token, fields: { more: { Город: 'city' } } }),
  ).toEqual({
    captures: [
      {
        identity: expect.stringMatching(/^web:site:[\w-]{43}:\d+$/),
        revision: 0,
        links: [expect.stringMatching(/:2954070$/), expect.stringMatching(/:2954069$/)],
        channel: 'web',
        direction: 'inbound',
        occurredAt: at,
        endedAt: at,
        outside: { kind: 'phone', value: '067 123-45-67' },
        outsideName: 'Олена',
        ours: null,
        employees: [],
        details: {
          channel: 'web',
          form: { ...visitor, email: 'o@ukr.example', more: [{ label: 'Город', value: 'Львів' }] },
        },
        evidence: expect.stringContaining('phone=067+123-45-67'),
        asks: true,
      },
    ],
    ringing: [],
    isSpam: false,
    answer: { status: 200, type: 'application/json', body: '{"status":"ok"}', location: null },
  }));

describe('whom to answer', () => {
  test.each([
    ['the number before the address', { phone: '0671234567', email: 'o@ukr.example' }, 'phone 0671234567'],
    ['the address where no number stands', { phone: 'call me', email: 'o@ukr.example' }, 'email o@ukr.example'],
    ['the address alone', { email: 'o@ukr.example' }, 'email o@ukr.example'],
    ['a strange number alone', { phone: '12' }, 'phone 12'],
    ['nobody', { message: 'hello' }, 'nobody'],
  ])('%s', (_story, fields, expected) => {
    const outside = read(post(fields)).captures[0]?.outside;
    expect(outside ? `${outside.kind} ${outside.value}` : 'nobody').toBe(expected);
  });
});

describe('sent twice', () => {
  const links = (minutes: number, fields: Record<string, string> = visitor, config?: object) =>
    read(post(fields, { receivedAt: new Date(at.getTime() + minutes * 60_000) }), config).captures[0]?.links ?? [];
  const shares = (a: readonly string[], b: readonly string[]) => a.some((link) => b.includes(link));

  test.each([
    ['at once', 0, visitor, true],
    ['a little later, over the edge of ten minutes', 7, visitor, true],
    ['an hour later', 60, visitor, false],
    ['other words', 0, { ...visitor, message: 'Інше' }, false],
  ])('%s', (_story, minutes, fields, expected) => expect(shares(links(0), links(minutes, fields))).toBe(expected));

  test('with a number of the site’s own, whenever', () => {
    const config = { token, fields: { id: 'request_id' } };
    const numbered = { ...visitor, request_id: '77' };
    expect(links(0, numbered, config)).toEqual(['web:site:id:77']);
    expect(links(600, { ...numbered, message: 'x' }, config)).toEqual(['web:site:id:77']);
  });
});

describe('robots', () => {
  test('the trap filled in: answered like everybody, nothing kept', () => {
    const trapped = read(post({ ...visitor, website: 'https://spam.example' }));
    expect(trapped).toEqual({ ...read(post(visitor)), captures: [], isSpam: true });
  });
  test('the trap empty', () => expect(read(post({ ...visitor, website: ' ' })).captures).toHaveLength(1));
  test('another trap', () => expect(read(post({ ...visitor, url2: 'x' }), { token, trap: 'url2' }).isSpam).toBe(true));
});

describe('where the browser goes', () => {
  const config = { token, thanks: 'https://romashka.example/thanks' };
  test('a plain form: to the page of thanks', () =>
    expect(read(post(visitor), config).answer).toMatchObject({ status: 303, location: config.thanks }));
  test('a script reads JSON', () => {
    const headers = { 'content-type': 'application/json' };
    const request = post({}, { headers, body: Buffer.from(JSON.stringify(visitor)) });
    expect(read(request, config).answer).toMatchObject({ status: 200, body: '{"status":"ok"}' });
    const accepting = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    expect(read(post(visitor, { headers: accepting }), config).answer.status).toBe(200);
  });
});

describe('refused or set aside', () => {
  const refused = { code: 'form.key_refused', remedy: 'reconfigure' };
  const fault = (request: WebhookRequest, written?: object) => {
    try {
      read(request, written);
    } catch (error) {
      return error;
    }
    return null;
  };

  test('no key, another key', () => {
    expect(fault(post(visitor, { query: {} }))).toMatchObject(refused);
    expect(fault(post(visitor, { query: { token: 'form-key-2' } }))).toMatchObject(refused);
  });
  test('signed by the site’s server', () => {
    const body = JSON.stringify(visitor);
    const sign = createHmac('sha256', 'site-secret').update(body).digest('hex');
    const request = post({}, { query: {}, body: Buffer.from(body), headers: { 'x-signature': sign } });
    expect(read(request, { secret: 'site-secret' }).captures).toHaveLength(1);
    expect(fault({ ...request, body: Buffer.from(`${body} `) }, { secret: 'site-secret' })).toMatchObject(refused);
  });
  test.each([
    [
      'multipart with nothing in it',
      { headers: { 'content-type': 'multipart/form-data; boundary=x' } },
      'form.body_unreadable',
    ],
    ['half a JSON', { headers: {}, body: Buffer.from('{"phone": "0') }, 'form.body_unreadable'],
    ['nothing that we know', { body: Buffer.from('a=1&b=2') }, 'form.empty'],
  ])('%s', (_story, change, code) => expect(fault(post(visitor, change))).toMatchObject({ code, remedy: 'set-aside' }));
  test('a GET takes nothing', () =>
    expect(read(post(visitor, { method: 'GET' }))).toMatchObject({ captures: [], answer: { status: 405 } }));
});

test('whatever is sent, it throws nothing but its faults, and keeps texts within bounds', () => {
  const body = fc.oneof(
    fc.json().map((text) => Buffer.from(text)),
    fc.webQueryParameters().map((text) => Buffer.from(`message=${text}`)),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  const type = fc.constantFrom('', 'application/json', 'application/x-www-form-urlencoded', 'text/html');
  fc.assert(
    fc.property(body, type, (bytes, contentType) => {
      try {
        read(post({}, { body: bytes, headers: { 'content-type': contentType } }));
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
      }
    }),
    { numRuns: 500 },
  );
  const details = read(post({ message: '🌼'.repeat(30_000), name: 'n'.repeat(9000) })).captures[0]?.details;
  expect(details?.channel === 'web' && [...(details.form.message ?? '')].length).toBe(20_000);
  expect(details?.channel === 'web' && details.form.name?.length).toBe(500);
});

test.each([
  ['a key or a secret', {}, 'token'],
  ['a site without a path', { token, origins: ['https://romashka.example/contact'] }, 'origins'],
  ['a web address to thank at', { token, thanks: 'javascript:alert(1)' }, 'thanks'],
])('the configuration is to give %s', (_story, written, path) =>
  expect(Config.safeParse(written).error?.issues.map((issue) => issue.path[0])).toEqual([path]),
);
