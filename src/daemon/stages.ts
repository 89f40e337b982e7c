import { assignContact } from '../assign/run.ts';
import { lookBack } from '../match/past.ts';
import { matchContact } from '../match/run.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import { type PromptDeps, promptContact } from '../prompt/run.ts';
import type { Queue } from '../queue/index.ts';
import { tellStranger } from '../store/events.ts';
import type { Db } from '../store/index.ts';
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
  const decide = (asks: boolean) => async (contactId: string) => {
    await db.transaction((tx) => decideIn(tx, contactId, office(), asks));
    queue.kick();
  };
  queue.work('decide', decide(true));
  queue.work('decide-past', decide(false), { concurrency: 1 });
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
  queue.work('prompt', async (contactId) => {
    await promptContact(prompts(), contactId).catch((error: unknown) => {
      metrics.promptsFailed.inc({ fault: codeOf(error) });
      throw error;
    });
    queue.kick();
  });
  queue.kick();
}

/** Match and assign, and what others are told of it, in one transaction: nobody ever sees a contact decided by halves. */
export async function decideIn(tx: Db, contactId: string, office: OfficeView, asks: boolean): Promise<void> {
  await matchContact(tx, contactId, office.match);
  await assignContact(tx, contactId, office.assign, { asks });
  await tellStranger(tx, contactId);
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'bug';
}
