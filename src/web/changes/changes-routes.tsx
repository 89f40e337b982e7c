import { createHash } from 'node:crypto';
import { oneLine } from '../../core/text.ts';
import { type Conflict, mayRollBack } from '../../directory/roll-back/decide.ts';
import { lookAtRollBack, type RolledBack, rollBack } from '../../directory/roll-back/run.ts';
import type { Db } from '../../store/base/db.ts';
import { clientHead } from '../../store/directory/clients.ts';
import {
  type ChangeSetView,
  changeSetOf,
  changeSets,
  changesOf,
  contactsSinceMerge,
} from '../../store/history/change-sets.ts';
import { latestChanges, namesOf } from '../../store/history/roll-back.ts';
import { type Confirming, kindsTogether } from '../contact/conflicts.tsx';
import { type Answer, page, type Route, type Visit, type Web } from '../http/route.ts';
import { isProven, numberOf } from '../ui/form-parsing.ts';
import { problemPage } from '../ui/problem-answer.ts';
import { idsIn } from '../ui/values.ts';
import { ChangesPage, SetPage } from './changes-page.tsx';
import { restoreRoutes } from './restore-routes.tsx';

/** A page has 15 KB with its styles. */
const setsPerPage = 12;
const changesShown = 10;

/** What was changed, set by set, and the way back. Supervisors see all sets, everybody what he himself entered. */
export function changeRoutes(web: Web): Route[] {
  return [
    { method: 'GET', path: '/changes', auth: 'supervisor', answer: (visit) => showSets(web, visit) },
    { method: 'GET', path: '/changes/:id', auth: 'session', answer: (visit) => showSet(web, visit) },
    { method: 'POST', path: '/changes/:id', auth: 'session', answer: (visit) => undoSet(web, visit) },
    ...restoreRoutes(web),
  ];
}

async function showSets(web: Web, { view, query }: Visit): Promise<Answer> {
  const sets = await changeSets(web.db, numberOf(query['before']), setsPerPage + 1);
  const last = sets.length > setsPerPage ? sets[setsPerPage - 1] : undefined;
  const older = last === undefined ? null : view.href(`/changes?before=${last.id}`);
  return page(<ChangesPage view={view} sets={sets.slice(0, setsPerPage)} older={older} />);
}

/** The set, if this visitor may take it back; else the answer. */
async function setFor(web: Web, { view, session, params }: Visit): Promise<ChangeSetView | Answer> {
  const id = numberOf(params['id']);
  const set = id === null ? null : await changeSetOf(web.db, id);
  if (set === null || session === null) return problemPage(view, 'notFound', 404);
  return mayRollBack(session.visitor, set) ? set : problemPage(view, 'forbidden', 403);
}

async function showSet(web: Web, visit: Visit): Promise<Answer> {
  const set = await setFor(web, visit);
  return 'at' in set ? drawSet(web, visit, set, null) : set;
}

/** Takes the set back, but for what was changed later: of that, what the visitor has seen and marked. */
async function undoSet(web: Web, visit: Visit): Promise<Answer> {
  const set = await setFor(web, visit);
  if (!('at' in set)) return set;
  if (!isProven(visit, `roll back ${set.id}`))
    return drawSet(web, visit, set, null, 403, [visit.view.texts.directory.problems.stale]);
  const together = await confirmedTogether(web.db, visit, set.id);
  const done = await rollBack(web.db, {
    source: { setId: set.id },
    by: { authorId: visit.session?.visitor.id ?? null, via: 'session' },
    confirms(conflict) {
      const { name, value } = confirming.one(conflict);
      return visit.fields.get(name) === value || together.has(markOf(conflict));
    },
  });
  web.log.info({ set: set.id, by: done.setId, taken: done.taken, left: done.left }, 'changes.rolled_back');
  return drawSet(web, visit, set, done);
}

/** What was seen is what is confirmed: had it changed once more meanwhile, the value would be another. */
const confirming: Confirming = {
  one: ({ row, now, uses }) => ({ name: `over.${row.entityId}.${row.field}`, value: digest([now, uses]) }),
  all: (conflicts, kind) => ({
    name: `all.${kind}`,
    value: digest(conflicts.filter(({ reason }) => reason === kind).map((one) => Object.values(confirming.one(one)))),
  }),
};

function digest(seen: unknown): string {
  return createHash('sha256').update(JSON.stringify(seen)).digest('base64url').slice(0, 16);
}

/** What a visitor confirmed with one mark for all of a kind, each as if marked by itself; nothing when it is not what he saw. */
async function confirmedTogether(db: Db, { fields }: Visit, setId: string): Promise<ReadonlySet<string>> {
  if (kindsTogether.every((kind) => fields.get(`all.${kind}`) === '')) return new Set();
  const { all } = await lookAtRollBack(db, { setId });
  const kinds = kindsTogether.filter((kind) => {
    const { name, value } = confirming.all(all, kind);
    return fields.get(name) === value;
  });
  return new Set(all.filter(({ reason }) => kinds.some((kind) => kind === reason)).map(markOf));
}

function markOf(conflict: Conflict): string {
  const { name, value } = confirming.one(conflict);
  return `${name}=${value}`;
}

async function drawSet(
  web: Web,
  visit: Visit,
  set: ChangeSetView,
  done: RolledBack | null,
  status = 200,
  trouble: readonly string[] = [],
): Promise<Answer> {
  const { db } = web;
  const look = done === null || done.left > 0 ? await lookAtRollBack(db, { setId: set.id }) : null;
  const changes = await changesOf(db, set.id, changesShown);
  const conflicts = look?.conflicts ?? [];
  const ids = [
    ...changes.map(({ entityId }) => entityId),
    ...conflicts.map(({ row }) => row.entityId),
    ...idsIn([...changes, ...conflicts.map(({ row }) => row)].flatMap((one) => [one.old, one.new])),
    ...idsIn(conflicts.map(({ now }) => now)),
  ];
  const asked = conflicts.map(({ row: { entityId, field } }) => ({ entityId, field }));
  return page(
    <SetPage
      view={visit.view}
      set={set}
      changes={changes}
      names={await namesOf(db, ids)}
      look={look}
      later={await latestChanges(db, set.id, asked)}
      done={done}
      since={done === null ? await sinceMerge(web, set) : null}
      confirming={confirming}
      trouble={trouble}
    />,
    status,
  );
}

/** Of a merge: what came since stays where it came, and is told. */
async function sinceMerge(web: Web, set: ChangeSetView): Promise<{ count: number; name: string } | null> {
  const facts: Readonly<Record<string, unknown>> = { ...Object(set.facts) };
  if (set.kind !== 'merge' || typeof facts['kept'] !== 'string') return null;
  const kept = await clientHead(web.db, facts['kept']);
  if (kept === null) return null;
  return { count: await contactsSinceMerge(web.db, kept.id, set.at, set.id), name: oneLine(kept.name) };
}
