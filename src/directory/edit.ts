import { readDomain, readEmail } from '../core/email.ts';
import { normalizeAddress } from '../core/phone/phone.ts';
import { isSameJson } from '../core/same-json.ts';
import type { Db } from '../store/base/db.ts';
import {
  addPeople,
  addPoints,
  type NewPoint,
  pointsOf,
  transactionTime,
} from '../store/directory/employees-and-clients.ts';
import {
  type ClientValues,
  type DirectoryEntity,
  lockValues,
  type PersonValues,
  type PointValues,
  type ValuesOf,
  type Write,
  writeValues,
} from '../store/directory/fields.ts';
import { newClient } from '../store/directory/new-client.ts';
import type { Change, ChangeSet } from '../store/history/change-log.ts';
import { recordChanges } from '../store/history/change-log.ts';
import { endedPoints } from '../store/sources/points.ts';
import { fold } from './files/csv.ts';

/**
 * The one way in which people and programs change the directory: every function writes the rows and their changes into the
 * set it is given, in the transaction it is given. What changes nothing leaves no change.
 */

export interface ClientDraft {
  readonly name: string;
  readonly kind?: ClientValues['kind'];
  readonly class?: string | null;
  readonly note?: string | null;
  readonly responsibleId?: string | null;
}

/** Makes a client. Null: there is one of this name already. */
export async function createClient(tx: Db, set: ChangeSet, draft: ClientDraft): Promise<string | null> {
  const values = {
    name: draft.name,
    kind: draft.kind ?? 'organisation',
    class: draft.class ?? null,
    note: draft.note ?? null,
    responsibleId: draft.responsibleId ?? null,
  } as const;
  const id = await newClient(tx, fold(draft.name), values);
  if (id === null) return null;
  const made = { entity: 'client', entityId: id, clientId: id, field: 'created', old: null, new: values } as const;
  await recordChanges(tx, set, [made]);
  return id;
}

/** Makes a person at a client; the one of this name who is there already is found, not made. Returns his id. */
export async function createPerson(
  tx: Db,
  set: ChangeSet,
  draft: { readonly clientId: string; readonly name: string; readonly post?: string | null },
): Promise<string> {
  const { clientId, name } = draft;
  const [made] = await addPeople(tx, [{ clientId, name }]);
  if (made === undefined) throw new RangeError('the person is neither there nor made');
  if (made.made)
    await recordChanges(tx, set, [
      { entity: 'person', entityId: made.id, clientId, field: 'created', old: null, new: name },
    ]);
  if (draft.post !== undefined) await editPeople(tx, set, [{ id: made.id, values: { post: draft.post } }]);
  return made.id;
}

/** An address as a person wrote it, for one owner. */
export interface PointDraft {
  readonly kind: 'phone' | 'email' | 'fax' | 'domain';
  readonly raw: string;
  readonly owner:
    | { readonly clientId: string }
    | { readonly personId: string; readonly clientId: string }
    | { readonly employeeId: string };
  /** From when on, ISO; absent: since ever. */
  readonly since?: string;
  readonly mobile?: boolean;
  readonly shared?: boolean;
  readonly reception?: boolean;
  readonly gateway?: boolean;
  /** Nothing from or to it is kept. */
  readonly neverCapture?: boolean;
}

export type PointsMade =
  | { readonly kind: 'made'; readonly ids: readonly string[] } // empty: it was his already
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Adds an address to its owner. @param region country of numbers without country code; null: only international ones */
export async function createPoint(
  tx: Db,
  set: ChangeSet,
  draft: PointDraft,
  region: string | null,
): Promise<PointsMade> {
  const address = readAddress(draft, region);
  if (address.value === null) return { kind: 'unreadable', reason: address.reason };
  const ids = 'personId' in draft.owner ? { ...draft.owner, clientId: null } : draft.owner;
  const owner = { clientId: null, personId: null, employeeId: null, ...ids };
  const timelineOf = 'clientId' in draft.owner ? draft.owner.clientId : null;
  const { kind, since } = draft;
  const flags = Object.fromEntries(
    flagNames.flatMap((flag) => (draft[flag] === undefined ? [] : [[flag, draft[flag]]])),
  );
  const point: NewPoint = {
    kind,
    address: address.value,
    raw: draft.raw,
    ...owner,
    ...(since === undefined ? {} : { since }),
    ...flags,
  };
  const known = await pointsOf(tx, {
    clientIds: [owner.clientId].filter((id) => id !== null),
    personIds: [owner.personId].filter((id) => id !== null),
    employeeIds: [owner.employeeId].filter((id) => id !== null),
  });
  if (known.some((one) => one.kind === kind && one.address === point.address)) return { kind: 'made', ids: [] };
  const before = await hadBefore(tx, point);
  if (before?.kind === 'reopen') {
    await editPoints(tx, set, [{ id: before.id, values: { ...flags, until: 'infinity' } }], () => timelineOf);
    return { kind: 'made', ids: [before.id] };
  }
  const made = await addPoints(tx, [before === null ? point : { ...point, since: before.since }]);
  await recordChanges(
    tx,
    set,
    made.map(({ id }) => ({
      entity: 'contact_point',
      entityId: id,
      clientId: timelineOf,
      field: 'created',
      old: null,
      new: { kind, address: point.address },
    })),
  );
  return { kind: 'made', ids: made.map(({ id }) => id) };
}

const flagNames = ['mobile', 'shared', 'reception', 'gateway', 'neverCapture'] as const;

/**
 * What becomes of an address that its owner had before and that ended: where nobody else had it since, it was his all the
 * time; else it is his again from now on. Null: he never had it, or not at the time that is asked for.
 */
async function hadBefore(
  tx: Db,
  point: NewPoint,
): Promise<
  { readonly kind: 'reopen'; readonly id: string } | { readonly kind: 'from'; readonly since: string } | null
> {
  if (point.employeeId !== null) return null;
  const [last] = await endedPoints(tx, [point]);
  if (last === undefined) return null;
  const asked = point.since === undefined ? null : Date.parse(point.since);
  if (asked !== null && (asked > last.until.getTime() || asked < Date.parse(last.since))) return null;
  if (!last.taken) return { kind: 'reopen', id: last.id };
  return { kind: 'from', since: (await transactionTime(tx)).toISOString() };
}

/** The form in which an address is compared, or why there is none. */
export function readAddress(
  { kind, raw }: Pick<PointDraft, 'kind' | 'raw'>,
  region: string | null,
): { readonly value: string; readonly reason: null } | { readonly value: null; readonly reason: string } {
  if (kind === 'domain') {
    const value = readDomain(raw);
    return value === null ? { value, reason: 'not a domain such as romashka.example' } : { value, reason: null };
  }
  if (kind === 'email') {
    const { email, reason } = readEmail(raw);
    return email === null
      ? { value: email, reason: reason ?? 'not an e-mail address' }
      : { value: email, reason: null };
  }
  const { normalized, reason } = normalizeAddress({ kind: 'phone', value: raw }, region);
  return normalized === null
    ? { value: normalized, reason: reason ?? 'not a phone number' }
    : { value: normalized, reason: null };
}

/** Returns how many fields changed. */
export function editClients(tx: Db, set: ChangeSet, writes: readonly Write<'client'>[]): Promise<number> {
  return edit(tx, set, 'client', writes, (id) => id);
}

export function editPeople(tx: Db, set: ChangeSet, writes: readonly Write<'person'>[]): Promise<number> {
  return edit(tx, set, 'person', writes, (_id, values: PersonValues) => values.clientId);
}

/** @param clientOf of points that belong to a person: whose timeline shows the change */
export function editPoints(
  tx: Db,
  set: ChangeSet,
  writes: readonly Write<'contact_point'>[],
  clientOf: (values: PointValues) => string | null = ({ clientId }) => clientId,
): Promise<number> {
  return edit(tx, set, 'contact_point', writes, (_id, values: PointValues) => clientOf(values));
}

export function editEmployees(tx: Db, set: ChangeSet, writes: readonly Write<'employee'>[]): Promise<number> {
  return edit(tx, set, 'employee', writes, () => null);
}

async function edit<Entity extends DirectoryEntity>(
  tx: Db,
  set: ChangeSet,
  entity: Entity,
  asked: readonly Write<Entity>[],
  clientOf: (id: string, values: ValuesOf[Entity]) => string | null,
): Promise<number> {
  const writes = oncePerRow(asked);
  const now = await lockValues(
    tx,
    entity,
    writes.map(({ id }) => id),
  );
  const different = writes.filter(({ id, values }) => {
    const before: Readonly<Record<string, unknown>> | undefined = spread(now.get(id));
    return before !== undefined && Object.entries(values).some(([field, value]) => !isSameJson(before[field], value));
  });
  await writeValues(tx, entity, different);
  // What is told is what stands there: a roll-back compares the two to the letter, and a moment can be written in many ways.
  const written = await lockValues(tx, entity, [...new Set(different.map(({ id }) => id))]);
  const changes = [...written].flatMap(([id, values]): Change[] => {
    const before = now.get(id);
    if (before === undefined) return [];
    const [old, after] = [spread(before), spread(values)];
    return Object.keys(after ?? {}).flatMap((field) =>
      isSameJson(old?.[field], after?.[field])
        ? []
        : [{ entity, entityId: id, clientId: clientOf(id, before), field, old: old?.[field], new: after?.[field] }],
    );
  });
  await recordChanges(tx, set, changes);
  return changes.length;
}

function spread(values: object | undefined): Readonly<Record<string, unknown>> | undefined {
  return values === undefined ? undefined : { ...values };
}

/** The database takes one write of a row at a time: of several the later words count. */
function oncePerRow<Entity extends DirectoryEntity>(writes: readonly Write<Entity>[]): readonly Write<Entity>[] {
  const rows = new Map<string, Write<Entity>>();
  for (const { id, values } of writes) rows.set(id, { id, values: { ...rows.get(id)?.values, ...values } });
  return [...rows.values()];
}
