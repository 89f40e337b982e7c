import type { VNode } from 'preact';
import { plural } from '../../core/language.ts';
import { fill, oneLine, shorten } from '../../core/text.ts';
import type { Owner } from '../../directory/stranger/decide.ts';
import type { ContactView } from '../../store/contacts/contacts.ts';
import type { ClientInList, PersonRow } from '../../store/directory/clients.ts';
import type { Stranger } from '../../store/directory/strangers.ts';
import { FindClient } from '../clients/find-client.tsx';
import { shown } from '../contact/remember.tsx';
import type { View } from '../http/route.ts';
import { ContactList, moment } from '../ui/facts.tsx';
import { Field, Select, SmallForm, Told, Trouble } from '../ui/fields.tsx';
import { Layout, Notice } from '../ui/layout.tsx';

/** Who called or wrote and is nobody's yet. */
export function StrangersPage({
  view,
  strangers,
  older,
  done,
}: {
  readonly view: View;
  readonly strangers: readonly Stranger[];
  /** Address of the page with those before; null: these are all. */
  readonly older: string | null;
  /** What was just done, and the set to take back. */
  readonly done: { readonly words: string; readonly setId: string } | null;
}): VNode {
  const t = view.texts.directory;
  return (
    <Layout view={view} title={t.strangers} here="strangers">
      <h1>{t.strangers}</h1>
      {done === null ? null : <Told view={view} {...done} />}
      {strangers.length === 0 ? (
        <div class="empty">
          <p>{t.noStrangers}</p>
          <p class="small">{t.noStrangersHow}</p>
        </div>
      ) : (
        <p class="small">{t.strangersHow}</p>
      )}
      <ul class="cards">
        {strangers.map((one) => (
          <li key={one.address}>
            <a class="card" href={view.href(`/strangers/one?address=${encodeURIComponent(one.address)}`)}>
              <span class="when">
                <small>{moment(view, one.lastAt)}</small>
              </span>
              <span class="what">
                <strong>{shown(one.address)}</strong>
                <small>{summary(view, one)}</small>
              </span>
            </a>
          </li>
        ))}
      </ul>
      {older === null ? null : (
        <p class="pages">
          <a href={older}>{view.texts.client.older}</a>
        </p>
      )}
    </Layout>
  );
}

function summary(view: View, one: Stranger): string {
  const t = view.texts.directory;
  return [
    ...one.names.slice(0, 1).map((name) => shorten(oneLine(name), 60)),
    plural(view.language, one.contacts, t.contacts),
    one.channels.map((channel) => t.channels[channel] ?? channel).join(', '),
    ...(one.drafts > 0 ? [plural(view.language, one.drafts, t.waiting)] : []),
  ].join(' · ');
}

export interface StrangerPageProps {
  readonly view: View;
  readonly stranger: Stranger;
  readonly contacts: readonly ContactView[];
  readonly form: { readonly name: string; readonly kind: 'organisation' | 'private'; readonly personName: string };
  /** Clients found by the words. */
  readonly words: string;
  readonly found: readonly ClientInList[];
  /** The client chosen, with his people, to say whose the address is. */
  readonly chosen: { readonly id: string; readonly name: string; readonly people: readonly PersonRow[] } | null;
  readonly trouble: readonly string[];
}

/** One stranger: what came from him, and the four things he can be. */
export function StrangerPage(props: StrangerPageProps): VNode {
  const { view, stranger, contacts, form, trouble } = props;
  const t = view.texts.directory;
  const who = { address: stranger.address };
  return (
    <Layout view={view} title={shown(stranger.address)} here="strangers">
      <h1>{shown(stranger.address)}</h1>
      <p class="small">{summary(view, stranger)}</p>
      <Trouble words={trouble} />
      <ContactList view={view} contacts={contacts} />
      <h2>{t.attachTo}</h2>
      <Attach {...props} />
      <h2>{t.newClient}</h2>
      <SmallForm view={view} action="/strangers/create" purpose={`stranger ${stranger.address}`}>
        <input type="hidden" name="address" value={who.address} />
        <Field label={t.name} name="name" value={form.name} required />
        <Select
          label={t.fields['kind'] ?? ''}
          name="kind"
          value={form.kind}
          options={[
            ['organisation', t.kinds.organisation],
            ['private', t.kinds.private],
          ]}
        />
        <Field label={t.personName} name="personName" value={form.personName} hint={t.personHint} />
        <button>{t.create}</button>
      </SmallForm>
      <h2>{t.notClient}</h2>
      <SmallForm view={view} action="/strangers/not-client" purpose={`stranger ${stranger.address}`}>
        <input type="hidden" name="address" value={who.address} />
        <p class="small">{t.notClientHow}</p>
        <button class="quiet">{t.notClient}</button>
      </SmallForm>
      {view.visitor?.role === 'supervisor' ? (
        <SmallForm view={view} action="/strangers/never" purpose={`stranger ${stranger.address}`}>
          <input type="hidden" name="address" value={who.address} />
          <p class="small">{t.neverHow}</p>
          <button class="quiet">{t.never}</button>
        </SmallForm>
      ) : null}
    </Layout>
  );
}

function Attach({ view, stranger, words, found, chosen }: StrangerPageProps): VNode {
  const t = view.texts.directory;
  const at = `/strangers/one?address=${encodeURIComponent(stranger.address)}`;
  if (chosen !== null) {
    const people = chosen.people.filter(({ until }) => until === null).slice(0, 20);
    return (
      <SmallForm view={view} action="/strangers/attach" purpose={`stranger ${stranger.address}`}>
        <input type="hidden" name="address" value={stranger.address} />
        <input type="hidden" name="client" value={chosen.id} />
        <Select
          label={t.withPerson}
          name="person"
          value=""
          options={[['', t.itself], ...people.map(({ id, name }) => [id, oneLine(name)] as const)]}
        />
        <Field label={t.personName} name="personName" value="" hint={t.personHint} />
        <button>{fill('{attach}: {name}', { attach: t.attach, name: shorten(oneLine(chosen.name), 60) })}</button>
      </SmallForm>
    );
  }
  return (
    <FindClient
      view={view}
      action={view.href('/strangers/one')}
      address={stranger.address}
      words={words}
      found={found}
      href={(id) => view.href(`${at}&client=${id}`)}
    />
  );
}

/** Two people acted on the same stranger: what the first one said, and where it is. */
export function TakenPage({ view, owner }: { readonly view: View; readonly owner: Owner }): VNode {
  const t = view.texts.directory;
  const words =
    owner.clientName === null ? t.takenNobody : fill(t.taken, { name: shorten(oneLine(owner.clientName), 80) });
  return (
    <Notice view={view} title={t.strangers} text={words}>
      {owner.clientId === null ? null : (
        <p>
          <a href={view.href(`/c/${owner.clientId}`)}>{oneLine(owner.clientName ?? '')}</a>
        </p>
      )}
      <p>
        <a href={view.href('/strangers')}>{t.strangers}</a>
      </p>
    </Notice>
  );
}
