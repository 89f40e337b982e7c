import { stringify } from 'yaml';
import { z } from 'zod';
import { Common, type Kinds } from './connectors.ts';
import { isSecretKey } from './secrets.ts';
import { File } from './sections.ts';
import { JsonSchema } from './shape.ts';

/** The JSON schema of the whole file, for editors and for our own "did you mean". */
export function fileShape(kinds: Kinds): JsonSchema {
  const file = shapeOf(File);
  const items = { anyOf: Object.entries(kinds).map(([kind, options]) => connectorShape(kind, options)) };
  const connectors = { ...file.properties?.['connectors'], items };
  return { ...file, properties: { ...file.properties, connectors } };
}

function connectorShape(kind: string, options: z.ZodType): JsonSchema {
  const common = shapeOf(Common);
  const own = shapeOf(options);
  return {
    type: 'object',
    properties: {
      ...common.properties,
      kind: { const: kind, description: common.properties?.['kind']?.description ?? '' },
      ...own.properties,
    },
    required: [...(common.required ?? []), ...(own.required ?? [])],
    additionalProperties: false,
  };
}

function shapeOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...printed } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return withExamples(JsonSchema.parse(printed));
}

/** `example: x` of our schemas becomes `examples: [x]`, as editors know it. */
function withExamples({ example, ...shape }: JsonSchema): JsonSchema {
  const { properties, items } = shape;
  return {
    ...shape,
    ...(example === undefined ? {} : { examples: [example] }),
    ...(items === undefined ? {} : { items: withExamples(items) }),
    ...(properties === undefined
      ? {}
      : {
          properties: Object.fromEntries(Object.entries(properties).map(([key, value]) => [key, withExamples(value)])),
        }),
  };
}

/** config/letopis.schema.json */
export function printSchema(kinds: Kinds): string {
  const head = { $schema: 'https://json-schema.org/draft/2020-12/schema', title: 'Letopis configuration' };
  return `${JSON.stringify({ ...head, ...fileShape(kinds) }, null, 2)}\n`;
}

/**
 * config/letopis.example.yml: every key with its description; what has a good default is commented out with it.
 * Values come from the `examples` of the schemas.
 */
export function printExample(kinds: Kinds): string {
  const shape = fileShape(kinds);
  const lines = [
    '# yaml-language-server: $schema=./letopis.schema.json',
    '# An example of every key; those commented out show their default. Check yours with: letopis check --config FILE',
    '# Secrets: ${env:NAME}, ${env:NAME:-default}, ${env:NAME:?message} or ${file:PATH}. Paths resolve against this file.',
    '',
  ];
  for (const [key, value] of Object.entries(shape.properties ?? {})) {
    if (key !== 'connectors') lines.push(...entry(key, value, ''), '');
  }
  lines.push('# the sources, one entry each', 'connectors:');
  for (const kind of shape.properties?.['connectors']?.items?.anyOf ?? []) lines.push(...connector(kind));
  return `${lines.join('\n')}\n`;
}

function entry(key: string, shape: JsonSchema, indent: string): string[] {
  const comment = shape.description === undefined ? [] : [`${indent}# ${shape.description}`];
  if (shape.properties !== undefined && shape.examples === undefined) {
    const inner = Object.entries(shape.properties).flatMap(([name, value]) => entry(name, value, `${indent}  `));
    return [...comment, `${indent}${key}:`, ...inner];
  }
  const [example] = shape.examples ?? [];
  const value = example ?? shape.default;
  if (value === undefined) return [...comment, `${indent}# ${key}:`];
  const text = written(key, value, indent);
  return [...comment, ...(example === undefined ? text.map((line) => line.replace(indent, `${indent}# `)) : text)];
}

/** Each kind with what it must have and what its schema gives an example of; the rest commented out. */
function connector(shape: JsonSchema): string[] {
  const { properties = {}, required = [] } = shape;
  const kind = String(properties['kind']?.const);
  const lines = [`  - name: ${kind}`, `    kind: ${kind}`];
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'name' || key === 'kind') continue;
    const must = required.includes(key) && value.examples === undefined && value.default === undefined;
    lines.push(...entry(key, must ? { ...value, examples: [placeholder(key, String(kind), value)] } : value, '    '));
  }
  return lines;
}

/** What a kind must have but gives no example of. */
function placeholder(key: string, kind: string, { enum: words, properties, ...rest }: JsonSchema): unknown {
  const type = rest['type'];
  if (words?.[0] !== undefined) return words[0];
  if (type === 'integer' || type === 'number') return 1;
  if (type === 'boolean') return true;
  if (type === 'array') return [];
  if (properties !== undefined) return {};
  if (isSecretKey(key))
    return `\${env:${kind}_${key}}`.replace(/[^${}:]+(?=})/, (name) => name.toUpperCase().replaceAll('-', '_'));
  return { host: 'pbx.example', username: 'letopis', user: 'letopis' }[key] ?? 'text';
}

function written(key: string, value: unknown, indent: string): string[] {
  const flow = Array.isArray(value) && value.every((item) => typeof item !== 'object');
  const text = stringify(
    { [key]: value },
    { lineWidth: 0, defaultStringType: 'PLAIN', ...(flow ? { collectionStyle: 'flow' as const } : {}) },
  );
  const plainText = flow
    ? text
        .trim()
        .replace(/^\{\s*/, '')
        .replace(/\s*\}$/, '')
    : text.trimEnd();
  return plainText.split('\n').map((line) => `${indent}${line}`);
}
