import type { VNode } from 'preact';
import { oneLine } from '../../core/text.ts';
import { showDay, wallTime } from '../../core/time/wall-time.ts';
import type { ClientInList } from '../../store/directory/clients.ts';
import type { View } from '../http/route.ts';
import { Layout } from '../ui/layout.tsx';

export interface ClientsPageProps {
  readonly view: View;
  /** What was looked for; '' shows those with the latest contacts. */
  readonly words: string;
  readonly clients: readonly ClientInList[];
}

/** The way to a client's history. */
export function ClientsPage({ view, words, clients }: ClientsPageProps): VNode {
  const t = view.texts.clients;
  const today = wallTime(view.now, view.zone).day;
  return (
    <Layout view={view} title={t.title} here="clients">
      <h1>{t.title}</h1>
      <form method="get" action={view.href('/clients')} class="find">
        <input type="search" name="q" value={words} aria-label={t.search} placeholder={t.search} maxLength={200} />
        <button class="quiet">{t.find}</button>
      </form>
      {clients.length === 0 ? <p class="empty">{t.none}</p> : <p class="small">{words === '' ? t.newest : ''}</p>}
      <ul class="cards">
        {clients.map(({ id, name, lastAt }) => (
          <li key={id}>
            <a class="card" href={view.href(`/c/${id}`)}>
              <span class="when">
                {lastAt === null ? '' : <small>{showDay(wallTime(lastAt, view.zone).day, today, view.language)}</small>}
              </span>
              <span class="what">
                <strong>{oneLine(name)}</strong>
              </span>
            </a>
          </li>
        ))}
      </ul>
    </Layout>
  );
}
