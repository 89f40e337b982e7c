import type { VNode } from 'preact';
import { addressOf, hasFailed, isMissed, kindOf, whoOf } from '../../core/contact/words.ts';
import { fill, oneLine, shorten, showPhone } from '../../core/text.ts';
import { showPeriod } from '../../core/time/approximate-date.ts';
import { showDay, showDuration, showTime, wallTime } from '../../core/time/wall-time.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import { faxLine } from '../contact/fax.tsx';
import { parties, subjectOf } from '../contact/letter.tsx';
import type { View } from '../http/route.ts';

/** 14:05 today; yesterday, 14:05; 22 November, 14:05. */
export function moment(view: View, at: Date): string {
  const today = wallTime(view.now, view.zone).day;
  const { day } = wallTime(at, view.zone);
  const time = showTime(at, view.zone);
  return day === today ? time : `${showDay(day, today, view.language)}, ${time}`;
}

type Dated = Pick<ContactView, 'startedAt' | 'precision' | 'about'>;

/** When a contact was, as exactly as it is known; of one that was written down later perhaps a month or a year. */
export function whenWas(view: View, contact: Dated): string {
  const { startedAt, precision, about } = contact;
  if (precision === 'moment' && !about) return moment(view, startedAt);
  const { day } = wallTime(startedAt, view.zone);
  const period = showPeriod({ day, precision, about }, wallTime(view.now, view.zone).day, view.language);
  return precision === 'moment' ? `${period}, ${showTime(startedAt, view.zone)}` : period;
}

/** A time with its full form for machines and for the curious. */
export function Moment({ view, at }: { readonly view: View; readonly at: Date }): VNode {
  return <time dateTime={at.toISOString()}>{moment(view, at)}</time>;
}

function When({ view, contact }: { readonly view: View; readonly contact: Dated }): VNode {
  return <time dateTime={contact.startedAt.toISOString()}>{whenWas(view, contact)}</time>;
}

/** What the machine knows of a contact: how, who, when, how long, on which number. Nothing of it can be edited. */
export function Facts({
  view,
  contact,
  talkers,
}: {
  readonly view: View;
  readonly contact: ContactView;
  readonly talkers: readonly string[];
}): VNode {
  const failed = isMissed(contact) || hasFailed(contact);
  return (
    <header class={failed ? 'facts missed' : 'facts'}>
      <p class="kind">
        <Icon contact={contact} />
        {kindOf(contact, view.language)} · <When view={view} contact={contact} />
        {length(view, contact)}
      </p>
      <h1>{whoOf(contact, view.language)}</h1>
      <p class="small">{details(view, contact, talkers).join(' · ')}</p>
      <Message contact={contact} />
      {contact.callBack ? <p class="badge">{callBack(view, contact)}</p> : null}
    </header>
  );
}

/** What the client himself wrote in a form, as he wrote it. */
function Message({ contact }: { readonly contact: ContactView }): VNode | null {
  const more = [...(contact.more ?? []).map(({ label, value }) => `${label}: ${value}`), contact.page ?? ''];
  const lines = more.filter((line) => line !== '').map((line) => shorten(oneLine(line), 200));
  if (contact.message === null && lines.length === 0) return null;
  return (
    <>
      {contact.message === null ? null : (
        <blockquote class="message">
          {shorten(contact.message, 4000)
            .split('\n')
            .map(oneLine)
            .filter((line) => line !== '')
            .map((line, i) => (
              <p key={`${i} ${line}`}>{line}</p>
            ))}
        </blockquote>
      )}
      {lines.map((line) => (
        <p key={line} class="small">
          {line}
        </p>
      ))}
    </>
  );
}

export function callBack(view: View, contact: ContactView): string {
  const { form } = view.texts;
  return contact.dueAt === null ? form.callBack : fill(form.callBackBy, { time: moment(view, contact.dueAt) });
}

function length(view: View, contact: ContactView): string {
  if (contact.talkSeconds) return ` · ${showDuration(contact.talkSeconds)}`;
  if (!contact.ringSeconds) return '';
  return ` · ${fill(view.texts.form.waited, { time: showDuration(contact.ringSeconds) })}`;
}

function details(view: View, contact: ContactView, talkers: readonly string[]): string[] {
  const { form } = view.texts;
  if (contact.channel === 'email' && contact.mail !== null)
    return [parties(view, contact.mail), oneLine(contact.ownerName)];
  const address = contact.clientName === null ? [] : [addressOf(contact, view.language)];
  if (contact.fax !== null) return [...address, ...faxLine(view, contact), oneLine(contact.ownerName)];
  return [
    address,
    contact.ours === null ? [] : [fill(form.ours, { number: number(contact.ours) })],
    contact.queue === null ? [] : [fill(form.queue, { name: shorten(oneLine(contact.queue), 30) })],
    talkers.length > 0 ? [talkers.map(oneLine).join(', ')] : [oneLine(contact.ownerName)],
  ].flat();
}

function number(text: string): string {
  return text.startsWith('+') ? showPhone(text) : shorten(oneLine(text), 40);
}

/** An arrow for the direction, drawn with text alone; the words beside it say the same. */
export function Icon({
  contact,
}: {
  readonly contact: Pick<ContactView, 'channel' | 'direction' | 'outcome' | 'fax'>;
}): VNode {
  const sign = isMissed(contact) || hasFailed(contact) ? '↯' : contact.direction === 'outbound' ? '↗' : '↙';
  return (
    <span class="icon" aria-hidden="true">
      {sign}
    </span>
  );
}

/** Short contacts, one below the other: when, how, and what was written. */
export function ContactList({
  view,
  contacts,
}: {
  readonly view: View;
  readonly contacts: readonly ContactView[];
}): VNode {
  return (
    <ul class="last">
      {contacts.map((contact) => (
        <li key={contact.id}>
          <p class="small">
            <Icon contact={contact} />
            {kindOf(contact, view.language)} · <When view={view} contact={contact} />
            {contact.occasionName === null ? null : ` · ${oneLine(contact.occasionName)}`}
          </p>
          <p>{summary(view, contact) ?? (contact.mail && subjectOf(view, contact.mail))}</p>
        </li>
      ))}
    </ul>
  );
}

/** What was written of a contact, or why nothing was. Null: it is a mail or fax that nobody was asked about. */
export function summary(view: View, contact: ContactView): string | null {
  if (contact.gist !== null) return contact.gist;
  if (contact.outcomeByHand !== null) return view.texts.form.outcomes[contact.outcomeByHand];
  if (contact.state === 'draft') return fill(view.texts.client.waiting, { name: oneLine(contact.ownerName) });
  return contact.mail === null ? view.texts.client.noGist : null;
}
