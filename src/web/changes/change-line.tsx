import type { VNode } from 'preact';
import { fill, oneLine, shorten } from '../../core/text.ts';
import { showTime } from '../../core/time/wall-time.ts';
import type { TimelineItem } from '../../store/contacts/timeline.ts';
import { shown } from '../contact/remember.tsx';
import type { View } from '../http/route.ts';
import { valueWords } from '../ui/values.ts';

type Change = TimelineItem & { readonly kind: 'change' };

/** One change in a client's history: who, when, what it was and became; with the way to restore it. */
export function ChangeLine({
  view,
  item,
  names,
}: {
  readonly view: View;
  readonly item: Change;
  readonly names: ReadonlyMap<string, string>;
}): VNode {
  const event = eventOf(view, item);
  const author = oneLine(item.authorName ?? view.texts.client.machine);
  return (
    <p class="change small">
      <time dateTime={item.changedAt.toISOString()}>{showTime(item.changedAt, view.zone)}</time>
      {` · ${event === null ? sentence(view, item, author) : `${author}: ${event}`}`}
      {event !== null || item.old === null ? null : (
        <del>{shorten(valueWords(view, item.field, item.old, names), 200)}</del>
      )}
      {event !== null ? null : <ins>{shorten(valueWords(view, item.field, item.new, names), 200)}</ins>}{' '}
      <Way view={view} item={item} />
    </p>
  );
}

function Way({ view, item }: { readonly view: View; readonly item: Change }): VNode | null {
  const t = view.texts.directory;
  const words = `${t.restore} ${t.fields[item.field] ?? ''}`;
  const isWhole = ['created', 'removed', 'merged', 'mergedInto', 'lookBack'].includes(item.field);
  if (isWhole && item.setId === null) return null;
  // The page itself says whether this visitor may; a set is for supervisors and for who made it.
  return (
    <a href={view.href(isWhole ? `/changes/${item.setId}` : `/change/${item.changeId}`)} aria-label={words}>
      {t.restore}
    </a>
  );
}

function sentence(view: View, item: Change, name: string): string {
  const t = view.texts.client;
  const field = view.texts.directory.fields[item.field] ?? item.field;
  const subject = item.subject === null ? '' : `${shown(item.subject)}: `;
  return subject + fill(item.undoes ? t.undid : t.changed, { name, field });
}

/** What happened, in words of its own; null: a field has another value. */
function eventOf(view: View, { entity, field, old, new: now, subject, undoes }: Change): string | null {
  const t = view.texts.directory.events;
  const who = subject === null ? '' : shown(subject);
  if (field === 'lookBack') return fill(undoes ? t.lookBackUndone : t.lookBack, movesIn(now));
  if (field === 'merged') return now === null ? t.unmerged : fill(t.merged, { what: nameIn(now) });
  if (field === 'mergedInto') return now === null ? t.unmerged : fill(t.mergedInto, { what: String(now) });
  if (entity === 'client')
    return field === 'created' ? t.clientMade : field === 'removed' && now !== null ? t.removed : null;
  if (entity === 'person') {
    if (field === 'created') return fill(t.personCame, { who });
    if (field === 'removed') return `${who}: ${t.removed}`;
    if (field !== 'until' || undoes) return null;
    return now === null
      ? fill(t.personBack, { who })
      : fill(t.personLeft, { who, day: valueWords(view, field, now, new Map()) });
  }
  if (entity !== 'contact_point') return null;
  if (field === 'created') return fill(t.pointCame, { what: who });
  return field === 'until' && old === 'infinity' && !undoes && now !== '-infinity'
    ? fill(t.pointGone, { what: who, day: valueWords(view, field, now, new Map()) })
    : null;
}

function nameIn(value: unknown): string {
  return typeof value === 'object' && value !== null && 'name' in value ? oneLine(String(value.name)) : '';
}

function movesIn(value: unknown): Record<'what' | 'came' | 'went', string> {
  const { came, went, address } = { came: 0, went: 0, address: '', ...Object(value) };
  return { what: shown(String(address ?? '')), came: String(came), went: String(went) };
}
