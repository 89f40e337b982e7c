import { readFileSync } from 'node:fs';
import type { Config } from '../../config.ts';
import { readPeople } from '../../directory/files/people.ts';

/** The outside numbers that are our own people's, in E.164; none where no file is configured or it cannot be read. */
export function readColleagues({ people, office }: Pick<Config, 'people' | 'office'>): ReadonlySet<string> {
  if (people === null) return new Set();
  let content: Uint8Array;
  try {
    content = readFileSync(people.file);
  } catch {
    return new Set(); // `letopis check` tells of it; recorded calls can be read without
  }
  const { rows } = readPeople(content, { file: people.file, region: office.country, columns: people.columns });
  return new Set(rows.flatMap((row) => row.points.filter((p) => p.kind === 'phone').map((p) => p.address)));
}
