import type { Capture } from '../../core/capture.ts';
import { postedJson } from '../../core/capture-json.ts';
import { keepPosted, type PostedRow } from '../../store/posted.ts';
import { isNeverCaptured } from '../exclusions.ts';
import type { PostIntakeDeps } from './deps.ts';

/** What one request told. */
export interface Told {
  readonly connector: string;
  readonly captures: readonly Capture[];
  readonly json: string;
}

/**
 * Keeps what was told, in one statement. Of captures of which nothing is to be kept nothing comes onto the disk.
 *
 * @returns for each whether anything of it is kept
 */
export async function keepTold(deps: PostIntakeDeps, told: readonly Told[]): Promise<readonly boolean[]> {
  const exclude = await deps.exclusions();
  const rows = told.map((one) => (exclude.length === 0 ? one : withoutExcluded(deps, one, exclude)));
  const kept = rows.filter((row): row is Told => row !== null);
  if (kept.length > 0) await keepPosted(deps.db, kept.map(rowOf));
  return rows.map((row) => row !== null);
}

function rowOf({ connector, json }: Told): PostedRow {
  return { connector, captures: json };
}

function withoutExcluded({ metrics, regionOf }: PostIntakeDeps, told: Told, exclude: readonly string[]): Told | null {
  const { connector } = told;
  const region = regionOf(connector);
  const captures = told.captures.filter((capture) => !isNeverCaptured(capture, region, exclude));
  const excluded = told.captures.length - captures.length;
  if (excluded === 0) return told;
  metrics.capturesExcluded.inc({ connector }, excluded);
  return captures.length === 0 ? null : { connector, captures, json: postedJson(captures) };
}
