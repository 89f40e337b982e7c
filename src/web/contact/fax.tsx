import type { VNode } from 'preact';
import { hasFailed } from '../../core/contact/words.ts';
import { plural } from '../../core/language.ts';
import { fill, oneLine, shorten, showPhone } from '../../core/text.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import type { View } from '../http/route.ts';
import { faxDocument } from './fax-document.ts';
import { FileList } from './letter.tsx';

/** What a gateway told beside the sender: the station's name, our number, the pages. */
export function faxLine(view: View, { fax, mail }: ContactView): string[] {
  if (fax === null) return [];
  const t = view.texts.mail;
  const counted = faxDocument({ fax, mail })?.pages ?? null;
  const pages = fax.pages ?? counted ?? 0;
  return [
    fax.station === null ? [] : [fill(t.station, { name: shorten(oneLine(fax.station), 40) })],
    fax.to === null ? [] : [fill(t.faxTo, { who: number(fax.to) })],
    pages === 0 ? [] : [plural(view.language, pages, t.pages)],
  ].flat();
}

/** Why it did not come through. */
export function FaxFailure({ view, contact }: { readonly view: View; readonly contact: ContactView }): VNode | null {
  const error = contact.fax?.error ?? null;
  if (error === null || !hasFailed(contact)) return null;
  return <p class="mark warm">{fill(view.texts.mail.failed, { why: shorten(oneLine(error), 200) })}</p>;
}

/**
 * The pages as pictures: the first at once, the others when somebody wants them. Each leads to the large one. What cannot be
 * painted can be fetched. `place`: address of the contact.
 */
export function FaxPages({
  view,
  contact,
  place,
  lazy = false,
}: {
  readonly view: View;
  readonly contact: ContactView;
  readonly place: string;
  /** The first one too. */
  readonly lazy?: boolean;
}): VNode | null {
  const document = faxDocument(contact);
  if (document === null) return <FileList view={view} contact={contact} place={place} />;
  const t = view.texts.mail;
  const others = Array.from({ length: document.pages - 1 }, (_, i) => i + 2);
  return (
    <div class="pages-of-fax">
      <Picture view={view} place={place} page={1} lazy={lazy} />
      <div class="further">
        <a href={`${place}/files/${document.index + 1}`}>{t.document}</a>
        {others.length === 0 ? null : (
          <details>
            <summary>{plural(view.language, others.length, t.otherPages)}</summary>
            {others.map((page) => (
              <Picture key={page} view={view} place={place} page={page} lazy />
            ))}
          </details>
        )}
      </div>
      <FileList view={view} contact={contact} place={place} except={document.index} />
    </div>
  );
}

/** A4 as long as nobody knows better: the page does not jump when the picture comes. */
function Picture({
  view,
  place,
  page,
  lazy,
}: {
  readonly view: View;
  readonly place: string;
  readonly page: number;
  readonly lazy: boolean;
}): VNode {
  const address = `${place}/pages/${page}.png`;
  return (
    <a href={address} class="sheet">
      <img
        src={address}
        width={864}
        height={1222}
        loading={lazy ? 'lazy' : undefined}
        decoding="async"
        alt={fill(view.texts.mail.page, { n: String(page) })}
      />
    </a>
  );
}

/** A small first page that leads to the large one. */
export function Thumbnail({
  view,
  contact,
  place,
}: {
  readonly view: View;
  readonly contact: ContactView;
  readonly place: string;
}): VNode | null {
  if (faxDocument(contact) === null) return null;
  return (
    <a href={`${place}/pages/1.png`} class="sheet small-sheet">
      <img
        src={`${place}/pages/1.png?size=small`}
        width={216}
        height={306}
        alt={fill(view.texts.mail.page, { n: '1' })}
      />
    </a>
  );
}

function number(text: string): string {
  return text.startsWith('+') ? showPhone(text) : shorten(oneLine(text), 40);
}
