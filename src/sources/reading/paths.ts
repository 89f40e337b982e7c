/**
 * What stands at a path such as `contacts.*.phone` in JSON, every value of it. `*`: each of a list, or of a block; a list is
 * also walked through without it, and `2` is its third. A field whose own name is the whole path comes first.
 */
export function valuesAt(value: unknown, path: string): readonly unknown[] {
  if (path === '') return [value];
  if (isBlock(value) && Object.hasOwn(value, path)) return [value[path]];
  return path.split('.').reduce<readonly unknown[]>((here, step) => here.flatMap((one) => below(one, step)), [value]);
}

function below(value: unknown, step: string): readonly unknown[] {
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    if (step === '*') return list;
    if (/^\d+$/.test(step)) return Number(step) < list.length ? [list[Number(step)]] : [];
    return list.flatMap((one) => (Array.isArray(one) ? [] : below(one, step)));
  }
  if (!isBlock(value)) return [];
  if (step === '*') return Object.values(value);
  return Object.hasOwn(value, step) ? [value[step]] : [];
}

/** Texts, numbers and true/false at these paths as one cell; blocks and lists are none. */
export function cellAt(value: unknown, paths: readonly string[]): string {
  const found = paths.flatMap((path) => valuesAt(value, path)).flatMap((one) => (Array.isArray(one) ? one : [one]));
  return found
    .filter((one) => typeof one === 'string' || typeof one === 'number' || typeof one === 'boolean')
    .map((one) => String(one).trim())
    .filter((one) => one !== '')
    .join(';');
}

/** For people: the names that stand there. */
export function keysOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return [`a list of ${value.length}`];
  return isBlock(value) ? Object.keys(value).slice(0, 20) : [value === null ? 'null' : typeof value];
}

function isBlock(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
