import type { Db } from '../store/base/db.ts';
import { endEmployeePoints, pointsOf } from '../store/directory/employees-and-clients.ts';
import { type ListedPerson, listedPeople, markListed } from '../store/directory/listed-people.ts';
import type { ChangeLog } from '../store/history/change-log.ts';
import { editEmployees } from './edit.ts';

/** So many people may leave the table at once, or a fifth of them; more is somebody's error, as with the directory service. */
const mostGone = 3;

export interface Leaving {
  readonly left: readonly ListedPerson[];
  /** Why nobody leaves though some are missing; null: nothing stood in the way. */
  readonly held: string | null;
}

/**
 * Who has left, by the table alone? A person it named before and names no more.
 *
 * Nobody leaves by accident: not while a row could not be read (it may be theirs), not by an empty table, and not when more
 * than three and more than a fifth are gone at once.
 *
 * @param listed people with us whom the table named before
 * @param named ids of the people it names now
 * @param unread rows that were rejected
 */
export function decideLeaving(listed: readonly ListedPerson[], named: ReadonlySet<string>, unread: number): Leaving {
  const gone = listed.filter(({ id }) => !named.has(id));
  const missing = `${gone.length} of ${listed.length} people are missing in the table`;
  if (gone.length === 0) return { left: [], held: null };
  if (named.size === 0) return { left: [], held: `${missing}: it names nobody, so nobody was signed out` };
  if (unread > 0)
    return { left: [], held: `${missing}: nobody was signed out, because ${unread} of its rows cannot be read` };
  if (gone.length > Math.max(mostGone, listed.length / 5))
    return { left: [], held: `${missing} at once: nobody was signed out; is it the right file?` };
  return { left: gone, held: null };
}

/**
 * Takes the table's word for who is with us. Who left signs in no more, no session and no link of theirs opens anything,
 * their desks and numbers are nobody's from now on, and their drafts are handed over by the daemon's next look.
 */
export async function takeLeavers(tx: Db, named: readonly string[], unread: number, log: ChangeLog): Promise<Leaving> {
  const leaving = decideLeaving(await listedPeople(tx), new Set(named), unread);
  await markListed(tx, named);
  if (leaving.left.length === 0) return leaving;
  const ids = leaving.left.map(({ id }) => id);
  const points = await pointsOf(tx, { clientIds: [], personIds: [], employeeIds: ids });
  const ended = await endEmployeePoints(
    tx,
    points.flatMap(({ employeeId, kind, address }) => (employeeId === null ? [] : [{ employeeId, kind, address }])),
  );
  await editEmployees(
    tx,
    await log.open(),
    ids.map((id) => ({ id, values: { active: false } })),
  );
  await log.record(
    ended.map(({ id, until }) => ({
      ...{ entity: 'contact_point', entityId: id, clientId: null },
      ...{ field: 'until', old: 'infinity', new: until },
    })),
  );
  return leaving;
}
