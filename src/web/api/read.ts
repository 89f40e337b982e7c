import { z } from 'zod';
import { explain } from '../../config/issues.ts';
import { JsonSchema } from '../../config/shape.ts';
import type { Tree } from '../../config/tree.ts';
import { shorten } from '../../core/text.ts';
import { type Flaw, Problem } from './problem.ts';

/** Deeper than anything the API knows; what has more is an attack on whoever walks through it. */
const deepest = 20;
/** More mistakes than anybody reads at once. */
const mostFlaws = 20;
/** Longer than any key we know; what is told of a mistake is not as long as the mistake. */
const longestStep = 100;

/**
 * The body as a value. @throws Problem bad-request where it is no JSON, holds a key that would reach a prototype, or is
 * nested deeper than anything we know
 */
export function readJsonBody(bytes: Uint8Array): unknown {
  let value: unknown;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    if (depthOf(text) > deepest) throw new Problem('bad-request', `the body is nested deeper than ${deepest}`);
    value = JSON.parse(text);
  } catch (error) {
    if (error instanceof Problem) throw error;
    const why = error instanceof SyntaxError ? error.message : 'it is not UTF-8';
    throw new Problem('bad-request', `the body is no JSON: ${why.slice(0, 200)}`);
  }
  refusePrototypes(value, '');
  return value;
}

/** Brackets outside of texts; looked at before parsing, so that no recursion ever meets a hundred thousand of them. */
function depthOf(text: string): number {
  let [depth, most, inText] = [0, 0, false];
  for (let i = 0; i < text.length; i += 1) {
    const sign = text[i];
    if (inText) {
      if (sign === '\\') i += 1;
      else if (sign === '"') inText = false;
    } else if (sign === '"') inText = true;
    else if (sign === '{' || sign === '[') most = Math.max(most, ++depth);
    else if (sign === '}' || sign === ']') depth -= 1;
  }
  return most;
}

function refusePrototypes(value: unknown, pointer: string): void {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, one] of Object.entries(value)) {
    const here = `${pointer}/${escaped(key)}`;
    if (key === '__proto__' || key === 'constructor' || key === 'prototype') {
      const detail = `the key ${key} is never taken`;
      throw new Problem('bad-request', detail, { errors: [{ pointer: here, detail }] });
    }
    refusePrototypes(one, here);
  }
}

/** The body as `schema` makes it. @throws Problem invalid with every flaw: its place, what was expected, what perhaps meant */
export function readBody<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  throw invalid(flawsOf(read.error.issues, value, schema, (path) => ({ pointer: pointerOf(path) })));
}

/** The query as `schema` makes it. Numbers and truths come as texts; the schema reads them. */
export function readQuery<Schema extends z.ZodType>(schema: Schema, query: unknown): z.output<Schema> {
  const read = schema.safeParse(query);
  if (read.success) return read.data;
  throw invalid(
    flawsOf(read.error.issues, query, schema, (path) => ({
      parameter: path.map((step) => shorten(String(step), longestStep)).join('.'),
    })),
  );
}

function invalid(errors: readonly Flaw[]): Problem {
  const [first, ...others] = errors;
  const place = first?.pointer ?? first?.parameter ?? '';
  const more = others.length === 0 ? '' : `; ${others.length} more`;
  return new Problem('invalid', `${place}${place === '' ? '' : ': '}${first?.detail ?? ''}${more}`, { errors });
}

function flawsOf(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  schema: z.ZodType,
  place: (path: readonly (string | number)[]) => Omit<Flaw, 'detail'>,
): readonly Flaw[] {
  return explain(firstOf(issues), treeOf(value), shapeOf(schema))
    .slice(0, mostFlaws)
    .map(({ path, message }) => ({ ...place(path), detail: message }));
}

/** Cut before it is put into words: to find what was perhaps meant by each of ten thousand keys takes a third of a second. */
function firstOf(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return issues.slice(0, mostFlaws).map((issue) => {
    if (issue.code === 'unrecognized_keys') return { ...issue, keys: issue.keys.slice(0, mostFlaws) };
    if (issue.code === 'invalid_union' && issue.inclusive !== false)
      return { ...issue, errors: issue.errors.map((errors) => [...firstOf(errors)]) };
    return issue;
  });
}

function shapeOf(schema: z.ZodType): JsonSchema {
  return JsonSchema.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
}

const nowhere = { line: 1, column: 1 };

/** JSON has no places; the pointer is the place. */
function treeOf(value: unknown): Tree {
  if (Array.isArray(value)) return { kind: 'list', position: nowhere, items: value.map(treeOf) };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(
      ([key, one]) => [key, { keyPosition: nowhere, value: treeOf(one) }] as const,
    );
    return { kind: 'map', position: nowhere, entries: new Map(entries) };
  }
  const source = typeof value === 'string' ? value : JSON.stringify(value ?? null);
  return { kind: 'scalar', position: nowhere, value, source: source.slice(0, 200), quoted: typeof value === 'string' };
}

export function pointerOf(path: readonly (string | number)[]): string {
  return path.map((step) => `/${escaped(shorten(String(step), longestStep))}`).join('');
}

function escaped(step: string): string {
  return step.replaceAll('~', '~0').replaceAll('/', '~1');
}
