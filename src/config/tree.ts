import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type YAMLMap, type Node as YamlNode } from 'yaml';

/** A place in the YAML file, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** A value of the YAML with the place where it stands. */
export type Tree =
  | { readonly kind: 'map'; readonly position: Position; readonly entries: ReadonlyMap<string, Entry> }
  | { readonly kind: 'list'; readonly position: Position; readonly items: readonly Tree[] }
  | {
      readonly kind: 'scalar';
      readonly position: Position;
      readonly value: unknown;
      /** As written, without quotes. */
      readonly source: string;
      readonly quoted: boolean;
    };

export interface Entry {
  readonly keyPosition: Position;
  readonly value: Tree;
}

/** One thing that is wrong (or risky) in the configuration. `path` is empty for the file as a whole. */
export interface Finding {
  readonly level: 'error' | 'warning';
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly path: string;
  readonly message: string;
}

export type Path = readonly (string | number)[];
/** What a reader finds at a path; the file name is added later. */
export type Note = Position & { readonly path: Path; readonly message: string };

const largestBytes = 1_048_576;
const deepest = 32;
/** Aliases copy what they point at; this many values are more than any office has. */
const mostValues = 50_000;

/**
 * Reads YAML 1.2 (core schema: no dates, no octals, no tags of its own) into values with positions, and names what is
 * wrong with it as YAML. After a mistake of syntax `tree` is null, as later findings would only be its echoes.
 */
export function readTree(text: string): { readonly tree: Tree | null; readonly errors: readonly Note[] } {
  if (Buffer.byteLength(text) > largestBytes)
    return { tree: null, errors: [note({ line: 1, column: 1 }, [], 'expected a file of at most 1 MB')] };
  const lines = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: lines,
    uniqueKeys: false,
    prettyErrors: false,
    customTags: [],
    schema: 'core',
    logLevel: 'error', // with 'silent' a second document would be passed over
  });
  const at = (offset: number): Position => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const syntax = [...document.errors, ...document.warnings].map(({ message, code, pos }) =>
    note(at(pos[0]), [], `expected ${cure(code, message)}`),
  );
  if (document.errors.length > 0) return { tree: null, errors: syntax };
  const reader = new Reader(at, (alias) => (isAlias(alias) ? alias.resolve(document) : undefined));
  const tree = reader.read(document.contents, [], 0, { line: 1, column: 1 });
  return { tree, errors: [...syntax, ...reader.errors] };
}

/** Words for people who do not know the grammar of YAML. */
function cure(code: string, message: string): string {
  switch (code) {
    case 'TAB_AS_INDENT':
      return 'spaces for indentation, found a tab';
    case 'BAD_DQ_ESCAPE':
      return `\\\\ for a backslash in double quotes, or single quotes around the text (${message.charAt(0).toLowerCase()}${message.slice(1)})`;
    case 'TAG_RESOLVE_FAILED':
      return `no tags (${message.replace('Unresolved tag: ', '')})`;
    case 'MULTIPLE_DOCS':
      return 'one document, found a second one after ---';
    case 'BAD_ALIAS':
      return `an alias to an anchor that stands before it (${message})`;
    default:
      return `correct YAML: ${message.charAt(0).toLowerCase()}${message.slice(1)}`;
  }
}

function note(position: Position, path: Path, message: string): Note {
  return { ...position, path, message };
}

/** Walks the document once; knows how much it has read, so that a bomb of aliases does not fill the memory. */
class Reader {
  readonly errors: Note[] = [];
  readonly #at: (offset: number) => Position;
  readonly #resolve: (alias: unknown) => YamlNode | undefined;
  #values = 0;

  constructor(at: (offset: number) => Position, resolve: (alias: unknown) => YamlNode | undefined) {
    this.#at = at;
    this.#resolve = resolve;
  }

  /** `fallback`: where the value would stand, for one that was left out. */
  read(node: unknown, path: Path, depth: number, fallback: Position): Tree {
    const target = isAlias(node) ? this.#resolve(node) : node;
    if (isAlias(node) && target === undefined) {
      const place = node.range ? this.#at(node.range[0]) : fallback;
      this.errors.push(note(place, path, `expected an anchor &${node.source} before this alias`));
    }
    const range = isMap(target) || isSeq(target) || isScalar(target) ? target.range : undefined;
    const position = range && range[1] > range[0] ? this.#at(range[0]) : fallback;
    this.#values += 1;
    if (depth > deepest || this.#values > mostValues) {
      if (this.errors.at(-1)?.message !== bomb) this.errors.push(note(fallback, path, bomb));
      return { kind: 'scalar', position, value: null, source: '', quoted: false };
    }
    if (isMap(target)) return { kind: 'map', position, entries: this.#entries(target, path, depth) };
    if (isSeq(target))
      return {
        kind: 'list',
        position,
        items: target.items.map((item, index) => this.read(item, [...path, index], depth + 1, position)),
      };
    if (!isScalar(target)) return { kind: 'scalar', position, value: null, source: '', quoted: false };
    const source = target.source ?? (target.value === null ? '' : String(target.value));
    return { kind: 'scalar', position, value: target.value, source, quoted: target.type !== 'PLAIN' };
  }

  #entries(map: YAMLMap, path: Path, depth: number): ReadonlyMap<string, Entry> {
    const entries = new Map<string, Entry>();
    for (const { key, value } of map.items) {
      const keyPosition = isScalar(key) && key.range ? this.#at(key.range[0]) : this.#at(map.range?.[0] ?? 0);
      if (!isScalar(key) || key.value === null) {
        this.errors.push(note(keyPosition, path, 'expected a word as key'));
        continue;
      }
      const name = typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
      const before = entries.get(name);
      if (before !== undefined) {
        const message = `expected each key once, it stands already in line ${before.keyPosition.line}`;
        this.errors.push(note(keyPosition, [...path, name], message));
        continue;
      }
      entries.set(name, { keyPosition, value: this.read(value, [...path, name], depth + 1, keyPosition) });
    }
    return entries;
  }
}
const bomb = `expected fewer values: more than ${mostValues}, or nested deeper than ${deepest} (aliases count as copies)`;

/** The plain value, as zod wants it. What was left empty is `undefined`: given, but nothing. */
export function plain(tree: Tree): unknown {
  switch (tree.kind) {
    case 'map':
      return Object.fromEntries([...tree.entries].map(([key, { value }]) => [key, plain(value)]));
    case 'list':
      return tree.items.map(plain);
    case 'scalar':
      return tree.value ?? undefined;
  }
}

/** The value at the path, or undefined. */
export function find(tree: Tree, path: Path): Tree | undefined {
  return path.reduce<Tree | undefined>((here, step) => child(here, step), tree);
}

function child(tree: Tree | undefined, step: string | number): Tree | undefined {
  if (tree?.kind === 'map') return tree.entries.get(String(step))?.value;
  return tree?.kind === 'list' && typeof step === 'number' ? tree.items[step] : undefined;
}

/** Where a person should look for `path`: the value; for a missing one the key, block or item it is missing in. */
export function locate(tree: Tree, path: Path): Position {
  const value = find(tree, path);
  if (value !== undefined && path.length > 0) return value.position;
  for (let length = path.length - 1; length > 0; length--) {
    const parent = path.slice(0, length);
    const here = find(tree, parent);
    if (here !== undefined) return keyPosition(tree, parent) ?? here.position;
  }
  return { line: 1, column: 1 };
}

/** Where the key itself stands; undefined for items of a list. */
export function keyPosition(tree: Tree, path: Path): Position | undefined {
  const parent = find(tree, path.slice(0, -1));
  return parent?.kind === 'map' ? parent.entries.get(String(path.at(-1)))?.keyPosition : undefined;
}

/** connectors[0].host */
export function showPath(path: Path): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}
