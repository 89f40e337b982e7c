import type { VNode } from 'preact';
import { showPeriod } from '../../core/approximate-date.ts';
import { fill, oneLine, shorten, showPhone } from '../../core/text.ts';
import { showDay, showTime, wallTime } from '../../core/wall-time.ts';
import type { ContactView } from '../../store/contacts.ts';
import type { TimelineItem } from '../../store/timeline.ts';
import type { View } from '../route.ts';
import { Entry } from './entry.tsx';
import { Layout } from './layout.tsx';

export interface ClientPageProps {
  readonly view: View;
  readonly client: { readonly id: string; readonly name: string; readonly responsible: string | null };
  readonly addresses: readonly {
    readonly kind: string;
    readonly address: string;
    readonly personName: string | null;
  }[];
  /** What the sources say of him; null: nothing. */
  readonly inSources: VNode | null;
  readonly items: readonly TimelineItem[];
  readonly contacts: ReadonlyMap<string, ContactView>;
  /** Address of the page with what came before; null: this is all. */
  readonly older: string | null;
  readonly isFirst: boolean;
}

/** A client and everything that ever happened with him, newest first. */
export function ClientPage(props: ClientPageProps): VNode {
  const { view, client, addresses, inSources, items, older, isFirst } = props;
  const t = view.texts.client;
  return (
    <Layout view={view} title={oneLine(client.name)} here="client" hasMail>
      <header class="client">
        <h1>{oneLine(client.name)}</h1>
        {client.responsible === null ? null : (
          <p class="small">{fill(t.responsible, { name: oneLine(client.responsible ?? '') })}</p>
        )}
        <ul class="addresses">
          {addresses.map(({ kind, address, personName }) => (
            <li key={`${kind} ${address} ${personName}`}>
              <AddressLink kind={kind} address={address} />
              {personName === null ? null : <small>{oneLine(personName)}</small>}
            </li>
          ))}
        </ul>
        {inSources}
      </header>
      <h2>{t.history}</h2>
      {items.length === 0 ? <p class="empty">{t.empty}</p> : null}
      <ol class="timeline">
        {items.map((item, i) => (
          <Item key={item.key} {...props} item={item} above={headingOf(props, items[i - 1])} />
        ))}
      </ol>
      <p class="pages">
        {isFirst ? null : <a href={view.href(`/c/${client.id}`)}>{t.newest}</a>}
        {older === null ? null : <a href={older}>{t.older}</a>}
      </p>
    </Layout>
  );
}

function AddressLink({ kind, address }: { readonly kind: string; readonly address: string }): VNode {
  if (kind === 'phone') return <a href={`tel:${address}`}>{showPhone(address)}</a>;
  if (kind === 'email') return <a href={`mailto:${encodeURIComponent(address)}`}>{oneLine(address)}</a>;
  return <span>{oneLine(address)}</span>;
}

function Item(props: ClientPageProps & { readonly item: TimelineItem; readonly above: string | null }): VNode | null {
  const { view, client, item, contacts, above } = props;
  const words = headingOf(props, item);
  const heading = words === above || words === null ? null : <h3>{words}</h3>;
  if (item.kind === 'change') {
    return (
      <li>
        {heading}
        <Change view={view} item={item} />
      </li>
    );
  }
  const contact = contacts.get(item.contactId);
  if (!contact) return null;
  return (
    <li id={contact.id}>
      {heading}
      <Entry view={view} contact={contact} clientId={client.id} contacts={contacts} />
    </li>
  );
}

function Change({ view, item }: { readonly view: View; readonly item: TimelineItem & { kind: 'change' } }): VNode {
  const t = view.texts.client;
  const words = fill(item.undoes ? t.undid : t.changed, {
    name: oneLine(item.authorName ?? t.machine),
    field: t.fields[item.field] ?? item.field,
  });
  return (
    <p class="change small">
      <time dateTime={item.changedAt.toISOString()}>{showTime(item.changedAt, view.zone)}</time>
      {` · ${words}`}
      {typeof item.old === 'string' ? <del>{shorten(oneLine(item.old), 200)}</del> : null}
      {typeof item.new === 'string' ? <ins>{shorten(oneLine(item.new), 200)}</ins> : null}
    </p>
  );
}

/** Its day; of a contact of past years perhaps the month or the year, where no more is known. */
function headingOf({ view, contacts }: ClientPageProps, item: TimelineItem | undefined): string | null {
  if (item === undefined) return null;
  const { day } = wallTime(new Date(item.at), view.zone);
  const today = wallTime(view.now, view.zone).day;
  const precision = item.kind === 'contact' ? contacts.get(item.contactId)?.precision : undefined;
  return precision === undefined || precision === 'moment'
    ? showDay(day, today, view.language)
    : showPeriod({ day, precision, about: false }, today, view.language);
}
