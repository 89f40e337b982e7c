import type { Db } from '../../store/base/db.ts';
import { lockHoldings, moveContacts } from '../../store/directory/merging.ts';
import {
  type ChangeSet,
  type ChangeVia,
  describeChangeSet,
  openChangeSet,
  recordChanges,
} from '../../store/history/change-log.ts';
import { instantNow } from '../../store/history/roll-back.ts';
import { editClients, editPeople, editPoints } from '../edit.ts';
import { type Choices, decideMerge, type MergeDecision } from './decide.ts';

export type Merged =
  | { readonly kind: 'merged'; readonly setId: string; readonly contacts: number }
  | { readonly kind: 'refused'; readonly why: 'itself' | 'removed' | 'merged' | 'missing' };

/** Makes one client of two: a set of kind `merge`, to be taken back like any other. */
export function mergeClients(
  db: Db,
  order: { readonly kept: string; readonly gone: string; readonly choices: Choices },
  by: { readonly authorId: string | null; readonly via: ChangeVia },
): Promise<Merged> {
  return db.transaction(async (tx): Promise<Merged> => {
    const { kept, gone } = order;
    const found = await lockHoldings(tx, [kept, gone]);
    const [one, other] = [found.get(kept), found.get(gone)];
    if (one === undefined || other === undefined) return { kind: 'refused', why: 'missing' };
    const decision = decideMerge(one, other, order.choices, await instantNow(tx));
    if (decision.kind === 'refused') return decision;
    const set = await openChangeSet(tx, { kind: 'merge', ...by, label: other.values.name });
    const contacts = await write(tx, set, { from: gone, into: kept }, decision);
    const note = { id: gone, name: other.values.name };
    await recordChanges(tx, set, [
      { entity: 'client', entityId: kept, clientId: kept, field: 'merged', old: null, new: note },
    ]);
    await editClients(tx, set, decision.clients);
    const { people, points, joined } = decision;
    const facts = { contacts, people: people.length, joined: joined.length, points: points.length };
    await describeChangeSet(tx, set.id, { ...facts, gone, kept });
    return { kind: 'merged', setId: set.id, contacts };
  });
}

/** What a client that is merged already has got meanwhile goes where he went. */
export async function absorb(
  tx: Db,
  set: ChangeSet,
  way: { readonly from: string; readonly into: string; readonly at: string },
): Promise<void> {
  const found = await lockHoldings(tx, [way.from, way.into]);
  const [into, from] = [found.get(way.into), found.get(way.from)];
  if (into === undefined || from === undefined) return;
  const standing = { ...from, values: { ...from.values, mergedInto: null } };
  const decision = decideMerge(into, standing, {}, way.at);
  if (decision.kind === 'merge') await write(tx, set, way, decision);
}

/** Contacts first and the client last: taken back from the end, the client stands for himself before his contacts return. */
async function write(
  tx: Db,
  set: ChangeSet,
  way: { readonly from: string; readonly into: string },
  decision: Extract<MergeDecision, { kind: 'merge' }>,
): Promise<number> {
  const contacts = await moveContacts(tx, set, way, decision.joined);
  await editPoints(tx, set, decision.points, ({ clientId }) => clientId ?? way.into);
  await editPeople(tx, set, decision.people);
  return contacts;
}
