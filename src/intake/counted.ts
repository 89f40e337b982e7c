import type { Capture } from '../core/contact/capture.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Answer } from './run.ts';

export interface TellDeps {
  readonly metrics: Metrics;
  /** Of the connector. */
  readonly log: Logger;
  /** Outbox rows were committed. */
  readonly kick: () => void;
}

/** Counts what became of captures of a connector, and tells the stages that there is something to do. */
export function tellTaken(
  { metrics, log, kick }: TellDeps,
  connector: string,
  captures: readonly Pick<Capture, 'channel'>[],
  answers: readonly Answer[],
): void {
  let stored = 0;
  captures.forEach(({ channel }, i) => {
    if (answers[i] === 'stored') {
      stored += 1;
      metrics.capturesStored.inc({ connector, channel });
    } else if (answers[i] === 'excluded') metrics.capturesExcluded.inc({ connector });
    else metrics.capturesDuplicate.inc({ connector });
  });
  if (stored === 0) return;
  kick();
  log.info({ stored, of: answers.length }, 'captures.stored');
}
