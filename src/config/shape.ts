import { z } from 'zod';
import { find, type Path, type Tree } from './tree.ts';

/** The part of JSON Schema that zod prints for our schemas; what we do not read ourselves is kept for the editors. */
export const JsonSchema = z.looseObject({
  description: z.string().optional(),
  get properties() {
    return z.record(z.string(), JsonSchema).optional();
  },
  get additionalProperties() {
    return z.union([z.boolean(), JsonSchema]).optional();
  },
  get items() {
    return JsonSchema.optional();
  },
  get anyOf() {
    return z.array(JsonSchema).optional();
  },
  enum: z.array(z.unknown()).optional(),
  const: z.unknown().optional(),
  default: z.unknown().optional(),
  examples: z.array(z.unknown()).optional(),
  required: z.array(z.string()).optional(),
});
export type JsonSchema = z.infer<typeof JsonSchema>;

/** The keys that may stand at `path`. Of the alternatives (connector kinds) only the one that `tree` has chosen. */
export function keysAt(shape: JsonSchema, path: Path, tree: Tree): readonly string[] {
  return [...new Set(at(shape, path, tree).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** The words that may stand at `path`; none when it is not a matter of choice. */
export function choicesAt(shape: JsonSchema, path: Path, tree: Tree): readonly string[] {
  return at(shape, path, tree).flatMap((s) =>
    [...(s.enum ?? []), ...(s.const === undefined ? [] : [s.const])].map(String),
  );
}

export function descriptionAt(shape: JsonSchema, path: Path, tree: Tree): string | undefined {
  return at(shape, path, tree, true).find(({ description }) => description !== undefined)?.description;
}

function at(shape: JsonSchema, path: Path, tree: Tree, whole = false): readonly JsonSchema[] {
  let here: readonly JsonSchema[] = [shape];
  path.forEach((step, index) => {
    here = here.flatMap((s) => alternatives(s, find(tree, path.slice(0, index)))).flatMap((s) => below(s, step));
  });
  return whole ? here : here.flatMap((s) => alternatives(s, find(tree, path)));
}

function below(shape: JsonSchema, step: string | number): readonly JsonSchema[] {
  if (typeof step === 'number') return shape.items === undefined ? [] : [shape.items];
  const { properties = {}, additionalProperties } = shape;
  if (Object.hasOwn(properties, step)) return [properties[step] ?? {}];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}

/** Alternatives that differ by a fixed `kind` are told apart by it. */
function alternatives(shape: JsonSchema, tree: Tree | undefined): readonly JsonSchema[] {
  if (shape.anyOf === undefined) return [shape];
  const kind = tree === undefined ? undefined : find(tree, ['kind']);
  const chosen = kind?.kind === 'scalar' ? kind.value : undefined;
  return shape.anyOf
    .filter(({ properties }) => properties?.['kind']?.const === undefined || properties['kind'].const === chosen)
    .flatMap((s) => alternatives(s, tree));
}
