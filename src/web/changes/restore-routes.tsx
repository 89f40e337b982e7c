import { createHash } from 'node:crypto';
import { fill, oneLine } from '../../core/text.ts';
import { mayHandOver } from '../../directory/correct/decide.ts';
import { mayRollBack } from '../../directory/roll-back/decide.ts';
import { rollBack } from '../../directory/roll-back/run.ts';
import { isPrivate, mayWrite, restorable } from '../../history/decide.ts';
import { restoreField } from '../../history/run.ts';
import type { Visitor } from '../../store/access/sessions.ts';
import { contactView } from '../../store/contacts/contacts.ts';
import { talkersOf } from '../../store/contacts/human-edits.ts';
import type { PointValues } from '../../store/directory/fields.ts';
import { pointNow, valueNow } from '../../store/directory/fields-now.ts';
import { type ChangeView, changeView } from '../../store/history/change-sets.ts';
import { latestChanges, namesOf } from '../../store/history/roll-back.ts';
import { authorOf } from '../contact/desk.ts';
import { type Answer, page, type Route, redirect, type Visit, type Web } from '../http/route.ts';
import { byAt } from '../ui/by-at.ts';
import { isProven, numberOf } from '../ui/form-parsing.ts';
import { problemPage } from '../ui/problem-answer.ts';
import { idsIn } from '../ui/values.ts';
import { RestorePage } from './changes-page.tsx';

/** One field gets its value of before again: first it is seen, then done. */
export function restoreRoutes(web: Web): Route[] {
  return [
    { method: 'GET', path: '/change/:id', auth: 'session', answer: (visit) => showChange(web, visit) },
    { method: 'POST', path: '/change/:id', auth: 'session', answer: (visit) => restoreChange(web, visit) },
  ];
}

/** Changes that are whole only with their set: a merge, an import's new client. */
function isPartOfWhole({ setKind, field, entity }: ChangeView): boolean {
  return (
    setKind === 'merge' || (entity !== 'contact' && ['created', 'removed', 'mergedInto', 'merged'].includes(field))
  );
}

/** The change, if this visitor may take it back; else the answer. */
async function changeFor(web: Web, { view, session, params }: Visit): Promise<ChangeView | Answer> {
  const id = numberOf(params['id']);
  const change = id === null ? null : await changeView(web.db, id);
  if (change === null || session === null) return problemPage(view, 'notFound', 404);
  if (isPartOfWhole(change) && change.setId !== null) return redirect(view.href(`/changes/${change.setId}`));
  return (await mayRestore(web, session.visitor, change)) ? change : problemPage(view, 'forbidden', 403);
}

/** Who may write a field may restore it. */
async function mayRestore(web: Web, visitor: Visitor, change: ChangeView): Promise<boolean> {
  if (change.entity === 'contact') {
    const contact = await contactView(web.db, change.entityId);
    if (contact === null || !restorable.some((field) => field === change.field)) return false;
    const talkers = await talkersOf(web.db, contact.id);
    const ids = talkers.map(({ id }) => id);
    const isHis = contact.ownerId === visitor.id || ids.includes(visitor.id);
    if (isPrivate({ state: contact.state, outcome: contact.outcomeByHand }) && !isHis) return false;
    return mayWrite(authorOf(visitor), contact.ownerId, ids);
  }
  if (visitor.role === 'supervisor') return true;
  if (change.entity === 'client' && change.field === 'responsibleId') {
    const now = await valueNow(web.db, change.entity, change.entityId, change.field);
    return mayHandOver(visitor, typeof now === 'string' ? now : null);
  }
  if (change.entity === 'contact_point') {
    const now = await pointNow(web.db, change.entityId);
    return now !== null && isOfClients(now) && isOfClients({ ...now, [change.field]: change.old });
  }
  if (['client', 'person'].includes(change.entity)) return true;
  return mayRollBack(visitor, { kind: change.setKind ?? '', authorId: change.authorId, isForSupervisors: false });
}

/**
 * Addresses of clients and their people are everybody's to put right. Those of colleagues tell who hears of which call, and
 * what is never captured is decided above: supervisors' alone.
 */
function isOfClients({ employeeId, clientId, personId, neverCapture }: PointValues): boolean {
  return employeeId === null && (clientId !== null || personId !== null) && !neverCapture;
}

async function showChange(web: Web, visit: Visit, status = 200, trouble: readonly string[] = []): Promise<Answer> {
  const change = await changeFor(web, visit);
  if (!('entityId' in change)) return change;
  const { view } = visit;
  const t = view.texts.directory;
  const now = await valueNow(web.db, change.entity, change.entityId, change.field);
  const names = await namesOf(web.db, [change.entityId, ...idsIn([change.old, change.new, now])]);
  const isSame = JSON.stringify(now ?? null) === JSON.stringify(change.old);
  const [last] = await latestChanges(web.db, null, [change]);
  const contact = change.entity === 'contact' ? await contactView(web.db, change.entityId) : null;
  return page(
    <RestorePage
      view={view}
      change={change}
      subject={oneLine(names.get(change.entityId) ?? '')}
      names={names}
      now={now}
      by={last === undefined ? null : byAt(view, last.authorName, last.at)}
      seen={isSame ? null : seenOf(now, contact?.version ?? 0)}
      trouble={isSame && trouble.length === 0 ? [t.asWas] : trouble}
    />,
    status,
  );
}

/** What the visitor saw: had it changed meanwhile, it would be another. */
function seenOf(now: unknown, version: number): string {
  return `${version}.${createHash('sha256')
    .update(JSON.stringify(now ?? null))
    .digest('base64url')
    .slice(0, 16)}`;
}

async function restoreChange(web: Web, visit: Visit): Promise<Answer> {
  const change = await changeFor(web, visit);
  if (!('entityId' in change)) return change;
  const { view, session, fields } = visit;
  const t = view.texts.directory;
  if (session === null) return problemPage(view, 'notFound', 404);
  if (!isProven(visit, `restore ${change.id}`)) return showChange(web, visit, 403, [t.problems.stale]);
  const seen = fields.get('seen');
  if (change.entity === 'contact') return restoreOfContact(web, visit, session.visitor, change, seen);
  const done = await rollBack(web.db, {
    source: { changeId: change.id },
    by: { authorId: session.visitor.id, via: 'session' },
    confirms: ({ now }) => seenOf(now, 0) === seen,
  });
  if (done.setId === null) return showChange(web, visit, 409, [done.left > 0 ? t.restoreChanged : t.asWas]);
  web.log.info({ change: change.id, by: done.setId }, 'changes.restored');
  return redirect(
    view.href(change.clientId === null ? `/changes/${done.setId}` : `/c/${change.clientId}?did=${done.setId}`),
  );
}

async function restoreOfContact(
  web: Web,
  visit: Visit,
  visitor: Visitor,
  change: ChangeView,
  seen: string,
): Promise<Answer> {
  const { view } = visit;
  const t = view.texts.directory;
  const version = Number.parseInt(seen, 10) || 0;
  const done = await restoreField(web, authorOf(visitor), change.id, version);
  switch (done) {
    case 'restored': {
      const contact = await contactView(web.db, change.entityId);
      return redirect(
        view.href(contact?.clientId ? `/c/${contact.clientId}#${contact.id}` : `/contact/${change.entityId}`),
      );
    }
    case 'nothing':
      return showChange(web, visit, 409, [t.asWas]);
    case 'conflict':
      return showChange(web, visit, 409, [t.restoreChanged]);
    case 'empty':
      return showChange(web, visit, 422, [t.restoreEmpty]);
    case 'gone':
      return showChange(web, visit, 409, [fill(t.restoreGone, {})]);
    case 'forbidden':
      return problemPage(view, 'forbidden', 403);
  }
}
