import type { z } from 'zod';
import { nearest } from './nearest.ts';
import { isFilled, isSecretKey } from './secrets.ts';
import { choicesAt, descriptionAt, type JsonSchema, keysAt } from './shape.ts';
import { find, keyPosition, locate, type Note, type Path, type Tree } from './tree.ts';

type Issue = z.core.$ZodIssue;

/**
 * Puts zod's issues into words: what was expected, what stands there, what was perhaps meant; each with its place. Values
 * that come from the environment or a file, and those of secret keys, are never shown.
 *
 * @param shape the JSON schema of the whole file; it knows which keys and words would have been right
 */
export function explain(issues: readonly Issue[], tree: Tree, shape: JsonSchema): Note[] {
  const notes = issues.flatMap((issue) => explainOne(issue, [], tree, shape));
  // A misspelt key that must be there is one mistake, not two.
  const meant = new Set(
    notes.flatMap(({ meant: name, path }) => (name ? [[...path.slice(0, -1), name].join('\0')] : [])),
  );
  return notes
    .filter(({ missing, path }) => !(missing && meant.has(path.join('\0'))))
    .map(({ line, column, path, message }) => ({ line, column, path, message }));
}

interface Explained extends Note {
  /** The key that an unknown one was perhaps meant to be. */
  readonly meant?: string | undefined;
  readonly missing?: boolean;
}

function explainOne(issue: Issue, prefix: Path, tree: Tree, shape: JsonSchema): Explained[] {
  const path = [...prefix, ...issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step))];
  const here = find(tree, path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey([...path, key], tree, shape));
  if (issue.code === 'invalid_union') {
    const fitting = issue.errors.filter(
      (errors) => !errors.some((e) => e.path.length === 0 && e.code === 'invalid_type'),
    );
    if (fitting.length === 1) return (fitting[0] ?? []).flatMap((inner) => explainOne(inner, path, tree, shape));
  }
  const missing = isNothing(here);
  const expected = expectation(issue, missing ? describe(path, tree, shape) : '');
  const hint = isSecretKey(path.at(-1)) ? undefined : guess(issue, here, choicesAt(shape, path, tree));
  const message = `expected ${expected}, found ${found(here, path)}${hint === undefined ? '' : `, did you mean ${hint}?`}`;
  return [{ ...locate(tree, path), path, message, missing }];
}

function unknownKey(path: Path, tree: Tree, shape: JsonSchema): Explained {
  const known = keysAt(shape, path.slice(0, -1), tree);
  const name = String(path.at(-1));
  // A key one step too far to the left is a frequent slip.
  const inside = path.length === 1 ? known.find((section) => keysAt(shape, [section], tree).includes(name)) : undefined;
  const meant = inside === undefined ? nearest(name, known) : `${inside}.${name}`;
  const message =
    meant === undefined
      ? `expected one of the keys ${known.join(', ')}`
      : `expected a known key, did you mean ${meant}?`;
  return { ...(keyPosition(tree, path) ?? locate(tree, path)), path, message, meant };
}

const types: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a block of keys',
  record: 'a block of keys',
};

function expectation(issue: Issue, description: string): string {
  switch (issue.code) {
    case 'invalid_type':
      if (!issue.message.startsWith('Invalid')) return issue.message;
      return (types[issue.expected] ?? issue.expected) + description;
    case 'invalid_value':
      return issue.values.length === 1 ? String(issue.values[0]) : `one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', Number(issue.minimum));
    case 'too_big':
      return bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', Number(issue.maximum));
    case 'invalid_format':
      if (!issue.message.startsWith('Invalid')) return issue.message;
      return issue.pattern === undefined ? `text of the form ${issue.format}` : `text of the form ${issue.pattern}`;
    case 'invalid_union': {
      const wanted = issue.errors.map(([first]) => (first === undefined ? '' : expectation(first, ''))).filter(Boolean);
      return [...new Set(wanted)].join(' or ') + description;
    }
    default:
      return issue.message.replace(/^expected /, '');
  }
}

function bound(origin: string, word: string, limit: number): string {
  const units: Readonly<Record<string, string>> = { string: 'character', array: 'item' };
  const unit = units[origin];
  return `${word} ${limit}${unit === undefined ? '' : ` ${unit}${limit === 1 ? '' : 's'}`}`;
}

function describe(path: Path, tree: Tree, shape: JsonSchema): string {
  const description = descriptionAt(shape, path, tree);
  return description === undefined ? '' : ` (${description})`;
}

function isNothing(tree: Tree | undefined): boolean {
  return tree === undefined || (tree.kind === 'scalar' && tree.value === null);
}

function found(tree: Tree | undefined, path: Path): string {
  if (tree === undefined || isNothing(tree)) return 'nothing';
  if (tree.kind !== 'scalar') return tree.kind === 'map' ? 'a block of keys' : 'a list';
  if (isFilled(tree.source)) return `what ${tree.source} stands for`;
  if (isSecretKey(path.at(-1))) return typeof tree.value === 'string' ? 'something else' : `a ${typeof tree.value}`;
  if (typeof tree.value !== 'string') return tree.source;
  const shown = tree.value.length > 60 ? `${tree.value.slice(0, 60)}…` : tree.value;
  return JSON.stringify(shown.replace(/(:\/\/[^/@\s]*):[^/@\s]+@/, '$1:…@'));
}

/** What was perhaps meant: quotes forgotten or too many, a word misspelt, a list of one without its brackets. */
function guess(issue: Issue, here: Tree | undefined, choices: readonly string[]): string | undefined {
  if (here?.kind !== 'scalar' || here.value === null || isFilled(here.source)) return undefined;
  const { value, source } = here;
  if (issue.code === 'invalid_type') {
    if (!issue.message.startsWith('Invalid')) return undefined;
    if (issue.expected === 'string' && typeof value !== 'string') return `"${source}"`;
    if (issue.expected === 'boolean' && typeof value === 'string')
      return /^(yes|on)$/i.test(value)
        ? 'true'
        : /^(no|off)$/i.test(value)
          ? 'false'
          : nearest(value, ['true', 'false']);
    if ((issue.expected === 'number' || issue.expected === 'int') && typeof value === 'string')
      return /^\d+$/.test(value) ? value : undefined;
    return issue.expected === 'array' ? `[${typeof value === 'string' ? JSON.stringify(value) : source}]` : undefined;
  }
  if (typeof value !== 'string') return undefined;
  if (issue.code === 'invalid_value') return nearest(value, issue.values.map(String));
  if (issue.code !== 'custom') return nearest(value, choices);
  const given: unknown = issue.params?.['choices'];
  const meant: unknown = issue.params?.['meant'];
  return typeof meant === 'string' ? meant : nearest(value, Array.isArray(given) ? given.map(String) : []);
}
