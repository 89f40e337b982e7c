import type { VNode } from 'preact';
import { plural } from '../../core/language.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import type { View } from '../http/route.ts';
import { Icon, Moment } from '../ui/facts.tsx';
import { FaxFailure, FaxPages } from './fax.tsx';
import { FileList, LetterText, Marks, parties, subjectOf } from './letter.tsx';

export interface PaperProps {
  readonly view: View;
  readonly contact: ContactView;
  /** Address of the contact, the link's or the session's: files and pictures are below it. */
  readonly place: string;
  readonly signedIn: boolean;
}

/** So much of a text is on one page at most; a mail that is longer is shown whole, as it was sent. */
const longest = 12_000;

/** The mail or fax that the question is about. Null: it was neither. */
export function Paper({ view, contact, place, signedIn }: PaperProps): VNode | null {
  const { mail, fax } = contact;
  if (mail === null) return null;
  const marks = <Marks view={view} contact={contact} mail={mail} />;
  if (fax !== null) {
    return (
      <section class="paper">
        <FaxFailure view={view} contact={contact} />
        {marks}
        <FaxPages view={view} contact={contact} place={place} />
      </section>
    );
  }
  return (
    <section class="paper">
      <h2 dir="auto">{subjectOf(view, mail)}</h2>
      {marks}
      <LetterText view={view} mail={mail} longest={longest} />
      <FileList view={view} contact={contact} place={place} />
      <p class="further">
        {signedIn ? <AsSentLink view={view} contact={contact} /> : null}
        <JoinedLink view={view} count={contact.joined} leads={signedIn} />
      </p>
    </section>
  );
}

export function AsSentLink({ view, contact }: { readonly view: View; readonly contact: ContactView }): VNode {
  return <a href={view.href(`/contact/${contact.id}/html`)}>{view.texts.mail.asSent}</a>;
}

/** A link alone shows its own mail: how many more there are, not what is in them. */
function JoinedLink({
  view,
  count,
  leads,
}: {
  readonly view: View;
  readonly count: number;
  readonly leads: boolean;
}): VNode | null {
  if (count === 0) return null;
  const words = plural(view.language, count, view.texts.mail.joined);
  return leads ? <a href="#thread">{words}</a> : <span>{words}</span>;
}

const longestJoined = 3000;

/** The other mails of the thread, below everything else. */
export function JoinedMails({
  view,
  mails,
  count,
}: {
  readonly view: View;
  readonly mails: readonly ContactView[];
  readonly count: number;
}): VNode | null {
  if (mails.length === 0) return null;
  const t = view.texts.mail;
  return (
    <section id="thread" class="thread">
      <h2>{plural(view.language, count, t.joined)}</h2>
      <p class="small">{t.joinedHow}</p>
      {mails.map((contact) => (
        <Joined key={contact.id} view={view} contact={contact} />
      ))}
      {count > mails.length ? <p class="small">{plural(view.language, count - mails.length, t.joinedMore)}</p> : null}
    </section>
  );
}

function Joined({ view, contact }: { readonly view: View; readonly contact: ContactView }): VNode | null {
  const { mail } = contact;
  if (mail === null) return null;
  return (
    <article class="paper">
      <p class="small">
        <Icon contact={contact} />
        <Moment view={view} at={contact.startedAt} />
        {` · ${parties(view, mail)}`}
      </p>
      <h3 dir="auto">{subjectOf(view, mail)}</h3>
      <Marks view={view} contact={contact} mail={mail} />
      <LetterText view={view} mail={mail} longest={longestJoined} />
      <FileList view={view} contact={contact} place={view.href(`/contact/${contact.id}`)} />
    </article>
  );
}
