import { lookBack } from '../match/past.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import { type PromptDeps, promptContact } from '../prompt/run.ts';
import type { Queue } from '../queue/index.ts';
import type { Db } from '../store/index.ts';
import { decideIn, decidePast } from './decisions.ts';
import type { OfficeView } from './office.ts';

export interface StagesDeps {
  readonly db: Db;
  readonly queue: Queue;
  readonly log: Logger;
  readonly metrics: Metrics;
  /** As of the last configuration that was right. */
  readonly office: () => OfficeView;
  readonly prompts: () => PromptDeps;
}

/** Gives every job its stage. */
export function workStages({ db, queue, log, metrics, office, prompts }: StagesDeps): void {
  queue.work('decide', async (contactId) => {
    await db.transaction((tx) => decideIn(tx, contactId, office(), true));
    queue.kick();
  });
  queue.drain('decide-past', (tx, contactIds) => decidePast(tx, contactIds, office()));
  queue.work(
    'rematch',
    async (pointId, signal) => {
      const done = await lookBack(db, pointId, office().match, signal);
      if (done === null || done.changed === 0) return;
      log.info({ point: pointId, looked: done.looked, changed: done.changed }, 'match.looked_back');
      queue.kick();
    },
    { concurrency: 1 },
  );
  queue.work('prompt', async (ref) => {
    await promptContact(prompts(), ref).catch((error: unknown) => {
      metrics.promptsFailed.inc({ fault: codeOf(error) });
      throw error;
    });
    queue.kick();
  });
  queue.kick();
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'bug';
}
