/**
 * Longer than any mailbox is away and comes back: what came into it before is of the past. Two rules stand on it and must
 * stay together: no mailbox lets anybody be asked about such a mail, and of such a mail that was none of our business not even
 * the row stays (`removeForgotten`). So a mail that is delivered once more after its row is gone asks nobody.
 */
export const oldMailMs = 90 * 86_400_000;

/** @param arrivedAt when it came into the mailbox */
export function isOldMail(arrivedAt: Date, now: Date): boolean {
  return now.getTime() - arrivedAt.getTime() > oldMailMs;
}
