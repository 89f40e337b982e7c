import type { VNode } from 'preact';
import { whoOf } from '../../core/contact/words.ts';
import { plural } from '../../core/language.ts';
import { fill, oneLine } from '../../core/text.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import type { View } from '../http/route.ts';
import { summary } from '../ui/facts.tsx';
import { Layout } from '../ui/layout.tsx';
import { RememberButton } from './remember.tsx';

export interface DonePageProps {
  readonly view: View;
  readonly contact: ContactView;
  /** The address of the form; `/undo` below it takes the save back. */
  readonly action: string;
  /** The save that can be taken back; null: none any more. */
  readonly undo: { readonly edit: number; readonly proof: string } | null;
  /** How many drafts of his still wait. */
  readonly waiting: number;
  /** The next of them, only for who is signed in. */
  readonly next: ContactView | null;
  readonly signedIn: boolean;
  /** The address it came from is nobody's yet. */
  readonly remember: boolean;
  /** What came of remembering it; null: nothing was asked. */
  readonly remembered: string | null;
}

export function DonePage(props: DonePageProps): VNode {
  const { view, contact, action, undo, waiting, next, signedIn } = props;
  const t = view.texts.done;
  const title = contact.state === 'dismissed' ? t.dismissed : t.title;
  return (
    <Layout view={view} title={title} scripts={['form.js']} here={signedIn ? 'client' : undefined}>
      <section class="done" data-saved={contact.id}>
        <p class="tick" aria-hidden="true">
          ✓
        </p>
        <h1>{title}</h1>
        <p class="small">{whoOf(contact, view.language)}</p>
        <blockquote>{summary(view, contact)}</blockquote>
        {next ? (
          <a class="button" href={view.href(`/contact/${next.id}`)}>
            {fill(t.nextDraft, { who: whoOf(next, view.language) })}
          </a>
        ) : null}
        <Remembering {...props} />
        <div class="row">
          {undo ? (
            <form method="post" action={`${action}/undo`}>
              <input type="hidden" name="edit" value={undo.edit} />
              <input type="hidden" name="proof" value={undo.proof} />
              <button class="quiet">{t.undo}</button>
            </form>
          ) : null}
          <a class="button quiet" href={action}>
            {t.edit}
          </a>
        </div>
        <p class="small">{waiting > 0 ? plural(view.language, waiting, t.more) : t.noMore}</p>
        <p>
          <a href={view.href('/')}>{t.toDrafts}</a>
        </p>
        {contact.clientId === null || contact.clientName === null ? null : (
          <p>
            <a href={view.href(`/c/${contact.clientId}`)}>{fill(t.toClient, { who: oneLine(contact.clientName) })}</a>
          </p>
        )}
      </section>
    </Layout>
  );
}

function Remembering({ view, contact, action, remember, remembered }: DonePageProps): VNode | null {
  if (remembered !== null) {
    return (
      <p class="told" role="status">
        {remembered}
      </p>
    );
  }
  if (!remember || contact.outsideNorm === null) return null;
  const who = contact.personName ?? contact.clientName ?? '';
  return (
    <RememberButton
      view={view}
      action={`${action}/remember`}
      contactId={contact.id}
      address={contact.outsideNorm}
      who={who}
    />
  );
}
