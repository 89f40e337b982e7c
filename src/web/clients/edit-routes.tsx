import type { FormValues } from '../../directory/correct/decide.ts';
import { mayExclude, mayHandOver } from '../../directory/correct/decide.ts';
import {
  addAddress,
  addPerson,
  type Corrected,
  correctAddress,
  correctClient,
  correctPerson,
  movePerson,
} from '../../directory/correct/run.ts';
import { rememberAddress } from '../../directory/stranger/run.ts';
import type { Visitor } from '../../store/access/sessions.ts';
import { contactView } from '../../store/contacts/contacts.ts';
import { type ClientHead, clientHead, clientsNamed, peopleAt, pointsAt } from '../../store/directory/clients.ts';
import { employees } from '../../store/directory/employees-and-clients.ts';
import { isUuid } from '../contact/desk.ts';
import { addressToRemember } from '../contact/remember.tsx';
import { type Answer, page, type Route, redirect, type Visit, type Web } from '../http/route.ts';
import { dayOf, isProven, line, lines, numberOf, troubleOf } from '../ui/form-parsing.ts';
import { problemPage } from '../ui/problem-answer.ts';
import { ClientEditPage } from './edit-page.tsx';

interface ClientDesk {
  readonly web: Web;
  readonly visit: Visit;
  readonly visitor: Visitor;
  readonly client: ClientHead;
}
type Work = (desk: ClientDesk) => Promise<Answer>;

/** Clients, their people and addresses are put right by everybody who is signed in; every word stands in the history. */
export function clientEditRoutes(web: Web): Route[] {
  const at = (method: 'GET' | 'POST', path: string, work: Work): Route => ({
    method,
    path: `/c/:id/${path}`,
    auth: 'session',
    answer: (visit) => atClient(web, visit, work),
  });
  return [
    at('GET', 'edit', (desk) => draw(desk, desk.visit.query['open'] ?? null)),
    at('POST', 'edit', saveClient),
    at('POST', 'people', newPerson),
    at('POST', 'people/:person', savePerson),
    at('POST', 'people/:person/move', move),
    at('POST', 'points', newPoint),
    at('POST', 'points/:point', savePoint),
    at('POST', 'remember', remember),
  ];
}

async function atClient(web: Web, visit: Visit, work: Work): Promise<Answer> {
  const { view, session, params } = visit;
  const id = params['id'] ?? '';
  const client = isUuid(id) ? await clientHead(web.db, id) : null;
  if (client === null || client.removedAt !== null || session === null) return problemPage(view, 'notFound', 404);
  return work({ web, visit, visitor: session.visitor, client });
}

async function draw(
  { web, visit, visitor, client }: ClientDesk,
  open: string | null,
  status = 200,
  trouble: readonly string[] = [],
): Promise<Answer> {
  const everybody = await employees(web.db);
  const names = [
    'name',
    'kind',
    'class',
    'note',
    'responsibleId',
    'post',
    'since',
    'until',
    'client',
    'address',
    'person',
  ];
  const flags = ['mobile', 'shared', 'reception', 'gateway', 'neverCapture'];
  const typed = trouble.length === 0 ? [] : [...names, ...flags].map((name) => [name, visit.fields.get(name)] as const);
  return page(
    <ClientEditPage
      view={visit.view}
      client={client}
      people={await peopleAt(web.db, client.id)}
      points={await pointsAt(web.db, client.id, web.office.zone)}
      employees={everybody.filter(({ id, active }) => active || id === client.responsibleId)}
      mayHandOver={mayHandOver(visitor, client.responsibleId)}
      mayExclude={mayExclude(visitor)}
      open={open}
      typed={Object.fromEntries(typed)}
      trouble={trouble}
      most={visit.query['more'] === '1' ? 1000 : 10}
      setId={trouble.length > 0 ? null : numberOf(visit.query['did'])}
    />,
    status,
  );
}

/** Done: the page anew, with the way back. Not done: the same form with what was typed, and why. */
function answer(desk: ClientDesk, done: Corrected, open: string | null): Promise<Answer> | Answer {
  const { view } = desk.visit;
  if (done.kind === 'saved') {
    const did = done.setId === null ? '' : `?did=${done.setId}`;
    return redirect(view.href(`/c/${desk.client.id}/edit${did}`));
  }
  return draw(desk, open, ['notAllowed', 'supervisorsOnly'].includes(done.kind) ? 403 : 409, troubleOf(view, done));
}

function refuse(desk: ClientDesk, open: string | null, what: keyof Problems, status = 422): Promise<Answer> {
  return draw(desk, open, status, [desk.visit.view.texts.directory.problems[what]]);
}
type Problems = Visit['view']['texts']['directory']['problems'];

/**
 * What the form showed and what it says now, of these fields. Both are read alike: a browser sends line ends in its own way,
 * and what nobody touched must not look touched.
 */
function formOf({ fields }: Visit, names: readonly string[]): { readonly seen: FormValues; readonly wish: FormValues } {
  const read = (field: string, name: string) => (name === 'note' ? lines(fields, field) : line(fields, field));
  return {
    seen: Object.fromEntries(names.map((name) => [name, read(`seen.${name}`, name)])),
    wish: Object.fromEntries(names.map((name) => [name, read(name, name)])),
  };
}

async function saveClient(desk: ClientDesk): Promise<Answer> {
  const { web, visit, visitor, client } = desk;
  if (!isProven(visit, `edit ${client.id}`)) return refuse(desk, null, 'stale', 403);
  const hands = visit.fields.get('responsibleId') !== '' || visit.fields.get('seen.responsibleId') !== '';
  const form = formOf(visit, ['name', 'kind', 'class', 'note', ...(hands ? ['responsibleId'] : [])]);
  if (form.wish['name'] === null) return refuse(desk, null, 'noName');
  const responsible = form.wish['responsibleId'] ?? null;
  if (responsible !== null && !(await employees(web.db)).some(({ id }) => id === responsible))
    return problemPage(visit.view, 'badRequest', 400);
  return answer(desk, await correctClient(web.db, client.id, form, visitor), null);
}

async function newPerson(desk: ClientDesk): Promise<Answer> {
  const { web, visit, visitor, client } = desk;
  if (!isProven(visit, `edit ${client.id}`)) return refuse(desk, 'person', 'stale', 403);
  const [name, since] = [line(visit.fields, 'name'), dayOf(visit.fields, 'since')];
  if (name === null) return refuse(desk, 'person', 'noName');
  if (since === 'bad') return refuse(desk, 'person', 'badDay');
  const person = { name, post: line(visit.fields, 'post'), since };
  return answer(desk, await addPerson(web.db, client.id, person, visitor), 'person');
}

async function savePerson(desk: ClientDesk): Promise<Answer> {
  const { web, visit, visitor, client } = desk;
  const id = visit.params['person'] ?? '';
  if (!isUuid(id)) return problemPage(visit.view, 'notFound', 404);
  if (!isProven(visit, `edit ${id}`)) return refuse(desk, id, 'stale', 403);
  const form = formOf(visit, ['name', 'post', 'since', 'until']);
  if (form.wish['name'] === null) return refuse(desk, id, 'noName');
  if (['since', 'until'].some((name) => dayOf(visit.fields, name) === 'bad')) return refuse(desk, id, 'badDay');
  return answer(desk, await correctPerson(web.db, client.id, id, form, visitor, web.office.zone), id);
}

async function move(desk: ClientDesk): Promise<Answer> {
  const { web, visit, visitor, client } = desk;
  const id = visit.params['person'] ?? '';
  if (!isUuid(id)) return problemPage(visit.view, 'notFound', 404);
  if (!isProven(visit, `edit ${id}`)) return refuse(desk, id, 'stale', 403);
  const name = line(visit.fields, 'client') ?? '';
  const [target, ...more] = (await clientsNamed(web.db, name, 5)).filter(
    (one) => one.name.toLowerCase() === name.toLowerCase(),
  );
  if (target === undefined || more.length > 0) return refuse(desk, id, 'noSuchClient');
  const now = { at: web.clock.now(), zone: web.office.zone };
  return answer(desk, await movePerson(web.db, client.id, id, target.id, visitor, now), id);
}

const kinds = ['phone', 'email', 'fax', 'domain'] as const;

async function newPoint(desk: ClientDesk): Promise<Answer> {
  const { web, visit, visitor, client } = desk;
  const { fields } = visit;
  if (!isProven(visit, `edit ${client.id}`)) return refuse(desk, 'point', 'stale', 403);
  const [raw, since] = [line(fields, 'address', 320), dayOf(fields, 'since')];
  const kind = kinds.find((one) => one === fields.get('kind'));
  const person = fields.get('person');
  if (raw === null || kind === undefined || (person !== '' && !isUuid(person)))
    return refuse(desk, 'point', 'badAddress');
  if (since === 'bad') return refuse(desk, 'point', 'badDay');
  const is = (flag: string) => fields.get(flag) === '1';
  const flags = { mobile: is('mobile'), shared: is('shared'), reception: is('reception'), gateway: is('gateway') };
  const neverCapture = is('neverCapture');
  const address = { kind, raw, personId: person === '' ? null : person, since, flags: { ...flags, neverCapture } };
  const office = { region: web.office.region ?? null, zone: web.office.zone };
  return answer(desk, await addAddress(web.db, client.id, address, visitor, office), 'point');
}

async function savePoint(desk: ClientDesk): Promise<Answer> {
  const { web, visit, visitor, client } = desk;
  const id = visit.params['point'] ?? '';
  if (!isUuid(id)) return problemPage(visit.view, 'notFound', 404);
  if (!isProven(visit, `edit ${id}`)) return refuse(desk, id, 'stale', 403);
  if (['since', 'until'].some((name) => dayOf(visit.fields, name) === 'bad')) return refuse(desk, id, 'badDay');
  const flags = ['mobile', 'shared', 'reception', 'gateway', ...(mayExclude(visitor) ? ['neverCapture'] : [])];
  const form = formOf(visit, ['since', 'until', ...flags]);
  return answer(desk, await correctAddress(web.db, client.id, id, form, visitor, web.office.zone), id);
}

/** One tap on the client's page: the address of one of his contacts is his. */
async function remember({ web, visit, visitor, client }: ClientDesk): Promise<Answer> {
  const { view, fields } = visit;
  const id = fields.get('contact');
  const contact = isUuid(id) ? await contactView(web.db, id) : null;
  const point = contact && addressToRemember(contact);
  if (contact === null || point === null || contact.clientId !== client.id) return problemPage(view, 'notFound', 404);
  if (!isProven(visit, `remember ${id}`)) return problemPage(view, 'badRequest', 403);
  const who = { clientId: client.id, personId: contact.personId };
  const by = { authorId: visitor.id, via: 'session' } as const;
  const done = await web.db.transaction((tx) =>
    rememberAddress(tx, { id, startedAt: contact.startedAt, ...point }, who, by, null),
  );
  return redirect(view.href(`/c/${client.id}${done.kind === 'remembered' ? `?did=${done.setId}` : ''}`));
}
