import { readFileSync } from 'node:fs';
import { z } from 'zod';

const Package = z.object({ name: z.literal('letopis'), version: z.string() });

/** The version in our package.json, which stands three folders up in a checkout and four up in dist/. */
export function version(): string {
  for (const path of ['../../../package.json', '../../../../package.json']) {
    try {
      const read = Package.safeParse(JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')));
      if (read.success) return read.data.version;
    } catch {
      // Not here: the other place is tried.
    }
  }
  return 'unknown';
}
