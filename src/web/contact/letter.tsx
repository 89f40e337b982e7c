import type { VNode } from 'preact';
import { fill, manyLines, oneLine, shorten, splitText } from '../../core/text.ts';
import type { ContactView, MailView } from '../../store/contacts/contacts.ts';
import type { View } from '../http/route.ts';

/** So much of a text is seen at once; the rest is a tap away. */
const visible = 600;

export function subjectOf(view: View, { subject }: MailView): string {
  return shorten(oneLine(subject), 200) || view.texts.mail.noSubject;
}

/** What was written: the beginning, and the rest folded. `longest`: what lies beyond is not on this page. */
export function LetterText({
  view,
  mail,
  longest,
}: {
  readonly view: View;
  readonly mail: MailView;
  readonly longest: number;
}): VNode | null {
  const t = view.texts.mail;
  if (mail.text === null) return <p class="small">{t.closed}</p>;
  const text = manyLines(mail.text.slice(0, longest));
  if (text === '') return null;
  const isCut = mail.length > longest;
  const [head, rest] = splitText(text, visible);
  return (
    <>
      <p class="text" dir="auto">
        {rest === '' ? head : `${head} …`}
      </p>
      {rest === '' ? null : (
        <details>
          <summary>{t.whole}</summary>
          <p class="text" dir="auto">
            {rest}
          </p>
          {isCut ? <p class="small">{t.cutHere}</p> : null}
        </details>
      )}
    </>
  );
}

/** Who wrote to whom, in one line. */
export function parties(view: View, { from, to }: MailView): string {
  const t = view.texts.mail;
  const shown = to.slice(0, 3).map((one) => shorten(oneLine(one), 60));
  const more = to.length > shown.length ? [fill(t.more, { count: String(to.length - shown.length) })] : [];
  return [
    ...(from === null ? [] : [fill(t.from, { who: shorten(oneLine(from), 60) })]),
    ...(shown.length === 0 ? [] : [fill(t.to, { who: [shown.join(', '), ...more].join(' ') })]),
  ].join(' · ');
}

export interface MarksProps {
  readonly view: View;
  readonly contact: ContactView;
  readonly mail: MailView;
}

/** What one should know before believing it: who may have written it, who passed it on, what is missing. */
export function Marks({ view, contact, mail }: MarksProps): VNode {
  const t = view.texts.mail;
  // Of a fax the gateway is the sender, and what we wrote we wrote.
  const isUnconfirmed = mail.authenticity === 'unknown' && contact.direction === 'inbound' && contact.fax === null;
  const author = mail.originalSender === null ? null : shorten(oneLine(mail.originalSender), 60);
  const name = shorten(oneLine(mail.forwarder ?? mail.from ?? ''), 60);
  return (
    <>
      {mail.authenticity === 'claimed' ? <p class="mark warm">{t.claimed}</p> : null}
      {isUnconfirmed ? <p class="small">{t.unconfirmed}</p> : null}
      {author === null ? null : (
        <p class="mark">{fill(mail.forwarder === null ? t.forwardedBySomebody : t.forwarded, { name, author })}</p>
      )}
      {mail.fullness === 'whole' ? null : <p class="mark">{missing(view, mail)}</p>}
    </>
  );
}

/** The reader of mails tells in English what it could not read: here it is a sentence of the page's language. */
function missing(view: View, { fullness, notes }: MailView): string {
  const t = view.texts.mail;
  if (fullness === 'headers') return t.headers;
  const kinds = new Set(notes.map((note) => reasons.find(([, pattern]) => pattern.test(note))?.[0] ?? 'other'));
  // One plain reason is better than that and "something else".
  if (kinds.size !== 1) kinds.delete('other');
  return fill(t.partly, { what: [...kinds].map((kind) => t.missing[kind]).join(', ') || t.missing.other });
}

const reasons = [
  ['slow', /took longer|memory|reader (?:failed|ended|was closed)/],
  ['large', /\bMB\b|\bbytes\b|large|longer than/],
  ['files', /attach/],
  ['text', /text/],
] as const;

/** What was attached, each to be fetched; pictures that belong to the HTML are none of it. `place`: address of the contact. */
export function FileList({
  view,
  contact,
  place,
  except = null,
}: {
  readonly view: View;
  readonly contact: ContactView;
  readonly place: string;
  /** The one that is shown otherwise. */
  readonly except?: number | null;
}): VNode | null {
  const files = filesOf(contact).filter(({ index }) => index !== except);
  if (files.length === 0) return null;
  return (
    <ul class="files">
      {files.map(({ name, sizeBytes, index }) => (
        <li key={index}>
          <a href={`${place}/files/${index + 1}`}>
            <span aria-hidden="true">↓ </span>
            {shorten(oneLine(name), 120)}
          </a>{' '}
          <small>{size(view, sizeBytes)}</small>
        </li>
      ))}
    </ul>
  );
}

export function filesOf({ mail }: ContactView) {
  return (mail?.files ?? []).map((file, index) => ({ ...file, index })).filter(({ isInline }) => !isInline);
}

/** 870 Б, 24 КБ, 1,3 МБ */
function size({ texts, language }: View, bytes: number): string {
  const [b, kb, mb] = texts.mail.units;
  if (bytes < 1000) return `${bytes} ${b}`;
  if (bytes < 999_500) return `${Math.round(bytes / 1000)} ${kb}`;
  const megabytes = (bytes / 1e6).toFixed(1);
  return `${language === 'en' ? megabytes : megabytes.replace('.', ',')} ${mb}`;
}
