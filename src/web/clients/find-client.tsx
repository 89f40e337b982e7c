import type { VNode } from 'preact';
import { oneLine } from '../../core/text.ts';
import type { View } from '../http/route.ts';

interface FindClientProps {
  readonly view: View;
  /** Where the words are sent; a form's address loses its own question mark. */
  readonly action: string;
  /** What the form sends beside the words. */
  readonly address?: string;
  readonly words: string;
  readonly found: readonly { readonly id: string; readonly name: string }[];
  /** Where choosing a client leads. */
  readonly href: (clientId: string) => string;
}

/** A client to be chosen by name. */
export function FindClient({ view, action, address, words, found, href }: FindClientProps): VNode {
  const t = view.texts.clients;
  return (
    <>
      <form method="get" action={action} class="find">
        {address === undefined ? null : <input type="hidden" name="address" value={address} />}
        <input type="search" name="q" value={words} aria-label={t.search} placeholder={t.search} maxLength={200} />
        <button class="quiet">{t.find}</button>
      </form>
      {words !== '' && found.length === 0 ? <p class="small">{t.none}</p> : null}
      <ul class="last">
        {found.map(({ id, name }) => (
          <li key={id}>
            <a href={href(id)}>{oneLine(name)}</a>
          </li>
        ))}
      </ul>
    </>
  );
}
