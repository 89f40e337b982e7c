import type { Entry, Note, Path, Tree } from './tree.ts';

/** Where secrets come from. */
export interface Sources {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file's text; `path` as written. Throws what the file system throws. */
  readFile(path: string): string;
}

export interface Filled {
  readonly tree: Tree;
  readonly errors: readonly Note[];
  readonly warnings: readonly Note[];
}

/**
 * Puts in the values of `${env:NAME}` and `${file:PATH}`, anywhere in a text; `:-default` stands in for what is missing or
 * empty, `:?message` is told then. `$${` is a plain `${`. A file's last line break is not part of the value.
 * Warns of passwords written down in the YAML itself.
 */
export function fillSecrets(tree: Tree, sources: Sources): Filled {
  const errors: Note[] = [];
  const warnings: Note[] = [];
  const visit = (value: Tree, path: Path): Tree => {
    switch (value.kind) {
      case 'map': {
        const entries = [...value.entries].map(([key, entry]): [string, Entry] => [
          key,
          { ...entry, value: visit(entry.value, [...path, key]) },
        ]);
        return { ...value, entries: new Map(entries) };
      }
      case 'list':
        return { ...value, items: value.items.map((item, index) => visit(item, [...path, index])) };
      case 'scalar': {
        if (typeof value.value !== 'string' || !value.value.includes('${')) {
          if (isPlainSecret(value.value, path)) warnings.push({ ...value.position, path, message: plainSecret });
          return value;
        }
        const problems: string[] = [];
        const filled = fill(value.value, sources, problems);
        errors.push(...problems.map((message) => ({ ...value.position, path, message })));
        return { ...value, value: problems.length > 0 ? value.value : filled };
      }
    }
  };
  return { tree: visit(tree, []), errors, warnings };
}

/** Does the text take its value from elsewhere? Such values are never shown. */
export function isFilled(source: string): boolean {
  return /(?<!\$)\$\{(env|file):/.test(source);
}

/** Keys whose values nobody should read over a shoulder. */
export function isSecretKey(key: string | number | undefined): boolean {
  return (
    typeof key === 'string' &&
    /(^|[a-z_-])(password|passwd|secret|token|api[_-]?key|privateKey|authorization)$/i.test(key)
  );
}

const plainSecret = 'a secret in plain text, expected ${env:NAME} or ${file:PATH}';

function isPlainSecret(value: unknown, path: Path): boolean {
  if (isSecretKey(path.at(-1))) return (typeof value === 'string' && value !== '') || typeof value === 'number';
  return typeof value === 'string' && /^[a-z][a-z0-9+.-]*:\/\/[^/@\s]*:[^/@\s]+@/i.test(value);
}

function fill(text: string, sources: Sources, problems: string[]): string {
  return text.replace(/(\$?)\$\{([^}]*)\}/g, (whole: string, escaped: string, inside: string) => {
    if (escaped !== '') return whole.slice(1);
    const { source, name, operator, more } =
      /^(?<source>env|file):(?<name>.+?)(?:(?<operator>:[-?])(?<more>.*))?$/s.exec(inside)?.groups ?? {};
    if (source === undefined || name === undefined) {
      // A regex may hold '${' too, e.g. ^\d+${2}; what looks like a name is meant for us.
      if (!/^[A-Za-z_]/.test(inside)) return whole;
      const meant = /^[A-Za-z_][A-Za-z0-9_]*$/.test(inside) ? `, did you mean \${env:${inside}}?` : '';
      problems.push(`expected \${env:NAME} or \${file:PATH}, found ${whole}${meant}`);
      return '';
    }
    const { value, missing } = source === 'env' ? fromEnvironment(name, sources) : fromFile(name, sources);
    if (value !== undefined && value !== '') return value;
    if (operator === ':-') return more ?? '';
    problems.push(operator === ':?' && more ? `expected ${whole.split(':?')[0]}}: ${more}` : missing);
    return '';
  });
}

interface Fetched {
  readonly value: string | undefined;
  readonly missing: string;
}

function fromEnvironment(name: string, { env }: Sources): Fetched {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  const state = value === undefined ? 'not set' : 'empty';
  return { value, missing: `expected the environment variable ${name}, it is ${state}` };
}

function fromFile(path: string, sources: Sources): Fetched {
  try {
    const value = sources.readFile(path).replace(/\r?\n$/, '');
    return { value, missing: `expected a secret in the file ${path}, it is empty` };
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { value: undefined, missing: `expected the readable file ${path} (${reason})` };
  }
}
