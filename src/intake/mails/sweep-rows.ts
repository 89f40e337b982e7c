import { oldMailMs } from '../../core/contact/old-mail.ts';
import type { Clock } from '../../core/time/clock.ts';
import type { Db } from '../../store/base/db.ts';
import { removeForgotten } from '../../store/intake/mail-sweep.ts';

/** Ten milliseconds of the database's time (measured, 150 000 mails); live work goes on between two of them. */
const batch = 500;
const restMs = 100;

/**
 * Removes the rows of mails that were none of our business, when they are so old that nobody could be asked about them any
 * more. Delivered once more, such a mail is read and forgotten once more; what was an answer to a prompt is known by itself.
 *
 * @returns how many
 * @throws Fault of the store (retry)
 */
export async function sweepRows(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  signal: AbortSignal,
): Promise<number> {
  const before = new Date(clock.now().getTime() - oldMailMs);
  for (let removed = 0; ; ) {
    const some = await removeForgotten(db, before, batch);
    removed += some;
    if (some < batch) return removed;
    await clock.sleep(restMs, signal).catch(() => {});
    if (signal.aborted) return removed;
  }
}
