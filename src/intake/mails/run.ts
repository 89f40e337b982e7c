import type { IncomingMail } from '../../connector/index.ts';
import { Fault, remedyOf } from '../../core/fault.ts';
import { claimUnread } from '../../store/intake/mails.ts';
import { raceMs } from '../race-ms.ts';
import type { Source } from '../run.ts';
import type { MailIntakeDeps } from './deps.ts';
import { type Answer, keepMails } from './keep.ts';
import { readKept } from './read.ts';
import { openSettling } from './settle.ts';
import { claimMs, type ReadWork, type Work } from './work.ts';

export interface MailIntake {
  /**
   * Keeps mails and the position; they are read afterwards, in their own time. Waits while too many are still unread.
   * @throws Fault intake.lease_lost, files.unavailable, of the store (all retry)
   */
  keep(source: Source, mails: readonly IncomingMail[], position: string | null): Promise<readonly Answer[]>;
  /** From now on also reads what is left unread by others: by a process that was killed, by `letopis quarantine retry`. */
  sweep(): void;
  /** Resolves when nothing that was kept here is unread. */
  idle(): Promise<void>;
  close(): Promise<void>;
}

/** So much may wait to be read; then the mailboxes wait. */
const most = { mails: 500, bytes: 24_000_000 };
const sweepMs = 2000;
const batch = 100;
/** So many batches are on their way into the database: one is looked up, one stored, of one the copies, one marked as read. */
const abreast = 4;
/** What was read waits so long for what is still being read: fewer statements. A mail that comes alone waits for nobody. */
const gatherMs = 20;

/**
 * The way of a mail: kept, read in a thread of its own, judged, stored as a contact. What is read while a batch is being
 * stored goes into the next one; a process that ends leaves unread rows, and whoever sweeps reads them.
 */
export function openMailIntake(deps: MailIntakeDeps): MailIntake {
  const { db, clock, log } = deps;
  let read: ReadWork[] = [];
  let reading = 0;
  let count = 0;
  let bytes = 0;
  let isStoring = false;
  let gathering: Promise<void> = Promise.resolve();
  const storing = new Set<Promise<void>>();
  const settle = openSettling(deps);
  const waiting = new Set<() => void>();
  const stopping = new AbortController();

  /** Ids of what is in memory here: not to be taken up by the sweep as well. */
  const inHand = new Set<string>();
  const reserve = (mails: number, size: number) => {
    count += mails;
    bytes += size;
    if (mails < 0) for (const wake of waiting) wake();
  };
  const leave = (works: readonly Work[]) => {
    for (const { id } of works) inHand.delete(id);
    reserve(-works.length, -works.reduce((sum, work) => sum + weightOf(work), 0));
  };
  const isGathered = () => read.length >= batch || reading === 0 || stopping.signal.aborted;
  let wakeStore: () => void = () => {};
  const gathered = () =>
    new Promise<void>((resolve) => {
      wakeStore = resolve;
    });
  const rest = () => clock.sleep(gatherMs, stopping.signal).catch(() => {});
  const storeBatch = async (now: readonly ReadWork[]) => {
    try {
      await settle(now);
    } catch (err) {
      // The rows stand unread: whoever sweeps reads them again, when the database is back.
      if (!stopping.signal.aborted) log.warn({ err, mails: now.length }, 'mails.not_stored_yet');
    }
    leave(now.map(({ work }) => work));
  };
  const store = async () => {
    isStoring = true;
    while (read.length > 0) {
      if (!isGathered()) await Promise.race([gathered(), storing.size > 0 ? Promise.all(storing) : rest()]);
      if (storing.size >= abreast) await Promise.race(storing);
      const now = read.slice(0, batch);
      read = read.slice(batch);
      const under = storeBatch(now).finally(() => storing.delete(under));
      storing.add(under);
    }
    isStoring = false;
  };
  const take = (work: Work) => {
    inHand.add(work.id);
    reserve(1, weightOf(work));
    reading += 1;
    void readOne(deps, work)
      .finally(() => {
        reading -= 1;
      })
      .then(
        (done) => {
          // What the end cut short would be stored as if it could not be read: its row stands unread, the next start reads it.
          if (stopping.signal.aborted) return leave([work]);
          read.push(done);
          if (!isStoring) gathering = store();
          else if (isGathered()) wakeStore();
        },
        (err: unknown) => {
          if (!stopping.signal.aborted) log.warn({ err, mail: work.id }, 'mails.not_read_yet');
          leave([work]);
          if (isGathered()) wakeStore();
        },
      );
  };
  const untilLess = async (isEnough: () => boolean) => {
    while (!isEnough() && !stopping.signal.aborted) {
      await new Promise<void>((resolve) => {
        const wake = () => {
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
      });
    }
  };
  const hasRoom = () => count < most.mails && bytes < most.bytes;
  let sweeping: Promise<void> = Promise.resolve();
  return {
    async keep(source, mails, position) {
      await untilLess(hasRoom);
      const size = mails.reduce((sum, one) => sum + (one.bytes instanceof Uint8Array ? one.bytes.byteLength : 0), 0);
      reserve(mails.length, size); // before anything is waited for: other mailboxes ask for room meanwhile
      try {
        const { answers, works } = await keepMails(deps, source, mails, position);
        for (const work of works) take(work);
        return answers;
      } finally {
        reserve(-mails.length, -size);
      }
    },
    sweep() {
      sweeping = sweepForEver(deps, stopping.signal, async () => {
        await untilLess(hasRoom);
        const now = clock.now();
        const rows = await claimUnread(db, now, new Date(now.getTime() + claimMs), batch, [...inHand]);
        for (const row of rows) take({ ...row, known: null });
        return rows.length;
      });
    },
    idle: () => untilLess(() => count === 0),
    async close() {
      await raceMs(
        clock,
        untilLess(() => count === 0),
        3000,
      );
      stopping.abort(new Error('the daemon is ending'));
      for (const wake of waiting) wake();
      await deps.reader.close();
      await Promise.all([sweeping, gathering]);
      await Promise.all(storing);
    },
  };
}

/** What it weighs in memory: what stands in a file is loaded when its turn comes. */
function weightOf({ raw }: Work): number {
  return raw?.byteLength ?? 0;
}

async function readOne(deps: MailIntakeDeps, work: Work): Promise<ReadWork> {
  const mail = await readKept(deps, work);
  deps.metrics.mailsRead.inc({ fullness: mail.fullness });
  return { work, mail };
}

async function sweepForEver(
  { clock, log }: MailIntakeDeps,
  signal: AbortSignal,
  pass: () => Promise<number>,
): Promise<void> {
  for (let failures = 0; !signal.aborted; ) {
    const found = await pass().catch((err: unknown) => {
      failures += 1;
      const isAway = err instanceof Fault && remedyOf(err) === 'retry';
      if (failures === 1 || (!isAway && failures % 30 === 0)) log.warn({ err, failures }, 'mails.sweep_waits');
      return null;
    });
    if (found !== null) failures = 0;
    if (found === null || found < batch) await clock.sleep(sweepMs, signal).catch(() => {});
  }
}
