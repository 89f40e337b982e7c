import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { z } from 'zod';
import { compareConnectors, type Kinds, readConnector } from './config/connectors.ts';
import { explain } from './config/issues.ts';
import type { Config } from './config/model.ts';
import { fileShape } from './config/print.ts';
import { resolveConfig } from './config/resolve.ts';
import { fillSecrets, isFilled, type Sources } from './config/secrets.ts';
import { File } from './config/sections.ts';
import { doubtfulRules } from './config/service.ts';
import {
  type Finding,
  find,
  locate,
  type Note,
  type Path,
  plain,
  readTree,
  showPath,
  type Tree,
} from './config/tree.ts';

export type { ConnectorConfig, Kinds } from './config/connectors.ts';
export type { Config, Table } from './config/model.ts';
export { printExample, printSchema } from './config/print.ts';
export type { PromptTiming } from './config/sections.ts';
export type { Finding } from './config/tree.ts';

/** Either everything is right, or every error is named; warnings either way. */
export type ReadConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly warnings: readonly Finding[];
      /** Names the place of `path` in the YAML, for findings that need more than the YAML to be seen. */
      readonly finding: (level: Finding['level'], path: Path, message: string) => Finding;
    }
  | { readonly ok: false; readonly errors: readonly Finding[]; readonly warnings: readonly Finding[] };

export interface ReadOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly kinds: Kinds;
  /** For tests; absolute path in, text out; throws what the file system throws. */
  readonly readFile?: (path: string) => string;
  /**
   * The top-level sections the caller needs; the others are taken as left out, so that `letopis due` works without the
   * passwords of the mailboxes. Their keys are checked all the same.
   */
  readonly only?: readonly (keyof z.input<typeof File>)[];
}

/** The only way to the environment. */
export function environment(): Readonly<Record<string, string | undefined>> {
  return process.env;
}

/** Reads and checks the YAML file at `path`. Never throws for what stands in it, nor when it is not there. */
export function loadConfig(path: string, options: ReadOptions): ReadConfig {
  const { readFile = (file: string) => new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file)) } = options;
  try {
    return readConfig(readFile(resolve(path)), path, options);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : null;
    if (code === null) throw error;
    const cures: Readonly<Record<string, string>> = {
      ENOENT: 'a configuration file, there is none: write one with `letopis init`, or name another with --config',
      ERR_ENCODING_INVALID_ENCODED_DATA: 'text in UTF-8',
    };
    const message = `expected ${cures[code] ?? `a readable file (${code})`}`;
    return { ok: false, errors: [{ level: 'error', file: path, line: 1, column: 1, path: '', message }], warnings: [] };
  }
}

/** Checks `text`; `file` is its path as shown in findings, and what relative paths in it resolve against. */
export function readConfig(text: string, file: string, options: ReadOptions): ReadConfig {
  const read = readTree(text);
  const finding =
    (level: Finding['level']) =>
    (note: Note): Finding => {
      return { level, file, line: note.line, column: note.column, path: showPath(note.path), message: note.message };
    };
  if (read.tree === null) return { ok: false, errors: sorted(read.errors.map(finding('error'))), warnings: [] };

  const shape = fileShape(options.kinds);
  const filled = fillSecrets(onlyKnown(read.tree, Object.keys(File.shape), options.only), sources(file, options));
  const parsed = parse(filled.tree, options.kinds, dirname(resolve(file)));
  const unset = filled.errors.map(({ path }) => path);
  const issues = parsed.issues.filter(
    (issue) => !unset.some((path) => path.every((step, i) => issue.path[i] === step)),
  );
  const compared = compareConnectors(filled.tree);
  const errors = [...read.errors, ...filled.errors, ...explain(issues, filled.tree, shape), ...compared.errors];
  const warnings = [...filled.warnings, ...compared.warnings];
  if (errors.length > 0 || parsed.value === null)
    return {
      ok: false,
      errors: sorted(errors.map(finding('error'))),
      warnings: sorted(warnings.map(finding('warning'))),
    };

  const config = resolveConfig(resolve(file), parsed.value.file, parsed.value.connectors);
  const place = (path: Path, message: string): Note => ({ ...locate(filled.tree, path), path, message });
  warnings.push(...doubts(config, options.only).map(([path, message]) => place(path, message)));
  return {
    ok: true,
    config,
    warnings: sorted(warnings.map(finding('warning'))),
    finding: (level, path, message) => finding(level)(place(path, message)),
  };
}

/** What may be meant so, but probably is not. */
function doubts(config: Config, only: ReadOptions['only']): [Path, string][] {
  const has = (section: keyof z.input<typeof File>) => only === undefined || only.includes(section);
  const found: [Path, string][] = [];
  if (config.office.country === null)
    found.push([
      ['office', 'country'],
      'not set, numbers without country code match nobody, expected two letters such as UA',
    ]);
  if (has('mail') && config.mail === null) found.push([['mail'], 'not set, prompts cannot be sent']);
  if (has('web') && config.web.publicUrl === null)
    found.push([['web', 'publicUrl'], 'not set, links in prompts open on this machine only']);
  if (has('connectors') && config.connectors.length === 0)
    found.push([['connectors'], 'none, nothing will be captured']);
  if (has('service'))
    for (const { index, message } of doubtfulRules(config.service, config.office.calendar))
      found.push([['service', index], message]);
  return found;
}

interface Parsed {
  readonly value: { readonly file: z.output<typeof File>; readonly connectors: Config['connectors'] } | null;
  readonly issues: readonly z.core.$ZodIssue[];
}

/** Values from the environment are texts; where a number or truth is wanted they are read as such, and parsed again. */
function parse(tree: Tree, kinds: Kinds, folder: string): Parsed {
  const first = parseOnce(tree, kinds, folder);
  const retyped = first.issues.reduce((here, issue) => retype(here, issue), tree);
  return retyped === tree ? first : parseOnce(retyped, kinds, folder);
}

function parseOnce(tree: Tree, kinds: Kinds, folder: string): Parsed {
  const file = File.safeParse(plain(tree) ?? {});
  const list = find(tree, ['connectors']);
  const items = list?.kind === 'list' ? list.items : [];
  const read = items.flatMap((item, index) => {
    const value =
      item.kind === 'map' ? Object.fromEntries([...item.entries].map(([k, e]) => [k, plain(e.value)])) : null;
    return value === null ? [] : [readConnector(value, index, item.position, kinds, folder)];
  });
  const issues = [...(file.error?.issues ?? []), ...read.flatMap((one) => one.issues)];
  const connectors = read.flatMap(({ connector }) => (connector === null ? [] : [connector]));
  return { issues, value: file.success && connectors.length === items.length ? { file: file.data, connectors } : null };
}

function retype(tree: Tree, issue: z.core.$ZodIssue): Tree {
  const path = issue.path.map((step) => (typeof step === 'symbol' ? String(step) : step));
  const here = find(tree, path);
  if (issue.code !== 'invalid_type' || here?.kind !== 'scalar' || !isFilled(here.source)) return tree;
  const value = here.value;
  if (typeof value !== 'string') return tree;
  if (issue.expected === 'boolean' && /^(true|false)$/.test(value)) return replace(tree, path, value === 'true');
  const wantsNumber = issue.expected === 'number' || issue.expected === 'int';
  return wantsNumber && /^-?\d+(\.\d+)?$/.test(value) ? replace(tree, path, Number(value)) : tree;
}

function replace(tree: Tree, path: Path, value: unknown): Tree {
  const [step, ...rest] = path;
  if (tree.kind === 'scalar' || step === undefined) return tree.kind === 'scalar' ? { ...tree, value } : tree;
  if (tree.kind === 'list')
    return { ...tree, items: tree.items.map((item, index) => (index === step ? replace(item, rest, value) : item)) };
  const entries = [...tree.entries].map(([key, entry]) =>
    key === step ? ([key, { ...entry, value: replace(entry.value, rest, value) }] as const) : ([key, entry] as const),
  );
  return { ...tree, entries: new Map(entries) };
}

function onlyKnown(tree: Tree, known: readonly string[], only: readonly string[] | undefined): Tree {
  if (only === undefined || tree.kind !== 'map') return tree;
  const kept = [...tree.entries].filter(([key]) => only.includes(key) || !known.includes(key));
  return { ...tree, entries: new Map(kept) };
}

function sources(file: string, { env, readFile }: ReadOptions): Sources {
  const read = readFile ?? ((path: string) => readFileSync(path, 'utf8'));
  return { env, readFile: (path) => read(resolve(dirname(resolve(file)), path)) };
}

function sorted(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort((a, b) => a.line - b.line || a.column - b.column);
}
