import type { Db } from '../store/base/db.ts';
import {
  brokenLookBack,
  type ChangedPoint,
  changedPoint,
  contactsOf,
  countMoved,
  lockPast,
  writePast,
} from '../store/deciding/look-back.ts';
import { sumUpMoves } from '../store/directory/client-moves.ts';
import { describeChangeSet } from '../store/history/change-log.ts';
import { type Answers, openAnswers } from './answers.ts';
import { companyDomains } from './freemail.ts';
import type { MatchOffice } from './question.ts';

export interface LookedBack {
  readonly address: string;
  readonly looked: number;
  /** Whose client changed. */
  readonly changed: number;
}

/** Contacts of one transaction: its locks are held for some ten milliseconds. */
const batchSize = 500;
/** Ids asked for at once: their query sorts all that are left. */
const mostIds = 50_000;
const nowhere = '00000000-0000-0000-0000-000000000000';

/**
 * Looks back at every contact of a contact point that is new, changed or taken back, and decides anew whose it was. In
 * batches, so that no live decision waits; a contact that somebody has in hand is come back to at the end. Every contact
 * whose client changes has its row in one change set of kind `rematch`, by which it can be rolled back. Nobody is asked
 * anew: open drafts are decided again by the rules of assigning, which leave a draft to whom it was given.
 *
 * Does nothing a second time; broken off, it goes on in the set it began. Null: the point has no contacts that can be
 * looked for.
 *
 * @param signal aborts between two batches
 */
export async function lookBack(
  db: Db,
  pointId: string,
  office: MatchOffice,
  signal?: AbortSignal,
): Promise<LookedBack | null> {
  const point = await changedPoint(db, pointId);
  if (point === null || point.kind === 'extension') return null;
  // A domain of everybody matches nobody, and has more mail than all others.
  if (point.kind === 'domain' && !companyDomains(point.address).includes(point.address)) return null;
  const setId = await brokenLookBack(db, pointId);
  const journey: Journey = { point, answers: openAnswers(office), setId, looked: 0, changed: 0 };
  const inHand: string[] = [];
  for (let after = nowhere; ; ) {
    const ids = await contactsOf(db, point, after, mostIds);
    for (let from = 0; from < ids.length; from += batchSize) {
      signal?.throwIfAborted();
      inHand.push(...(await lookAt(db, journey, ids.slice(from, from + batchSize), false)));
    }
    if (ids.length < mostIds) break;
    after = ids.at(-1) ?? after;
  }
  // One at a time: who waits must hold nothing that another waits for.
  for (const id of inHand) {
    signal?.throwIfAborted();
    await lookAt(db, journey, [id], true);
  }
  await conclude(db, journey);
  return { address: point.address, looked: journey.looked, changed: journey.changed };
}

interface Journey {
  readonly point: ChangedPoint;
  readonly answers: Answers;
  /** Null: nothing changed yet. */
  setId: string | null;
  looked: number;
  changed: number;
}

/** One batch. @returns contacts that somebody else has in hand */
async function lookAt(db: Db, journey: Journey, ids: readonly string[], waits: boolean): Promise<string[]> {
  const { point, answers, setId } = journey;
  const facts = { point: point.id, kind: point.kind, address: point.address, isThrough: false };
  const done = await db.transaction(async (tx) => {
    const contacts = await lockPast(tx, ids, waits);
    const matches = await answers.decide(tx, contacts);
    const decided = [...matches].map(([contactId, match]) => ({ contactId, match }));
    const written = await writePast(tx, decided, setId, { label: point.address, facts });
    return { ...written, seen: new Set(matches.keys()) };
  });
  journey.setId = done.setId;
  journey.looked += done.seen.size;
  journey.changed += done.changed;
  return ids.filter((id) => !done.seen.has(id));
}

async function conclude(db: Db, { point, setId, looked }: Journey): Promise<void> {
  if (setId === null) return;
  const counts = await countMoved(db, setId);
  const facts = { point: point.id, kind: point.kind, address: point.address, looked, ...counts, isThrough: true };
  await describeChangeSet(db, setId, facts);
  await sumUpMoves(db, setId);
}
