import { editPoints } from '../../directory/edit.ts';
import type { ClientPoint } from '../../directory/files/clients.ts';
import { addPoints, type NewPoint } from '../../store/directory/employees-and-clients.ts';
import type { Write } from '../../store/directory/fields.ts';
import { madeBySources } from '../../store/history/authors.ts';
import { currentPoints, endedPoints, type OwnedAddress } from '../../store/sources/points.ts';
import { type SaidClient, saidByOthers } from '../../store/sources/sources.ts';
import { decideList } from '../decide.ts';
import { filesOf } from '../reading/files-of.ts';
import { type Placed, personKey, pointKey, type Work } from './work.ts';

type SaidPoint = SaidClient['points'][number];

/** An address of a client, or of one of his people. */
interface At extends OwnedAddress {
  readonly timelineOf: string;
  readonly key: string;
}

/** Adds the addresses that came, and ends those that went, if a source made them and none gives them any more. */
export async function writePoints(
  work: Work,
  placed: readonly Placed[],
  people: ReadonlyMap<string, string>,
): Promise<void> {
  const at = (one: Placed, { kind, address, person }: SaidPoint): At => {
    const personId = person === null ? null : (people.get(personKey(one.clientId, person)) ?? null);
    const clientId = personId === null ? one.clientId : null;
    return { kind, address, clientId, personId, timelineOf: one.clientId, key: one.row.key };
  };
  const came: (At & { readonly of: ClientPoint; readonly isNew: boolean })[] = [];
  const went: At[] = [];
  for (const one of placed) {
    const lists = decideList<SaidPoint>(one.before?.said.points ?? [], one.now.points, pointKey);
    const rowOf = new Map(one.row.points.map((point) => [pointKey(point), point]));
    for (const point of lists.came) {
      const of = rowOf.get(pointKey(point));
      if (of !== undefined) came.push({ ...at(one, point), of, isNew: one.isNew });
    }
    // Of a person who is not there any more nothing is left to end.
    for (const point of lists.went)
      if (point.person === null || at(one, point).personId !== null) went.push(at(one, point));
  }
  await end(work, went);
  await add(work, came);
}

function ownedKey({ kind, address, clientId, personId }: OwnedAddress): string {
  return `${kind} ${address} ${clientId ?? personId}`;
}

async function add(
  work: Work,
  came: readonly (At & { readonly of: ClientPoint; readonly isNew: boolean })[],
): Promise<void> {
  if (came.length === 0) return;
  const old = came.filter(({ isNew }) => !isNew);
  const there = new Set(old.length === 0 ? [] : (await currentPoints(work.tx, old)).map(ownedKey));
  const missing = [...new Map(came.map((one) => [ownedKey(one), one])).values()].filter(
    (one) => !there.has(ownedKey(one)),
  );
  const before = missing.filter(({ isNew }) => !isNew);
  const ended = new Map(
    (before.length === 0 ? [] : await endedPoints(work.tx, before)).map((one) => [ownedKey(one), one]),
  );
  const timelineOf = new Map(came.map((one) => [ownedKey(one), one.timelineOf]));
  const reopened: Write<'contact_point'>[] = [];
  const fresh = missing.flatMap((one): NewPoint[] => {
    const last = ended.get(ownedKey(one));
    // Nobody had it meanwhile: it was his all the time, and only the source had forgotten it.
    if (last !== undefined && !last.taken) reopened.push({ id: last.id, values: { until: 'infinity' } });
    if (last !== undefined && !last.taken) return [];
    const { kind, address, clientId, personId, of } = one;
    const since = last === undefined ? {} : { since: work.now.toISOString() };
    const mobile = of.mobile === true ? { mobile: true } : {};
    return [{ kind, address, clientId, personId, employeeId: null, raw: of.raw, ...since, ...mobile }];
  });
  await edit(work, reopened, missing);
  if (fresh.length === 0) return;
  const made = await addPoints(work.tx, fresh);
  await work.record(
    made.map((point) => {
      const clientId = timelineOf.get(ownedKey(point)) ?? null;
      if (clientId !== null) work.touch(clientId);
      const { kind, address } = point;
      return {
        entity: 'contact_point',
        entityId: point.id,
        clientId,
        field: 'created',
        old: null,
        new: { kind, address },
      };
    }),
  );
}

async function end(work: Work, went: readonly At[]): Promise<void> {
  if (went.length === 0) return;
  const current = await currentPoints(work.tx, went);
  const clientIds = went.map(({ timelineOf }) => timelineOf);
  const others = await saidByOthers(work.tx, clientIds, {
    source: work.source.name,
    keys: went.map(({ key }) => key),
  });
  const stay = new Set(
    others.flatMap(({ clientId, said }) => said.points.map((point) => `${clientId} ${point.kind} ${point.address}`)),
  );
  const ours = await madeBySources(
    work.tx,
    current.map(({ id }) => id),
    filesOf(work.source),
  );
  const timelineOf = new Map(went.map((one) => [ownedKey(one), one.timelineOf]));
  const gone = current.filter((point) => {
    const client = timelineOf.get(ownedKey(point)) ?? '';
    return ours.has(point.id) && !stay.has(`${client} ${point.kind} ${point.address}`);
  });
  await edit(
    work,
    gone.map(({ id }) => ({ id, values: { until: work.now.toISOString() } })),
    went,
  );
  work.ends(gone.length);
}

async function edit(work: Work, writes: readonly Write<'contact_point'>[], of: readonly At[]): Promise<void> {
  if (writes.length === 0) return;
  const clientOf = new Map(of.map(({ clientId, personId, timelineOf }) => [clientId ?? personId, timelineOf]));
  await editPoints(work.tx, await work.set(), writes, ({ clientId, personId }) => {
    const client = clientOf.get(clientId ?? personId) ?? null;
    if (client !== null) work.touch(client);
    return client;
  });
}
