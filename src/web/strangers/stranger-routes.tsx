import { fill, oneLine } from '../../core/text.ts';
import { takenBy } from '../../directory/stranger/decide.ts';
import {
  type Adopted,
  adoptStranger,
  type Dismissed,
  dismissStranger,
  type Identity,
} from '../../directory/stranger/run.ts';
import type { Visitor } from '../../store/access/sessions.ts';
import { contactViews } from '../../store/contacts/contacts.ts';
import { clientHead, findClients, peopleAt } from '../../store/directory/clients.ts';
import { contactsOfStranger, ownershipsOf, type Stranger, strangers } from '../../store/directory/strangers.ts';
import { authorOf, isUuid } from '../contact/desk.ts';
import { asSeenBy } from '../contact/reading.ts';
import { type Answer, page, type Route, redirect, type Visit, type Web } from '../http/route.ts';
import { isProven, line, numberOf } from '../ui/form-parsing.ts';
import { problemPage } from '../ui/problem-answer.ts';
import { StrangerPage, type StrangerPageProps, StrangersPage, TakenPage } from './strangers-page.tsx';

/** Older ones nobody remembers. */
const daysBack = 90;
const perPage = 12;

/** The queue of strangers. Employees see and settle those who called or wrote to them, supervisors everybody's. */
export function strangerRoutes(web: Web): Route[] {
  const act = (path: string, auth: 'session' | 'supervisor', work: Work): Route => ({
    method: 'POST',
    path: `/strangers/${path}`,
    auth,
    answer: (visit) => withStranger(web, visit, work),
  });
  return [
    { method: 'GET', path: '/strangers', auth: 'session', answer: (visit) => showStrangers(web, visit) },
    { method: 'GET', path: '/strangers/one', auth: 'session', answer: (visit) => showStranger(web, visit) },
    act('create', 'session', create),
    act('attach', 'session', attach),
    act('not-client', 'session', (desk) => dismiss(desk, false)),
    act('never', 'supervisor', (desk) => dismiss(desk, true)),
  ];
}

interface StrangerDesk {
  readonly web: Web;
  readonly visit: Visit;
  readonly visitor: Visitor;
  readonly stranger: Stranger;
}
type Work = (desk: StrangerDesk) => Promise<Answer>;

function mine(visitor: Visitor): string | null {
  return visitor.role === 'supervisor' ? null : visitor.id;
}

function since(web: Web): Date {
  return new Date(web.clock.now().getTime() - daysBack * 86_400_000);
}

async function showStrangers(web: Web, visit: Visit): Promise<Answer> {
  const { view, session, query } = visit;
  if (!session) return problemPage(view, 'notFound', 404);
  const from = Number(numberOf(query['from'])?.slice(0, 6) ?? 0);
  const asked = { ownerId: mine(session.visitor), since: since(web), address: null };
  const all = await strangers(web.db, asked, perPage + 1, from);
  const older = all.length > perPage ? view.href(`/strangers?from=${from + perPage}`) : null;
  const setId = numberOf(query['did']);
  const words = fill(view.texts.directory.done, { what: oneLine(query['what'] ?? '').slice(0, 100) });
  return page(
    <StrangersPage
      view={view}
      strangers={all.slice(0, perPage)}
      older={older}
      done={setId === null ? null : { words, setId }}
    />,
  );
}

/** The stranger of this address, as far as this person may know of him. */
async function strangerAt(web: Web, visitor: Visitor, address: string): Promise<Stranger | null> {
  const all = await strangers(web.db, { ownerId: mine(visitor), since: new Date(0), address }, 1);
  return all[0] ?? null;
}

async function showStranger(web: Web, visit: Visit, status = 200, trouble: readonly string[] = []): Promise<Answer> {
  const { view, session, query } = visit;
  const address = (query['address'] ?? visit.fields.get('address')).slice(0, 320);
  const stranger = session && (await strangerAt(web, session.visitor, address));
  if (!session || !stranger) return problemPage(view, 'notFound', 404);
  const ids = (await contactsOfStranger(web.db, address, mine(session.visitor), 5)).map(({ id }) => id);
  const contacts = await asSeenBy(web, authorOf(session.visitor), await contactViews(web.db, ids));
  const words = oneLine(query['q'] ?? '').slice(0, 200);
  const wanted = query['client'] ?? '';
  const head = isUuid(wanted) ? await clientHead(web.db, wanted) : null;
  const name = oneLine(stranger.names[0] ?? '').slice(0, 200);
  const props: StrangerPageProps = {
    view,
    stranger,
    contacts: ids.flatMap((id) => contacts.find((contact) => contact.id === id) ?? []),
    form: {
      name: line(visit.fields, 'name') ?? name,
      kind: visit.fields.get('kind') === 'private' ? 'private' : 'organisation',
      personName: line(visit.fields, 'personName') ?? '',
    },
    words,
    found: words === '' ? [] : await findClients(web.db, words, 8),
    chosen: head === null ? null : { ...head, people: await peopleAt(web.db, head.id) },
    trouble,
  };
  return page(<StrangerPage {...props} />, status);
}

async function withStranger(web: Web, visit: Visit, work: Work): Promise<Answer> {
  const { view, session, fields } = visit;
  const address = fields.get('address').slice(0, 320);
  if (!session) return problemPage(view, 'notFound', 404);
  if (!isProven(visit, `stranger ${address}`))
    return showStranger(web, visit, 403, [view.texts.directory.problems.stale]);
  const { visitor } = session;
  const stranger = await strangerAt(web, visitor, address);
  if (stranger !== null) return work({ web, visit, visitor, stranger });
  // He is nobody's stranger any more: somebody was faster.
  const owner = takenBy(await ownershipsOf(web.db, address), web.clock.now().toISOString());
  return owner === null ? problemPage(view, 'notFound', 404) : page(<TakenPage view={view} owner={owner} />, 409);
}

async function create({ web, visit, visitor, stranger }: StrangerDesk): Promise<Answer> {
  const t = visit.view.texts.directory;
  const name = line(visit.fields, 'name');
  if (name === null) return showStranger(web, visit, 422, [t.problems.noName]);
  const kind = visit.fields.get('kind') === 'private' ? 'private' : 'organisation';
  const done = await adopt(web, visitor, stranger, {
    clientName: name,
    kind,
    personName: line(visit.fields, 'personName'),
  });
  return done.kind === 'exists' ? showStranger(web, visit, 409, [t.exists]) : afterAdopting(visit, done);
}

async function attach({ web, visit, visitor, stranger }: StrangerDesk): Promise<Answer> {
  const [wanted, person] = [visit.fields.get('client'), visit.fields.get('person')];
  const client = isUuid(wanted) ? await clientHead(web.db, wanted) : null;
  if (client === null) return problemPage(visit.view, 'notFound', 404);
  const isThere = (await peopleAt(web.db, client.id)).some(({ id }) => id === person);
  const personId = isThere ? person : null;
  const personName = personId === null ? line(visit.fields, 'personName') : null;
  return afterAdopting(visit, await adopt(web, visitor, stranger, { clientId: client.id, personId, personName }));
}

async function dismiss({ web, visit, visitor, stranger }: StrangerDesk, neverCapture: boolean): Promise<Answer> {
  const { view } = visit;
  const by = { authorId: visitor.id, via: 'session' } as const;
  const done: Dismissed = await dismissStranger(web.db, stranger, neverCapture, by);
  if (done.kind === 'taken') return page(<TakenPage view={view} owner={done.by} />, 409);
  web.log.info({ set: done.setId, drafts: done.drafts, neverCapture }, 'stranger.dismissed');
  const t = view.texts.directory;
  const what = new URLSearchParams({
    did: done.setId,
    what: `${stranger.address}: ${neverCapture ? t.never : t.notClient}`,
  });
  return redirect(view.href(`/strangers?${what}`));
}

function adopt(web: Web, visitor: Visitor, stranger: Stranger, identity: Identity): Promise<Adopted> {
  return adoptStranger(web.db, stranger, identity, { authorId: visitor.id, via: 'session' });
}

function afterAdopting({ view }: Visit, done: Adopted): Answer {
  switch (done.kind) {
    case 'done':
      return redirect(view.href(`/c/${done.clientId}?did=${done.setId}`));
    case 'taken':
      return page(<TakenPage view={view} owner={done.by} />, 409);
    case 'exists':
    case 'gone':
      return problemPage(view, 'notFound', 404);
  }
}
