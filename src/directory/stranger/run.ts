import type { Db } from '../../store/base/db.ts';
import { orWithdraw } from '../../store/base/withdraw.ts';
import { lockContactValues, writeContactValues } from '../../store/contacts/fields.ts';
import { takeTurns } from '../../store/deciding/decisions.ts';
import { lockValues, orderRematch } from '../../store/directory/fields.ts';
import { addNobodysPoint, attachContacts, ownershipsOf, untouchedDrafts } from '../../store/directory/strangers.ts';
import {
  type Change,
  type ChangeSet,
  type ChangeVia,
  openChangeSet,
  recordChanges,
} from '../../store/history/change-log.ts';
import { instantNow } from '../../store/history/roll-back.ts';
import { createClient, createPerson, createPoint, editPoints } from '../edit.ts';
import { decideRemembering, type Owner, takenBy } from './decide.ts';

export type PointKind = 'phone' | 'email' | 'fax';

export interface By {
  readonly authorId: string | null;
  readonly via: ChangeVia;
}

export type Remembered =
  | { readonly kind: 'remembered'; readonly setId: string }
  | { readonly kind: 'known' | 'ours' | 'never' | 'gone' };

/**
 * "This is his number": makes the address of a contact his, and orders the look back at the past. In the transaction it is
 * given, so that it stands or falls with what it belongs to.
 *
 * @param edit the save of the contact that it is part of: undone with it; null: it was said by itself
 */
export async function rememberAddress(
  tx: Db,
  contact: { readonly id: string; readonly kind: PointKind; readonly address: string; readonly startedAt: Date },
  who: { readonly clientId: string; readonly personId: string | null },
  by: By,
  edit: number | null,
): Promise<Remembered> {
  await takeTurns(tx, [turnOf(contact.address)]);
  if (!(await stands(tx, who.clientId))) return { kind: 'gone' };
  const owners = await ownershipsOf(tx, contact.address);
  // With microseconds, as the owners' moments are written: texts are compared.
  const at = contact.startedAt.toISOString().replace('Z', '000Z');
  const decision = decideRemembering(owners, who, at);
  if (decision.kind === 'known') return { kind: 'known' };
  if (decision.kind === 'refused') return { kind: decision.why };
  const facts = { contact: contact.id, ...(edit === null ? {} : { edit }) };
  const set = await openChangeSet(tx, { kind: 'edit', ...by, label: contact.address, facts });
  const over = decision.over.flatMap((i) => owners[i]?.pointId ?? []);
  await takeBack(tx, set, over);
  await give(tx, set, contact, who, decision.since);
  return { kind: 'remembered', setId: set.id };
}

export type Adopted =
  | { readonly kind: 'done'; readonly setId: string; readonly clientId: string }
  /** Somebody was faster. */
  | { readonly kind: 'taken'; readonly by: Owner }
  /** There is a client of that name. */
  | { readonly kind: 'exists' }
  | { readonly kind: 'gone' };

/** Who a stranger is: a new client, or one who is there; with a person's name where it is a person's address. */
export type Identity =
  | { readonly clientName: string; readonly kind: 'organisation' | 'private'; readonly personName: string | null }
  | { readonly clientId: string; readonly personId: string | null; readonly personName: string | null };

/** A stranger is somebody: the address becomes his, and what came from it before with it. */
export function adoptStranger(
  db: Db,
  stranger: { readonly kind: PointKind; readonly address: string },
  identity: Identity,
  by: By,
): Promise<Adopted> {
  return orWithdraw<Adopted>(db, async (tx, withdraw) => {
    const taken = await stillNobodys(tx, stranger.address);
    if (taken !== null) return { kind: 'taken', by: taken };
    const set = await openChangeSet(tx, { kind: 'edit', ...by, label: stranger.address });
    const clientId =
      'clientId' in identity
        ? (await stands(tx, identity.clientId)) && identity.clientId
        : await createClient(tx, set, { name: identity.clientName, kind: identity.kind });
    if (clientId === false) return withdraw({ kind: 'gone' });
    if (clientId === null) return withdraw({ kind: 'exists' });
    const known = 'personId' in identity ? identity.personId : null;
    const { personName } = identity;
    const personId =
      known ?? (personName === null ? null : await createPerson(tx, set, { clientId, name: personName }));
    const owners = await ownershipsOf(tx, stranger.address);
    const decided = decideRemembering(owners, { clientId, personId }, await instantNow(tx));
    // Who had it before keeps his past: what came after his time is the stranger's.
    const { since, over } = decided.kind === 'remember' ? decided : { since: null, over: [] };
    await takeBack(
      tx,
      set,
      over.flatMap((i) => owners[i]?.pointId ?? []),
    );
    await give(tx, set, stranger, { clientId, personId }, since);
    await attachContacts(tx, set, stranger.address, { clientId, personId, since });
    return { kind: 'done', setId: set.id, clientId };
  });
}

export type Dismissed =
  | { readonly kind: 'done'; readonly setId: string; readonly drafts: number }
  | { readonly kind: 'taken'; readonly by: Owner };

/**
 * A stranger is no client: his open drafts leave everybody's desk, later contacts ask nobody. With `neverCapture` nothing
 * more is kept of him at all. A draft in which somebody has begun to write stays.
 */
export function dismissStranger(
  db: Db,
  stranger: { readonly kind: PointKind; readonly address: string },
  neverCapture: boolean,
  by: By,
): Promise<Dismissed> {
  return db.transaction(async (tx): Promise<Dismissed> => {
    const taken = await stillNobodys(tx, stranger.address);
    if (taken !== null) return { kind: 'taken', by: taken };
    const set = await openChangeSet(tx, { kind: 'edit', ...by, label: stranger.address, facts: { neverCapture } });
    const id = await addNobodysPoint(tx, { ...stranger, neverCapture });
    if (id !== null) {
      const { kind, address } = stranger;
      const said = { kind, address, ...(neverCapture ? { neverCapture } : { notClient: true }) };
      await recordChanges(tx, set, [
        { entity: 'contact_point', entityId: id, clientId: null, field: 'created', old: null, new: said },
      ]);
      await orderRematch(tx, [id]);
    }
    const drafts = await untouchedDrafts(tx, stranger.address);
    await settle(tx, set, drafts, neverCapture ? 'never-capture' : 'not-client');
    return { kind: 'done', setId: set.id, drafts: drafts.length };
  });
}

function turnOf(address: string): string {
  return `address ${address}`;
}

/** Two people may act on the same stranger: the second waits, and sees what the first has said. */
async function stillNobodys(tx: Db, address: string): Promise<Owner | null> {
  await takeTurns(tx, [turnOf(address)]);
  return takenBy(await ownershipsOf(tx, address), await instantNow(tx));
}

/** The client is there and stands for himself; held, so that no merge takes him away meanwhile. */
async function stands(tx: Db, clientId: string): Promise<boolean> {
  const client = (await lockValues(tx, 'client', [clientId])).get(clientId);
  return client !== undefined && client.removed === null && client.mergedInto === null;
}

async function give(
  tx: Db,
  set: ChangeSet,
  { kind, address }: { readonly kind: PointKind; readonly address: string },
  { clientId, personId }: { readonly clientId: string; readonly personId: string | null },
  since: string | null,
): Promise<void> {
  const owner = personId === null ? { clientId } : { clientId, personId };
  await createPoint(tx, set, { kind, raw: address, owner, ...(since === null ? {} : { since }) }, null);
}

async function takeBack(tx: Db, set: ChangeSet, pointIds: readonly string[]): Promise<void> {
  const points = await lockValues(tx, 'contact_point', pointIds);
  await editPoints(
    tx,
    set,
    [...points].map(([id, { since }]) => ({ id, values: { until: since } })),
  );
}

async function settle(tx: Db, set: ChangeSet, ids: readonly string[], reason: string): Promise<void> {
  const now = await lockContactValues(tx, ids);
  const settled = { state: 'dismissed', dismissReason: reason, callBack: false };
  await writeContactValues(
    tx,
    [...now.keys()].map((id) => ({ id, values: settled })),
  );
  await recordChanges(
    tx,
    set,
    [...now].flatMap(([id, values]) =>
      (['state', 'dismissReason', 'callBack'] as const)
        .filter((field) => values[field] !== settled[field])
        .map((field): Change => {
          const old = values[field];
          return { entity: 'contact', entityId: id, clientId: null, field, old, new: settled[field] };
        }),
    ),
  );
}
