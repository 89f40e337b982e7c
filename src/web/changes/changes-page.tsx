import type { VNode } from 'preact';
import { plural } from '../../core/language.ts';
import { fill, oneLine, shorten } from '../../core/text.ts';
import type { RolledBack } from '../../directory/roll-back/run.ts';
import type { ChangeSetView, ChangeView } from '../../store/history/change-sets.ts';
import type { LaterChange } from '../../store/history/roll-back.ts';
import { type Confirming, Conflicts } from '../contact/conflicts.tsx';
import type { View } from '../http/route.ts';
import { byAt } from '../ui/by-at.ts';
import { Moment } from '../ui/facts.tsx';
import { SmallForm, Told, Trouble } from '../ui/fields.tsx';
import { Layout } from '../ui/layout.tsx';
import { countWords, valueWords } from '../ui/values.ts';

/** Every set of changes, the newest first. */
export function ChangesPage({
  view,
  sets,
  older,
}: {
  readonly view: View;
  readonly sets: readonly ChangeSetView[];
  readonly older: string | null;
}): VNode {
  const t = view.texts.directory;
  return (
    <Layout view={view} title={t.changes} here="changes">
      <h1>{t.changes}</h1>
      {sets.length === 0 ? <p class="empty">{t.noChanges}</p> : null}
      <ul class="cards">
        {sets.map((set) => (
          <li key={set.id}>
            <a class="card" href={view.href(`/changes/${set.id}`)}>
              <span class="when">
                <small>
                  <Moment view={view} at={set.at} />
                </small>
              </span>
              <span class="what">
                <strong>{titleOf(view, set)}</strong>
                <small>{aboutOf(view, set)}</small>
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

function titleOf(view: View, { kind, label }: ChangeSetView): string {
  const words = view.texts.directory.setKinds[kind];
  return label === null ? words : `${words}: ${shorten(oneLine(label), 80)}`;
}

function aboutOf(view: View, set: ChangeSetView): string {
  const t = view.texts.directory;
  return [
    oneLine(set.authorName ?? view.texts.client.machine),
    set.changes > 1000 ? '1000+' : String(set.changes),
    ...set.clients.map((name) => shorten(oneLine(name), 40)),
    ...(set.undoneBy === null ? [] : [t.undone]),
  ].join(' · ');
}

export interface SetPageProps {
  readonly view: View;
  readonly set: ChangeSetView;
  readonly changes: readonly ChangeView[];
  readonly names: ReadonlyMap<string, string>;
  /** What a roll-back would do; null: not for this visitor, or it was just done. */
  readonly look: RolledBack | null;
  readonly later: readonly LaterChange[];
  /** What its roll-back did. */
  readonly done: RolledBack | null;
  /** Contacts that came to the kept client since, and his name. */
  readonly since: { readonly count: number; readonly name: string } | null;
  readonly confirming: Confirming;
  readonly trouble: readonly string[];
}

/** One set: what it changed, and what taking it back would do. */
export function SetPage(props: SetPageProps): VNode {
  const { view, set, changes, names, done, trouble } = props;
  const t = view.texts.directory;
  return (
    <Layout view={view} title={fill(t.setTitle, { kind: t.setKinds[set.kind] })} here="changes">
      <h1>{titleOf(view, set)}</h1>
      <p class="small">
        <Moment view={view} at={set.at} />
        {` · ${aboutOf(view, set)}`}
        {set.undoes === null ? null : (
          <>
            {' · '}
            <a href={view.href(`/changes/${set.undoes}`)}>{t.undoes}</a>
          </>
        )}
      </p>
      <Trouble words={trouble} />
      {done === null ? null : <Told view={view} words={doneWords(view, done)} setId={done.setId} />}
      <RollBack {...props} />
      <ul class="last">
        {changes.map((change) => (
          <li key={change.id}>
            <p class="small">
              {oneLine(names.get(change.entityId) ?? '')}
              {` · ${t.fields[change.field] ?? change.field}`}
            </p>
            <Difference view={view} field={change.field} old={change.old} now={change.new} names={names} />
          </li>
        ))}
      </ul>
    </Layout>
  );
}

function doneWords(view: View, done: RolledBack): string {
  const t = view.texts.directory;
  const left = done.left === 0 ? '' : ` ${plural(view.language, done.left, t.stayed)}`;
  return `${fill(t.rolledBack, { counts: countWords(view, done.taken) })}${left}`;
}

export function Difference({
  view,
  field,
  old,
  now,
  names,
}: {
  readonly view: View;
  readonly field: string;
  readonly old: unknown;
  readonly now: unknown;
  readonly names: ReadonlyMap<string, string>;
}): VNode {
  return (
    <p class="change">
      {old === null ? null : <del>{valueWords(view, field, old, names)}</del>}
      <ins>{valueWords(view, field, now, names)}</ins>
    </p>
  );
}

function RollBack(props: SetPageProps): VNode | null {
  const { view, set, look, since } = props;
  const t = view.texts.directory;
  if (look === null) return null;
  if (look.setId === null && look.left === 0) return <p class="small">{t.nothingToUndo}</p>;
  return (
    <SmallForm view={view} action={`/changes/${set.id}`} purpose={`roll back ${set.id}`}>
      <p>{fill(t.rollBackHow, { counts: countWords(view, look.taken) || '0' })}</p>
      {since === null || since.count === 0 ? null : (
        <p class="small">{fill(plural(view.language, since.count, t.afterMerge), { name: oneLine(since.name) })}</p>
      )}
      {look.isPart ? <p class="small">{t.part}</p> : null}
      {look.conflicts.length === 0 ? null : <Conflicts {...props} look={look} />}
      <button>{t.rollBack}</button>
    </SmallForm>
  );
}

export interface RestorePageProps {
  readonly view: View;
  readonly change: ChangeView;
  readonly subject: string;
  readonly names: ReadonlyMap<string, string>;
  /** What stands there now, who wrote it and when. */
  readonly now: unknown;
  readonly by: string | null;
  /** Sent back: that this is what was seen. Null: there is nothing to restore, `trouble` says why. */
  readonly seen: string | null;
  readonly trouble: readonly string[];
}

/** One field before it is restored: what it was, what it became, what it is. */
export function RestorePage(props: RestorePageProps): VNode {
  const { view, change, subject, names, now, by, seen, trouble } = props;
  const t = view.texts.directory;
  const words = (value: unknown) => valueWords(view, change.field, value, names);
  const title = fill(t.restoreTitle, { field: t.fields[change.field] ?? change.field });
  return (
    <Layout view={view} title={title} here="client">
      <h1>{title}</h1>
      <p class="small">{subject}</p>
      <Trouble words={trouble} />
      <h2>{t.was}</h2>
      <blockquote>{words(change.old)}</blockquote>
      <h2>{t.became}</h2>
      <blockquote>{words(change.new)}</blockquote>
      <p class="small">{byAt(view, change.authorName, change.at)}</p>
      <h2>{t.standsNow}</h2>
      <blockquote>{words(now)}</blockquote>
      {by === null ? null : <p class="small">{by}</p>}
      {seen === null ? null : (
        <SmallForm view={view} action={`/change/${change.id}`} purpose={`restore ${change.id}`}>
          <input type="hidden" name="seen" value={seen} />
          <button>{t.restoreButton}</button>
        </SmallForm>
      )}
      {change.clientId === null ? null : (
        <p>
          <a href={view.href(`/c/${change.clientId}`)}>{view.texts.mail.back}</a>
        </p>
      )}
    </Layout>
  );
}
