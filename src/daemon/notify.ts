import type { Config } from '../config.ts';
import { type Notifier, type NotifierDeps, startNotifier } from '../notify/notifier.ts';
import type { WebhookTarget } from '../notify/run.ts';
import type { Queue } from '../queue/index.ts';

/** Starts telling the targets of the configuration what happens. */
export async function startNotify(deps: NotifierDeps, queue: Queue, config: Config): Promise<Notifier> {
  const notifier = startNotifier(deps);
  await notifier.configure(targetsOf(config));
  queue.work('notify', () => notifier.tell(), { concurrency: 1 });
  return notifier;
}

/** @returns the targets as they are to be told, the newest secret first */
export function targetsOf({ crm }: Pick<Config, 'crm'>): readonly WebhookTarget[] {
  return crm.webhooks.map(({ secret, previousSecret, ...target }) => ({
    ...target,
    secrets: previousSecret === undefined ? [secret] : [secret, previousSecret],
  }));
}
