import { addressesOf } from '../core/contact/participants.ts';
import type { Db } from '../store/base/db.ts';
import { type ContactToAssign, lockAllToAssign } from '../store/deciding/decisions.ts';
import { employeesEver } from '../store/deciding/look-back.ts';
import { colleaguesBetween, openDraftsOfThreads, writePlainAssignments } from '../store/deciding/plain-past.ts';
import { type AssignOffice, assignmentOf, peopleOf, type Surroundings } from './run.ts';

/**
 * As `assignContact`, of many plain contacts of the past: none is a call, and nobody is asked. After their matches were written,
 * in the same transaction, which has their turns.
 *
 * @throws Fault directory.nobody (reconfigure)
 */
export async function assignPlain(tx: Db, contactIds: readonly string[], office: AssignOffice): Promise<void> {
  const contacts = await lockAllToAssign(tx, contactIds);
  const drafts = await openDraftsOfThreads(tx, contacts);
  const addresses = new Map(contacts.map((contact) => [contact.id, addressesOf(peopleOf(contact, office))]));
  const ours = await employeesEver(tx, [...new Set([...addresses.values()].flat())]);
  const colleagues = await colleaguesOf(tx, contacts);
  const decided = contacts.map((contact) => {
    const named = new Set(addresses.get(contact.id));
    return assignmentOf(contact, office, false, {
      joinedTo: drafts.get(contact.id) ?? null,
      reachedBy: null,
      colleagues,
      ours: ours.filter((one) => named.has(one.address) && holdsAt(one, contact.startedAt)),
    });
  });
  await writePlainAssignments(tx, decided);
}

async function colleaguesOf(tx: Db, contacts: readonly ContactToAssign[]): Promise<Surroundings['colleagues']> {
  const moments = contacts.map(({ endedAt }) => endedAt.getTime());
  const rows = await colleaguesBetween(tx, new Date(Math.min(...moments)), new Date(Math.max(...moments)));
  const people = new Map(rows.map((row) => [row.id, row]));
  return [...people.values()].map((one) => {
    const own = rows.filter(({ id }) => id === one.id);
    return { ...one, absences: own.flatMap(({ since, until }) => (since && until ? [{ since, until }] : [])) };
  });
}

function holdsAt({ since, until }: { readonly since: Date | null; readonly until: Date | null }, at: Date): boolean {
  return (since === null || since <= at) && (until === null || at < until);
}
