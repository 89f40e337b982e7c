/**
 * Does the work; returns at once when the signal aborts, whatever the work is waiting for, and lets it end by itself: it has
 * the same signal.
 */
export async function untilAborted(signal: AbortSignal, work: () => Promise<void>): Promise<void> {
  if (signal.aborted) return;
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  try {
    await Promise.race([work(), aborted]);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}
