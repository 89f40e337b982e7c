import type { z } from 'zod';
import type { Kinds } from '../../config.ts';

/** The registry's schemas by kind, as configuration wants them: it must not know the connectors themselves. */
export function kindsOf(registry: Readonly<Record<string, { readonly config: z.ZodType }>>): Kinds {
  return Object.fromEntries(Object.entries(registry).map(([kind, { config }]) => [kind, config]));
}
