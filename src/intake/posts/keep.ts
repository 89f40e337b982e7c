import type { Capture } from '../../core/contact/capture.ts';
import { postedJson } from '../../core/contact/capture-json.ts';
import { keepPosted, type PostedRow } from '../../store/intake/posted.ts';
import { isNeverCaptured } from '../exclusions.ts';
import type { PostIntakeDeps } from './deps.ts';

/** What one request told. */
export interface Told {
  readonly connector: string;
  readonly captures: readonly Capture[];
  /** One for each. */
  readonly rows: readonly PostedRow[];
}

export function toldBy(connector: string, captures: readonly Capture[]): Told {
  const rows = captures.map((capture) => ({ connector, facts: postedJson(capture), evidence: capture.evidence }));
  return { connector, captures, rows };
}

/**
 * Keeps what was told, in one statement. Of captures of which nothing is to be kept nothing comes onto the disk.
 *
 * @returns for each whether anything of it is kept
 */
export async function keepTold(deps: PostIntakeDeps, told: readonly Told[]): Promise<readonly boolean[]> {
  const exclude = await deps.exclusions();
  const kept = exclude.length === 0 ? told : told.map((one) => withoutExcluded(deps, one, exclude));
  const rows = kept.flatMap((one) => one.rows);
  if (rows.length > 0) await keepPosted(deps.db, rows);
  return kept.map((one) => one.rows.length > 0);
}

function withoutExcluded({ metrics, regionOf }: PostIntakeDeps, told: Told, exclude: readonly string[]): Told {
  const { connector } = told;
  const region = regionOf(connector);
  const captures = told.captures.filter((capture) => !isNeverCaptured(capture, region, exclude));
  const excluded = told.captures.length - captures.length;
  if (excluded === 0) return told;
  metrics.capturesExcluded.inc({ connector }, excluded);
  return toldBy(connector, captures);
}
