import { type Author, mayKnow, mayRead } from '../../history/decide.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import { talkersOf } from '../../store/contacts/human-edits.ts';
import { peopleOf } from '../../store/contacts/readers.ts';
import type { Web } from '../http/route.ts';

/** These contacts as this person may see them: without text and files where they are none of his business. */
export async function asSeenBy(
  web: Web,
  author: Author,
  contacts: readonly ContactView[],
): Promise<readonly ContactView[]> {
  const people = await peopleOf(
    web.db,
    contacts.flatMap(({ id, mail }) => (mail === null ? [] : [id])),
  );
  const seen = contacts.map((contact) =>
    isOpen(web, author, contact, people.get(contact.id) ?? []) ? contact : shut(contact),
  );
  noteReading(web, author, seen);
  return seen;
}

/** What was written to others is read, but not unseen (notes/security.md, U2). */
export function noteReading({ log }: Web, { employeeId }: Author, contacts: readonly ContactView[]): void {
  const others = contacts.filter(({ ownerId, mail }) => ownerId !== employeeId && mail !== null && mail.text !== null);
  if (others.length > 0) log.info({ employee: employeeId, contacts: others.map(({ id }) => id) }, 'mail.read_by_other');
}

/** May he learn that it exists? */
export async function isKnowable({ db }: Web, author: Author, contact: ContactView): Promise<boolean> {
  if (!contact.isPrivate) return true;
  const talkers = (await talkersOf(db, contact.id)).map(({ id }) => id);
  return mayKnow(author, contact.isPrivate, contact.ownerId, talkers);
}

/** May he read it, and open its files? */
export async function isReadable(web: Web, author: Author, contact: ContactView): Promise<boolean> {
  const people = await peopleOf(web.db, [contact.id]);
  return isOpen(web, author, contact, people.get(contact.id) ?? []);
}

function isOpen(web: Web, author: Author, contact: ContactView, people: readonly string[]): boolean {
  if (contact.mail === null) return true;
  return mayRead(author, contact.ownerId, people, web.mails.isForAll(contact)) || isOnHisScreen(web, author, contact);
}

/** Who is being called sees what the caller has sent him this morning, whoever it was sent to (DESIGN §1). */
function isOnHisScreen({ live }: Web, { employeeId, via }: Author, { id }: ContactView): boolean {
  return via === 'session' && live.present(employeeId).some(({ sent }) => sent.some((one) => one.id === id));
}

function shut(contact: ContactView): ContactView {
  return contact.mail === null ? contact : { ...contact, mail: { ...contact.mail, text: null, files: [] } };
}
