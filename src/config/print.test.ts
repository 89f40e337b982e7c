import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { connectors } from '../../connectors/index.ts';
import { kindsOf } from '../cli/base/kinds.ts';
import { checkFile } from '../cli/check/command.ts';
import { printExample, printSchema, readConfig } from '../config.ts';

const root = join(import.meta.dirname, '../..');
const kinds = kindsOf(connectors);
const inConfig = (name: string) => readFileSync(join(root, 'config', name), 'utf8');
/** Every variable the example names has a value. */
const env = Object.fromEntries(
  [...printExample(kinds).matchAll(/\$\{env:([A-Z_]+)\}/g)].map(([, name]) => [
    name,
    name === 'SMTP_URL' ? 'smtp://x' : 'x',
  ]),
);

// As values: the formatter has its own mind about line breaks in JSON.
test('config/letopis.schema.json is what `letopis config schema` prints', () =>
  expect(JSON.parse(inConfig('letopis.schema.json'))).toEqual(JSON.parse(printSchema(kinds))));
test('config/letopis.example.yml is what `letopis config example` prints', () =>
  expect(inConfig('letopis.example.yml')).toBe(printExample(kinds)));

test('the example is right, with the people and clients beside it', () =>
  expect(checkFile('config/letopis.example.yml', { env, cwd: root }, kinds).findings).toEqual([]));

test('the example with every key live is right too', () => {
  const live = printExample(kinds).replace(/^( *)# (?!Secrets|employees|clients)([a-zA-Z]+: .+)$/gm, '$1$2');
  const read = readConfig(live, join(root, 'config/letopis.example.yml'), { env, kinds });
  expect(read.ok ? [] : read.errors).toEqual([]);
});

test('the example has every kind', () =>
  expect([...inConfig('letopis.example.yml').matchAll(/^ {4}kind: (.+)$/gm)].map(([, kind]) => kind)).toEqual(
    Object.keys(kinds),
  ));

test('every key says what it is', () => {
  const silent: string[] = [];
  const walk = (node: unknown, path: string): void => {
    if (typeof node !== 'object' || node === null) return;
    if ('properties' in node && typeof node.properties === 'object' && node.properties !== null)
      for (const [key, value] of Object.entries(node.properties)) {
        if (!('description' in value)) silent.push(`${path}.${key}`);
        walk(value, `${path}.${key}`);
      }
    if ('items' in node) walk(node.items, `${path}[]`);
    if ('anyOf' in node && Array.isArray(node.anyOf)) for (const one of node.anyOf) walk(one, path);
  };
  walk(JSON.parse(printSchema(kinds)), '');
  expect(silent.filter((path) => !path.includes('.columns.'))).toEqual([]);
});
