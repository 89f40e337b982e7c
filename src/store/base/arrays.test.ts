import fc from 'fast-check';
import { expect, test } from 'vitest';
import { testStore } from '../../../test/kit/postgres.ts';
import { booleans, byteStrings, ints, jsonTexts, texts, times, uuids } from './arrays.ts';
import { sql } from './db.ts';

const { db } = await testStore();

/** How PostgreSQL reads it, as JSON. */
async function read(query: ReturnType<typeof sql>): Promise<unknown> {
  const [row] = await db.rows<{ read: unknown }>(query);
  return row?.read;
}

const text = fc.string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', '').toWellFormed());

test('texts of any kind and nulls', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.option(text)), async (values) => {
      expect(await read(sql`select to_json(${texts(values)}::text[]) as read`)).toEqual(values);
    }),
  ));

test('JSON of any kind', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.dictionary(text, text)), async (values) => {
      const written = jsonTexts(values.map((value) => JSON.stringify(value)));
      expect(await read(sql`select to_json(${written}::jsonb[]) as read`)).toEqual(values);
    }),
  ));

test('bytes', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array()), async (values) => {
      const hex = values.map((value) => Buffer.from(value).toString('hex'));
      const given = byteStrings(values);
      expect(
        await read(sql`select coalesce(json_agg(encode(one, 'hex')), '[]') as read from unnest(${given}::bytea[]) one`),
      ).toEqual(hex);
    }),
  ));

test('ids, numbers, yes and no', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.uuid(), fc.integer(), fc.boolean())), async (rows) => {
      const [ids, numbers, flags] = [rows.map(([id]) => id), rows.map(([, n]) => n), rows.map(([, , flag]) => flag)];
      expect(
        await read(sql`
          select json_build_array(${uuids(ids)}::uuid[], ${ints(numbers)}::int[], ${booleans(flags)}::boolean[]) as read`),
      ).toEqual([ids, numbers, flags]);
    }),
  ));

test.each([
  ['an id that is too short', () => uuids(['0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5'])],
  ['an id that is too long', () => uuids(['0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b00'])],
  ['an id that is none', () => uuids(['0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4azz'])],
  ['no id', () => uuids([''])],
  ['a number that is too large', () => ints([2 ** 31])],
  ['a number that is not whole', () => ints([0.5])],
  ['no number', () => ints([Number.NaN])],
  ['no time', () => times([new Date(Number.NaN)])],
])('refused as PostgreSQL would: %s', (_story, write) => {
  expect(write).toThrow(expect.objectContaining({ code: 'store.value_refused', remedy: 'set-aside' }));
});

test('times of a thousand years, to the millisecond', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.date({ min: new Date('1900-01-01'), max: new Date('2200-12-31'), noInvalidDate: true })),
      async (values) => {
        const rows = await db.rows<{ one: Date }>(sql`select one from unnest(${times(values)}::timestamptz[]) one`);
        expect(rows.map(({ one }) => one)).toEqual(values);
      },
    ),
  ));
