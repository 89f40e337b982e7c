import { fill, oneLine, typedText } from '../../core/text.ts';
import { addDays, wallTime } from '../../core/time/wall-time.ts';
import { sameProof } from '../../core/token.ts';
import { rollBack } from '../../directory/roll-back/run.ts';
import { decideRemembering } from '../../directory/stranger/decide.ts';
import { type Remembered, rememberAddress } from '../../directory/stranger/run.ts';
import type { Wish } from '../../history/decide.ts';
import { completeContact, type Saved, saveTyping, undoCompletion } from '../../history/run.ts';
import type { Db } from '../../store/base/db.ts';
import {
  type ContactView,
  candidatesOf,
  contactView,
  countDrafts,
  draftsOf,
  joinedTo,
  lastContacts,
  lastOccasion,
  occasions,
} from '../../store/contacts/contacts.ts';
import { clientHead, clientsNamed } from '../../store/directory/clients.ts';
import { ownershipsOf, setsWithSave } from '../../store/directory/strangers.ts';
import type { Fields } from '../http/fields.ts';
import { type Answer, page, redirect, type View, type Visit, type Web } from '../http/route.ts';
import { problemPage } from '../ui/problem-answer.ts';
import { type Desk, isUuid } from './desk.ts';
import { DonePage } from './done.tsx';
import { FormPage } from './form.tsx';
import { type GistForm, longestGist, nextStepOf, type Problem, problemsOf, readGistForm } from './gist-form.ts';
import { asSeenBy } from './reading.ts';
import { addressToRemember, shown } from './remember.tsx';

/** What a redrawn form tells. */
interface Telling {
  readonly status?: number;
  readonly problems?: readonly Problem[];
  readonly conflict?: boolean;
  readonly undone?: boolean;
  readonly similar?: readonly { readonly id: string; readonly name: string }[];
}

/** GET: draws the form; changes nothing, whoever asks and however often. */
export async function showForm(web: Web, desk: Desk, visit: Visit): Promise<Answer> {
  return drawForm(web, desk, await firstForm(web, desk), { undone: visit.query['undone'] === '1' });
}

/** POST: takes the form. Whatever keeps it from being saved, what was typed is on the page that answers. */
export async function saveForm(web: Web, desk: Desk, fields: Fields): Promise<Answer> {
  const form = readGistForm(fields);
  if (!sameProof(desk.view.proof('save'), fields.get('proof'))) {
    return drawForm(web, desk, form, { status: 403, problems: [{ code: 'stale' }] });
  }
  const chosen = await chooseClient(web, desk, form);
  const problems = [...problemsOf(form), ...chosen.problems];
  if (problems.length > 0) return drawForm(web, desk, form, { status: 422, problems, similar: chosen.similar });
  const wish: Wish = {
    gist: form.gist === '' ? null : form.gist,
    outcome: form.outcome,
    occasion: await knownOccasion(web, desk.contact, form.occasion),
    nextStep: nextStepOf(form),
    client: chosen.client,
    version: form.version,
  };
  const saved = await saveWith(web, desk, wish, form.remember);
  switch (saved.kind) {
    case 'saved':
      if (desk.contact.state === 'draft') countCompleted(web, desk.contact);
      return redirect(doneAddress(desk, saved.edit));
    case 'same': // Pressed twice: the first time made this version. Sent as it was drawn: there is nothing to take back.
      return redirect(form.version < desk.contact.version ? doneAddress(desk, desk.contact.version) : doneAt(desk));
    case 'conflict': {
      const contact = (await contactView(web.db, desk.contact.id)) ?? desk.contact;
      return drawForm(web, { ...desk, contact }, form, { status: 409, conflict: true });
    }
    case 'empty':
      return drawForm(web, desk, form, { status: 422, problems: [{ code: 'empty' }] });
    case 'forbidden':
      return problemPage(desk.view, 'forbidden', 403);
    case 'gone':
      return problemPage(desk.view, 'notFound', 404);
  }
}

/** The save, and the address that is the client's from now on, stand or fall together. */
function saveWith(web: Web, desk: Desk, wish: Wish, remember: boolean): Promise<Saved> {
  return web.db.transaction(async (tx) => {
    const saved = await completeContact({ ...web, db: tx }, desk.author, desk.contact.id, wish);
    if (saved.kind === 'saved' && remember) await rememberChosen(tx, desk, saved.edit);
    return saved;
  });
}

async function rememberChosen(tx: Db, { author, contact }: Desk, edit: number | null): Promise<Remembered | null> {
  const now = await contactView(tx, contact.id);
  const point = now && addressToRemember(now);
  if (now === null || point === null || now.clientId === null) return null;
  const who = { clientId: now.clientId, personId: now.personId };
  const by = { authorId: author.employeeId, via: author.via };
  return rememberAddress(tx, { id: now.id, startedAt: now.startedAt, ...point }, who, by, edit);
}

/** One tap on the page after saving: the address of this contact is his. */
export async function rememberContact(web: Web, desk: Desk, fields: Fields): Promise<Answer> {
  if (!sameProof(desk.view.proof(`remember ${desk.contact.id}`), fields.get('proof')))
    return problemPage(desk.view, 'badRequest', 403);
  const done = await web.db.transaction((tx) => rememberChosen(tx, desk, null));
  return redirect(`${doneAt(desk)}?remembered=${done?.kind ?? 'gone'}`);
}

/** After saving. The undo button is there for who comes from the save itself: the address carries its proof. */
export async function showDone(web: Web, desk: Desk, visit: Visit): Promise<Answer> {
  const { contact, view } = desk;
  const edit = Number.parseInt(visit.query['edit'] ?? '', 10);
  const mayUndo = edit === contact.version && sameProof(view.proof(undoing(contact.id, edit)), visit.query['proof']);
  const [next] = desk.signedIn ? await draftsOf(web.db, desk.author.employeeId, web.clock.now()) : [];
  return page(
    DonePage({
      view,
      contact,
      action: view.href(desk.path),
      undo: mayUndo ? { edit, proof: view.proof(undoing(contact.id, edit)) } : null,
      waiting: await countDrafts(web.db, desk.author.employeeId),
      next: next ?? null,
      remember: await isToBeRemembered(web, contact),
      remembered: rememberedWords(view, contact, visit.query['remembered']),
      signedIn: desk.signedIn,
    }),
  );
}

async function isToBeRemembered(web: Web, contact: ContactView): Promise<boolean> {
  const point = addressToRemember(contact);
  if (point === null || contact.clientId === null || contact.state === 'dismissed') return false;
  const owners = await ownershipsOf(web.db, point.address);
  const who = { clientId: contact.clientId, personId: null };
  return decideRemembering(owners, who, contact.startedAt.toISOString()).kind === 'remember';
}

function rememberedWords(view: View, contact: ContactView, said: string | undefined): string | null {
  const t = view.texts.directory;
  const address = shown(contact.outsideNorm ?? '');
  const who = oneLine(contact.personName ?? contact.clientName ?? '');
  if (said === 'remembered' || said === 'known') return fill(t.remembered, { address, who });
  return said === 'ours' ? t.rememberOurs : said === 'never' ? t.rememberNever : null;
}

export async function undoSave(web: Web, desk: Desk, fields: Fields): Promise<Answer> {
  const edit = Number.parseInt(fields.get('edit'), 10);
  const problem = (status: number) =>
    firstForm(web, desk).then((form) => drawForm(web, desk, form, { status, problems: [{ code: 'undoConflict' }] }));
  if (!Number.isSafeInteger(edit) || !sameProof(desk.view.proof(undoing(desk.contact.id, edit)), fields.get('proof')))
    return problem(403);
  const undone = await web.db.transaction(async (tx) => {
    const done = await undoCompletion({ ...web, db: tx }, desk.author, desk.contact.id, edit);
    const by = { authorId: desk.author.employeeId, via: desk.author.via };
    const sets = done === 'undone' ? await setsWithSave(tx, desk.contact.id, edit) : [];
    for (const setId of sets) await rollBack(tx, { source: { setId }, by, confirms: () => false });
    return done;
  });
  if (undone === 'undone' || undone === 'nothing') return redirect(desk.view.href(`${desk.path}?undone=1`));
  return problem(409);
}

/** What is being typed, sent by the page's script about once a second. Changes no state. */
export async function keepDraft(web: Web, desk: Desk, fields: Fields): Promise<Answer> {
  if (!sameProof(desk.view.proof('save'), fields.get('proof'))) {
    return { kind: 'text', status: 403, type: 'text/plain; charset=utf-8', text: 'the page is out of date' };
  }
  const text = [...typedText(fields.get('gist'))].slice(0, longestGist).join('');
  const kept = await saveTyping(web, desk.author.employeeId, desk.contact.id, text);
  return kept
    ? { kind: 'nothing' }
    : { kind: 'text', status: 409, type: 'text/plain; charset=utf-8', text: 'no draft any more' };
}

function countCompleted(web: Web, { dueAt }: ContactView): void {
  const onTime = dueAt === null || web.clock.now().getTime() <= dueAt.getTime();
  web.counters?.draftsCompleted.inc({ on_time: String(onTime) });
}

function doneAt(desk: Desk): string {
  return desk.view.href(`${desk.path}/done`);
}

function doneAddress(desk: Desk, edit: number): string {
  return `${doneAt(desk)}?edit=${edit}&proof=${desk.view.proof(undoing(desk.contact.id, edit))}`;
}

/** Of one contact: the third save of one is not the third save of another. */
function undoing(contactId: string, edit: number): string {
  return `undo ${contactId} ${edit}`;
}

async function drawForm(web: Web, desk: Desk, form: GistForm, telling: Telling): Promise<Answer> {
  const { contact, view } = desk;
  const [candidates, choices, last, joined] = await Promise.all([
    candidatesOf(web.db, contact.id),
    occasions(web.db),
    // The link alone opens the one draft; the client's history needs a session.
    desk.signedIn && contact.clientId ? lastContacts(web.db, contact.clientId, contact.id, 3) : [],
    desk.signedIn && contact.joined > 0 ? joinedMails(web, desk) : [],
  ]);
  const node = FormPage({
    view,
    contact,
    talkers: desk.talkers.map((talker) => talker.name),
    candidates,
    similar: telling.similar ?? [],
    occasions: choices,
    last,
    joined,
    form,
    problems: telling.problems ?? [],
    conflict: telling.conflict ?? false,
    undone: telling.undone ?? false,
    action: view.href(desk.path),
    signedIn: desk.signedIn,
  });
  return page(node, telling.status ?? 200);
}

const mostJoined = 10;

async function joinedMails(web: Web, { contact, author }: Desk): Promise<readonly ContactView[]> {
  const mails = await joinedTo(web.db, contact.id, mostJoined);
  return (await asSeenBy(web, { ...author, via: 'session' }, mails)).filter(
    ({ mail }) => mail !== null && mail.text !== null,
  );
}

/** The form as it stands before anybody wrote: what was saved or typed, else what is likely. */
async function firstForm(web: Web, { contact, author }: Desk): Promise<GistForm> {
  const typing = author.employeeId === contact.ownerId ? contact.typing : null;
  const fresh = contact.gist === null && contact.outcomeByHand === null;
  const { day } = wallTime(web.clock.now(), web.office.zone);
  const since = new Date(`${addDays(day, -14)}T00:00:00Z`);
  const likely = fresh && contact.clientId ? await lastOccasion(web.db, contact.clientId, since) : null;
  return {
    gist: contact.gist ?? typing ?? '',
    outcome: contact.outcomeByHand,
    occasion: contact.occasionId ?? likely,
    next: contact.nextStep?.kind ?? (contact.callBack ? 'call' : ''),
    on: contact.nextStep?.on ?? '',
    client: 'keep',
    clientName: '',
    remember: false,
    version: contact.version,
  };
}

/** An occasion that was taken out of the list meanwhile stays with the contacts that have it. */
async function knownOccasion(web: Web, contact: ContactView, wish: string | null): Promise<string | null> {
  if (wish === null || wish === contact.occasionId) return wish;
  return (await occasions(web.db)).some(({ id }) => id === wish) ? wish : null;
}

interface Chosen {
  readonly client: Wish['client'];
  readonly problems: readonly Problem[];
  readonly similar: readonly { readonly id: string; readonly name: string }[];
}

/** A link opens one draft and not the list of clients: by it only those can be chosen that the form itself offers. */
async function chooseClient(web: Web, { contact, author }: Desk, form: GistForm): Promise<Chosen> {
  const chosen = (client: Wish['client']): Chosen => ({ client, problems: [], similar: [] });
  if (form.client === 'keep') return chosen('keep');
  if (form.client === 'none') return chosen({ id: null, personId: null });
  if (form.client === 'other') return form.clientName === '' ? chosen('keep') : clientByName(web, form.clientName);
  const [wanted = '', person = null] = form.client.split('.');
  // Merged while the form lay open: who stands for him is meant.
  const head = isUuid(wanted) ? await clientHead(web.db, wanted) : null;
  if (head === null || head.removedAt !== null) return chosen('keep');
  const { id } = head;
  const candidates = await candidatesOf(web.db, contact.id);
  if (author.via === 'link' && id !== contact.clientId && !candidates.some(({ clientId }) => clientId === id)) {
    const similar = form.clientName === '' ? [] : await clientsNamed(web.db, form.clientName, 4);
    if (!similar.some((client) => client.id === id)) {
      return { client: 'keep', problems: [{ code: 'unknownClient', name: form.clientName }], similar };
    }
  }
  const isOffered = candidates.some(({ clientId, personId }) => clientId === id && personId === person);
  return chosen({ id, personId: isOffered ? person : null });
}

/** One client of that very name is he; otherwise at most four like it are offered. */
async function clientByName(web: Web, name: string): Promise<Chosen> {
  const similar = await clientsNamed(web.db, name, 4);
  const same = similar.filter((client) => client.name.toLowerCase() === name.toLowerCase());
  const [only] = same;
  if (only && same.length === 1) return { client: { id: only.id, personId: null }, problems: [], similar: [] };
  const problem: Problem = similar.length > 0 ? { code: 'similarClients' } : { code: 'unknownClient', name };
  return { client: 'keep', problems: [problem], similar };
}
