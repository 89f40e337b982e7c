import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Capture, WebhookRequest } from '../../src/connector/index.ts';
import { Fault } from '../../src/connector/index.ts';
import { leadingCapture } from '../../src/intake/decide.ts';
import { Config } from './config.ts';
import { pbxWebhook } from './connector.ts';
import { fixtureNames, fixtureRequest, fixtureSecret } from './requests.fixture.ts';

const office = {
  extensions: /^\d{2,5}$/,
  isColleague: (number: string) => number === '380501111111',
  mail: { domains: [] },
};
const configs = {
  generic: Config.parse({ secret: fixtureSecret }),
  zadarma: Config.parse({ preset: 'zadarma', secret: fixtureSecret, timezone: 'Europe/Kyiv' }),
  binotel: Config.parse({ preset: 'binotel', secret: fixtureSecret }),
  mango: Config.parse({ preset: 'mango', secret: fixtureSecret }),
  'freeswitch-json-cdr': Config.parse({ preset: 'freeswitch-json-cdr', secret: `letopis:${fixtureSecret}` }),
};
const presetOf = (name: string) => {
  const found = Object.entries(configs).find(([preset]) => name.startsWith(preset));
  if (!found) throw new Error(`no preset for ${name}`);
  return found[1];
};
const read = (request: WebhookRequest, config: Config) => pbxWebhook.read(request, config, office);
const readFixture = (name: string) => read(fixtureRequest(name), presetOf(name));

/** `inbound answered +380… → 380… by 101, rang 9 s, talked 65 s, began 09:00:00`. */
function told({ direction, details, employees, ours }: Capture): string {
  if (details.channel !== 'call') return details.channel;
  const { call } = details;
  const who = [call.withheld ? 'withheld' : (call.caller ?? '?'), call.called ?? '?'].join(' → ');
  const by = employees.map(({ value }) => value).join();
  const times = `${call.ringSeconds}+${call.talkSeconds} s, began ${call.startedAt.toISOString().slice(5, 19)}`;
  return `${direction} ${call.outcome} ${who} (${by}${ours ? ` on ${ours.value}` : ''}) ${times}`;
}

describe('what each exchange says, as a call', () => {
  test.each([
    [
      'zadarma-4-end',
      'inbound answered +380671234567 → 380440001000 (101 on 380440001000) 0+65 s, began 03-02T09:00:00',
    ],
    ['zadarma-missed', 'inbound missed withheld → 380440001000 ( on 380440001000) 0+0 s, began 03-02T10:00:00'],
    ['zadarma-outbound', 'outbound answered 102 → 380509998877 (102) 0+12 s, began 07-02T09:00:00'],
    ['zadarma-outbound-no-money', 'outbound failed 102 → 380509998877 (102) 0+0 s, began 07-02T09:10:00'],
    ['binotel-answered', 'inbound answered 0671234567 → 0440001000 (101 on 0440001000) 9+65 s, began 03-02T09:00:00'],
    ['binotel-missed', 'inbound missed 0671234567 → 0440001000 (101 on 0440001000) 25+0 s, began 03-02T09:00:00'],
    ['binotel-voicemail', 'inbound voicemail 0671234567 → 0440001000 (101 on 0440001000) 9+0 s, began 03-02T09:00:00'],
    ['binotel-outgoing-busy', 'outbound busy 101 → 0671234567 (101) 9+0 s, began 03-02T09:00:00'],
    [
      'mango-summary-answered',
      'inbound answered 79031112233 → 74951000101 (101 on 74951000101) 10+65 s, began 03-02T09:00:00',
    ],
    ['mango-summary-missed', 'inbound missed 79031112233 → 74951000101 ( on 74951000101) 30+0 s, began 03-02T09:16:40'],
    ['mango-summary-outgoing', 'outbound answered 102 → 79161234567 (102) 8+12 s, began 03-02T09:33:20'],
    [
      'freeswitch-json-cdr-answered',
      'inbound answered 79031112233 → 4951000101 (101 on 4951000101) 9.8+65.6 s, began 03-02T09:00:00',
    ],
    [
      'freeswitch-json-cdr-announcement-only',
      'inbound missed 79031112233 → 4951000101 ( on 4951000101) 20+0 s, began 03-02T09:16:40',
    ],
    ['freeswitch-json-cdr-outbound-as-form', 'outbound answered 101 → 79161234567 (101) 8+12 s, began 03-02T09:33:20'],
    ['freeswitch-json-cdr-busy', 'outbound busy 101 → 79161234567 (101) 3+0 s, began 03-02T09:33:20'],
    [
      'generic-3-end',
      'inbound answered +380 67 123-45-67 → +380440001000 (101 on +380440001000) 9+65 s, began 03-02T09:00:00',
    ],
    ['generic-form', 'outbound no-answer 101 → 380509998877 (101) 0+0 s, began 03-02T09:00:00'],
  ])('%s', (name, expected) => expect(readFixture(name).captures.map(told)).toEqual([expected]));

  test.each(['mango-summary-internal', 'mango-recording', 'zadarma-5-record', 'binotel-settings'])(
    '%s is heard and not kept',
    (name) => expect(readFixture(name).captures).toEqual([]),
  );

  test('the whole capture', () =>
    expect(readFixture('zadarma-4-end').captures).toEqual([
      {
        identity: 'in_80459a1b2c3d4e5f',
        revision: expect.any(Number),
        links: ['call:cloud:in_80459a1b2c3d4e5f'],
        channel: 'call',
        direction: 'inbound',
        occurredAt: new Date('2026-03-02T09:00:00Z'),
        endedAt: new Date('2026-03-02T09:01:05Z'),
        outside: { kind: 'phone', value: '+380671234567' },
        outsideName: null,
        ours: { kind: 'phone', value: '380440001000' },
        employees: [{ kind: 'extension', value: '101' }],
        details: {
          channel: 'call',
          call: {
            direction: 'inbound',
            outcome: 'answered',
            caller: '+380671234567',
            callerName: null,
            withheld: false,
            called: '380440001000',
            startedAt: new Date('2026-03-02T09:00:00Z'),
            endedAt: new Date('2026-03-02T09:01:05Z'),
            ringSeconds: 0,
            talkSeconds: 65,
            answeredBy: '101',
            talks: [{ who: '101', seconds: 65 }],
            lastTalkedTo: '101',
            employees: ['101'],
            rang: ['101'],
            transfers: [],
            queue: null,
            recording: '1772442000.123',
            voicemail: null,
            linkedIds: ['in_80459a1b2c3d4e5f'],
          },
        },
        evidence: expect.stringContaining('event=NOTIFY_END&call_start=2026-03-02'),
        asks: true,
      },
    ]));

  test('a colleague’s own mobile is no contact', () => {
    const body = Buffer.from(
      JSON.stringify({ event: 'end', id: 'c-9', from: '101', to: '380501111111', talkSeconds: 5 }),
    );
    expect(read({ ...fixtureRequest('generic-3-end'), body }, configs.generic).captures).toEqual([]);
  });
});

describe('while it rings', () => {
  const steps = (...names: string[]) =>
    names.flatMap((name) =>
      readFixture(name).ringing.map(({ call, rings, answeredBy, outside }) =>
        [call, outside?.value ?? null, rings.join('+'), answeredBy].join(' '),
      ),
    );

  test.each([
    [
      ['zadarma-1-start', 'zadarma-2-internal', 'zadarma-3-answer', 'zadarma-4-end'],
      [
        'in_80459a1b2c3d4e5f +380671234567  ',
        'in_80459a1b2c3d4e5f +380671234567 101 ',
        'in_80459a1b2c3d4e5f +380671234567  101',
        'in_80459a1b2c3d4e5f +380671234567  ',
      ],
    ],
    [
      ['mango-call-appeared', 'mango-call-connected', 'mango-call-disconnected'],
      ['MToxMDA= 79031112233 101 ', 'MToxMDA= 79031112233  101', 'MToxMDA= 79031112233  '],
    ],
    [
      ['binotel-received', 'binotel-hangup'],
      ['4294967296123 0671234567 101 ', '4294967296123 0671234567  '],
    ],
    [
      ['generic-1-start', 'generic-2-answer', 'generic-3-end'],
      ['c-1 +380 67 123-45-67 101 ', 'c-1 +380 67 123-45-67  101', 'c-1 +380 67 123-45-67  '],
    ],
  ])('%j', (names, expected) => expect(steps(...names)).toEqual(expected));
});

describe('whom it believes', () => {
  const refused = { code: 'pbx.signature_refused', remedy: 'reconfigure' };
  const error = (work: () => unknown) => {
    try {
      work();
    } catch (caught) {
      return caught;
    }
    return null;
  };

  test.each(fixtureNames)('%s: with another secret it is refused, and so with another body', (name) => {
    const request = fixtureRequest(name);
    const config = presetOf(name);
    expect(error(() => read(request, config))).toBeNull();
    expect(error(() => read(request, { ...config, secret: 'other' }))).toMatchObject(refused);
    if (!name.startsWith('zadarma') && !name.startsWith('mango')) return; // the others prove who sends, not what
    const tampered = Buffer.from(
      Buffer.from(request.body)
        .toString()
        .replace(/2026|177244\d|in_|out_/, '2036'),
    );
    expect(error(() => read({ ...request, body: tampered }, config))).toMatchObject(refused);
  });

  test('a question by GET is answered without a secret, and tells nothing else', () => {
    const request = { ...fixtureRequest('zadarma-1-start'), method: 'GET' as const, query: { zd_echo: 'aB3' } };
    const reading = read({ ...request, body: new Uint8Array() }, configs.zadarma);
    expect(reading).toEqual({
      captures: [],
      ringing: [],
      isSpam: false,
      answer: { status: 200, type: 'text/plain; charset=utf-8', body: 'aB3', location: null },
    });
    expect(read({ ...request, query: {} }, configs.zadarma).answer.status).toBe(405);
    expect(read(request, configs.binotel).answer.status).toBe(405);
  });

  test('each exchange hears what it wants to', () => {
    expect(readFixture('binotel-answered').answer).toMatchObject({ status: 200, body: '{"status":"success"}' });
    const config = Config.parse({ secret: 's', answer: { body: '<ok/>', type: 'text/xml' } });
    const request = { ...fixtureRequest('generic-form'), query: { token: 's' } };
    expect(read(request, config).answer).toEqual({ status: 200, body: '<ok/>', type: 'text/xml', location: null });
  });
});

describe('what cannot be read is set aside, with a cure', () => {
  const post = (body: string | object, more: Record<string, unknown> = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const config = Config.parse({ secret: 's', ...more });
    return read(
      { ...fixtureRequest('generic-form'), headers: {}, query: { token: 's' }, body: Buffer.from(text) },
      config,
    );
  };

  test.each([
    ['half a JSON', '{"id": "c', 'pbx.body_unreadable'],
    ['nothing', '', 'pbx.no_call_id'],
    ['prose', 'hello', 'pbx.body_unreadable'],
    ['no id', { event: 'end', from: '1' }, 'pbx.no_call_id'],
    ['an id of a megabyte', { id: 'x'.repeat(1_000_000) }, 'pbx.no_call_id'],
    ['an id that is a list', { id: ['1'] }, 'pbx.no_call_id'],
    ['no zone', { id: '1', startedAt: '2026-03-02 11:00:00' }, 'pbx.time_unreadable'],
    ['the year 20226', { id: '1', startedAt: '20226-03-02T11:00:00Z' }, 'pbx.time_unreadable'],
    ['words for seconds', { id: '1', talkSeconds: 'long' }, 'pbx.seconds_unreadable'],
    ['less than nothing', { id: '1', talkSeconds: -5 }, 'pbx.seconds_unreadable'],
  ])('%s', (_story, body, code) => {
    expect(() => post(body)).toThrow(expect.objectContaining({ code, remedy: 'set-aside', facts: expect.anything() }));
  });

  test('__proto__ is a field like others', () => {
    const body = '{"id":"c-3","__proto__":{"talkSeconds":9,"polluted":1},"from":"0671234567","constructor":{"x":1}}';
    expect(post(body).captures.map(told)).toEqual([expect.stringContaining('0+0 s')]);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
    expect(post('id=c-4&__proto__[polluted]=1&a[__proto__][polluted]=1').captures).toHaveLength(1);
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('a number of eighteen digits stays the id it is', () => {
    const body = '{"id": 123456789012345678, "note": "\\"999999999999999999\\" {", "from": "0671234567"}';
    expect(post(body).captures[0]?.identity).toBe('123456789012345678');
  });
});

describe('any order, any number of repetitions', () => {
  /** The same call as the exchange tells it at several moments: cut short, whole, with the recording. */
  const versions = [
    { id: 'c-1', startedAt: 1772442000, from: '0671234567', to: '101', talkSeconds: 5, outcome: 'answered' },
    { id: 'c-1', startedAt: 1772442000, from: '0671234567', to: '101', talkSeconds: 65, outcome: 'answered' },
    {
      id: 'c-1',
      startedAt: 1772442000,
      from: '0671234567',
      to: '101',
      talkSeconds: 65,
      outcome: 'answered',
      recording: 'r.wav',
    },
  ];
  const capture = (body: object, receivedAt: Date) => {
    const request = { ...fixtureRequest('generic-form', receivedAt), headers: {}, query: { token: 's' } };
    return read({ ...request, body: Buffer.from(JSON.stringify(body)) }, Config.parse({ secret: 's' })).captures;
  };

  test('give the same capture', () => {
    const [expected] = capture(versions[2] ?? {}, new Date(0));
    const order = fc.array(fc.nat(2), { minLength: 1, maxLength: 12 }).filter((list) => list.includes(2));
    fc.assert(
      fc.property(order, fc.nat(1_000_000), (list, at) => {
        const all = list.flatMap((i, n) => capture(versions[i] ?? {}, new Date(at * 1000 + n)));
        // One row for each key, the first that came.
        const stored = all.filter((one, i) => all.findIndex(({ revision }) => revision === one.revision) === i);
        expect(stored.length).toBe(new Set(list).size);
        expect(leadingCapture(stored)?.details).toEqual(expected?.details);
      }),
      { numRuns: 200 },
    );
  });

  test('also where the exchange says no time', () => {
    const undated = { id: 'c-2', from: '0671234567', to: '101', talkSeconds: 5 };
    const [first, second] = [1, 2].flatMap((n) => capture(undated, new Date(n * 1_000_000_000)));
    expect(first?.revision).toBe(second?.revision);
    expect(first?.occurredAt).toEqual(new Date(1_000_000_000 - 5000));
  });

  test('the counter of attempts makes no other word', () => {
    const [first, second] = ['binotel-answered', 'binotel-answered-again'].flatMap(
      (name) => readFixture(name).captures,
    );
    expect(second?.revision).toBe(first?.revision);
  });
});

test('whatever is sent, a connector throws nothing but its faults, at once', () => {
  const types = fc.constantFrom(
    '',
    'application/json',
    'application/x-www-form-urlencoded',
    'text/plain; charset=windows-1251',
    'application/json; charset=nonsense',
    'multipart/form-data; boundary=x',
  );
  const body = fc.oneof(
    fc.json().map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
    fc.constantFrom(...fixtureNames).map((name) => Buffer.from(fixtureRequest(name).body)),
  );
  const anyone = Object.values(configs).map((config) => ({ ...config, signature: { scheme: 'none' as const } }));
  fc.assert(
    fc.property(
      fc.constantFrom(...Object.values(configs), ...anyone),
      types,
      body,
      fc.string(),
      (config, type, bytes, path) => {
        const request = { ...fixtureRequest('generic-form'), headers: { 'content-type': type }, body: bytes, path };
        try {
          const { captures } = read(request, config);
          for (const { revision } of captures) expect(revision).toBeLessThan(2 ** 31);
        } catch (error) {
          expect(error).toBeInstanceOf(Fault);
          expect(error).toMatchObject({ remedy: expect.stringMatching(/^(set-aside|reconfigure)$/) });
        }
      },
    ),
    { numRuns: 1000 },
  );
});

test.each([
  ['a secret, or the word that there is none', { preset: 'mango' }, 'secret'],
  ['a time zone where times have none', { preset: 'zadarma', secret: 's' }, 'timezone'],
  ['a key of Standard Webhooks', { secret: 'short', signature: { scheme: 'standard-webhooks' } }, 'secret'],
  ['a pattern that RE2 knows', { secret: 's', events: { '(?=x)': 'end' } }, 'events'],
  ['a word that we know', { secret: 's', outcomes: { yes: 'great' } }, 'outcomes'],
])('the configuration is to give %s', (_story, written, path) => {
  const read = Config.safeParse(written);
  expect(read.error?.issues.map((issue) => issue.path[0])).toEqual([path]);
});
