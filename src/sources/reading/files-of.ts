import type { Source } from './source.ts';

/** Files whose import counts as this source's word. */
export function filesOf({ reads }: Source): readonly string[] {
  return reads.kind === 'file' ? [reads.file] : [];
}
