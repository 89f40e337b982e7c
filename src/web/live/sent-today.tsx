import type { VNode } from 'preact';
import { hasFailed, kindOf } from '../../core/contact/words.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import { FaxFailure, faxLine, Thumbnail } from '../contact/fax.tsx';
import { subjectOf } from '../contact/letter.tsx';
import type { View } from '../http/route.ts';
import { Icon, Moment } from '../ui/facts.tsx';

/** Before the phone is answered: the mails and faxes of today of who is calling, with the first page of a fax. */
export function SentToday({
  view,
  contacts,
}: {
  readonly view: View;
  readonly contacts: readonly ContactView[];
}): VNode | null {
  if (contacts.length === 0) return null;
  return (
    <>
      <h3>{view.texts.mail.sentToday}</h3>
      <ul class="sent">
        {contacts.map((contact) => (
          <li key={contact.id}>
            <p class="small">
              <Icon contact={contact} />
              {kindOf(contact, view.language)} · <Moment view={view} at={contact.startedAt} />
            </p>
            <Title view={view} contact={contact} />
            <FaxFailure view={view} contact={contact} />
            <Thumbnail view={view} contact={contact} place={view.href(`/contact/${contact.id}`)} />
          </li>
        ))}
      </ul>
    </>
  );
}

/** Leads to the place in the client's history; a stranger has none. */
function Title({ view, contact }: { readonly view: View; readonly contact: ContactView }): VNode | null {
  const { clientId, mail, fax } = contact;
  if (mail === null) return null;
  const words = fax === null ? subjectOf(view, mail) : faxLine(view, contact).join(' · ');
  if (words === '' || hasFailed(contact)) return null;
  if (clientId === null) return <p>{words}</p>;
  return (
    <p>
      <a href={view.href(`/c/${clientId}#${contact.id}`)} dir="auto">
        {words}
      </a>
    </p>
  );
}
