import { expect, test } from 'vitest';
import { decideRemembering, type Owner, takenBy } from './decide.ts';

const at = '2026-11-20T10:00:00.000000Z';
const owner = (values: Partial<Owner>): Owner => ({
  since: null,
  until: null,
  clientId: 'other',
  clientName: 'Other',
  personId: null,
  employeeId: null,
  notClient: false,
  neverCapture: false,
  ...values,
});
const acme = { clientId: 'acme', personId: null };

test.each<[string, readonly Owner[], { readonly clientId: string; readonly personId: string | null }, unknown]>([
  ['nobody ever had it: since ever, so that the past is found', [], acme, { kind: 'remember', since: null, over: [] }],
  [
    'another had it until a day: since that day',
    [owner({ until: '2026-01-01T00:00:00.000000Z' })],
    acme,
    { kind: 'remember', since: '2026-01-01T00:00:00.000000Z', over: [] },
  ],
  [
    'two had it before: since the later end',
    [owner({ until: '2025-01-01T00:00:00.000000Z' }), owner({ clientId: 'z', until: '2026-02-01T00:00:00.000000Z' })],
    acme,
    { kind: 'remember', since: '2026-02-01T00:00:00.000000Z', over: [] },
  ],
  ['another has it still: from this contact on', [owner({})], acme, { kind: 'remember', since: at, over: [] }],
  [
    'another had it longer than until this contact: from this contact on',
    [owner({ until: '2026-11-21T00:00:00.000000Z' })],
    acme,
    { kind: 'remember', since: at, over: [] },
  ],
  ['it is his', [owner({ clientId: 'acme' })], acme, { kind: 'known' }],
  ['it is one of his people’s: his already', [owner({ clientId: 'acme', personId: 'ivan' })], acme, { kind: 'known' }],
  [
    'it is the client’s, now it is said to be a person’s',
    [owner({ clientId: 'acme' })],
    { clientId: 'acme', personId: 'ivan' },
    { kind: 'remember', since: null, over: [] },
  ],
  [
    'it was his and is no more: it is again',
    [owner({ clientId: 'acme', until: '2026-01-01T00:00:00.000000Z' })],
    acme,
    { kind: 'remember', since: null, over: [] },
  ],
  [
    'somebody said that it is no client’s: he was wrong',
    [owner({ clientId: null, notClient: true })],
    acme,
    { kind: 'remember', since: null, over: [0] },
  ],
  ['a colleague’s', [owner({ clientId: null, employeeId: 'anna' })], acme, { kind: 'refused', why: 'ours' }],
  ['never to be kept', [owner({ clientId: null, neverCapture: true })], acme, { kind: 'refused', why: 'never' }],
])('%s', (_story, owners, who, expected) => {
  expect(decideRemembering(owners, who, at)).toEqual(expected);
});

test('whose it is now: not whose it was', () => {
  const [past, now] = [owner({ until: '2026-01-01T00:00:00.000000Z' }), owner({ notClient: true })];
  expect([takenBy([past], at), takenBy([past, now], at)]).toEqual([null, now]);
});
