import { Fault } from '../../core/fault.ts';

/** The cure that always works. */
export const serverInstead = 'set `database: postgres://user:password@host/database`';

/** @param tried each way that was tried and why it failed */
export function cannotStart(tried: readonly string[], cure: string, cause?: unknown): Fault {
  return new Fault('store.embedded_cannot_start', 'reconfigure', { tried, cure }, cause);
}
