import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openApi } from './openapi.ts';
import { operations } from './operations.ts';

const document: unknown = JSON.parse(JSON.stringify(openApi()));
const kept: unknown = JSON.parse(readFileSync(join(import.meta.dirname, '../../../docs/openapi.json'), 'utf8'));

test('docs/openapi.json is what `letopis config openapi` prints', () => expect(kept).toEqual(document));

test('every name it points at is there, and every part of an address is described', () => {
  const text = JSON.stringify(document);
  const refs = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path ?? '');
  expect(refs.length).toBeGreaterThan(20);
  for (const ref of refs) expect([ref, fieldAt(document, ref.split('/')) !== undefined]).toEqual([ref, true]);
  expect(text).not.toContain('$defs');
});

test('every operation has a name of its own and says which scope it needs', () => {
  expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
  for (const { method, path, scope } of operations) {
    const one = fieldAt(document, ['paths', path.replace(/:(\w+)/g, '{$1}'), method.toLowerCase(), 'description']);
    expect(one).toBe(`Needs the scope \`${scope}\`.`);
  }
});

function fieldAt(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (here, step) =>
      typeof here === 'object' && here !== null ? Object.entries(here).find(([key]) => key === step)?.[1] : undefined,
    value,
  );
}
