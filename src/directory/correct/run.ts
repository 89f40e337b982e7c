import { momentOf, wallTime } from '../../core/time/wall-time.ts';
import type { Db } from '../../store/base/db.ts';
import { orWithdraw } from '../../store/base/withdraw.ts';
import { peopleAt, pointsAt } from '../../store/directory/clients.ts';
import { peopleOf } from '../../store/directory/employees-and-clients.ts';
import { type ClientValues, lockValues, type PointValues } from '../../store/directory/fields.ts';
import { type ChangeSet, describeChangeSet, openChangeSet } from '../../store/history/change-log.ts';
import { createPerson, createPoint, editClients, editPeople, editPoints } from '../edit.ts';
import { fold } from '../files/csv.ts';
import { decideCorrection, type FormValues, mayExclude, mayHandOver } from './decide.ts';

export interface Corrector {
  readonly id: string;
  readonly role: string;
}

export type Corrected =
  /** Null: nothing was to be changed. */
  | { readonly kind: 'saved'; readonly setId: string | null }
  | {
      readonly kind: 'conflict';
      readonly conflicts: readonly { readonly field: string; readonly now: string | null }[];
    }
  | { readonly kind: 'gone' | 'namesake' | 'known' | 'unreadable' | 'notAllowed' | 'supervisorsOnly' | 'daysReversed' };

/** What every correction is made with: the transaction, its set, and the client, who is held. */
interface Desk {
  readonly tx: Db;
  readonly set: ChangeSet;
  readonly client: ClientValues;
}

/** Works at a client who stands for himself; what changes nothing leaves no set. */
function atClient(
  db: Db,
  clientId: string,
  by: Corrector,
  work: (desk: Desk) => Promise<Corrected | 'saved'>,
): Promise<Corrected> {
  return orWithdraw<Corrected>(db, async (tx, withdraw) => {
    const client = (await lockValues(tx, 'client', [clientId])).get(clientId);
    if (client === undefined || client.mergedInto !== null || client.removed !== null) return { kind: 'gone' };
    const set = await openChangeSet(tx, { kind: 'edit', via: 'session', authorId: by.id, label: null });
    const done = await work({ tx, set, client });
    return done === 'saved' ? { kind: 'saved', setId: set.id } : withdraw(done);
  });
}

const same: Corrected = { kind: 'saved', setId: null };

export interface Form {
  readonly seen: FormValues;
  readonly wish: FormValues;
}

/** Name, kind, class, note and who is responsible. */
export function correctClient(db: Db, clientId: string, form: Form, by: Corrector): Promise<Corrected> {
  return atClient(db, clientId, by, async ({ tx, set, client }) => {
    const { name, kind, class: level, note, responsibleId } = client;
    const { writes, conflicts } = decideCorrection(
      { name, kind, class: level, note, responsibleId },
      form.seen,
      form.wish,
    );
    if (conflicts.length > 0) return { kind: 'conflict', conflicts };
    if (Object.keys(writes).length === 0) return same;
    if ('responsibleId' in writes && !mayHandOver(by, responsibleId)) return { kind: 'notAllowed' };
    await editClients(tx, set, [{ id: clientId, values: asClient(writes) }]);
    return 'saved';
  });
}

/** A name and a kind are never empty: the form has seen to it. */
function asClient({ name, kind, ...rest }: FormValues): Partial<ClientValues> {
  return {
    ...rest,
    ...(name == null ? {} : { name }),
    ...(kind == null ? {} : { kind: kind === 'private' ? 'private' : 'organisation' }),
  };
}

export function addPerson(
  db: Db,
  clientId: string,
  person: { readonly name: string; readonly post: string | null; readonly since: string | null },
  by: Corrector,
): Promise<Corrected> {
  return atClient(db, clientId, by, async ({ tx, set }) => {
    if (await hasNamesake(tx, clientId, person.name, null)) return { kind: 'namesake' };
    const id = await createPerson(tx, set, { clientId, name: person.name, post: person.post });
    await editPeople(tx, set, [{ id, values: { since: person.since } }]);
    return 'saved';
  });
}

async function hasNamesake(tx: Db, clientId: string, name: string, except: string | null): Promise<boolean> {
  return (await peopleOf(tx, [clientId])).some((one) => one.id !== except && fold(one.name) === fold(name));
}

/**
 * A person's name, post and days. Who has left takes his numbers along: from that day on they say nothing of the client.
 *
 * @param zone the office's, in which a day begins
 */
export function correctPerson(
  db: Db,
  clientId: string,
  personId: string,
  form: Form,
  by: Corrector,
  zone: string,
): Promise<Corrected> {
  return atClient(db, clientId, by, async ({ tx, set }) => {
    const now = (await lockValues(tx, 'person', [personId])).get(personId);
    if (now === undefined || now.clientId !== clientId || now.removed !== null) return { kind: 'gone' };
    const { name, post, since, until } = now;
    const { writes, conflicts } = decideCorrection({ name, post, since, until }, form.seen, form.wish);
    if (conflicts.length > 0) return { kind: 'conflict', conflicts };
    if (Object.keys(writes).length === 0) return same;
    const days = { since, until, ...writes };
    if (days.since !== null && days.until !== null && days.until < days.since) return { kind: 'daysReversed' };
    if (writes['name'] != null && (await hasNamesake(tx, clientId, writes['name'], personId)))
      return { kind: 'namesake' };
    const { name: newName, ...rest } = writes;
    await editPeople(tx, set, [{ id: personId, values: { ...rest, ...(newName == null ? {} : { name: newName }) } }]);
    if (writes['until'] != null) await endPoints(tx, set, { clientId, personId }, writes['until'], zone);
    return 'saved';
  });
}

/** His open numbers and addresses end with the day; those that began later were never his. */
async function endPoints(
  tx: Db,
  set: ChangeSet,
  who: { readonly clientId: string; readonly personId: string },
  day: string,
  zone: string,
): Promise<void> {
  const until = momentOf(day, '00:00', zone).toISOString();
  const mine = (await pointsAt(tx, who.clientId, zone)).filter(({ personId }) => personId === who.personId);
  const open = mine.filter((point) => point.until === null || point.until > day);
  await editPoints(
    tx,
    set,
    open.map((point) => ({ id: point.id, values: point.since !== null && point.since >= day ? {} : { until } })),
    () => who.clientId,
  );
}

/**
 * A person goes to another client: he has left the one and is new at the other, with the numbers he has now. What was before
 * stays where it was.
 */
export function movePerson(
  db: Db,
  clientId: string,
  personId: string,
  toClientId: string,
  by: Corrector,
  now: { readonly at: Date; readonly zone: string },
): Promise<Corrected> {
  return atClient(db, clientId, by, async ({ tx, set }) => {
    const values = (await lockValues(tx, 'person', [personId])).get(personId);
    const target = (await lockValues(tx, 'client', [toClientId])).get(toClientId);
    if (values === undefined || values.clientId !== clientId || values.removed !== null) return { kind: 'gone' };
    if (target === undefined || target.mergedInto !== null || target.removed !== null) return { kind: 'gone' };
    if (toClientId === clientId || (await hasNamesake(tx, toClientId, values.name, null))) return { kind: 'namesake' };
    const { day } = wallTime(now.at, now.zone);
    const since = momentOf(day, '00:00', now.zone).toISOString();
    const points = (await pointsAt(tx, clientId, now.zone)).filter(
      (point) => point.personId === personId && (point.until === null || point.until > day),
    );
    await editPeople(tx, set, [{ id: personId, values: { until: day } }]);
    await endPoints(tx, set, { clientId, personId }, day, now.zone);
    const id = await createPerson(tx, set, { clientId: toClientId, name: values.name });
    await editPeople(tx, set, [{ id, values: { since: day } }]);
    const owner = { personId: id, clientId: toClientId };
    for (const { kind, address, mobile, shared } of points) {
      if (kind === 'phone' || kind === 'email' || kind === 'fax')
        await createPoint(tx, set, { kind, raw: address, owner, since, mobile, shared }, null);
    }
    return 'saved';
  });
}

export interface NewAddress {
  readonly kind: 'phone' | 'email' | 'fax' | 'domain';
  readonly raw: string;
  /** Null: the client's own. */
  readonly personId: string | null;
  /** A day in the office's zone; null: since ever. */
  readonly since: string | null;
  readonly flags: Readonly<Record<'mobile' | 'shared' | 'reception' | 'gateway' | 'neverCapture', boolean>>;
}

export function addAddress(
  db: Db,
  clientId: string,
  address: NewAddress,
  by: Corrector,
  office: { readonly region: string | null; readonly zone: string },
): Promise<Corrected> {
  return atClient(db, clientId, by, async ({ tx, set }) => {
    const { kind, raw, personId, flags } = address;
    if (flags.neverCapture && !mayExclude(by)) return { kind: 'supervisorsOnly' };
    if (personId !== null && !(await peopleAt(tx, clientId)).some(({ id }) => id === personId)) return { kind: 'gone' };
    const owner = personId === null ? { clientId } : { personId, clientId };
    const since = address.since === null ? {} : { since: momentOf(address.since, '00:00', office.zone).toISOString() };
    const made = await createPoint(tx, set, { kind, raw, owner, ...since, ...flags }, office.region);
    if (made.kind === 'unreadable') return { kind: 'unreadable' };
    if (flags.neverCapture) await describeChangeSet(tx, set.id, { neverCapture: true });
    return made.ids.length === 0 ? { kind: 'known' } : 'saved';
  });
}

/** From and until when an address counts, and what it is. Days in the office's zone; flags as `1` and ''. */
export function correctAddress(
  db: Db,
  clientId: string,
  pointId: string,
  form: Form,
  by: Corrector,
  zone: string,
): Promise<Corrected> {
  return atClient(db, clientId, by, async ({ tx, set }) => {
    const now = (await pointsAt(tx, clientId, zone)).find(({ id }) => id === pointId);
    if (now === undefined) return { kind: 'gone' };
    await lockValues(tx, 'contact_point', [pointId]);
    const flag = (is: boolean) => (is ? '1' : null);
    const { since, until, mobile, shared, reception, gateway, neverCapture } = now;
    const stands = {
      ...{ since, until },
      ...{ mobile: flag(mobile), shared: flag(shared), reception: flag(reception), gateway: flag(gateway) },
      neverCapture: flag(neverCapture),
    };
    const { writes, conflicts } = decideCorrection(stands, form.seen, form.wish);
    if (conflicts.length > 0) return { kind: 'conflict', conflicts };
    if (Object.keys(writes).length === 0) return same;
    const isExclusion = 'neverCapture' in writes || (neverCapture && ('since' in writes || 'until' in writes));
    if (isExclusion && !mayExclude(by)) return { kind: 'supervisorsOnly' };
    const days = { since, until, ...writes };
    if (days.since !== null && days.until !== null && days.until < days.since) return { kind: 'daysReversed' };
    // What only supervisors decide, only they take back.
    if (isExclusion) await describeChangeSet(tx, set.id, { neverCapture: true });
    await editPoints(tx, set, [{ id: pointId, values: asPoint(writes, zone) }], () => clientId);
    return 'saved';
  });
}

function asPoint(writes: FormValues, zone: string): Partial<PointValues> {
  const moment = (day: string | null, none: string) =>
    day === null ? none : momentOf(day, '00:00', zone).toISOString();
  return Object.fromEntries(
    Object.entries(writes).map(([field, value]) => {
      if (field === 'since') return [field, moment(value, '-infinity')];
      if (field === 'until') return [field, moment(value, 'infinity')];
      return [field, value === '1'];
    }),
  );
}
