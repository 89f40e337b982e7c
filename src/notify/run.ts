import type { EventType } from '../core/events.ts';
import type { Clock } from '../core/time/clock.ts';
import type { Logger } from '../ops/log.ts';
import type { Metrics } from '../ops/metrics.ts';
import type { Db } from '../store/base/db.ts';
import { targetState } from '../store/events/targets.ts';
import {
  claimDue,
  type Delivery,
  letGo,
  markAccepted,
  markFailed,
  placeEvents,
  putOff,
} from '../store/events/webhooks.ts';
import { downAfter, holdAfter, judge, pauseAfter } from './decide.ts';
import { post } from './send.ts';
import { signedHeaders } from './sign.ts';

export interface WebhookTarget {
  readonly name: string;
  readonly url: string;
  readonly events: readonly EventType[];
  /** `whsec_…`, the newest first. */
  readonly secrets: readonly string[];
  readonly timeoutSeconds: number;
}

export interface NotifyDeps {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  /** src/ops/chance.ts */
  readonly jitter: (ms: number) => number;
  readonly metrics?: Pick<Metrics, 'webhooksSent'>;
}

/** `signal`: nothing more is taken. `cut`: what is under way is cut off. */
export interface Ending {
  readonly signal: AbortSignal;
  readonly cut: AbortSignal;
}

/** How many a target gets side by side; of one client always one after the other. */
const sideBySide = 4;
/** How much longer than a try may take whoever took it has it: of one that died it is taken then. */
const claimMarginMs = 15_000;

/** Lays out what happened for the targets; in batches, so that an import does not hold the others up. */
export async function layOut({ db, clock }: Pick<NotifyDeps, 'db' | 'clock'>): Promise<void> {
  while ((await placeEvents(db, clock.now(), 500)) === 500);
}

/**
 * Sends a target everything whose time and turn have come, until there is nothing more or the signal aborts. What becomes of
 * a try is in the database before the next event of the same client is looked at; a process that dies in between sends it
 * once more, with the same id. Returns how many tries were made.
 */
export async function deliverDue(deps: NotifyDeps, target: WebhookTarget, { signal, cut }: Ending): Promise<number> {
  const running = new Set<Promise<void>>();
  let tries = 0;
  const failed: unknown[] = [];
  while (!signal.aborted && failed.length === 0) {
    const claimed = await claim(deps, target, running.size);
    tries += claimed.length;
    for (const delivery of claimed) {
      const run: Promise<void> = deliver(deps, target, delivery, cut)
        .catch((error: unknown) => void failed.push(error))
        .finally(() => running.delete(run));
      running.add(run);
    }
    if (running.size === 0) break;
    await Promise.race(running);
  }
  await Promise.all(running);
  if (failed.length > 0) throw failed[0];
  return tries;
}

async function claim({ db, clock }: NotifyDeps, target: WebhookTarget, running: number): Promise<Delivery[]> {
  const now = clock.now();
  const state = await targetState(db, target.name);
  if (state?.state !== 'active' || (state.holdUntil !== null && state.holdUntil > now)) return [];
  const places = (state.failures >= downAfter ? 1 : sideBySide) - running;
  if (places <= 0) return [];
  const until = new Date(now.getTime() + target.timeoutSeconds * 1000 + claimMarginMs);
  for (;;) {
    const claimed = await claimDue(db, target.name, now, until, places);
    if (claimed.length > 0 || (await putOff(db, target.name, now)) === 0) return claimed;
  }
}

async function deliver(deps: NotifyDeps, target: WebhookTarget, delivery: Delivery, cut: AbortSignal): Promise<void> {
  const { db, clock, log } = deps;
  const { eventId, type, at, data } = delivery;
  const body = JSON.stringify({ type, timestamp: at.toISOString(), data });
  const headers = signedHeaders({ id: eventId, sentAt: clock.now(), body }, target.secrets);
  const reply = await post({ url: target.url, headers, body, timeoutMs: target.timeoutSeconds * 1000, signal: cut });
  if (cut.aborted && reply.kind === 'nothing') return letGo(db, delivery); // the daemon ends: the try did not count
  const now = clock.now();
  const verdict = judge(reply, now);
  const about = { target: target.name, event: eventId, type, attempt: delivery.attempts + 1 };
  const count = (result: string) => deps.metrics?.webhooksSent.inc({ target: target.name, result });
  if (verdict.kind === 'accepted') {
    await markAccepted(db, delivery, now, verdict.status);
    count('accepted');
    return log.info({ ...about, status: verdict.status }, 'webhook.delivered');
  }
  const { status, error, gone, waitMs } = verdict;
  const failures = ((await targetState(db, target.name))?.failures ?? 0) + 1;
  const pause = pauseAfter(delivery.attempts + 1);
  const nextMs = pause === null ? null : Math.max(deps.jitter(pause), waitMs ?? 0);
  const nextAt = later(now, nextMs);
  const hold = holdAfter(failures);
  const holdUntil = later(now, waitMs ?? (hold === null ? null : deps.jitter(hold)));
  await markFailed(db, delivery, now, { status, error, nextAt: gone ? (nextAt ?? now) : nextAt, holdUntil, gone });
  const facts = { ...about, status, error: error.slice(0, 120), nextAt };
  count(gone ? 'gone' : nextAt === null ? 'given-up' : 'failed');
  if (gone) log.error({ ...facts, cure: `letopis webhooks enable ${target.name}` }, 'webhook.target_gone');
  else if (nextAt === null)
    log.error({ ...facts, cure: `letopis webhooks replay ${target.name} --event ${eventId}` }, 'webhook.given_up');
  else log.warn(facts, 'webhook.failed');
}

function later(now: Date, ms: number | null): Date | null {
  return ms === null ? null : new Date(now.getTime() + ms);
}
