import { fold } from '../files/csv.ts';

export interface MergeClient {
  readonly name: string;
  readonly kind: 'organisation' | 'private';
  readonly class: string | null;
  readonly note: string | null;
  readonly responsibleId: string | null;
  readonly mergedInto: string | null;
  readonly removed: string | null;
}

interface Person {
  readonly clientId: string;
  readonly name: string;
  readonly post: string | null;
}

/** What is said of an address; true at one of two is true. */
const flagNames = ['mobile', 'shared', 'reception', 'gateway', 'neverCapture', 'notClient'] as const;

interface Point extends Readonly<Record<(typeof flagNames)[number], boolean>> {
  readonly clientId: string | null;
  readonly personId: string | null;
  readonly since: string;
  readonly until: string;
}

interface OfPoint {
  readonly id: string;
  readonly kind: string;
  readonly address: string;
  readonly values: Point;
}

export interface MergeSide {
  readonly id: string;
  readonly values: MergeClient;
  readonly people: readonly { readonly id: string; readonly values: Person }[];
  readonly points: readonly OfPoint[];
}

/** Fields of which one value survives. */
export const chosenFields = ['kind', 'class', 'responsibleId', 'note'] as const;
export type Choices = Readonly<Partial<Record<(typeof chosenFields)[number], 'kept' | 'gone'>>>;

interface Write<Values> {
  readonly id: string;
  readonly values: Partial<Values>;
}

export type MergeDecision =
  | { readonly kind: 'refused'; readonly why: 'itself' | 'removed' | 'merged' }
  | {
      readonly kind: 'merge';
      readonly clients: readonly Write<MergeClient>[];
      readonly people: readonly Write<Person & { readonly removed: string | null }>[];
      readonly points: readonly Write<Point>[];
      /** People who were there twice: whose contacts are the other's now. */
      readonly joined: readonly { readonly from: string; readonly into: string }[];
    };

/**
 * Makes one client of two: what `gone` has becomes `kept`'s. People of the same folded name are one person; an address that
 * both have for the same time is there once. Of class, note, responsible and kind the chosen value stays, the kept client's
 * unless it has none. Nothing is deleted.
 *
 * @param at the moment, as change rows write it
 */
export function decideMerge(kept: MergeSide, gone: MergeSide, choices: Choices, at: string): MergeDecision {
  if (kept.id === gone.id) return { kind: 'refused', why: 'itself' };
  // Only clients that stand for themselves: so no circle can come about.
  if (kept.values.mergedInto !== null || gone.values.mergedInto !== null) return { kind: 'refused', why: 'merged' };
  if (kept.values.removed !== null || gone.values.removed !== null) return { kind: 'refused', why: 'removed' };
  const known = new Map([...kept.people].reverse().map(({ id, values }) => [fold(values.name), { id, values }]));
  const joined: { from: string; into: string }[] = [];
  const people = gone.people.flatMap(({ id, values }): Write<Person & { readonly removed: string | null }>[] => {
    const same = known.get(fold(values.name));
    if (same === undefined) return [{ id, values: { clientId: kept.id } }];
    joined.push({ from: id, into: same.id });
    const post =
      same.values.post === null && values.post !== null ? [{ id: same.id, values: { post: values.post } }] : [];
    return [...post, { id, values: { removed: at } }];
  });
  return {
    kind: 'merge',
    clients: [...fieldsOf(kept, gone, choices), { id: gone.id, values: { mergedInto: kept.id } }],
    people,
    points: pointsOf(kept, gone, joined),
    joined,
  };
}

function fieldsOf(kept: MergeSide, gone: MergeSide, choices: Choices): Write<MergeClient>[] {
  const values = Object.fromEntries(
    chosenFields
      .filter((field) => (choices[field] ?? (kept.values[field] === null ? 'gone' : 'kept')) === 'gone')
      .map((field) => [field, gone.values[field]]),
  );
  return Object.keys(values).length === 0 ? [] : [{ id: kept.id, values }];
}

function pointsOf(
  kept: MergeSide,
  gone: MergeSide,
  joined: readonly { readonly from: string; readonly into: string }[],
): Write<Point>[] {
  const into = new Map(joined.map((one) => [one.from, one.into]));
  const places = new Map<string, OfPoint[]>();
  const placeOf = (point: OfPoint, owner: string) => `${point.kind} ${point.address} ${owner}`;
  for (const point of kept.points) {
    const place = placeOf(point, point.values.personId ?? kept.id);
    places.set(place, [...(places.get(place) ?? []), point]);
  }
  return gone.points.flatMap((point): Write<Point>[] => {
    const { values } = point;
    if (values.since === values.until) return [];
    const owner = values.personId === null ? kept.id : into.get(values.personId);
    if (owner === undefined) return []; // it stays his who comes along with it
    const place = placeOf(point, owner);
    const there = places.get(place) ?? [];
    const over = { id: point.id, values: { until: values.since } };
    const around = there.find((one) => covers(one.values, values));
    if (around !== undefined) return [over, ...flags(around, values)];
    const begins = there.find((one) => one.values.since === values.since);
    if (begins !== undefined) {
      const until = later(begins.values.until, values.until);
      places.set(
        place,
        there.map((one) => (one === begins ? { ...one, values: { ...one.values, until } } : one)),
      );
      return [over, { id: begins.id, values: { until } }, ...flags(begins, values)];
    }
    places.set(place, [...there, point]);
    return [{ id: point.id, values: values.personId === null ? { clientId: kept.id } : { personId: owner } }];
  });
}

/** What was said of the address at one of them holds: shared is weaker and so safer, a machine's is nobody's whoever has it. */
function flags(point: OfPoint, gone: Point): Write<Point>[] {
  const added = flagNames.filter((flag) => gone[flag] && !point.values[flag]);
  return added.length === 0 ? [] : [{ id: point.id, values: Object.fromEntries(added.map((flag) => [flag, true])) }];
}

function covers(outer: Point, inner: Point): boolean {
  return later(inner.since, outer.since) === inner.since && later(outer.until, inner.until) === outer.until;
}

function later(a: string, b: string): string {
  if (a === 'infinity' || b === '-infinity') return a;
  if (b === 'infinity' || a === '-infinity') return b;
  return a < b ? b : a;
}
