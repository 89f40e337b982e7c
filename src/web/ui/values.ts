import { fill, oneLine, shorten } from '../../core/text.ts';
import { showDay, wallTime } from '../../core/time/wall-time.ts';
import { shown } from '../contact/remember.tsx';
import type { View } from '../http/route.ts';
import { moment } from './facts.tsx';

/** A value of the change log, as a person reads it. `names`: of ids. */
export function valueWords(view: View, field: string, value: unknown, names: ReadonlyMap<string, string>): string {
  const t = view.texts.directory;
  if (value === null || value === undefined) return t.empty;
  if (typeof value === 'boolean') return value ? t.yes : t.no;
  if (typeof value === 'number') return String(value);
  if (typeof value === 'object') return objectWords(view, field, { ...value }, names);
  const text = String(value);
  if (text === '-infinity' || text === 'infinity') return t.ever;
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return day(view, text);
  if (/^\d{4}-\d\d-\d\dT/.test(text)) return moment(view, new Date(text));
  if (field === 'kind') return text === 'private' ? t.kinds.private : t.kinds.organisation;
  if (field === 'outcome') return outcome(view, text);
  return shorten(oneLine(names.get(text) ?? text), 300);
}

function objectWords(
  view: View,
  field: string,
  value: Readonly<Record<string, unknown>>,
  names: ReadonlyMap<string, string>,
): string {
  const text = (key: string) => (typeof value[key] === 'string' ? String(value[key]) : null);
  if (field === 'nextStep') {
    const { client } = view.texts;
    const step = text('kind') === 'meeting' ? client.planMeeting : client.planCall;
    const on = text('on');
    return on === null ? step : `${step}, ${day(view, on)}`;
  }
  if (field === 'client') {
    const [id, person] = [text('id'), text('personId')];
    if (id === null) return view.texts.form.noClient;
    return [person === null ? null : names.get(person), names.get(id) ?? '…']
      .flatMap((one) => (one == null ? [] : [oneLine(one)]))
      .join(', ');
  }
  if (field === 'completed') {
    const [at, by] = [text('at'), names.get(text('by') ?? '')];
    return [...(at === null ? [] : [moment(view, new Date(at))]), ...(by === undefined ? [] : [oneLine(by)])].join(
      ', ',
    );
  }
  return shorten(oneLine(text('name') ?? shown(text('address') ?? '')), 300);
}

function outcome(view: View, text: string): string {
  const outcomes: Readonly<Record<string, string>> = view.texts.form.outcomes;
  return outcomes[text] ?? text;
}

function day(view: View, text: string): string {
  return showDay(text, wallTime(view.now, view.zone).day, view.language);
}

/** Ids within values, to ask their names. */
export function idsIn(values: readonly unknown[]): string[] {
  const found: string[] = [];
  for (const value of values) {
    if (typeof value === 'string') found.push(value);
    else if (typeof value === 'object' && value !== null) found.push(...idsIn(Object.values(value)));
  }
  return [...new Set(found.filter((text) => /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text)))];
}

/** Counts by entity in words: `clients: 3, people: 4`. */
export function countWords(view: View, counts: Readonly<Record<string, number>>): string {
  const t = view.texts.directory;
  return Object.entries(counts)
    .map(([entity, count]) => fill(t.counts, { what: t.entities[entity] ?? entity, count: String(count) }))
    .join(', ');
}
