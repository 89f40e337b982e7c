import type { VNode } from 'preact';
import { fill, oneLine } from '../../core/text.ts';
import type { ClientHead, ClientInList } from '../../store/directory/clients.ts';
import type { View } from '../http/route.ts';
import { SmallForm, Trouble } from '../ui/fields.tsx';
import { Layout } from '../ui/layout.tsx';
import { FindClient } from './find-client.tsx';

export interface MergePageProps {
  readonly view: View;
  /** Who stays. */
  readonly kept: ClientHead;
  readonly words: string;
  readonly found: readonly ClientInList[];
  /** Who becomes him; null: not chosen yet. */
  readonly gone: { readonly client: ClientHead; readonly contacts: number } | null;
  readonly trouble: readonly string[];
}

/** Two clients that are one: which, and what of both stays. */
export function MergePage(props: MergePageProps): VNode {
  const { view, kept, words, found, gone, trouble } = props;
  const t = view.texts.directory;
  return (
    <Layout view={view} title={t.mergeButton} here="client">
      <h1>{fill(t.mergeWith, { name: oneLine(kept.name) })}</h1>
      <Trouble words={trouble} />
      <FindClient
        view={view}
        action={view.href(`/c/${kept.id}/merge`)}
        words={words}
        found={found}
        href={(id) => view.href(`/c/${kept.id}/merge?with=${id}`)}
      />
      {gone === null ? null : <Choices {...props} gone={gone} />}
      <p>
        <a href={view.href(`/c/${kept.id}`)}>{view.texts.mail.back}</a>
      </p>
    </Layout>
  );
}

function Choices({
  view,
  kept,
  gone: { client: gone, contacts },
}: MergePageProps & { readonly gone: NonNullable<MergePageProps['gone']> }): VNode {
  const t = view.texts.directory;
  const rows = [
    ['kind', t.kinds[kept.kind], t.kinds[gone.kind]],
    ['class', kept.class, gone.class],
    ['responsibleId', kept.responsible, gone.responsible],
    ['note', kept.note, gone.note],
  ] as const;
  return (
    <SmallForm view={view} action={`/c/${kept.id}/merge`} purpose={`merge ${kept.id} ${gone.id}`}>
      <input type="hidden" name="with" value={gone.id} />
      <h2>{oneLine(gone.name)}</h2>
      <p>{fill(t.mergeHow, { gone: oneLine(gone.name), kept: oneLine(kept.name) })}</p>
      <p class="small">{fill(t.counts, { what: t.entities['contact'] ?? '', count: String(contacts) })}</p>
      {rows
        .filter(([, one, other]) => one !== other)
        .map(([field, one, other]) => (
          <fieldset key={field} class="who">
            <legend>{`${t.which} ${t.fields[field] ?? field}`}</legend>
            {(
              [
                ['kept', one],
                ['gone', other],
              ] as const
            ).map(([value, words]) => (
              <label key={value} class="choice">
                <input type="radio" name={field} value={value} checked={(value === 'kept') === (one !== null)} />
                <span>{words === null ? t.empty : oneLine(words)}</span>
              </label>
            ))}
          </fieldset>
        ))}
      <button>{t.mergeButton}</button>
    </SmallForm>
  );
}
