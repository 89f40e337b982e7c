import { editClients } from '../../directory/edit.ts';
import { fold } from '../../directory/files/csv.ts';
import { type ClientValues, lockValues, type Write } from '../../store/directory/fields.ts';
import { fieldsByPeople } from '../../store/history/authors.ts';
import { makeClients } from '../../store/sources/points.ts';
import { clientsToLink, type Given, spokenOf } from '../../store/sources/sources.ts';
import { decideFields, fieldNames } from '../decide.ts';
import type { Fresh, Placed, Work } from './work.ts';

/** Finds or makes the client of each row, and writes its fields. */
export async function writeClients(work: Work, fresh: readonly Fresh[]): Promise<readonly Placed[]> {
  const links = await linksOf(work, fresh);
  const made = await make(
    work,
    fresh.filter(({ row }) => !links.has(row.key)),
  );
  const ids = [...links.values()].map(({ id }) => id);
  const stored = await lockValues(work.tx, 'client', ids);
  const differing = fresh.flatMap(({ row, now }) => {
    const id = links.get(row.key)?.id ?? '';
    const current = stored.get(id);
    return current !== undefined && fieldNames.some((name) => current[name] !== now[name]) ? [id] : [];
  });
  const byPeople = differing.length === 0 ? new Set<string>() : await fieldsByPeople(work.tx, differing);
  const writes: Write<'client'>[] = [];
  const placed = fresh.map((one): Placed => {
    const link = links.get(one.row.key);
    const clientId = link?.id ?? made.get(one.row.key) ?? '';
    const ownId = link?.ownId ?? clientId;
    const current = link === undefined ? undefined : stored.get(link.id);
    if (link === undefined || current === undefined) return { ...one, clientId, ownId, isNew: true, kept: null };
    const { write, kept } = link.merged ? { write: {}, kept: {} } : fieldsOf(one, current, byPeople, clientId);
    const values = current.removed === null ? write : { ...write, removed: null };
    if (Object.keys(values).length > 0) writes.push({ id: clientId, values });
    work.keeps(kept);
    const before = current.removed === null ? one.before : withoutLists(one.before);
    return { ...one, before, clientId, ownId, isNew: false, kept: Object.keys(kept).length === 0 ? null : kept };
  });
  if (writes.length > 0) await editClients(work.tx, await work.set(), writes);
  for (const { id } of writes) work.touch(id);
  for (const { before, clientId } of placed) if (before?.gone) work.touch(clientId);
  return placed;
}

/** With the client his people and addresses were taken back: all that the source gives of them comes anew. */
function withoutLists(before: Given | null): Given | null {
  return before === null ? null : { ...before, said: { ...before.said, people: [], points: [] } };
}

function fieldsOf({ before, now }: Fresh, current: ClientValues, byPeople: ReadonlySet<string>, id: string) {
  return decideFields(before?.said ?? null, now, current, (field) => byPeople.has(`${id} ${field}`));
}

interface Link {
  readonly id: string;
  readonly ownId: string;
  /** The client it was has become part of this one, whose own fields stay. */
  readonly merged: boolean;
}

/**
 * The clients that are there: by what the source called them before; else by name, where the client bears it still and the
 * source means no other one by him. Two of one name and two ids are two clients.
 */
async function linksOf({ tx, source }: Work, fresh: readonly Fresh[]): Promise<Map<string, Link>> {
  const links = new Map<string, Link>();
  for (const { row, before } of fresh)
    if (before !== null) links.set(row.key, { id: before.clientId, ownId: before.ownId, merged: before.merged });
  const unknown = fresh.filter(({ before }) => before === null);
  if (unknown.length === 0) return links;
  const called = new Map<string, (Link & { readonly name: string })[]>();
  const named = await clientsToLink(
    tx,
    unknown.map(({ row }) => row.name),
  );
  for (const one of named) called.set(one.name, [...(called.get(one.name) ?? []), one]);
  const spoken = await spokenOf(
    tx,
    source.name,
    named.map(({ ownId }) => ownId),
  );
  const taken = new Set([...links.values()].map(({ ownId }) => ownId));
  for (const { row } of unknown) {
    const client = called.get(row.name)?.find(({ ownId }) => !spoken.has(ownId) && !taken.has(ownId));
    if (client === undefined) continue;
    taken.add(client.ownId);
    links.set(row.key, client);
  }
  return links;
}

/** Returns the ids by the rows' keys. */
async function make(work: Work, rows: readonly Fresh[]): Promise<Map<string, string>> {
  if (rows.length === 0) return new Map();
  const values = rows.map(({ row, now }) => ({
    name: now.name,
    kind: row.kind ?? ('organisation' as const),
    class: now.class,
    note: null,
    responsibleId: now.responsibleId,
  }));
  const wanted = rows.map(({ row }, i) => ({ row: row.key, key: fold(row.name), values: values[i] }));
  const ids = new Map<string, string>();
  const once = new Map<string, (typeof wanted)[number]>();
  for (const one of wanted) if (!once.has(one.key)) once.set(one.key, one);
  await makeSome([...once.values()]);
  // The name is another client's: known by the source's own id then.
  const namesakes = wanted.filter(({ row }) => !ids.has(row));
  await makeSome(namesakes.map((one) => ({ ...one, key: `${one.key} #${work.source.name}:${one.row}` })));
  return ids;

  async function makeSome(some: readonly (typeof wanted)[number][]): Promise<void> {
    if (some.length === 0) return;
    const made = await makeClients(
      work.tx,
      some.flatMap(({ key, values: of }) => (of === undefined ? [] : [{ key, ...of }])),
    );
    const fresh = some.flatMap((one) => {
      const id = made.get(one.key);
      if (id === undefined) return [];
      ids.set(one.row, id);
      work.touch(id, true);
      return [{ entity: 'client', entityId: id, clientId: id, field: 'created', old: null, new: one.values } as const];
    });
    await work.record(fresh);
  }
}
