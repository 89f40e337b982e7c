import type { VNode } from 'preact';
import { fill, oneLine, shorten } from '../../core/text.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import type { View } from '../http/route.ts';
import { moment } from '../ui/facts.tsx';
import { Notice } from '../ui/layout.tsx';
import { subjectOf } from './letter.tsx';

/** The file is not here (any more): why, and where it still is. */
export function GonePage({
  view,
  contact,
  opened,
  back,
}: {
  readonly view: View;
  readonly contact: ContactView;
  readonly opened: { readonly why: 'erased' | 'cut' | 'unreadable'; readonly folder: string | null };
  readonly back: string;
}): VNode {
  const t = view.texts.mail;
  const { mail, channel, ours } = contact;
  const mailbox = (channel === 'email' ? ours : null) ?? mail?.to[0] ?? '';
  return (
    <Notice view={view} title={t.gone} text={t.goneWhy[opened.why]}>
      {mail === null ? null : (
        <p>
          {fill(t.goneWhere, {
            mailbox: shorten(oneLine(mailbox), 60),
            subject: shorten(subjectOf(view, mail), 100),
            time: moment(view, contact.startedAt),
          })}
        </p>
      )}
      {opened.folder === null ? null : <p>{fill(t.goneFolder, { folder: shorten(oneLine(opened.folder), 100) })}</p>}
      <p>
        <a class="button quiet" href={back}>
          {t.back}
        </a>
      </p>
    </Notice>
  );
}
