import { oneLine } from '../../core/text.ts';
import { contactViews, draftsOf } from '../../store/contacts/contacts.ts';
import { recentGaps } from '../../store/contacts/ringing.ts';
import { type TimelineMark, timeline } from '../../store/contacts/timeline.ts';
import { addressesOf, clientHead, findClients, latestClients, peopleAt } from '../../store/directory/clients.ts';
import { addressesToRemember } from '../../store/directory/strangers.ts';
import { targetsHealth } from '../../store/events/targets.ts';
import { namesOf } from '../../store/history/roll-back.ts';
import { goneFrom, saidOtherwise, sourceRows } from '../../store/sources/sources.ts';
import { authorOf, isUuid } from '../contact/desk.ts';
import { asSeenBy } from '../contact/reading.ts';
import { DraftsPage } from '../drafts/drafts.tsx';
import { type Answer, page, type Route, redirect, type Visit, type Web } from '../http/route.ts';
import { LivePage } from '../live/live-page.tsx';
import { ClientInSources } from '../sources/client-sources.tsx';
import { StatusPage } from '../status/status-page.tsx';
import { numberOf } from '../ui/form-parsing.ts';
import { problemPage } from '../ui/problem-answer.ts';
import { idsIn } from '../ui/values.ts';
import { ClientPage } from './client-page.tsx';
import { ClientsPage } from './clients-page.tsx';

const itemsPerPage = 50;

/** The pages of who is signed in. */
export function sectionRoutes(web: Web): Route[] {
  return [
    {
      method: 'GET',
      path: '/',
      auth: 'session',
      answer: async ({ view, session }) =>
        page(<DraftsPage view={view} drafts={await draftsOf(web.db, session?.visitor.id ?? '', view.now)} />),
    },
    {
      method: 'GET',
      path: '/clients',
      auth: 'session',
      async answer({ view, query }) {
        const words = oneLine(query['q'] ?? '')
          .trim()
          .slice(0, 200);
        const clients = await (words === ''
          ? latestClients(web.db, itemsPerPage)
          : findClients(web.db, words, itemsPerPage));
        return page(<ClientsPage view={view} words={words} clients={clients} />);
      },
    },
    { method: 'GET', path: '/c/:id', auth: 'session', answer: (visit) => showClient(web, visit) },
    {
      method: 'GET',
      path: '/live',
      auth: 'session',
      answer: async ({ view, session }) =>
        page(<LivePage view={view} calls={web.live.present(session?.visitor.id ?? '')} />),
    },
    {
      method: 'GET',
      path: '/status',
      auth: 'oversight',
      answer: async ({ view }) =>
        page(
          <StatusPage
            view={view}
            connectors={await web.status()}
            gaps={await recentGaps(web.db, 20)}
            targets={await targetsHealth(web.db)}
            sources={await sourceRows(web.db)}
          />,
        ),
    },
  ];
}

async function showClient(web: Web, visit: Visit): Promise<Answer> {
  const { view, session } = visit;
  const asked = visit.params['id'] ?? '';
  const client = isUuid(asked) ? await clientHead(web.db, asked) : null;
  if (!client || !session) return problemPage(view, 'notFound', 404);
  const { id } = client;
  // Merged since: his history is part of another's.
  if (id !== asked.toLowerCase()) return redirect(view.href(`/c/${id}`));
  const after = markOf(visit);
  const [items, addresses, people, unknown, gone, otherwise] = await Promise.all([
    timeline(web.db, id, after, itemsPerPage + 1),
    addressesOf(web.db, id, view.now),
    peopleAt(web.db, id),
    after === null && client.removedAt === null ? addressesToRemember(web.db, id, 3) : [],
    goneFrom(web.db, id),
    saidOtherwise(web.db, id),
  ]);
  const shown = items.slice(0, itemsPerPage);
  const ids = shown.flatMap((item) => (item.kind === 'contact' ? [item.contactId] : []));
  const contacts = await asSeenBy(web, authorOf(session.visitor), await contactViews(web.db, ids));
  const last = items.length > itemsPerPage ? shown.at(-1) : undefined;
  return page(
    <ClientPage
      view={view}
      client={client}
      addresses={addresses}
      people={people}
      unknown={unknown}
      names={
        await namesOf(web.db, idsIn(shown.flatMap((item) => (item.kind === 'change' ? [item.old, item.new] : []))))
      }
      setId={numberOf(visit.query['did'])}
      inSources={<ClientInSources view={view} gone={gone} otherwise={otherwise} />}
      items={shown}
      contacts={new Map(contacts.map((contact) => [contact.id, contact]))}
      older={last ? view.href(`/c/${id}?at=${encodeURIComponent(last.at)}&key=${encodeURIComponent(last.key)}`) : null}
      isFirst={after === null}
    />,
  );
}

/** Where the page before ended; an address that somebody mended by hand shows the first page. */
function markOf(visit: Visit): TimelineMark | null {
  const { at = '', key = '' } = visit.query;
  const isMark = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(at) && /^(c[0-9a-f-]{36}|[hs]\d{19})$/.test(key);
  return isMark && isMoment(at) ? { at, key } : null;
}

/** A day and a time of the calendar: the database takes no 30th of February and no year 0. */
function isMoment(at: string): boolean {
  const ms = Date.parse(at);
  return !Number.isNaN(ms) && !at.startsWith('0000') && new Date(ms).toISOString().slice(0, 19) === at.slice(0, 19);
}
