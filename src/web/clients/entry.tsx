import type { VNode } from 'preact';
import { addressOf, hasFailed, kindOf } from '../../core/contact/words.ts';
import { plural } from '../../core/language.ts';
import { fill, oneLine, shorten } from '../../core/text.ts';
import { showDay, showDuration, showTime, wallTime } from '../../core/time/wall-time.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import { FaxFailure, FaxPages, faxLine } from '../contact/fax.tsx';
import { faxDocument } from '../contact/fax-document.ts';
import { FileList, filesOf, LetterText, Marks, parties, subjectOf } from '../contact/letter.tsx';
import { AsSentLink } from '../contact/paper.tsx';
import type { View } from '../http/route.ts';
import { Icon, moment, summary, whenWas } from '../ui/facts.tsx';

interface EntryProps {
  readonly view: View;
  readonly contact: ContactView;
  /** Whose history it stands in. */
  readonly clientId: string;
  /** All of the same page. */
  readonly contacts: ReadonlyMap<string, ContactView>;
}

/** One contact in a client's history. */
export function Entry(props: EntryProps): VNode {
  const { view, contact } = props;
  const words = summary(view, contact);
  return (
    <article class={look(contact)}>
      <p class="small">
        <Icon contact={contact} />
        <time dateTime={contact.startedAt.toISOString()}>
          {isExact(contact) ? showTime(contact.startedAt, view.zone) : whenWas(view, contact)}
        </time>
        {` · ${facts(view, contact)}`}
        {contact.occasionName === null ? null : <span class="occasion">{oneLine(contact.occasionName)}</span>}
        <Kind view={view} contact={contact} />
      </p>
      {contact.message === null ? null : <blockquote>{shorten(oneLine(contact.message), 300)}</blockquote>}
      {contact.mail === null || contact.fax !== null ? null : (
        <p class="subject" dir="auto">
          {subjectOf(view, contact.mail)}
        </p>
      )}
      {contact.joinedTo === null ? null : <WhereTheGistIs {...props} />}
      {words === null || contact.joinedTo !== null ? null : <p class="gist">{words}</p>}
      {contact.nextStep === null ? null : <p class="small">{next(view, contact.nextStep)}</p>}
      <Letter view={view} contact={contact} />
      <Fax view={view} contact={contact} />
    </article>
  );
}

function isExact({ precision, about }: ContactView): boolean {
  return precision === 'moment' && !about;
}

function look(contact: ContactView): string {
  if (contact.state === 'automatic') return 'entry automatic';
  return contact.gist === null ? 'entry pale' : 'entry';
}

/** What kind of program wrote it. A fax that failed says so itself. */
function Kind({ view, contact }: { readonly view: View; readonly contact: ContactView }): VNode | null {
  const automatic = contact.mail?.automatic ?? null;
  if (automatic === null || contact.fax !== null) return null;
  return <span class="occasion">{view.texts.mail.automatic[automatic]}</span>;
}

/** It is one of several mails of a thread: what mattered is written at another one. */
function WhereTheGistIs({ view, contact, clientId, contacts }: EntryProps): VNode | null {
  const { joinedTo, joinedAt } = contact;
  if (joinedTo === null || joinedAt === null) return null;
  // Not on this page: the page of the history that begins there.
  const mark = new URLSearchParams({
    at: `${new Date(joinedAt.getTime() + 1).toISOString().slice(0, -1)}000Z`,
    key: lastKey,
  });
  const page = contacts.has(joinedTo) ? '' : view.href(`/c/${clientId}?${mark}`);
  return (
    <p class="small">
      <a href={`${page}#${joinedTo}`}>{fill(view.texts.mail.gistIsThere, { time: moment(view, joinedAt) })}</a>
    </p>
  );
}

const lastKey = 'c00000000-0000-0000-0000-000000000000';

/** So much of a mail's text stands in the history. */
const longest = 3000;

/** Where somebody wrote what mattered, the text is folded; else it is all there is. */
function Letter({ view, contact }: { readonly view: View; readonly contact: ContactView }): VNode | null {
  const { mail } = contact;
  if (mail === null || contact.fax !== null) return null;
  const files = filesOf(contact).length;
  const inside = (
    <>
      <p class="small">{parties(view, mail)}</p>
      <Marks view={view} contact={contact} mail={mail} />
      <LetterText view={view} mail={mail} longest={longest} />
      <FileList view={view} contact={contact} place={view.href(`/contact/${contact.id}`)} />
      {mail.text === null ? null : (
        <p class="further">
          <AsSentLink view={view} contact={contact} />
        </p>
      )}
    </>
  );
  if (contact.gist === null && contact.state !== 'automatic') return <div class="paper">{inside}</div>;
  const fold = [view.texts.mail.letter, ...(files > 0 ? [plural(view.language, files, view.texts.mail.files)] : [])];
  return (
    <details class="paper">
      <summary>{fold.join(' · ')}</summary>
      {inside}
    </details>
  );
}

/** Its pages are pictures, and pictures are many: they are asked for when they are opened. */
function Fax({ view, contact }: { readonly view: View; readonly contact: ContactView }): VNode | null {
  if (contact.fax === null) return null;
  const document = faxDocument(contact);
  const pages = <FaxPages view={view} contact={contact} place={view.href(`/contact/${contact.id}`)} lazy />;
  return (
    <div class="paper">
      <FaxFailure view={view} contact={contact} />
      {document === null ? (
        pages
      ) : (
        <details>
          <summary>{plural(view.language, document.pages, view.texts.mail.pages)}</summary>
          {pages}
        </details>
      )}
    </div>
  );
}

function facts(view: View, contact: ContactView): string {
  const person = contact.personName === null ? addressOf(contact, view.language) : oneLine(contact.personName);
  const talk = contact.talkSeconds ? [showDuration(contact.talkSeconds)] : [];
  const fax = hasFailed(contact) ? [] : faxLine(view, contact);
  return [kindOf(contact, view.language), person, ...fax, oneLine(contact.ownerName), ...talk].join(' · ');
}

function next(view: View, step: NonNullable<ContactView['nextStep']>): string {
  const words = step.kind === 'call' ? view.texts.client.planCall : view.texts.client.planMeeting;
  return step.on === null ? words : `${words}, ${showDay(step.on, wallTime(view.now, view.zone).day, view.language)}`;
}
