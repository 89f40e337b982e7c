import type { VNode } from 'preact';
import { fill, oneLine } from '../../core/text.ts';
import { showDay, wallTime } from '../../core/time/wall-time.ts';
import type { ClientHead, PersonRow, PointInList } from '../../store/directory/clients.ts';
import { shown } from '../contact/remember.tsx';
import type { View } from '../http/route.ts';
import { Check, Field, NoteField, Select, SmallForm, Told, Trouble } from '../ui/fields.tsx';
import { Layout } from '../ui/layout.tsx';

export interface ClientEditProps {
  readonly view: View;
  readonly client: ClientHead;
  readonly people: readonly PersonRow[];
  readonly points: readonly PointInList[];
  readonly employees: readonly { readonly id: string; readonly name: string }[];
  /** May he say who is responsible? */
  readonly mayExclude: boolean;
  readonly mayHandOver: boolean;
  /** The person or address whose form is open; null: none. */
  readonly open: string | null;
  /** What was typed, where it could not be saved. */
  readonly typed: Readonly<Record<string, string>>;
  readonly trouble: readonly string[];
  readonly setId: string | null;
  /** So many people and addresses are shown, the open one besides; the rest at one more tap. */
  readonly most: number;
}

/** Everything of a client that people put right. One person or address at a time is open: the page stays small. */
export function ClientEditPage(props: ClientEditProps): VNode {
  const { view, client, people, points, open, trouble, setId } = props;
  const t = view.texts.directory;
  const at = `/c/${client.id}/edit`;
  return (
    <Layout view={view} title={fill(t.editTitle, { name: oneLine(client.name) })} here="client">
      <h1>{oneLine(client.name)}</h1>
      <p class="small">
        <a href={view.href(`/c/${client.id}`)}>{view.texts.client.history}</a>
      </p>
      {setId === null ? null : <Told view={view} words={fill(t.done, { what: t.save })} setId={setId} />}
      <Trouble words={trouble} />
      <ClientFields {...props} />
      <h2>{t.people}</h2>
      {people.length === 0 ? <p class="small">{t.noPeople}</p> : null}
      <ul class="last">
        {shownOf(people, props).map((person) => (
          <li key={person.id} id={person.id}>
            {open === person.id ? (
              <PersonForm {...props} person={person} />
            ) : (
              <Line view={view} href={`${at}?open=${person.id}#${person.id}`} words={personWords(view, person)} />
            )}
          </li>
        ))}
      </ul>
      <NewPerson {...props} />
      <h2>{t.addresses}</h2>
      <ul class="last">
        {shownOf(points, props).map((point) => (
          <li key={point.id} id={point.id}>
            {open === point.id ? (
              <PointForm {...props} point={point} />
            ) : (
              <Line view={view} href={`${at}?open=${point.id}#${point.id}`} words={pointWords(view, point)} />
            )}
          </li>
        ))}
      </ul>
      <NewPoint {...props} />
      {people.length > props.most || points.length > props.most ? (
        <p>
          <a href={view.href(`${at}?more=1`)}>{t.all}</a>
        </p>
      ) : null}
      {view.visitor?.role === 'supervisor' ? (
        <p>
          <a href={view.href(`/c/${client.id}/merge`)}>{t.merge}</a>
        </p>
      ) : null}
    </Layout>
  );
}

function shownOf<Row extends { readonly id: string }>(
  rows: readonly Row[],
  { most, open }: ClientEditProps,
): readonly Row[] {
  return rows.filter(({ id }, i) => i < most || id === open);
}

function Line({ view, href, words }: { readonly view: View; readonly href: string; readonly words: string }): VNode {
  return (
    <>
      {words}{' '}
      <a href={view.href(href)} aria-label={`${view.texts.directory.edit}: ${words}`}>
        {view.texts.directory.edit}
      </a>
    </>
  );
}

function day(view: View, text: string): string {
  return showDay(text, wallTime(view.now, view.zone).day, view.language);
}

/** Name, post, and from when until when. */
export function personWords(view: View, { name, post, since, until }: PersonRow): string {
  const period = since === null && until === null ? [] : [periodWords(view, since, until)];
  return [oneLine(name), ...(post === null ? [] : [oneLine(post)]), ...period].join(' · ');
}

export function pointWords(view: View, point: PointInList): string {
  const t = view.texts.directory;
  const flags = ([...flagNames, 'neverCapture'] as const).filter((flag) => point[flag]);
  return [
    shown(point.address),
    t.pointKinds[point.kind] ?? point.kind,
    ...(point.personName === null ? [] : [oneLine(point.personName)]),
    ...flags.map((flag) => t.flags[flag]),
    ...(point.since === null && point.until === null ? [] : [periodWords(view, point.since, point.until)]),
  ].join(' · ');
}

function periodWords(view: View, since: string | null, until: string | null): string {
  const words = (text: string | null) => (text === null ? '…' : day(view, text));
  return fill(view.texts.directory.period, { since: words(since), until: words(until) });
}

function ClientFields({ view, client, employees, mayHandOver, typed, open }: ClientEditProps): VNode {
  const t = view.texts.directory;
  const seen = {
    name: client.name,
    kind: client.kind,
    class: client.class,
    note: client.note,
    ...(mayHandOver ? { responsibleId: client.responsibleId } : {}),
  };
  const value = (field: keyof typeof seen) => (open === null ? typed[field] : undefined) ?? seen[field] ?? '';
  return (
    <SmallForm view={view} action={`/c/${client.id}/edit`} purpose={`edit ${client.id}`} seen={seen}>
      <Field label={t.name} name="name" value={value('name')} required />
      <Select
        label={t.kindLabel}
        name="kind"
        value={value('kind')}
        options={[
          ['organisation', t.kinds.organisation],
          ['private', t.kinds.private],
        ]}
      />
      <Field label={t.class} name="class" value={value('class')} />
      <NoteField label={t.note} name="note" value={value('note')} />
      {mayHandOver ? (
        <Select
          label={t.responsible}
          name="responsibleId"
          value={value('responsibleId')}
          options={[['', t.nobody], ...employees.map(({ id, name }) => [id, oneLine(name)] as const)]}
        />
      ) : null}
      <button>{t.save}</button>
    </SmallForm>
  );
}

function PersonForm({ view, client, person, typed }: ClientEditProps & { readonly person: PersonRow }): VNode {
  const t = view.texts.directory;
  const { name, post, since, until } = person;
  const at = `/c/${client.id}/people/${person.id}`;
  const value = (field: string, now: string | null) => typed[field] ?? now;
  return (
    <>
      <SmallForm view={view} action={at} purpose={`edit ${person.id}`} seen={{ name, post, since, until }}>
        <Field label={t.personName} name="name" value={value('name', name)} required />
        <Field label={t.post} name="post" value={value('post', post)} />
        <Field label={t.joined} name="since" value={value('since', since)} type="date" />
        <Field label={t.left} name="until" value={value('until', until)} type="date" />
        <p class="small">{t.leftHow}</p>
        <button>{t.save}</button>
      </SmallForm>
      {until === null ? (
        <SmallForm view={view} action={`${at}/move`} purpose={`edit ${person.id}`}>
          <Field label={t.moveTo} name="client" value={typed['client'] ?? ''} required />
          <p class="small">{t.moveHow}</p>
          <button class="quiet">{t.move}</button>
        </SmallForm>
      ) : null}
    </>
  );
}

function NewPerson({ view, client, typed, open }: ClientEditProps): VNode {
  const t = view.texts.directory;
  const value = (field: string) => (open === 'person' ? (typed[field] ?? '') : '');
  return (
    <details open={open === 'person'}>
      <summary>{`${t.add}: ${t.people}`}</summary>
      <SmallForm view={view} action={`/c/${client.id}/people`} purpose={`edit ${client.id}`}>
        <Field label={t.personName} name="name" value={value('name')} required />
        <Field label={t.post} name="post" value={value('post')} />
        <Field label={t.joined} name="since" value={value('since')} type="date" />
        <button>{t.add}</button>
      </SmallForm>
    </details>
  );
}

const flagNames = ['mobile', 'shared', 'reception', 'gateway'] as const;

function PointForm({ view, client, point, mayExclude }: ClientEditProps & { readonly point: PointInList }): VNode {
  const t = view.texts.directory;
  const asked = mayExclude ? ([...flagNames, 'neverCapture'] as const) : flagNames;
  const flags = Object.fromEntries(asked.map((flag) => [flag, point[flag] ? '1' : null]));
  const seen = { since: point.since, until: point.until, ...flags };
  return (
    <SmallForm view={view} action={`/c/${client.id}/points/${point.id}`} purpose={`edit ${point.id}`} seen={seen}>
      <p>{shown(point.address)}</p>
      <Field label={t.sinceDay} name="since" value={point.since} type="date" />
      <Field label={t.untilDay} name="until" value={point.until} type="date" />
      {flagNames.map((flag) => (
        <Check key={flag} name={flag} label={t.flags[flag]} checked={point[flag]} />
      ))}
      {mayExclude ? <NeverCapture view={view} checked={point.neverCapture} /> : null}
      <button>{t.save}</button>
    </SmallForm>
  );
}

function NeverCapture({ view, checked }: { readonly view: View; readonly checked: boolean }): VNode {
  const t = view.texts.directory;
  return (
    <>
      <Check name="neverCapture" label={t.flags.neverCapture} checked={checked} />
      <p class="small">{t.neverHow}</p>
    </>
  );
}

function NewPoint({ view, client, people, typed, open, mayExclude }: ClientEditProps): VNode {
  const t = view.texts.directory;
  const value = (field: string) => (open === 'point' ? (typed[field] ?? '') : '');
  const here = people.filter(({ until }) => until === null).slice(0, 30);
  return (
    <details open={open === 'point'}>
      <summary>{`${t.add}: ${t.addresses}`}</summary>
      <SmallForm view={view} action={`/c/${client.id}/points`} purpose={`edit ${client.id}`}>
        <Select label={t.kindLabel} name="kind" value={value('kind')} options={Object.entries(t.pointKinds)} />
        <Field label={t.address} name="address" value={value('address')} required />
        <Select
          label={t.whose}
          name="person"
          value={value('person')}
          options={[['', t.theClient], ...here.map(({ id, name }) => [id, oneLine(name)] as const)]}
        />
        <Field label={t.sinceDay} name="since" value={value('since')} type="date" />
        {flagNames.map((flag) => (
          <Check key={flag} name={flag} label={t.flags[flag]} checked={value(flag) === '1'} />
        ))}
        {mayExclude ? <NeverCapture view={view} checked={value('neverCapture') === '1'} /> : null}
        <button>{t.add}</button>
      </SmallForm>
    </details>
  );
}
