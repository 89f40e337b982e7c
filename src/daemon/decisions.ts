import { assignPlain } from '../assign/past.ts';
import { assignContact, keysOf } from '../assign/run.ts';
import { openAnswers } from '../match/answers.ts';
import { matchContact } from '../match/run.ts';
import { tryTurns } from '../store/deciding/decisions.ts';
import { lockPlain, writeFirstMatches } from '../store/deciding/plain-past.ts';
import { tellStranger } from '../store/events/events.ts';
import type { Db } from '../store/index.ts';
import type { OfficeView } from './office.ts';

type DecidingOffice = Pick<OfficeView, 'match' | 'assign'>;

/** Match and assign, and what others are told of it, in one transaction: nobody ever sees a contact decided by halves. */
export async function decideIn(tx: Db, contactId: string, office: DecidingOffice, asks: boolean): Promise<void> {
  await matchContact(tx, contactId, office.match);
  await assignContact(tx, contactId, office.assign, { asks });
  await tellStranger(tx, contactId);
}

/**
 * Decides about contacts of the past as if each were decided about in its turn: about as many from the front as do not depend on
 * each other in a dozen statements, about any other one alone. What is decided together waits for nobody.
 *
 * @returns how many from the front are decided, one at least
 */
export async function decidePast(tx: Db, contactIds: readonly string[], office: DecidingOffice): Promise<number> {
  const together = await decideTogether(tx, contactIds, office);
  const [first] = contactIds;
  if (together > 0 || first === undefined) return together;
  await decideIn(tx, first, office, false);
  return 1;
}

/** No stranger is told of: of the past nobody is. */
async function decideTogether(tx: Db, contactIds: readonly string[], office: DecidingOffice): Promise<number> {
  const plain = new Map((await lockPlain(tx, contactIds)).map((contact) => [contact.id, contact]));
  const repeated = contactIds.findIndex((id, i) => !plain.has(id) || contactIds.indexOf(id) < i);
  const front = contactIds.slice(0, repeated < 0 ? contactIds.length : repeated).flatMap((id) => plain.get(id) ?? []);
  if (front.length === 0) return 0;
  const answers = await openAnswers(office.match).decideFront(tx, front);
  const keys = answers.map(({ contactId, normalized, match }) =>
    keysOf({
      outsideNorm: normalized,
      clientId: match.verdict === 'client' ? match.candidates[0].clientId : null,
      thread: plain.get(contactId)?.thread ?? null,
    }),
  );
  const turns = await tryTurns(tx, [...new Set(keys.flat())]);
  const taken = keys.findIndex((all) => all.some((key) => !turns.has(key)));
  const decided = answers.slice(0, taken < 0 ? answers.length : taken);
  if (decided.length === 0) return 0;
  await writeFirstMatches(tx, decided);
  await assignPlain(
    tx,
    decided.map(({ contactId }) => contactId),
    office.assign,
  );
  return decided.length;
}
