import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { sql } from './db.ts';
import { clampDate, json, pgSafe, pgSafeJson } from './safe.ts';

const { db } = await testStore({ migrated: false });
await db.rows(sql`create table outside (id int, text text, facts jsonb, at timestamptz)`);

// any UTF-16, so lone surrogates and NUL are among it
const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((code) => String.fromCharCode(code)),
  maxLength: 40,
});
const anyJson = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    anyText,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.bigInt(),
    fc.date({ noInvalidDate: false }),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(anyText, tie('value'), { maxKeys: 4 }),
  ),
})).value;

test('whatever comes from outside, PostgreSQL takes it and gives it back', async () => {
  await fc.assert(
    fc.asyncProperty(anyText, anyJson, fc.date({ noInvalidDate: false }), async (text, value, date) => {
      const [row] = await db.rows<{ text: string; facts: unknown; at: Date | null }>(sql`
        insert into outside (text, facts, at) values (${pgSafe(text)}, ${json(value)}, ${clampDate(date)})
        returning text, facts, at`);
      expect(row?.text).toBe(pgSafe(text));
      // JSON itself has no -0; everything else comes back as it was
      expect(row?.facts).toEqual(JSON.parse(json(value).replace(/(?<=^|[[,:])-0(?=$|[\],}])/g, '0')));
      expect(row?.at ?? null).toEqual(clampDate(date));
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['plain text stands', 'Ромашка 🌼', 'Ромашка 🌼'],
  ['NUL', 'a\0b', 'a\ufffdb'],
  ['half a pair', 'a\ud83d', 'a\ufffd'],
  ['the pair the wrong way round', '\udf3c\ud83c', '\ufffd\ufffd'],
])('%s', (_story, text, expected) => expect(pgSafe(text)).toBe(expected));

describe('clampDate', () => {
  test.each([
    ['1900-01-01T00:00:00.000Z', true],
    ['1899-12-31T23:59:59.999Z', false],
    ['2200-12-31T23:59:59.999Z', true],
    ['2201-01-01T00:00:00.000Z', false],
    ['+020226-01-01T00:00:00.000Z', false],
    ['no date', false],
  ])('%s', (text, kept) => expect(clampDate(new Date(text))).toEqual(kept ? new Date(text) : null));
});

test('a circle is cut, keys are made safe, undefined and functions vanish as in JSON', () => {
  const circle: Record<string, unknown> = { 'a\0': 'b\0', nothing: undefined, big: 10n ** 20n };
  circle['self'] = circle;
  expect(JSON.parse(JSON.stringify(pgSafeJson(circle)))).toEqual({
    'a\ufffd': 'b\ufffd',
    big: '100000000000000000000',
    self: null,
  });
});
