import { resolve } from 'node:path';
import { z } from 'zod';
import { parseCountry, text } from './fields.ts';
import { nearest } from './nearest.ts';
import { find, keyPosition, type Note, type Path, type Position, type Tree } from './tree.ts';

/** The connector kinds there are, each with the schema of its own options (a strictObject). */
export type Kinds = Readonly<Record<string, z.ZodType>>;

/** One source, as configured. `options` have passed the kind's own schema. */
export interface ConnectorConfig {
  readonly name: string;
  readonly kind: string;
  /** The name its calls are known by; an AMI and a CDR connector of one exchange share it. */
  readonly exchange: string;
  /** Two letters: numbers without country code are read as of here; null: as of the office's country. */
  readonly region: string | null;
  /** Name or address of who owns what this source brings when nobody else does. */
  readonly defaultOwner: string | null;
  readonly options: unknown;
  readonly position: Position;
}

/** What connectors of every kind have; the rest belongs to the kind. */
export const Common = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
      error: 'a name of Latin letters, digits, . _ and - such as office-pbx',
    })
    .describe('how logs, pages and other connectors call it; keep it, the position depends on it'),
  kind: z.string().describe('which implementation'),
  exchange: z
    .string()
    .min(1)
    .max(64)
    .describe('the connectors of one telephone exchange share this name; default: the own name')
    .optional(),
  region: text('country of numbers without country code, when not the office’s', parseCountry).optional(),
  defaultOwner: z.string().trim().min(1).describe('name or address of who owns what nobody else does').optional(),
});
const commonKeys = new Set(Object.keys(Common.shape));

export interface ReadConnector {
  readonly connector: ConnectorConfig | null;
  readonly issues: readonly z.core.$ZodIssue[];
}

/** One entry of `connectors:`. The issues' paths are those of the file. `folder`: the YAML file's, absolute. */
export function readConnector(
  written: Readonly<Record<string, unknown>>,
  index: number,
  position: Position,
  kinds: Kinds,
  folder: string,
): ReadConnector {
  const entries = Object.entries(written);
  const common = Common.safeParse(Object.fromEntries(entries.filter(([key]) => commonKeys.has(key))));
  const kind = typeof written['kind'] === 'string' ? written['kind'] : '';
  const schema = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  const paths = schema === undefined ? [] : pathKeys(schema);
  const own = entries
    .filter(([key]) => !commonKeys.has(key))
    .map(([key, value]) => [key, paths.includes(key) && typeof value === 'string' ? resolve(folder, value) : value]);
  const options = schema?.safeParse(Object.fromEntries(own));
  const known = (common.error?.issues ?? []).filter(({ path }) => path[0] !== 'kind');
  const issues: z.core.$ZodIssue[] = [...known, ...(options?.error?.issues ?? [])].map((issue) => ({
    ...issue,
    path: ['connectors', index, ...issue.path],
  }));
  if (schema === undefined) issues.push(unknownKind(kind, index, kinds));
  if (!common.success || !options?.success) return { connector: null, issues };
  const { name, exchange, region, defaultOwner } = common.data;
  return {
    issues,
    connector: {
      name,
      kind,
      exchange: exchange ?? name,
      region: region ?? null,
      defaultOwner: defaultOwner ?? null,
      options: options.data,
      position,
    },
  };
}

/** Options that are paths say so by `.meta({ format: 'path' })`: like all paths they are read from the YAML file's place. */
function pathKeys(schema: z.ZodType): readonly string[] {
  const { properties } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties ?? {}).flatMap(([key, value]) =>
    typeof value === 'object' && value.format === 'path' ? [key] : [],
  );
}

function unknownKind(kind: string, index: number, kinds: Kinds): z.core.$ZodIssue {
  const message = `a kind of connector (${Object.keys(kinds).join(', ')})`;
  const params = { choices: Object.keys(kinds) };
  return { code: 'custom', path: ['connectors', index, 'kind'], message, params, input: kind };
}

/** Names must differ; an exchange that nobody else knows is perhaps misspelt, and calls would be recorded twice. */
export function compareConnectors(tree: Tree): {
  readonly errors: readonly Note[];
  readonly warnings: readonly Note[];
} {
  const errors: Note[] = [];
  const warnings: Note[] = [];
  const list = find(tree, ['connectors']);
  const items = list?.kind === 'list' ? list.items : [];
  const names = items.map((item) => word(item, 'name'));
  const exchanges = items.map((item) => word(item, 'exchange'));
  items.forEach((item, index) => {
    const at = (key: string): Position & { readonly path: Path } => {
      const path = ['connectors', index, key];
      return { ...(find(tree, path)?.position ?? keyPosition(tree, path) ?? item.position), path };
    };
    const name = names[index];
    const first = names.findIndex((other) => other !== null && other?.toLowerCase() === name?.toLowerCase());
    if (name != null && first < index)
      errors.push({
        ...at('name'),
        message: `expected a name of its own, connectors[${first}] has it already (line ${items[first]?.position.line})`,
      });
    const exchange = exchanges[index];
    if (exchange == null) return;
    const others = [...names, ...exchanges.filter((_, i) => i !== index)].filter((other) => other != null);
    if (others.includes(exchange)) return;
    const meant = nearest(
      exchange,
      others.filter((other) => stem(other) !== stem(exchange) || other.toLowerCase() === exchange.toLowerCase()),
    );
    if (meant !== undefined)
      errors.push({ ...at('exchange'), message: `expected the name of an exchange, did you mean ${meant}?` });
    else warnings.push({ ...at('exchange'), message: 'no other connector has this exchange' });
  });
  return { errors, warnings };
}

function word(item: Tree, key: string): string | null {
  const value = find(item, [key]);
  return value?.kind === 'scalar' && typeof value.value === 'string' ? value.value : null;
}

/** pbx-1 and pbx-2 are two exchanges, not a slip of the pen. */
function stem(name: string): string {
  return name.toLowerCase().replace(/[-_.]?\d+$/, '');
}
