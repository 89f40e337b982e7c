import type { VNode } from 'preact';
import { addressOf, isMissed, kindOf, whoOf } from '../../core/contact/words.ts';
import { plural } from '../../core/language.ts';
import { manyLines, oneLine, shorten } from '../../core/text.ts';
import { addDays, showDay, showDuration, showTime, wallTime } from '../../core/time/wall-time.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import { faxLine } from '../contact/fax.tsx';
import { filesOf, subjectOf } from '../contact/letter.tsx';
import type { View } from '../http/route.ts';
import { callBack, Icon } from '../ui/facts.tsx';
import { Layout } from '../ui/layout.tsx';

/** Everything that waits for this person, in the order in which it should be done. */
export function DraftsPage({ view, drafts }: { readonly view: View; readonly drafts: readonly ContactView[] }): VNode {
  const t = view.texts.drafts;
  return (
    <Layout view={view} title={t.title} here="drafts" hasMail={drafts.some(({ mail }) => mail !== null)}>
      <h1>{t.title}</h1>
      {view.visitor?.email === null ? <p class="trouble">{t.noEmail}</p> : null}
      {drafts.length === 0 ? (
        <section class="empty">
          <p>
            <strong>{t.empty}</strong>
          </p>
          <p class="small">{t.emptyHow}</p>
        </section>
      ) : (
        <>
          <p class="small">{plural(view.language, drafts.length, t.count)}</p>
          <ul class="cards">
            {drafts.map((draft) => (
              <li key={draft.id}>
                <Draft view={view} draft={draft} />
              </li>
            ))}
          </ul>
        </>
      )}
    </Layout>
  );
}

function Draft({ view, draft }: { readonly view: View; readonly draft: ContactView }): VNode {
  const overdue = draft.dueAt !== null && draft.dueAt.getTime() < view.now.getTime();
  return (
    <a class={isMissed(draft) ? 'card missed' : 'card'} href={view.href(`/contact/${draft.id}`)}>
      <span class="when">
        <time dateTime={draft.startedAt.toISOString()}>{showTime(draft.startedAt, view.zone)}</time>
        <small>{day(view, draft.startedAt)}</small>
      </span>
      <span class="what">
        <strong>{whoOf(draft, view.language)}</strong>
        <small>
          <Icon contact={draft} />
          {line(view, draft)}
        </small>
        <Letter view={view} draft={draft} />
        {draft.typing === null ? null : <em>{shorten(oneLine(draft.typing), 80)}</em>}
      </span>
      <span class="badges">
        {draft.state === 'planned' ? <span class="badge">{view.texts.drafts.planned}</span> : null}
        {draft.callBack ? <span class="badge">{callBack(view, draft)}</span> : null}
        {draft.mail === null
          ? null
          : badges(view, draft).map((words) => (
              <span key={words} class="badge">
                {words}
              </span>
            ))}
        {draft.mail?.authenticity === 'claimed' ? <span class="badge late">{view.texts.mail.claimedShort}</span> : null}
        {overdue ? <span class="badge late">{view.texts.drafts.overdue}</span> : null}
      </span>
    </a>
  );
}

/** The subject, and how it begins. */
function Letter({ view, draft: { mail, fax } }: { readonly view: View; readonly draft: ContactView }): VNode | null {
  if (mail === null || fax !== null) return null;
  const start = shorten(oneLine(manyLines(mail.text ?? '')), 90);
  return (
    <>
      <span class="subject" dir="auto">
        {shorten(subjectOf(view, mail), 100)}
      </span>
      {start === '' ? null : <small dir="auto">{start}</small>}
    </>
  );
}

function badges({ language, texts }: View, draft: ContactView): string[] {
  const files = draft.fax === null ? filesOf(draft).length : 0;
  return [
    ...(files > 0 ? [plural(language, files, texts.mail.files)] : []),
    ...(draft.joined > 0 ? [plural(language, draft.joined, texts.mail.joined)] : []),
  ];
}

function line(view: View, draft: ContactView): string {
  const parts = [kindOf(draft, view.language)];
  if (draft.talkSeconds) parts.push(showDuration(draft.talkSeconds));
  if (draft.clientName !== null) parts.push(addressOf(draft, view.language));
  return [...parts, ...faxLine(view, draft)].join(' · ');
}

function day(view: View, at: Date): string {
  const today = wallTime(view.now, view.zone).day;
  const then = wallTime(at, view.zone).day;
  if (then === today) return view.texts.drafts.today;
  return then === addDays(today, -1) ? view.texts.drafts.yesterday : showDay(then, today, view.language);
}
