import { editPeople } from '../../directory/edit.ts';
import { fold } from '../../directory/files/csv.ts';
import { addPeople, peopleOf } from '../../store/directory/employees-and-clients.ts';
import { lockValues } from '../../store/directory/fields.ts';
import { madeBySources } from '../../store/history/authors.ts';
import { saidByOthers } from '../../store/sources/sources.ts';
import { decideList } from '../decide.ts';
import { filesOf } from '../reading/files-of.ts';
import { type Placed, personKey, pointKey, type Work } from './work.ts';

/**
 * Makes the people who came, and ends those who went, if a source made them and none gives them any more.
 * Returns everybody's id by client and folded name.
 */
export async function writePeople(work: Work, placed: readonly Placed[]): Promise<ReadonlyMap<string, string>> {
  const known = placed.filter(({ isNew }) => !isNew).map(({ clientId }) => clientId);
  const stored = known.length === 0 ? [] : await peopleOf(work.tx, known);
  const ids = new Map(stored.map(({ id, clientId, name }) => [personKey(clientId, name), id]));
  const lists = placed.map((one) => {
    const { came: names, went: left } = decideList(one.before?.said.people ?? [], one.now.people, fold);
    return { ...one, came: [...names, ...returning(one, names, ids)], went: left };
  });
  const came = lists.flatMap(({ clientId, came: names }) => names.map((name) => ({ clientId, name })));
  const back = came.filter(({ clientId, name }) => ids.has(personKey(clientId, name)));
  await comeBack(
    work,
    back.map(({ clientId, name }) => ids.get(personKey(clientId, name)) ?? ''),
  );
  await makeMissing(
    work,
    came.filter(({ clientId, name }) => !ids.has(personKey(clientId, name))),
    ids,
  );
  const went = lists.flatMap(({ clientId, went: names, row }) =>
    names.flatMap((name) => {
      const id = ids.get(personKey(clientId, name));
      return id === undefined ? [] : [{ clientId, name, id, key: row.key }];
    }),
  );
  await end(work, went);
  return ids;
}

/** Who was taken back is there again when the source gives a new address of him: it is his, not his client's. */
function returning(
  { before, now, clientId }: Placed,
  came: readonly string[],
  ids: ReadonlyMap<string, string>,
): readonly string[] {
  const { came: points } = decideList(before?.said.points ?? [], now.points, pointKey);
  const named = new Map(points.flatMap(({ person }) => (person === null ? [] : [[fold(person), person] as const])));
  for (const name of came) named.delete(fold(name));
  return [...named.values()].filter((name) => !ids.has(personKey(clientId, name)));
}

async function makeMissing(
  work: Work,
  missing: readonly { readonly clientId: string; readonly name: string }[],
  ids: Map<string, string>,
): Promise<void> {
  if (missing.length === 0) return;
  const made = await addPeople(work.tx, missing);
  for (const { id, clientId, name } of made) ids.set(personKey(clientId, name), id);
  const fresh = made.filter((one) => one.made);
  for (const { clientId } of fresh) work.touch(clientId);
  await work.record(
    fresh.map(({ id, clientId, name }) => {
      return { entity: 'person', entityId: id, clientId, field: 'created', old: null, new: name };
    }),
  );
}

/** Who had ended is there again; when a person ended him, the source has said something new since. */
async function comeBack(work: Work, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  const ended = [...(await lockValues(work.tx, 'person', ids))].filter(([, { until }]) => until !== null);
  if (ended.length === 0) return;
  await editPeople(
    work.tx,
    await work.set(),
    ended.map(([id]) => ({ id, values: { until: null } })),
  );
  for (const [, { clientId }] of ended) work.touch(clientId);
}

interface Went {
  readonly clientId: string;
  readonly name: string;
  readonly id: string;
  readonly key: string;
}

async function end(work: Work, went: readonly Went[]): Promise<void> {
  if (went.length === 0) return;
  const clientIds = went.map(({ clientId }) => clientId);
  const except = { source: work.source.name, keys: went.map(({ key }) => key) };
  const others = await saidByOthers(work.tx, clientIds, except);
  const stay = new Set(others.flatMap(({ clientId, said }) => said.people.map((name) => personKey(clientId, name))));
  const ours = await madeBySources(
    work.tx,
    went.map(({ id }) => id),
    filesOf(work.source),
  );
  const gone = went.filter(({ clientId, name, id }) => ours.has(id) && !stay.has(personKey(clientId, name)));
  if (gone.length === 0) return;
  await editPeople(
    work.tx,
    await work.set(),
    gone.map(({ id }) => ({ id, values: { until: work.today } })),
  );
  for (const { clientId } of gone) work.touch(clientId);
  work.ends(gone.length);
}
