import { expect, test } from 'vitest';
import { jitter, newId, randomBytes } from './chance.ts';

test('ids are UUIDs of version 7 that sort as they were made, also thousands within a millisecond', () => {
  const ids = Array.from({ length: 20_000 }, newId);
  expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(
    true,
  );
  expect(ids).toEqual([...ids].sort());
  expect(new Set(ids).size).toBe(ids.length);
});

test('an id tells its time', () => {
  const madeMs = Number.parseInt(newId().replaceAll('-', '').slice(0, 12), 16);
  expect(Math.abs(madeMs - Date.now())).toBeLessThan(1000);
});

test('jitter only shortens, within its share', () => {
  const values = Array.from({ length: 1000 }, () => jitter(1000, 0.3));
  expect(Math.max(...values)).toBeLessThanOrEqual(1000);
  expect(Math.min(...values)).toBeGreaterThanOrEqual(700);
  expect(new Set(values).size).toBeGreaterThan(100);
});

test('random bytes are as many as asked for', () => {
  expect(randomBytes(24)).toHaveLength(24);
  expect(randomBytes(24).equals(randomBytes(24))).toBe(false);
});
