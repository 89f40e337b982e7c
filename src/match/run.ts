import type { Address } from '../core/contact/capture.ts';
import type { Match } from '../core/contact/match.ts';
import { addressesOf, participantsOf } from '../core/contact/participants.ts';
import type { Db } from '../store/base/db.ts';
import {
  type ClientMoved,
  employeesAt,
  type HintText,
  lockToMatch,
  pointsAt,
  writeMatch,
} from '../store/deciding/matching.ts';
import { type Change, changeLog } from '../store/history/change-log.ts';
import { decideMatch, hasStrong } from './decide.ts';
import { hintNumbers, type MatchOffice, questionOf, readOutside } from './question.ts';

export type { MatchOffice } from './question.ts';

/**
 * Decides whose contact it was and stores the answer. Again with the same outcome as often as wanted; what people chose
 * stays, and what the machine answers otherwise than before is written to the change log. Null when the contact is gone or
 * part of another.
 */
export function matchContact(db: Db, contactId: string, office: MatchOffice): Promise<Match | null> {
  return db.transaction(async (tx) => {
    const contact = await lockToMatch(tx, contactId);
    if (contact === null) return null;
    const region = office.regionOf(contact.connector) ?? office.region;
    const outside =
      contact.outsideKind === null || contact.outside === null
        ? null
        : { kind: contact.outsideKind, value: contact.outside };
    const people = addressesOf(participantsOf(contact.called, office.extensions, region));
    const takenBy = people.length === 0 ? [] : await employeesAt(tx, people, contact.startedAt);
    const { normalized, match } = await matchAddress(tx, outside, office, {
      region,
      at: contact.startedAt,
      withheld: contact.withheld,
      contactId,
      takenBy: takenBy.map(({ employeeId }) => employeeId),
      isClaimed: contact.isClaimed,
      text: contact.text,
    });
    const moved = await writeMatch(tx, contactId, normalized, match);
    if (moved !== null) {
      const log = changeLog(tx, { kind: 'rematch', via: 'machine', authorId: null, label: normalized });
      await log.record([changeOf(moved)]);
    }
    return match;
  });
}

/** `client` in the shape of `Human.client`, as in every other change of a contact. */
function changeOf({ contactId, before, after }: ClientMoved): Change {
  const clientId = after?.id ?? before?.id ?? null;
  return { entity: 'contact', entityId: contactId, clientId, field: 'client', old: before, new: after };
}

export interface AddressContext {
  readonly region: string | null;
  readonly at: Date;
  readonly withheld: boolean;
  readonly contactId: string | null;
  readonly takenBy: readonly string[];
  /** Our own mail server found that the sender is not proven. Absent: nobody said so. */
  readonly isClaimed?: boolean;
  /** What was sent: a number in it is a hint. */
  readonly text?: HintText;
}

/** Whose address it is at that moment. A withheld one is never looked up, even where the exchange knows it. */
export async function matchAddress(
  db: Db,
  outside: Address | null,
  office: MatchOffice,
  context: AddressContext,
): Promise<{ readonly normalized: string | null; readonly match: Match }> {
  const { at, contactId, region, takenBy, isClaimed = false, text } = context;
  const { zone = 'UTC' } = office;
  const read = readOutside(outside, office, context);
  const points = read.addresses.length === 0 ? [] : await pointsAt(db, { ...read, zone }, at, contactId);
  const question = questionOf(read, points, [], { at, isClaimed, takenBy });
  const numbers = text === undefined || hasStrong(question) ? [] : hintNumbers(text, read.normalized, office, region);
  if (numbers.length === 0) return { normalized: read.normalized, match: decideMatch(question) };
  const hints = await pointsAt(db, { kinds: ['phone', 'fax'], addresses: numbers, zone }, at, contactId);
  return {
    normalized: read.normalized,
    match: decideMatch(questionOf(read, points, hints, { at, isClaimed, takenBy })),
  };
}
