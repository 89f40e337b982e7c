import type { VNode } from 'preact';
import { fill, manyLines, oneLine, shorten, showPhone } from '../../core/text.ts';
import { showPeriod } from '../../core/time/approximate-date.ts';
import { showDay, wallTime } from '../../core/time/wall-time.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import type { TimelineItem } from '../../store/contacts/timeline.ts';
import type { ClientHead, PersonRow } from '../../store/directory/clients.ts';
import { ChangeLine } from '../changes/change-line.tsx';
import { shown } from '../contact/remember.tsx';
import type { View } from '../http/route.ts';
import { SmallForm, Told } from '../ui/fields.tsx';
import { Layout } from '../ui/layout.tsx';
import { personWords } from './edit-page.tsx';
import { Entry } from './entry.tsx';

export interface ClientPageProps {
  readonly view: View;
  readonly client: ClientHead;
  readonly addresses: readonly {
    readonly kind: string;
    readonly address: string;
    readonly personName: string | null;
  }[];
  readonly people: readonly PersonRow[];
  /** Addresses his last contacts came from, which are nobody's yet. */
  readonly unknown: readonly {
    readonly contactId: string;
    readonly address: string;
    readonly personName: string | null;
  }[];
  /** What the sources say of him; null: nothing. */
  readonly inSources: VNode | null;
  readonly items: readonly TimelineItem[];
  readonly contacts: ReadonlyMap<string, ContactView>;
  /** Of ids within changes. */
  readonly names: ReadonlyMap<string, string>;
  /** Address of the page with what came before; null: this is all. */
  readonly older: string | null;
  readonly isFirst: boolean;
  /** What was just done, to be taken back. */
  readonly setId: string | null;
}

/** A client and everything that ever happened with him, newest first. */
export function ClientPage(props: ClientPageProps): VNode {
  const { view, client, inSources, items, older, isFirst, setId } = props;
  const t = view.texts.client;
  const words = view.texts.directory;
  return (
    <Layout view={view} title={oneLine(client.name)} here="client" hasMail>
      <header class="client">
        <h1>{oneLine(client.name)}</h1>
        {setId === null ? null : (
          <Told view={view} words={fill(words.done, { what: oneLine(client.name) })} setId={setId} />
        )}
        {client.removedAt === null ? null : <p class="trouble">{words.takenBack}</p>}
        <p class="small">{about(view, client)}</p>
        {client.note === null ? null : <p class="gist">{shorten(manyLines(client.note), 1000)}</p>}
        <Addresses {...props} />
        <People {...props} />
        {inSources}
        {client.removedAt === null ? (
          <p class="pages">
            <a href={view.href(`/c/${client.id}/edit`)}>{words.edit}</a>
          </p>
        ) : null}
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

function about(view: View, client: ClientHead): string {
  const kind = client.kind === 'private' ? [view.texts.directory.kinds.private] : [];
  const level = client.class === null ? [] : [oneLine(client.class)];
  const { responsible } = client;
  const who = responsible === null ? [] : [fill(view.texts.client.responsible, { name: oneLine(responsible) })];
  return [...kind, ...level, ...who].join(' · ');
}

function Addresses({ view, client, addresses, unknown }: ClientPageProps): VNode {
  return (
    <>
      <ul class="addresses">
        {addresses.map(({ kind, address, personName }) => (
          <li key={`${kind} ${address} ${personName}`}>
            <AddressLink kind={kind} address={address} />
            {personName === null ? null : <small>{oneLine(personName)}</small>}
          </li>
        ))}
      </ul>
      {unknown.map(({ contactId, address, personName }) => (
        <SmallForm key={address} view={view} action={`/c/${client.id}/remember`} purpose={`remember ${contactId}`}>
          <input type="hidden" name="contact" value={contactId} />
          <button class="quiet">
            {personName === null
              ? fill(view.texts.directory.remember, { address: shown(address) })
              : fill(view.texts.directory.rememberFor, { address: shown(address), who: oneLine(personName) })}
          </button>
        </SmallForm>
      ))}
    </>
  );
}

/** Who is there; who has left is folded. */
function People({ view, people }: ClientPageProps): VNode | null {
  const t = view.texts.directory;
  const today = wallTime(view.now, view.zone).day;
  const isHere = ({ until }: PersonRow) => until === null || until > today;
  const [here, left] = [people.filter(isHere), people.filter((person) => !isHere(person))];
  if (people.length === 0) return null;
  return (
    <details>
      <summary>{`${t.people}: ${here.length}`}</summary>
      <ul class="last">
        {[...here, ...left].slice(0, 50).map((person) => (
          <li key={person.id}>{isHere(person) ? personWords(view, person) : <s>{personWords(view, person)}</s>}</li>
        ))}
      </ul>
    </details>
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
        <ChangeLine view={view} item={item} names={props.names} />
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
