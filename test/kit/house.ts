import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, posix, relative } from 'node:path';
import { parseSync, Visitor } from 'oxc-parser';

/** One mention of another module: an import, an export from, a dynamic import, an import type, a `new URL(…)` of a file. */
export interface Mention {
  /** As written: './decide.ts', 'pg', 'node:fs'. */
  readonly name: string;
  /** Path of the file it leads to, from the root of the project; null for packages. */
  readonly file: string | null;
  readonly line: number;
}

/** A use of the outside world that has one door: `Date.now`, `Math.random`, `process.env`, the `sql` tag … */
export interface Use {
  readonly what: string;
  readonly line: number;
}

export interface HouseFile {
  readonly path: string;
  readonly mentions: readonly Mention[];
  readonly uses: readonly Use[];
  /** String values of every `kind:` property: a connector names itself so. */
  readonly kinds: readonly string[];
}

/** What the rules look at. Tests plant small houses; the real one is read from disk. */
export interface House {
  /** TypeScript of src/ and connectors/ without tests, by path from the root. */
  readonly files: ReadonlyMap<string, HouseFile>;
  /** Every other path under src/ and connectors/ (README.md, SQL). */
  readonly others: readonly string[];
  /** Packages that a production install has. */
  readonly production: ReadonlySet<string>;
}

/** Reads src/ and connectors/ under `root`. */
export function readHouse(root: string): House {
  const paths = ['src', 'connectors'].flatMap((top) => walk(join(root, top)).map((path) => relative(root, path)));
  const manifest: unknown = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return buildHouse(new Map(paths.map((path) => [path, isCode(path) ? readFileSync(join(root, path), 'utf8') : ''])), [
    ...namesIn(manifest, 'dependencies'),
    ...namesIn(manifest, 'optionalDependencies'),
  ]);
}

export function buildHouse(texts: ReadonlyMap<string, string>, production: readonly string[]): House {
  const code = [...texts].filter(([path]) => isCode(path));
  return {
    files: new Map(code.map(([path, text]) => [path, readFile(path, text)])),
    others: [...texts.keys()].filter((path) => !isCode(path)),
    production: new Set(production),
  };
}

function readFile(path: string, text: string): HouseFile {
  const { program, module, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors.map((error) => error.message).join('; ')}`);
  const lineAt = (offset: number) => text.slice(0, offset).split('\n').length;
  const found = [
    ...module.staticImports.map((one) => ({ name: one.moduleRequest.value, at: one.start })),
    ...module.staticExports.flatMap((one) =>
      one.entries.flatMap((entry) => (entry.moduleRequest ? { name: entry.moduleRequest.value, at: one.start } : [])),
    ),
  ];
  const uses: Use[] = [];
  const kinds: string[] = [];
  const use = (what: string, at: number) => uses.push({ what, line: lineAt(at) });
  new Visitor({
    ImportExpression({ source }) {
      if (source.type === 'Literal' && typeof source.value === 'string')
        found.push({ name: source.value, at: source.start });
    },
    TSImportType({ source }) {
      found.push({ name: source.value, at: source.start });
    },
    NewExpression({ callee, arguments: [first], start }) {
      if (callee.type !== 'Identifier') return;
      if (callee.name === 'Date' && first === undefined) use('new Date()', start);
      // new Worker(new URL('./read.ts', import.meta.url)) reads a file that nothing imports
      if (callee.name === 'URL' && first?.type === 'Literal' && typeof first.value === 'string') {
        if (/^\.\.?\/.*\.tsx?$/.test(first.value)) found.push({ name: first.value, at: start });
      }
    },
    CallExpression({ callee, start }) {
      if (callee.type === 'Identifier' && callee.name === 'Date') use('Date()', start);
    },
    MemberExpression({ object, property, start }) {
      if (object.type === 'Identifier' && property.type === 'Identifier') use(`${object.name}.${property.name}`, start);
    },
    ImportDeclaration({ source, specifiers, start }) {
      for (const one of specifiers) {
        if (one.type !== 'ImportSpecifier' || one.imported.type !== 'Identifier') continue;
        use(`${source.value} ${one.imported.name}`, start);
      }
    },
    TaggedTemplateExpression({ tag, start }) {
      if (tag.type === 'Identifier') use(`${tag.name}\`\``, start);
    },
    Property({ key, value }) {
      if (key.type !== 'Identifier' || key.name !== 'kind') return;
      if (value.type === 'Literal' && typeof value.value === 'string') kinds.push(value.value);
    },
  }).visit(program);
  const seen = new Set<string>();
  const mentions = found
    .map(({ name, at }) => ({
      name,
      file: name.startsWith('.') ? posix.join(dirname(path), name) : null,
      line: lineAt(at),
    }))
    .filter(({ name, line }) => !seen.has(`${name} ${line}`) && seen.add(`${name} ${line}`));
  return { path, mentions, uses, kinds };
}

function isCode(path: string): boolean {
  return /\.tsx?$/.test(path) && !/\.(test|fixture|d)\.tsx?$/.test(path);
}

function namesIn(manifest: unknown, field: string): string[] {
  if (typeof manifest !== 'object' || manifest === null) return [];
  const value: unknown = Object.entries(manifest).find(([key]) => key === field)?.[1];
  return typeof value === 'object' && value !== null ? Object.keys(value) : [];
}

function walk(path: string): string[] {
  return statSync(path).isDirectory() ? readdirSync(path).flatMap((name) => walk(join(path, name))) : [path];
}
